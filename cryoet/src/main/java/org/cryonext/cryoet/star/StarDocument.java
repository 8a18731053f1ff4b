package org.cryonext.cryoet.star;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A STAR file: its blocks in order. Comments are not kept.
 *
 * @param blocks the data blocks
 */
public record StarDocument(List<StarBlock> blocks) {
    public StarDocument {
        blocks = List.copyOf(blocks);
    }

    /** A document of one block with one table. */
    public static StarDocument of(String block, StarTable table) {
        return new StarDocument(List.of(new StarBlock(block, List.of(table))));
    }

    /** The first table in a block of this name. */
    public Optional<StarTable> table(String block) {
        return blocks.stream()
                .filter(candidate -> candidate.name().equals(block))
                .flatMap(candidate -> candidate.sections().stream())
                .filter(StarTable.class::isInstance)
                .map(StarTable.class::cast)
                .findFirst();
    }

    /** The first table of the document that the test accepts. */
    public Optional<StarTable> table(Predicate<StarTable> test) {
        return blocks.stream()
                .flatMap(block -> block.sections().stream())
                .filter(StarTable.class::isInstance)
                .map(StarTable.class::cast)
                .filter(test)
                .findFirst();
    }

    /** The value of a pair anywhere in the document. */
    public Optional<String> value(String name) {
        return blocks.stream()
                .flatMap(block -> block.sections().stream())
                .filter(StarPair.class::isInstance)
                .map(StarPair.class::cast)
                .filter(pair -> pair.name().equals(name))
                .map(StarPair::value)
                .findFirst();
    }

    /**
     * The document with one of its tables replaced, everything else as it is.
     *
     * @param old a table of this document (the object itself)
     * @param replacement what stands there instead
     */
    public StarDocument replace(StarTable old, StarTable replacement) {
        return new StarDocument(blocks.stream()
                .map(block -> new StarBlock(
                        block.name(),
                        block.sections().stream()
                                .map(section -> section == (StarSection) old ? replacement : section)
                                .toList()))
                .toList());
    }

    /** The names of the blocks, for messages. */
    public String names() {
        return String.join(
                ", ", blocks.stream().map(block -> "data_" + block.name()).toList());
    }
}
