package org.cryonext.peers;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Properties;

/**
 * What {@code network.properties} says of a network and its images.
 *
 * @param version 1 or 2, of ConvNeXt
 * @param depths blocks of each stage
 * @param epsilon of every LayerNorm and GRN but the last LayerNorm
 * @param headEpsilon of the last LayerNorm
 * @param patch size of the stem's kernel
 * @param batch images
 * @param imageSize height and width
 */
record Architecture(
        int version, int[] depths, double epsilon, double headEpsilon, int patch, int batch, int imageSize) {
    static Architecture read(Path folder) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(folder.resolve("network.properties"))) {
            properties.load(reader);
        }
        return new Architecture(
                Integer.parseInt(properties.getProperty("version")),
                Arrays.stream(properties.getProperty("depths").split(","))
                        .mapToInt(Integer::parseInt)
                        .toArray(),
                Double.parseDouble(properties.getProperty("epsilon")),
                Double.parseDouble(properties.getProperty("head_epsilon")),
                Integer.parseInt(properties.getProperty("patch")),
                Integer.parseInt(properties.getProperty("batch")),
                Integer.parseInt(properties.getProperty("image_size")));
    }
}
