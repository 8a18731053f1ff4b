package org.cryonext.tools.command;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * From which epoch on a stage trains.
 *
 * @param stage from 0 to 3
 * @param epoch from 0
 */
record StageEpoch(int stage, int epoch) {

    /** Reads {@code 3=5}. */
    static final class Reader implements ITypeConverter<StageEpoch> {
        @Override
        public StageEpoch convert(String text) {
            if (!text.matches("[0-3]=\\d{1,9}")) {
                throw new TypeConversionException(
                        "expected a stage from 0 to 3 and an epoch from 0 on, for instance 3=5, not '" + text + "'");
            }
            return new StageEpoch(text.charAt(0) - '0', Integer.parseInt(text.substring(2)));
        }
    }
}
