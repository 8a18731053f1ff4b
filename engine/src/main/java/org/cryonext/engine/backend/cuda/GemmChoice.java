package org.cryonext.engine.backend.cuda;

import java.util.Comparator;
import java.util.List;

/** Chooses the tile for a product. */
@FunctionalInterface
interface GemmChoice {
    /**
     * The tile to be used.
     *
     * @param offered those for which there is a kernel, at least one
     */
    GemmTile choose(GemmShape shape, GemmArithmetic arithmetic, List<GemmTile> offered);

    /**
     * The tile with which the card is done first, if a tile takes as long as it has values, larger ones a little less for
     * each since they read less.
     *
     * @param multiprocessors number of blocks that make progress at a time
     */
    static GemmChoice bySize(int multiprocessors) {
        return (shape, arithmetic, offered) -> offered.stream()
                .filter(tile -> !tile.large())
                .min(Comparator.comparingDouble(tile -> duration(tile, shape, multiprocessors)))
                .orElseThrow();
    }

    /** The tile of this name where it is offered, else what another choice says. */
    static GemmChoice preferring(String tile, GemmChoice otherwise) {
        return (shape, arithmetic, offered) -> offered.stream()
                .filter(one -> one.toString().equals(tile))
                .findFirst()
                .orElseGet(() -> otherwise.choose(shape, arithmetic, offered));
    }

    private static double duration(GemmTile tile, GemmShape shape, int multiprocessors) {
        int values = tile.rows() * tile.columns();
        // Bytes read for a value are in proportion to (rows + columns) / (rows * columns).
        double reading = 16.0 * (tile.rows() + tile.columns());
        double rounds = shape.divisible()
                ? (double) tile.count(shape) / multiprocessors
                : Math.ceilDiv(tile.count(shape), multiprocessors);
        return rounds * (values + reading);
    }
}
