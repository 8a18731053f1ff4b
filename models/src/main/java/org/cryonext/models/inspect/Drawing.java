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
     * also every node of any ONNX graph).
     *
     * @throws InputException if the file's ending is neither, or the model cannot be drawn so
     */
    public static void write(Inspection inspection, Path file) {
        String text = text(inspection, file);
        AtomicFile.write(file, temporary -> Files.writeString(temporary, text, StandardCharsets.UTF_8));
    }

    private static String text(Inspection inspection, Path file) {
        boolean svg = requireEnding(file);
        if (inspection.architecture().isPresent()) {
            Architecture architecture = inspection.architecture().orElseThrow();
            return svg ? SvgPicture.of(architecture) : DotText.of(architecture);
        }
        if (svg || inspection.graph().isEmpty()) {
            throw new InputException(inspection.title()
                    + (svg
                            ? " is no ConvNeXt that is known as one, and only these are" + " drawn as SVG; --graph "
                                    + file + ".dot writes all its nodes for Graphviz"
                            : " cannot be drawn, because its graph is not understood"));
        }
        return DotText.of(inspection.graph().orElseThrow());
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
