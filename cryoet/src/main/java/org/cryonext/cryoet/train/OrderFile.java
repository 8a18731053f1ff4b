package org.cryonext.cryoet.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.JsonFault;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A file that fixes which samples there are and which make each batch, so that a run can be laid beside another
 * program's step by step.
 *
 * @param samples the particles that train or validate
 * @param train indices into {@code samples}
 * @param validation indices into {@code samples}
 * @param epochs for each epoch its batches, each a list of indices into {@code samples}
 * @param test the particles that test
 * @param classWeights one a class; empty for none
 */
record OrderFile(
        List<Place> samples,
        int[] train,
        int[] validation,
        List<List<int[]>> epochs,
        List<Place> test,
        List<Double> classWeights) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /**
     * Where a particle stands.
     *
     * @param tomogram name of its tomogram
     * @param line 1-based line of the tomogram's list
     */
    record Place(String tomogram, int line) {}

    /** @throws InputException if the file is not of this form; the message names the key and the index */
    static OrderFile read(Path file) {
        JsonNode root;
        try {
            root = MAPPER.readTree(Files.readAllBytes(file));
        } catch (JacksonException e) {
            throw new InputException(
                    file + ": " + JsonFault.words(e) + "; docs/training.md shows what an order file looks like", e);
        } catch (IOException e) {
            throw new InputException("Cannot read " + file + ": " + InputFile.reason(e), e);
        }
        return new Reader(file, root).read();
    }

    /** All particles that are named, those of the test included. */
    List<Place> all() {
        List<Place> all = new ArrayList<>(samples);
        all.addAll(test);
        return all;
    }

    private record Reader(Path file, JsonNode root) {
        OrderFile read() {
            List<Place> samples = places("samples");
            int[] train = indices(list(root, "train"), "train", samples.size());
            int[] validation = indices(list(root, "val"), "val", samples.size());
            List<List<int[]>> epochs = new ArrayList<>();
            for (JsonNode epoch : list(root, "epochs")) {
                String where = "epochs[" + epochs.size() + "]";
                if (!epoch.isArray() || epoch.isEmpty()) {
                    throw wrong(where, epoch, "a list of batches");
                }
                List<int[]> batches = new ArrayList<>();
                for (JsonNode batch : epoch) {
                    String place = where + "[" + batches.size() + "]";
                    if (!batch.isArray() || batch.isEmpty()) {
                        throw wrong(place, batch, "a batch: a list of indices into samples");
                    }
                    batches.add(indices(batch, place, samples.size()));
                }
                epochs.add(batches);
            }
            if (epochs.isEmpty()) {
                throw new InputException(file + ": epochs is empty, expected at least one epoch");
            }
            List<Double> weights = new ArrayList<>();
            if (root.hasNonNull("class_weights")) {
                for (JsonNode weight : list(root, "class_weights")) {
                    if (!weight.isNumber() || !(weight.asDouble() >= 0) || Double.isInfinite(weight.asDouble())) {
                        throw wrong("class_weights", weight, "numbers from 0 on");
                    }
                    weights.add(weight.asDouble());
                }
            }
            return new OrderFile(samples, train, validation, epochs, places("test"), weights);
        }

        private List<Place> places(String key) {
            List<Place> places = new ArrayList<>();
            for (JsonNode node : list(root, key)) {
                JsonNode tomogram = node.get("tomo");
                JsonNode line = node.get("line");
                if (tomogram == null
                        || !tomogram.isString()
                        || line == null
                        || !line.isIntegralNumber()
                        || !line.canConvertToInt()) {
                    throw wrong(
                            key + "[" + places.size() + "]", node, "{\"tomo\": a tomogram's name, \"line\": a number}");
                }
                places.add(new Place(tomogram.asString(), line.asInt()));
            }
            return places;
        }

        private JsonNode list(JsonNode parent, String key) {
            JsonNode node = parent.get(key);
            if (node == null) {
                throw new InputException(file + " lacks the key \"" + key
                        + "\"; an order file has samples, train, val, epochs and test, and may have class_weights");
            }
            if (!node.isArray()) {
                throw wrong(key, node, "a list");
            }
            return node;
        }

        private int[] indices(JsonNode list, String where, int samples) {
            int[] indices = new int[list.size()];
            for (int i = 0; i < indices.length; i++) {
                JsonNode node = list.get(i);
                if (!node.isIntegralNumber() || node.asLong() < 0 || node.asLong() >= samples) {
                    throw wrong(where + "[" + i + "]", node, "an index into samples, 0 to " + (samples - 1));
                }
                indices[i] = node.asInt();
            }
            return indices;
        }

        private InputException wrong(String where, JsonNode found, String expected) {
            String text = found.toString();
            String shown = text.length() <= 60 ? text : text.substring(0, 60) + "...";
            return new InputException(file + ": " + where + " is " + shown + ", expected " + expected);
        }
    }
}
