package org.cryonext.models.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;
import org.cryonext.models.hub.Published.Training;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The published ConvNeXt models, by the names that users give them. */
public final class Catalogue {
    private static final List<Published> MODELS = load();

    /** A name with one slip in as many letters is still taken for the one that was meant. */
    private static final int LETTERS_FOR_A_SLIP = 3;

    private Catalogue() {}

    /** All models, V1 first, by what they learned from and by size. */
    public static List<Published> models() {
        return MODELS;
    }

    /**
     * The model of this name. The order of the words, their case and the marks between them do not matter, and 224 pixels
     * and ImageNet-1k need not be said: convnext-tiny and ConvNeXt_Tiny_224_1k are the same. 22k means a classifier for
     * ImageNet-22k where one was published, and otherwise the model that was fine-tuned on ImageNet-1k after it.
     */
    public static Optional<Published> find(String name) {
        return MODELS.stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .or(() -> Words.of(name).flatMap(Catalogue::find));
    }

    /** The model that is in this repository, at whatever revision. */
    static Optional<Published> in(Repository repository) {
        return MODELS.stream()
                .filter(model -> model.repository().id().equals(repository.id()))
                .findFirst();
    }

    private static Optional<Published> find(Words words) {
        return words.trainings().stream()
                .flatMap(training -> MODELS.stream()
                        .filter(model -> model.version() == words.version()
                                && model.size() == words.size()
                                && model.imageSize() == words.imageSize()
                                && model.training() == training))
                .findFirst();
    }

    /** At most three models whose names are nearly this one, the likest first. */
    public static List<String> nearest(String name) {
        String plain = name.toLowerCase(Locale.ROOT);
        return MODELS.stream()
                .map(Published::name)
                .filter(candidate -> distance(plain, candidate) <= candidate.length() / LETTERS_FOR_A_SLIP)
                .sorted(Comparator.comparingInt(candidate -> distance(plain, candidate)))
                .limit(3)
                .toList();
    }

    /** The least number of letters to insert, leave out or replace that turns one text into the other. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    /** What a name says, word by word. */
    private record Words(Version version, Size size, List<Training> trainings, int imageSize) {
        static Optional<Words> of(String name) {
            List<String> words = new ArrayList<>(List.of(name.toLowerCase(Locale.ROOT)
                    .replaceFirst("^convnext[-_]?v2", "convnextv2")
                    .split("[-_.]")));
            Optional<Version> version = switch (words.removeFirst()) {
                case "convnext" -> Optional.of(Version.V1);
                case "convnextv2" -> Optional.of(Version.V2);
                default -> Optional.empty();
            };
            Optional<Size> size = Arrays.stream(Size.values())
                    .filter(candidate -> words.remove(candidate.toString()))
                    .findFirst();
            int imageSize = words.remove("384") ? 384 : words.remove("512") ? 512 : 224;
            words.remove("224");
            boolean small = words.remove("1k");
            boolean large = words.remove("22k");
            if (version.isEmpty() || size.isEmpty() || !words.isEmpty()) {
                return Optional.empty();
            }
            List<Training> trainings = !large
                    ? List.of(Training.IMAGENET_1K)
                    : small
                            ? List.of(Training.IMAGENET_22K_1K)
                            : List.of(Training.IMAGENET_22K, Training.IMAGENET_22K_1K);
            return Optional.of(new Words(version.orElseThrow(), size.orElseThrow(), trainings, imageSize));
        }
    }

    private static List<Published> load() {
        try (InputStream in = Catalogue.class.getResourceAsStream("catalogue.json")) {
            JsonNode root = JsonMapper.shared().readTree(in);
            List<Published> models = new ArrayList<>();
            Set<String> names = new HashSet<>();
            for (JsonNode entry : root.required("models")) {
                Published model = read(entry, root.required("licences"));
                if (!names.add(model.name())) {
                    throw new IllegalStateException("Twice in the catalogue: " + model.name());
                }
                models.add(model);
            }
            return List.copyOf(models);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Published read(JsonNode entry, JsonNode licences) {
        String revision =
                entry.has("revision") ? "@" + entry.required("revision").asString() : "";
        JsonNode licence = licences.required(entry.required("licence").asString());
        Map<String, String> sha256 = new HashMap<>();
        entry.path("sha256").forEachEntry((file, digits) -> sha256.put(file, digits.asString()));
        return new Published(
                entry.required("name").asString(),
                Repository.parse(entry.required("repository").asString() + revision)
                        .orElseThrow(),
                Version.valueOf(entry.required("version").asString().toUpperCase(Locale.ROOT)),
                Size.named(entry.required("size").asString()),
                Arrays.stream(Training.values())
                        .filter(t ->
                                t.toString().equals(entry.required("training").asString()))
                        .findFirst()
                        .orElseThrow(),
                entry.required("image").asInt(),
                new Licence(
                        licence.required("name").asString(),
                        licence.required("text").asString()),
                Map.copyOf(sha256));
    }
}
