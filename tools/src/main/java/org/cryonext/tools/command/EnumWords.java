package org.cryonext.tools.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/**
 * Lets options of an enum's type be words in lower case: in completion, in help, and read in any case; a wrong one is
 * answered by the list of the right ones.
 */
final class EnumWords {
    private EnumWords() {}

    /** Changes the options of a command and of its subcommands. */
    static void apply(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        // All are taken out and put back: help shows them in the order in which they were added.
        List<OptionSpec> options = new ArrayList<>(spec.options());
        options.forEach(spec::remove);
        options.forEach(option -> spec.addOption(element(option).isEnum() ? withWords(option) : option));
        command.getSubcommands().values().forEach(EnumWords::apply);
    }

    /** The option's type, or that of its values where it takes several. */
    private static Class<?> element(OptionSpec option) {
        return option.auxiliaryTypes()[0];
    }

    private static OptionSpec withWords(OptionSpec option) {
        // The constants, or fewer where the option has candidates of its own.
        List<String> words = StreamSupport.stream(option.completionCandidates().spliterator(), false)
                .map(word -> word.toLowerCase(Locale.ROOT))
                .toList();
        return OptionSpec.builder(option)
                .completionCandidates(words)
                .converters(new Reader(element(option), words))
                .build();
    }

    private record Reader(Class<?> type, List<String> words) implements ITypeConverter<Object> {
        @Override
        public Object convert(String text) {
            return Arrays.stream(type.getEnumConstants())
                    .filter(constant -> ((Enum<?>) constant).name().equalsIgnoreCase(text))
                    .filter(constant -> words.contains(text.toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "expected one of " + String.join(", ", words) + ", not '" + text + "'"));
        }
    }
}
