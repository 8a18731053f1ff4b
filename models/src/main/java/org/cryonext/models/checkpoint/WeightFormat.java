package org.cryonext.models.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/** What kind of model file something is, by its first bytes. */
public enum WeightFormat {
    SAFETENSORS,
    /** Hugging Face's list of the files over which the tensors are spread. */
    INDEX,
    /** What torch.save writes since PyTorch 1.6: a zip archive. */
    TORCH,
    /** What torch.save wrote before: pickles one after the other. */
    LEGACY_TORCH,
    ONNX;

    private static final int HEAD = 4096;

    /**
     * The kind of a file.
     *
     * @throws InputException if the file cannot be read or is of none of these kinds
     */
    public static WeightFormat of(Path file) {
        InputFile.require(file, "a model file");
        try (InputStream in = Files.newInputStream(file)) {
            return of(file, in.readNBytes(HEAD), Files.size(file));
        } catch (IOException e) {
            throw InputFile.unreadable(file, "a model file", e);
        }
    }

    private static WeightFormat of(Path file, byte[] head, long size) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (isSafetensors(head, size)) {
            return SAFETENSORS;
        } else if (startsWith(head, 'P', 'K', 3, 4)) {
            return TORCH;
        } else if (startsWith(head, 0x80) && head.length > 1 && head[1] >= 2 && head[1] <= 5) {
            return LEGACY_TORCH;
        } else if (firstCharacter(head) == '{') {
            return INDEX;
        } else if (startsWith(head, 8) || name.endsWith(".onnx")) {
            // A serialized ModelProto begins with its field 1, the version of the format.
            return ONNX;
        } else if (name.endsWith(".safetensors")) {
            // A damaged one; reading it tells in which way.
            return SAFETENSORS;
        }
        throw new InputException(file + " is no model file that is known here; expected safetensors, a"
                + " model.safetensors.index.json, a PyTorch checkpoint (.bin, .pth, .pt) or ONNX");
    }

    private static boolean isSafetensors(byte[] head, long size) {
        if (head.length < 9) {
            return false;
        }
        long header = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return header > 0 && header <= size - 8 && head[8] == '{';
    }

    private static boolean startsWith(byte[] head, int... bytes) {
        if (head.length < bytes.length) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if (Byte.toUnsignedInt(head[i]) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    private static char firstCharacter(byte[] head) {
        for (byte b : head) {
            if (!Character.isWhitespace(b)) {
                return (char) b;
            }
        }
        return 0;
    }
}
