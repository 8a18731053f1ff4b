package org.cryonext.engine.backend.cuda.image;

import org.cryonext.engine.backend.cuda.driver.Architecture;

/** What a compiler makes: a binary for one family of cards, or assembly that the driver of any later card compiles. */
public sealed interface Target {
    /** For which architecture. */
    Architecture architecture();

    /** As the compiler's option and a folder of images call it. */
    String name();

    /** Ending of its file's name. */
    String ending();

    /** A binary. */
    record Cubin(Architecture architecture) implements Target {
        @Override
        public String name() {
            return architecture.sm();
        }

        @Override
        public String ending() {
            return ".cubin";
        }
    }

    /** Assembly. */
    record Ptx(Architecture architecture) implements Target {
        @Override
        public String name() {
            return architecture.compute();
        }

        @Override
        public String ending() {
            return ".ptx";
        }
    }

    /** Where a folder of images keeps that of a source. */
    default String path(String source) {
        return name() + "/" + source + ending();
    }
}
