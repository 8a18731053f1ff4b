package org.cryonext.bench.paper;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.cryonext.bench.model.ModelGraph;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.bench.model.Products;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.CudaBackend;
import org.cryonext.engine.backend.cuda.PaperBackend;
import org.cryonext.engine.backend.cuda.PlannedLaunch;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.plan.Plan;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;

/**
 * A step of a model on a card, on paper.
 *
 * @param settings the model
 * @param card what it would run on
 * @param rows its launches, those that take most first
 * @param blockLaunches most launches of a block
 * @param restLaunches launches outside of blocks
 * @param memoryBytes of the card that the step takes, parameters included
 */
public record PaperRoofline(
        ModelSettings settings, Card card, List<PaperRow> rows, int blockLaunches, int restLaunches, long memoryBytes) {
    private static final String BLOCK = ".blocks.";

    /** Whether a card has the instructions. */
    public static boolean runs(Card card, Precision precision) {
        return CudaBackend.computesIn(precision, card.device().architecture());
    }

    /** Plans a model for a card as it is run there, and adds up what it would take. */
    public static PaperRoofline of(ModelSettings settings, Card card) {
        return of(settings, card, ModelGraph::of);
    }

    /** The same of inference that moves the fewest bytes. */
    public static PaperRoofline fewestBytes(ModelSettings settings, Card card) {
        return of(settings, card, ModelGraph::fewestBytes);
    }

    private static PaperRoofline of(
            ModelSettings settings, Card card, BiFunction<ModelSettings, Backend, ModelGraph> graphs) {
        KernelModel model = new KernelModel(card);
        Map<String, PaperRow> rows = new LinkedHashMap<>();
        Map<String, Integer> byScope = new TreeMap<>();
        try (PaperBackend paper = new PaperBackend(card.device(), settings.precision());
                Variables variables = new Variables(paper);
                Program program = Program.compile(graphs.apply(settings, paper).graph(), variables)) {
            Map<PlannedLaunch, Node> nodes = new IdentityHashMap<>();
            program.run(node -> paper.take().forEach(launch -> nodes.put(launch, node)));
            program.run();
            for (PlannedLaunch launch : paper.take()) {
                // What was joined belongs to no node alone.
                Node node = nodes.get(launch);
                byScope.merge(node == null ? "" : node.scope(), 1, Integer::sum);
                String output = node == null
                        ? "several nodes"
                        : node.outputs().getFirst().toString();
                PaperRow row = row(launch, output, model);
                rows.merge(row.kernel() + " " + row.output(), row, PaperRow::plus);
            }
        }
        int most = 0;
        int rest = 0;
        for (Map.Entry<String, Integer> scope : byScope.entrySet()) {
            if (scope.getKey().contains(BLOCK)) {
                most = Math.max(most, scope.getValue());
            } else {
                rest += scope.getValue();
            }
        }
        List<PaperRow> sorted = new ArrayList<>(rows.values());
        sorted.sort(Comparator.comparingDouble(PaperRow::microseconds).reversed());
        return new PaperRoofline(settings, card, List.copyOf(sorted), most, rest, memory(settings, card));
    }

    /**
     * Microseconds of a run of a graph on a card, as modelled, a gap before each launch included.
     *
     * @param graph ready to be planned for the card
     * @param precision what the card's backend is opened for
     */
    public static double microseconds(Graph graph, Precision precision, Card card) {
        KernelModel model = new KernelModel(card);
        try (PaperBackend paper = new PaperBackend(card.device(), precision);
                Variables variables = new Variables(paper);
                Program program = Program.compile(graph, variables)) {
            paper.take();
            program.run();
            return paper.take().stream()
                    .mapToDouble(launch -> model.time(launch).microseconds())
                    .sum();
        }
    }

    private static long memory(ModelSettings settings, Card card) {
        try (PaperBackend paper = PaperBackend.sharingMemory(card.device(), settings.precision())) {
            Plan plan = Plan.of(ModelGraph.of(settings, paper).graph(), paper);
            return plan.bytes() + plan.variableBytes();
        }
    }

    private static PaperRow row(PlannedLaunch launch, String output, KernelModel model) {
        KernelModel.Time time = model.time(launch);
        Efficiency efficiency = Efficiency.of(launch.family(), launch.type());
        return new PaperRow(
                launch.kernel(),
                output,
                1,
                (long) launch.grid().x() * launch.grid().y() * launch.grid().z(),
                launch.work().read() / 1e6,
                launch.work().written() / 1e6,
                (launch.work().tensorFlops() + launch.work().flops()) / 1e9,
                time.microseconds(),
                model.roofline(launch),
                time.bound().name().toLowerCase(Locale.ROOT),
                efficiency.compute(),
                efficiency.memory());
    }

    /** Launches of a step. */
    public int launches() {
        return rows.stream().mapToInt(PaperRow::launches).sum();
    }

    /** Microseconds of a step, as modelled. */
    public double microseconds() {
        return rows.stream().mapToDouble(PaperRow::microseconds).sum();
    }

    /** Images a second, as modelled. */
    public double imagesPerSecond() {
        return 1e6 * settings.batch() / microseconds();
    }

    /** Microseconds of a step in which each launch is at the card's peaks. */
    public double launchRoofline() {
        return rows.stream().mapToDouble(PaperRow::roofline).sum();
    }

    /** Bytes that a step moves for each image, in 1e6. */
    public double megabytesPerImage() {
        return rows.stream()
                        .mapToDouble(r -> r.readMegabytes() + r.writtenMegabytes())
                        .sum()
                / settings.batch();
    }

    /** What inference moves at least if it is fused. */
    public FusedMinimum minimum() {
        return FusedMinimum.of(
                settings.config(),
                settings.imageSize(),
                settings.precision().dtype().bytes());
    }

    /**
     * Microseconds of inference that moves the fused minimum at the card's peak while it does its products at the card's peak:
     * the roofline of the whole step.
     */
    public double stepRoofline() {
        double bytes = minimum().perImage(settings.batch()) * settings.batch();
        return Math.max(bytes / card.peaks().gigabytes() / 1e3, productFlops() / card.peak(type()) / 1e6);
    }

    private String type() {
        return settings.precision().toString();
    }

    /** Operations of the model's products, without the padding of tiles. */
    private double productFlops() {
        try (PaperBackend paper = PaperBackend.sharingMemory(card.device(), settings.precision())) {
            return ModelGraph.of(settings, paper).graph().nodes().stream()
                    .filter(node -> Products.include(node.op()))
                    .mapToDouble(node -> node.cost().flops())
                    .sum();
        }
    }

    /** Whether the step fits the card's memory. */
    public boolean fits() {
        return memoryBytes <= card.device().totalBytes();
    }
}
