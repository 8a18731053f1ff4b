package org.cryonext.engine.backend.cuda.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A {@code .cu} file of the engine, with all that it includes.
 *
 * @param name the file's name without its ending, for instance {@code layer_norm}
 * @param text its content
 * @param headers content of the files that it includes, directly or not, by name
 */
public record KernelSource(String name, String text, SequencedMap<String, String> headers) {
    /** Where sources, and images compiled ahead, lie among the program's resources. */
    static final String FOLDER = "/org/cryonext/engine/backend/cuda/kernels/";

    private static final String ENDING = ".cu";
    private static final Pattern INCLUDE = Pattern.compile("(?m)^\\s*#\\s*include\\s+\"([^\"]+)\"");

    /** Names of all sources, in alphabetical order. */
    public static List<String> names() {
        URL folder = KernelSource.class.getResource(FOLDER);
        if (folder == null) {
            throw new IllegalStateException("The program's resources lack " + FOLDER);
        }
        try {
            URI uri = folder.toURI();
            if (!uri.getScheme().equals("jar")) {
                return names(Path.of(uri));
            }
            try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                return names(jar.getPath(FOLDER));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ENDING))
                    .map(name -> name.substring(0, name.length() - ENDING.length()))
                    .sorted()
                    .toList();
        }
    }

    /** @throws IllegalArgumentException if there is no such source */
    public static KernelSource of(String name) {
        String text = read(name + ENDING);
        SequencedMap<String, String> headers = new TreeMap<>();
        collect(text, headers);
        return new KernelSource(name, text, Collections.unmodifiableSequencedMap(headers));
    }

    private static void collect(String text, Map<String, String> headers) {
        for (MatchResult include : INCLUDE.matcher(text).results().toList()) {
            String header = include.group(1);
            if (!headers.containsKey(header)) {
                headers.put(header, read(header));
                collect(headers.get(header), headers);
            }
        }
    }

    private static String read(String file) {
        try (InputStream in = KernelSource.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new IllegalArgumentException("There is no kernel source " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SHA-256 of it and its headers, in hexadecimal: images with another one were made from other sources. */
    public String digest() {
        MessageDigest digest = sha256();
        update(digest, name + ENDING, text);
        headers.forEach((file, content) -> update(digest, file, content));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** SHA-256 of all sources and headers. */
    public static String digestOfAll() {
        MessageDigest digest = sha256();
        names().forEach(name -> update(digest, name, of(name).digest()));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, String file, String content) {
        digest.update((file + "\0" + content + "\0").getBytes(StandardCharsets.UTF_8));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
