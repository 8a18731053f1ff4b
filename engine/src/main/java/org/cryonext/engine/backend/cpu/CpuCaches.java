package org.cryonext.engine.backend.cpu;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The caches that work is cut for. They decide how many rows or samples are on their way at a time, never the order of a sum:
 * machines with other caches get the same bits.
 *
 * @param secondLevelBytes of a core's second-level cache
 * @param lastLevelBytes of the cache that cores share, or the second-level one where they share none
 */
record CpuCaches(long secondLevelBytes, long lastLevelBytes) {
    /** Those of many processors: 1 MiB for each core and 32 MiB for all. */
    static final CpuCaches USUAL = new CpuCaches(1 << 20, 32 << 20);

    /** Those of this machine as Linux describes its first processor; the usual ones where nothing does. */
    static final CpuCaches MACHINE =
            described(Path.of("/sys/devices/system/cpu/cpu0/cache")).orElse(USUAL);

    private static final int LEAST_TILE = 32 << 10;
    private static final int MOST_TILE = 256 << 10;
    private static final int LEAST_GROUP = 256 << 10;
    private static final int MOST_GROUP = 2 << 20;

    /** Floats of what a task works on: half of the second-level cache, if it is not of an unheard-of size. */
    int tileFloats() {
        return Math.clamp(secondLevelBytes / Float.BYTES / 2, LEAST_TILE, MOST_TILE);
    }

    /** Floats that one phase of an operation leaves to the next: a quarter of the last-level cache, which others use too. */
    int groupFloats() {
        return Math.clamp(lastLevelBytes / Float.BYTES / 4, LEAST_GROUP, MOST_GROUP);
    }

    /**
     * As a folder describes them that has one for each cache, with files level, type and size.
     *
     * @return empty if it does not, or not as Linux does
     */
    static Optional<CpuCaches> described(Path folder) {
        long second = 0;
        long last = 0;
        int lastLevel = 0;
        try (DirectoryStream<Path> caches = Files.newDirectoryStream(folder, "index*")) {
            for (Path cache : caches) {
                int level = Integer.parseInt(
                        Files.readString(cache.resolve("level")).strip());
                String type = Files.readString(cache.resolve("type")).strip();
                long bytes = bytes(Files.readString(cache.resolve("size")).strip());
                if (type.equals("Instruction") || level < 2) {
                    continue;
                }
                second = level == 2 ? bytes : second;
                if (level > lastLevel) {
                    lastLevel = level;
                    last = bytes;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
        return second > 0 ? Optional.of(new CpuCaches(second, last)) : Optional.empty();
    }

    /** Of a size as in 1024K or 32M. */
    private static long bytes(String size) {
        String digits = size.replaceFirst("[KM]$", "");
        return Long.parseLong(digits) << (size.endsWith("K") ? 10 : size.endsWith("M") ? 20 : 0);
    }
}
