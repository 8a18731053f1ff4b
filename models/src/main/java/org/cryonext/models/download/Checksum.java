package org.cryonext.models.download;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the content of a file must be.
 *
 * @param kind how it is computed
 * @param digits in hexadecimal
 */
public record Checksum(Kind kind, String digits) {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");

    /** The ways that repositories compute checksums. */
    public enum Kind {
        MD5("MD5", 32),
        SHA1("SHA-1", 40),
        /** The hub's name for large files. */
        SHA256("SHA-256", 64),
        SHA512("SHA-512", 128),
        /** The hub's name for small files: git's hash of a blob. Some mirrors give the plain SHA-1 in its place. */
        GIT("git hash", 40);

        private final String text;
        private final int length;

        Kind(String text, int length) {
            this.text = text;
            this.length = length;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** The checksum that an ETag is, if it is one. */
    public static Optional<Checksum> of(String etag) {
        if (SHA256.matcher(etag).matches()) {
            return Optional.of(new Checksum(Kind.SHA256, etag));
        }
        return SHA1.matcher(etag).matches() ? Optional.of(new Checksum(Kind.GIT, etag)) : Optional.empty();
    }

    /**
     * The checksum that goes by a name as "SHA-1" or "MD5".
     *
     * @return empty if there is no such kind, or these are not its digits
     */
    public static Optional<Checksum> named(String kind, String digits) {
        String lower = digits.toLowerCase(Locale.ROOT);
        for (Kind known : Kind.values()) {
            if (known != Kind.GIT
                    && known.text.equalsIgnoreCase(kind)
                    && lower.matches("[0-9a-f]{" + known.length + "}")) {
                return Optional.of(new Checksum(known, lower));
            }
        }
        return Optional.empty();
    }

    public static Checksum sha256(String digits) {
        return new Checksum(Kind.SHA256, digits);
    }

    /** The digits that the file really has; for {@link Kind#GIT} the expected ones if it has them in either way. */
    public String compute(Path file) throws IOException {
        return switch (kind) {
            case MD5, SHA1, SHA256, SHA512 -> digest(kind.text, new byte[0], file);
            case GIT -> {
                byte[] header = ("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII);
                String git = digest("SHA-1", header, file);
                yield !git.equals(digits) && digest("SHA-1", new byte[0], file).equals(digits) ? digits : git;
            }
        };
    }

    private static String digest(String algorithm, byte[] header, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            digest.update(header);
            byte[] buffer = new byte[1 << 20];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has " + algorithm, e);
        }
    }
}
