package org.cryonext.bench.gpu;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.cryonext.bench.model.Mode;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.convnext.Version;

/** One thing that the process on the card is asked to do. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "task")
@JsonSubTypes({
    @JsonSubTypes.Type(value = GpuTask.Case.class, name = "case"),
    @JsonSubTypes.Type(value = GpuTask.Golden.class, name = "golden"),
    @JsonSubTypes.Type(value = GpuTask.Logits.class, name = "logits"),
    @JsonSubTypes.Type(value = GpuTask.Losses.class, name = "losses"),
    @JsonSubTypes.Type(value = GpuTask.Images.class, name = "images"),
    @JsonSubTypes.Type(value = GpuTask.Ceilings.class, name = "ceilings"),
    @JsonSubTypes.Type(value = GpuTask.Kernel.class, name = "kernel"),
    @JsonSubTypes.Type(value = GpuTask.Tiles.class, name = "tiles"),
    @JsonSubTypes.Type(value = GpuTask.Model.class, name = "model")
})
public sealed interface GpuTask {
    /** The part it belongs to. */
    GpuPart part();

    /** For a person, some words. */
    String title();

    /** Seconds after which it is given up. */
    default int patience() {
        return 60;
    }

    /**
     * A case against the reference, twice.
     *
     * @param dtype element type of its floating inputs
     * @param index position in the list of tests
     */
    record Case(DType dtype, int index) implements GpuTask {
        @Override
        public GpuPart part() {
            return GpuPart.CASES;
        }

        @Override
        public String title() {
            return dtype + " case " + index;
        }

        @Override
        public int patience() {
            // The first waits for the reference's results and for the kernels' images.
            return 30;
        }
    }

    /**
     * A small model against PyTorch: outputs, gradients and steps of AdamW.
     *
     * @param model name of a folder of the goldens
     */
    record Golden(String model) implements GpuTask {
        @Override
        public GpuPart part() {
            return GpuPart.MODELS;
        }

        @Override
        public String title() {
            return "golden " + model;
        }
    }

    /** The logits of a tiny model at 224 against the cpu backend's. */
    record Logits(Version version, Precision precision) implements GpuTask {
        @Override
        public GpuPart part() {
            return GpuPart.MODELS;
        }

        @Override
        public String title() {
            return "logits of tiny " + version + " in " + precision;
        }

        @Override
        public int patience() {
            return 120;
        }
    }

    /** The losses of a tiny model's first steps at 224 against the cpu backend's, twice. */
    record Losses(Version version, Precision precision) implements GpuTask {
        @Override
        public GpuPart part() {
            return GpuPart.MODELS;
        }

        @Override
        public String title() {
            return "losses of tiny " + version + " in " + precision;
        }

        @Override
        public int patience() {
            return 180;
        }
    }

    /** Images of particles that the card makes of a volume, against the processor's, twice. */
    record Images(Precision precision) implements GpuTask {
        @Override
        public GpuPart part() {
            return GpuPart.MODELS;
        }

        @Override
        public String title() {
            return "images of particles in " + precision;
        }
    }

    /** What the card's memory and products reach. */
    record Ceilings() implements GpuTask {
        @Override
        public GpuPart part() {
            return GpuPart.TIMINGS;
        }

        @Override
        public String title() {
            return "ceilings";
        }
    }

    /**
     * The time of a kernel.
     *
     * @param dtype element type of its floating inputs
     * @param index position in the list of timings
     */
    record Kernel(DType dtype, int index) implements GpuTask {
        @Override
        public GpuPart part() {
            return GpuPart.TIMINGS;
        }

        @Override
        public String title() {
            return dtype + " timing " + index;
        }
    }

    /**
     * The times of a product in tiles of each shape.
     *
     * @param index position in the list of timings
     */
    record Tiles(Precision precision, int index) implements GpuTask {
        @Override
        public GpuPart part() {
            return GpuPart.TILES;
        }

        @Override
        public String title() {
            return "tiles of " + precision + " timing " + index;
        }
    }

    /** The time of a tiny model at 224. */
    record Model(Version version, Mode mode, Precision precision, int batch) implements GpuTask {
        @Override
        public GpuPart part() {
            return GpuPart.TIMINGS;
        }

        @Override
        public String title() {
            return "tiny " + version + " " + mode + " " + precision + " batch " + batch;
        }
    }
}
