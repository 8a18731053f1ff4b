package org.cryonext.cryoet.export;

import java.util.Locale;

/** What an exported file is; the choices of {@code --format}. */
public enum Format {
    /** The network as a graph of standard operators, with its weights. */
    ONNX,
    /** The weights alone, under Hugging Face's names. */
    SAFETENSORS;

    /** The ending of its files, for instance {@code .onnx}. */
    String ending() {
        return "." + name().toLowerCase(Locale.ROOT);
    }
}
