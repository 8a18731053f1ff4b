package org.cryonext.models.inspect;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;

/** Draws a network into a file. */
public final class Drawing {
    private Drawing() {}

    /**
     * Writes a picture (.svg: the parts of a ConvNeXt and one of its blocks) or a graph in Graphviz's language (.dot:
     * the blocks of a checkpoint, every node of an ONNX file).
     *
     * @throws InputException if the file's ending is neither, or the model cannot be drawn so
     */
    public static void write(Inspection inspection, Path file) {
        String text = text(inspection, file);
        AtomicFile.write(file, temporary -> Files.writeString(temporary, text, StandardCharsets.UTF_8));
    }

    private static String text(Inspection inspection, Path file) {
        if (requireEnding(file)) {
            return SvgPicture.of(inspection
                    .architecture()
                    .orElseThrow(() -> new InputException(inspection.title()
                            + " is no ConvNeXt that is known as one, and only these are drawn as SVG; for Graphviz all its"
                            + " nodes are written with --graph FILE.dot")));
        }
        return inspection
                .graph()
                .map(DotText::of)
                .or(() -> inspection.architecture().map(DotText::of))
                .orElseThrow(() -> new InputException(
                        inspection.title() + " cannot be drawn, because its graph is not understood"));
    }

    /**
     * Whether a file is to be SVG.
     *
     * @throws InputException if its ending is neither .svg nor .dot
     */
    public static boolean requireEnding(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (!name.endsWith(".svg") && !name.endsWith(".dot")) {
            throw new InputException("--graph is " + file + ", expected a file that ends in .svg or .dot");
        }
        return name.endsWith(".svg");
    }
}
