package org.cryonext.cryoet.fetch;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.download.Checksum;
import org.cryonext.models.download.PinnedDownload;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A repository that runs Dataverse, of which two calls are used: the native API's description of a data set, and the data
 * access API's files. See guides.dataverse.org, "Native API" and "Data Access API".
 *
 * @param base the repository's address
 */
record Dataverse(URI base) {
    /** Names a mirror of DataverseNL. */
    static final String VARIABLE = "CRYONEXT_DATAVERSE";

    private static final String NETHERLANDS = "https://dataverse.nl";
    private static final int LARGEST_LISTING = 64 << 20;

    /** No file of a data set has a petabyte; sums of what is below do not overflow. */
    private static final long LARGEST_FILE = 1_000_000_000_000_000L;

    private static final int MOST_FILES = 5000;

    /**
     * DataverseNL, or what {@value #VARIABLE} names.
     *
     * @param environment as {@link System#getenv()}
     * @throws InputException if the variable holds no address
     */
    static Dataverse of(Map<String, String> environment) {
        String own = environment.getOrDefault(VARIABLE, "");
        String text = own.isBlank() ? NETHERLANDS : own.strip();
        try {
            URI base = URI.create(text.replaceFirst("/+$", ""));
            if (base.getHost() == null
                    || !List.of("http", "https").contains(base.getScheme())
                    || base.getRawQuery() != null) {
                throw new IllegalArgumentException(text);
            }
            return new Dataverse(base);
        } catch (IllegalArgumentException e) {
            throw new InputException(VARIABLE + " is \"" + text + "\", expected an address as " + NETHERLANDS, e);
        }
    }

    /**
     * The files of the latest published version of a data set.
     *
     * @param doi for instance "doi:10.34894/Y2ZMRH"
     * @throws InputException if the answer cannot be had, or is none that can be used
     */
    List<RemoteFile> files(String doi, PinnedDownload download) {
        String name = "the list of files of " + doi;
        URI address = URI.create(base + "/api/datasets/:persistentId/?persistentId=" + doi);
        byte[] answer = download.fetchShort(name, address, LARGEST_LISTING);
        JsonNode root;
        try {
            root = JsonMapper.shared().readTree(answer);
        } catch (JacksonException e) {
            throw new InputException(
                    base.getHost() + " sends no JSON as " + name + "; check " + VARIABLE + " and the proxy", e);
        }
        JsonNode files = root.path("data").path("latestVersion").path("files");
        if (!files.isArray() || files.isEmpty() || files.size() > MOST_FILES) {
            throw new InputException(base.getHost() + " sends something else as " + name
                    + ": data.latestVersion.files is missing or holds not 1 to " + MOST_FILES + " files; check "
                    + VARIABLE);
        }
        List<RemoteFile> found = new ArrayList<>();
        Set<Path> paths = new HashSet<>();
        for (JsonNode file : files) {
            RemoteFile remote = file(file, name);
            if (!paths.add(remote.path())) {
                throw new InputException(
                        base.getHost() + " names " + remote.path() + " twice in " + name + "; nothing was fetched");
            }
            found.add(remote);
        }
        return List.copyOf(found);
    }

    private RemoteFile file(JsonNode entry, String listing) {
        JsonNode file = entry.path("dataFile");
        // A table that Dataverse has converted is asked for as it was uploaded: the checksum is that of the upload.
        boolean converted = file.path("originalFileFormat").isString();
        String name = file.path(converted && file.path("originalFileName").isString() ? "originalFileName" : "filename")
                .asString("");
        String label = entry.path("directoryLabel").asString("");
        if (name.contains("/")) {
            throw outside(label, name, listing);
        }
        Path path = Confined.path(label.isEmpty() ? name : label + "/" + name)
                .orElseThrow(() -> outside(label, name, listing));
        long id = file.path("id").asLong(-1);
        long bytes = file.path(converted ? "originalFileSize" : "filesize").asLong(-1);
        if (id < 0 || bytes < 0 || bytes > LARGEST_FILE) {
            throw new InputException(base.getHost() + " gives " + path + " the id " + id + " and " + bytes
                    + " bytes in " + listing + ", which cannot be; nothing was fetched");
        }
        String kind = file.path("checksum").path("type").asString("MD5");
        String digits =
                file.path("checksum").path("value").asString(file.path("md5").asString(""));
        Checksum checksum = Checksum.named(kind, digits)
                .orElseThrow(
                        () -> new InputException(base.getHost() + " gives " + path + " the " + kind + " checksum \""
                                + digits + "\", expected MD5, SHA-1, SHA-256 or SHA-512; nothing was fetched"));
        URI address = URI.create(base + "/api/access/datafile/" + id + (converted ? "?format=original" : ""));
        return new RemoteFile(path, address, bytes, checksum);
    }

    private InputException outside(String label, String name, String listing) {
        return new InputException(base.getHost() + " names a file \"" + name + "\" in \"" + label + "\" in " + listing
                + ", which is no place inside a folder; nothing was fetched");
    }
}
