package org.cryonext.engine.backend.cuda.driver;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import jcuda.CudaException;
import jcuda.JCudaVersion;
import jcuda.driver.JCudaDriver;
import org.cryonext.engine.io.CacheFolder;
import org.cryonext.engine.io.InputException;

/**
 * Loads JCuda's native half. JCuda itself unpacks it into the system's folder for temporary files, under a name that
 * everybody knows: another user could put his own file there, and two processes that start together could load half a file.
 * So it is unpacked here, into a folder of this user, beside its name and renamed, and JCuda finds it there.
 */
final class JcudaNatives {
    private static final String TEMPORARY = "java.io.tmpdir";

    /**
     * Why libraries could not be loaded: a class that failed to load its library once fails without a reason ever after.
     */
    private static final Map<String, String> FAILED = new HashMap<>();

    private JcudaNatives() {}

    /** @throws InputException if it cannot be loaded */
    static void load() {
        load("JCudaDriver", JCudaDriver.class, () -> JCudaDriver.setExceptionsEnabled(false));
    }

    /**
     * Loads one of JCuda's libraries.
     *
     * @param library its name
     * @param holder a class of the archive that holds it
     * @param first any call would do: a class loads its library when it is used for the first time
     * @throws InputException if it cannot be loaded, again with the same sentence
     */
    static synchronized void load(String library, Class<?> holder, Runnable first) {
        if (FAILED.containsKey(library)) {
            throw new InputException(FAILED.get(library));
        }
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        String name = library + "-" + JCudaVersion.get() + (windows ? "-windows-x86_64.dll" : "-linux-x86_64.so");
        Path folder = unpack(holder, (windows ? "" : "lib") + name);
        String temporary = System.getProperty(TEMPORARY);
        try {
            System.setProperty(TEMPORARY, folder.toString());
            first.run();
        } catch (LinkageError | CudaException e) {
            String sentence = "JCuda's library " + library + " cannot be loaded (" + reason(e) + "); use --device cpu";
            FAILED.put(library, sentence);
            throw new InputException(sentence, e);
        } finally {
            System.setProperty(TEMPORARY, temporary);
        }
    }

    private static Path unpack(Class<?> holder, String file) {
        URL resource = holder.getResource("/lib/" + file);
        if (resource == null) {
            throw new InputException("JCuda's library " + file + " is not beside this program: its folder lib lacks"
                    + " JCuda's natives; unpack or build the program again, or use --device cpu");
        }
        try {
            Path folder = Files.createDirectories(CacheFolder.of("natives"));
            Path target = folder.resolve(file);
            long bytes = resource.openConnection().getContentLengthLong();
            if (!Files.exists(target) || Files.size(target) != bytes) {
                Path temporary = folder.resolve("." + file + "." + UUID.randomUUID());
                try (InputStream in = resource.openStream()) {
                    Files.copy(in, temporary);
                    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                } finally {
                    Files.deleteIfExists(temporary);
                }
            }
            return folder;
        } catch (IOException e) {
            throw new InputException(
                    "Cannot unpack JCuda's library into " + CacheFolder.of("natives") + " (" + e.getMessage()
                            + "); name another folder in " + CacheFolder.VARIABLE,
                    e);
        }
    }

    /** JCuda's message is a page; what the system's loader said is its last line of this kind. */
    private static String reason(Throwable e) {
        String mark = "UnsatisfiedLinkError: ";
        return String.valueOf(e.getMessage())
                .lines()
                .filter(line -> line.contains(mark))
                .map(line -> line.substring(line.indexOf(mark) + mark.length()))
                .reduce((before, last) -> last)
                .orElse(String.valueOf(e.getMessage()));
    }
}
