package org.cryonext.bench.paper;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.cryonext.bench.model.Mode;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.engine.backend.Precision;

/** What is modelled of a card, for a person. */
public final class PaperPage {
    /** Images in a batch that are modelled. */
    private static final List<Integer> BATCHES = List.of(1, 96, 256);

    private static final List<Precision> PRECISIONS = List.of(Precision.F32, Precision.TF32, Precision.F16);

    /** What the plan of tiny in f16 should reach: images a second, times the fused minimum of bytes, launches. */
    private static final double T4_AIM = 2200;

    private static final double H100_AIM = 26000;
    private static final double BYTES_AIM = 1.5;
    private static final int BLOCK_AIM = 4;
    private static final int REST_AIM = 12;

    private final PrintWriter out;
    private final Card card;

    /** Writes about a card. */
    public PaperPage(PrintWriter out, Card card) {
        this.out = out;
        this.card = card;
    }

    /** The card, what is assumed of it, and what a line of the tables holds. */
    public void head() {
        out.printf(
                Locale.ROOT,
                "%s on paper, not measured: %.0f GB/s, %.1f TFLOP/s in f16, %.1f in tf32, %.1f in f32 by its data sheet; %s.%n",
                card.peaks().name(),
                card.peaks().gigabytes(),
                card.peaks().half(),
                card.peaks().tf32(),
                card.peaks().single(),
                card.source());
        out.printf(
                Locale.ROOT,
                "Kernels reach the shares of these that they, or what they are made of, reached on an H200 (docs/gpu.md); %.1f us a launch,"
                        + " %.1f us a wait for memory.%n%n",
                KernelModel.GAP,
                KernelModel.ROUND);
    }

    /**
     * Inference and training in every precision and batch, a line each.
     *
     * @param models one for each variant; mode, batch and precision are not theirs
     */
    public void overview(List<ModelSettings> models) {
        out.printf(
                "%-15s %-10s %-5s %5s %10s %9s %8s %9s %7s %8s %8s%n",
                "model",
                "mode",
                "in",
                "batch",
                "images/s",
                "ms",
                "launches",
                "MB/image",
                "minimum",
                "launches",
                "step");
        for (ModelSettings settings : models) {
            for (Mode mode : List.of(Mode.INFER, Mode.TRAIN_FULL)) {
                for (Precision precision : PRECISIONS) {
                    for (int batch : BATCHES) {
                        if (PaperRoofline.runs(card, precision)) {
                            line(PaperRoofline.of(with(settings, mode, precision, batch), card));
                        }
                    }
                }
            }
        }
        out.println(
                "minimum: times the fused minimum of bytes; launches, step: share of the time in which each launch, and"
                        + " the whole fused step,");
        out.println(
                "would be done at the data sheet's peaks. A batch that does not fit the card's memory is marked *.");
        out.println();
    }

    private void line(PaperRoofline step) {
        boolean infers = !step.settings().mode().trains();
        out.printf(
                Locale.ROOT,
                "%-15s %-10s %-5s %5d %9.0f%s %9.3f %8d %9.1f %7s %7.0f%% %8s%n",
                step.settings().name(),
                step.settings().mode(),
                step.settings().precision(),
                step.settings().batch(),
                step.imagesPerSecond(),
                step.fits() ? " " : "*",
                step.microseconds() / 1e3,
                step.launches(),
                step.megabytesPerImage(),
                infers ? String.format(Locale.ROOT, "%.2f", timesMinimum(step)) : "",
                100 * step.launchRoofline() / step.microseconds(),
                infers ? String.format(Locale.ROOT, "%.0f%%", 100 * step.stepRoofline() / step.microseconds()) : "");
        out.flush();
    }

    private static double timesMinimum(PaperRoofline step) {
        return step.megabytesPerImage()
                * 1e6
                / step.minimum().perImage(step.settings().batch());
    }

    private static ModelSettings with(ModelSettings s, Mode mode, Precision precision, int batch) {
        return new ModelSettings(
                s.name(), s.config(), mode, s.imageSize(), batch, s.threads(), s.recompute(), precision);
    }

    /**
     * A step by its kernels.
     *
     * @param rows how many are printed
     */
    public void kernels(PaperRoofline step, int rows) {
        ModelSettings s = step.settings();
        out.printf(
                Locale.ROOT,
                "%s %s in %s, batch %d: %.3f ms, %.0f images/s, %d launches, %.1f MB an image%n",
                s.name(),
                s.mode(),
                s.precision(),
                s.batch(),
                step.microseconds() / 1e3,
                step.imagesPerSecond(),
                step.launches(),
                step.megabytesPerImage());
        out.printf(
                "%10s %9s %-7s %5s %8s %9s %9s %6s %6s  %s%n",
                "us", "roofline", "bound", "times", "blocks", "MB", "GFLOP", "FLOPs", "bytes", "kernel, for");
        for (PaperRow row : step.rows().subList(0, Math.min(rows, step.rows().size()))) {
            out.printf(
                    Locale.ROOT,
                    "%10.1f %9.1f %-7s %5d %8d %9.1f %9.2f %5.0f%% %5.0f%%  %s %s%n",
                    row.microseconds(),
                    row.roofline(),
                    row.bound(),
                    row.launches(),
                    row.blocks(),
                    row.readMegabytes() + row.writtenMegabytes(),
                    row.gigaflop(),
                    100 * row.computeShare(),
                    100 * row.memoryShare(),
                    row.kernel(),
                    row.output());
        }
        out.println("FLOPs, bytes: the efficiency that is assumed.");
        out.println();
        out.flush();
    }

    /**
     * What the plans should reach, and whether they do.
     *
     * @param models tiny, one for each variant
     */
    public void aims(List<ModelSettings> models) {
        out.println("Aims of the plan, tiny at inference in f16:");
        for (ModelSettings settings : models) {
            ModelSettings half = with(settings, Mode.INFER, Precision.F16, 256);
            aims(settings.name(), PaperRoofline.of(half, card));
            aims(
                    settings.name() + " with each MLP as one node wherever there is a kernel for it",
                    PaperRoofline.fewestBytes(half, card));
        }
        out.flush();
    }

    private void aims(String name, PaperRoofline step) {
        out.println("  " + name);
        aims(step).forEach(aim -> out.println("    " + aim));
    }

    private List<String> aims(PaperRoofline step) {
        List<String> said = new ArrayList<>();
        boolean first = step.settings().config().hasLayerScale();
        double aim = card == Card.T4 ? T4_AIM : card == Card.H100 ? H100_AIM : 0;
        said.add(
                first && aim > 0
                        ? rate(step, aim)
                        : String.format(Locale.ROOT, "%.0f images/s", step.imagesPerSecond()));
        double times = timesMinimum(step);
        said.add(String.format(
                Locale.ROOT,
                "%.1f MB an image, %.2f times the fused minimum of %.1f MB; at most %.1f: %s",
                step.megabytesPerImage(),
                times,
                step.minimum().perImage(step.settings().batch()) / 1e6,
                BYTES_AIM,
                held(times <= BYTES_AIM)));
        said.add(String.format(
                Locale.ROOT,
                "%d launches a block; at most %d: %s",
                step.blockLaunches(),
                BLOCK_AIM,
                held(step.blockLaunches() <= BLOCK_AIM)));
        said.add(String.format(
                Locale.ROOT,
                "%d launches for the rest; at most %d: %s",
                step.restLaunches(),
                REST_AIM,
                held(step.restLaunches() <= REST_AIM)));
        return said;
    }

    private static String rate(PaperRoofline step, double aim) {
        return String.format(
                Locale.ROOT,
                "%.0f images/s; at least %.0f: %s",
                step.imagesPerSecond(),
                aim,
                held(step.imagesPerSecond() >= aim));
    }

    private static String held(boolean held) {
        return held ? "held" : "not held";
    }
}
