package org.cryonext.tools.command;

import java.util.Locale;
import org.cryonext.cryoet.run.Channels;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What the channels of an image are.
 *
 * @param channels grey or views
 * @param colours views that make an image; null for the usual three
 */
record ChannelChoice(Channels channels, Integer colours) {

    /** Reads {@code grey}, {@code views} or {@code views:8}. */
    static final class Reader implements ITypeConverter<ChannelChoice> {
        @Override
        public ChannelChoice convert(String text) {
            String[] parts = text.toLowerCase(Locale.ROOT).split(":", -1);
            if (text.equalsIgnoreCase("grey")) {
                return new ChannelChoice(Channels.GREY, null);
            }
            if (!parts[0].equals("views")
                    || parts.length > 2
                    || parts.length == 2 && !parts[1].matches("[1-9]\\d{0,3}")) {
                throw new TypeConversionException(
                        "expected grey, views or views and the views of an image, for instance views:8, not '" + text
                                + "'");
            }
            return new ChannelChoice(Channels.VIEWS, parts.length == 2 ? Integer.valueOf(parts[1]) : null);
        }
    }
}
