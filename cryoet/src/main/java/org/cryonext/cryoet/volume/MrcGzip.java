package org.cryonext.cryoet.volume;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/** Unpacks a gzipped MRC file to a temporary one, as long as its header says and no longer. */
final class MrcGzip {
    private static final int BUFFER = 1 << 16;

    private MrcGzip() {}

    static Path unpack(Path path) {
        Path unpacked = null;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(path), BUFFER)) {
            unpacked = Files.createTempFile("cryonext-", ".mrc");
            copy(path, in, unpacked);
            return unpacked;
        } catch (ZipException e) {
            discard(unpacked);
            throw new InputException(
                    path + ": its name ends in .gz but it cannot be unpacked (" + e.getMessage()
                            + "); rename it or download it again",
                    e);
        } catch (EOFException e) {
            discard(unpacked);
            throw new InputException(path + ": truncated: the gzip data ends early; copy or download it again", e);
        } catch (IOException e) {
            String folder = System.getProperty("java.io.tmpdir");
            // While what was unpacked still fills the disk.
            String reason = AtomicFile.reason(Path.of(folder), e);
            discard(unpacked);
            throw unpacked == null
                    ? InputFile.unreadable(path, "an MRC file", e)
                    : new InputException("Cannot unpack " + path + " to " + folder + ": " + reason, e);
        } catch (RuntimeException e) {
            discard(unpacked);
            throw e;
        }
    }

    private static void copy(Path path, InputStream in, Path unpacked) throws IOException {
        byte[] head = in.readNBytes(MrcHeader.BYTES);
        if (head.length < MrcHeader.BYTES) {
            throw new InputException(
                    path + ": truncated: " + head.length + " bytes when unpacked, an MRC header alone has "
                            + MrcHeader.BYTES + "; copy or download it again");
        }
        // The header's word is checked before the disk is filled: a small .gz can unpack to a very large file.
        long left = MrcHeader.parse(path.toString(), head).fileBytes() - head.length;
        long free = Files.getFileStore(unpacked).getUsableSpace();
        if (left > free) {
            throw new InputException(path + ": unpacks to " + left + " bytes, but only " + free + " are free in "
                    + unpacked.getParent() + "; unpack it yourself with gunzip and give the unpacked file");
        }
        try (OutputStream out = Files.newOutputStream(unpacked)) {
            out.write(head);
            byte[] buffer = new byte[BUFFER];
            int n = 0;
            while (left > 0 && (n = in.read(buffer, 0, (int) Math.min(buffer.length, left))) > 0) {
                out.write(buffer, 0, n);
                left -= n;
            }
        }
    }

    /** Removes the file; on Windows a mapped one stays until the program ends. */
    static void discard(Path unpacked) {
        if (unpacked == null) {
            return;
        }
        try {
            Files.deleteIfExists(unpacked);
        } catch (IOException e) {
            unpacked.toFile().deleteOnExit();
        }
    }
}
