package org.cryonext.tools.command;

import org.cryonext.tools.launch.HeapSize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options every job has. */
final class CommonOptions {
    static final String VERBOSE = "--verbose";

    @Mixin
    private HelpOption help;

    /** The launcher has acted on this one already; here it is checked and explained. */
    @Option(
            names = "--memory",
            order = HelpOption.LAST - 2,
            paramLabel = "SIZE",
            defaultValue = "75%",
            converter = Heap.class,
            description = "Memory to use: 4g, 4GiB, 4096m, or a share of what this process may use"
                    + " (default: ${DEFAULT-VALUE}; limits of containers count).")
    private HeapSize memory;

    @Option(names = VERBOSE, order = HelpOption.LAST - 1, description = "Show the stack trace of an error.")
    private boolean verbose;

    private static final class Heap implements ITypeConverter<HeapSize> {
        @Override
        public HeapSize convert(String text) {
            try {
                return HeapSize.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + text + "' cannot be used: " + e.getMessage());
            }
        }
    }
}
