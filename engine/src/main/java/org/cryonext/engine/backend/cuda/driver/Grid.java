package org.cryonext.engine.backend.cuda.driver;

/**
 * The shape of a launch.
 *
 * @param x blocks along x, up to 2^31 - 1
 * @param y blocks along y, up to 65535
 * @param z blocks along z, up to 65535
 * @param blockX threads of a block along x
 * @param blockY threads of a block along y
 * @param blockZ threads of a block along z, up to 64
 * @param sharedBytes dynamic shared memory of a block
 */
public record Grid(int x, int y, int z, int blockX, int blockY, int blockZ, int sharedBytes) {
    private static final int MOST_BLOCKS = 65535;
    private static final int MOST_THREADS = 1024;
    private static final int MOST_LAYERS = 64;

    /** @throws IllegalArgumentException if no card can launch it */
    public Grid {
        boolean fits = x > 0
                && y > 0
                && y <= MOST_BLOCKS
                && z > 0
                && z <= MOST_BLOCKS
                && blockX > 0
                && blockY > 0
                && blockZ > 0
                && blockZ <= MOST_LAYERS
                && (long) blockX * blockY * blockZ <= MOST_THREADS
                && sharedBytes >= 0;
        if (!fits) {
            throw new IllegalArgumentException("No card can launch "
                    + text(x, y, z, blockX, blockY, blockZ, sharedBytes)
                    + ": at most 2^31 - 1 by 65535 by 65535 blocks of at most 1024 threads, and none of it 0");
        }
    }

    /**
     * Blocks and threads in a row.
     *
     * @throws IllegalArgumentException if no card can launch it
     */
    public static Grid of(long blocks, int threads) {
        if (blocks > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("No card can launch " + blocks + " blocks in a row");
        }
        return new Grid((int) blocks, 1, 1, threads, 1, 1, 0);
    }

    /** The same with dynamic shared memory. */
    public Grid withShared(int bytes) {
        return new Grid(x, y, z, blockX, blockY, blockZ, bytes);
    }

    /** As CUDA's programmers write it: {@code <<<(64, 1, 1), (256, 1, 1), 0 bytes>>>}. */
    @Override
    public String toString() {
        return text(x, y, z, blockX, blockY, blockZ, sharedBytes);
    }

    private static String text(int x, int y, int z, int blockX, int blockY, int blockZ, int sharedBytes) {
        return "<<<(" + x + ", " + y + ", " + z + "), (" + blockX + ", " + blockY + ", " + blockZ + "), " + sharedBytes
                + " bytes>>>";
    }
}
