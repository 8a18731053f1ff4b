package org.cryonext.bench.gpu;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.cryonext.bench.paper.Card;

/** A report in Markdown, what matters most first. */
final class GpuPage {
    private static final int MOST_FAULTS = 200;
    private static final int NODES = 25;

    private final GpuReport report;
    private final StringBuilder text = new StringBuilder();

    private GpuPage(GpuReport report) {
        this.report = report;
    }

    static String of(GpuReport report) {
        GpuPage page = new GpuPage(report);
        page.head();
        page.faults();
        page.models();
        page.proofs();
        page.cases();
        page.refused();
        page.kernels();
        page.tiles();
        page.nodes();
        return page.text.toString();
    }

    private void line(String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    private void head() {
        line("# CryoNeXt on a card");
        line("");
        line(
                "%s: %d findings are not as they should be, %d tasks were not reached.",
                report.passed() ? "All is right" : "Not all is right",
                report.faults().size(),
                report.undone());
        line("");
        report.environment().forEach((name, value) -> line("- %s: %s", name, value));
        report.of(Finding.Ceilings.class).forEach(ceilings -> line("- measured: %s", ceilings.line()));
        report.ceilings()
                .ifPresent(c -> line(
                        "- ceilings that shares refer to: %.0f GB/s; %.0f TFLOP/s f16 and bf16, %.0f tf32, %.0f f32",
                        c.gigabytes(), c.half(), c.tf32(), c.single()));
        line(report.predictions()
                .card()
                .map(card -> "- modelled: as `cryonext roofline --device " + card.name()
                        + "` models it on paper, whatever this run measured")
                .orElseGet(() -> "- modelled: nothing; the model knows " + List.of(Card.values())
                        + ", and this card is none of them"));
        line("");
        line("| part | tasks | done | seconds |");
        line("|---|---|---|---|");
        report.parts().forEach(p -> line("| %s | %d | %d | %.1f |", p.part(), p.planned(), p.done(), p.seconds()));
        line("");
    }

    private void faults() {
        List<Finding> faults = report.faults();
        if (faults.isEmpty()) {
            return;
        }
        line("## Faults");
        line("");
        // What was said word for word of several tasks is one line.
        Map<String, List<String>> failed = new LinkedHashMap<>();
        report.of(Finding.Failed.class)
                .forEach(f -> failed.computeIfAbsent(f.error(), error -> new ArrayList<>())
                        .add(f.what()));
        failed.forEach((error, tasks) -> line(
                "- %s%s: %s",
                tasks.getFirst(),
                tasks.size() == 1 ? "" : " and " + (tasks.size() - 1) + " more, to " + tasks.getLast(),
                error));
        List<Finding> wrong = faults.stream()
                .filter(fault -> !(fault instanceof Finding.Failed))
                .toList();
        wrong.stream().limit(MOST_FAULTS).forEach(fault -> line("- %s", fault.line()));
        if (wrong.size() > MOST_FAULTS) {
            line("- and %d more, in %s", wrong.size() - MOST_FAULTS, GpuReport.JSON);
        }
        line("");
    }

    private void models() {
        List<Finding.Model> models = report.of(Finding.Model.class);
        if (models.isEmpty()) {
            return;
        }
        line("## Models: ConvNeXt tiny at 224");
        line("");
        line("| model | mode | precision | batch | images/s | ms | modelled, ms | measured / modelled | slowest"
                + " | nodes alone, ms | at ceilings, ms |");
        line("|---|---|---|---|---|---|---|---|---|---|---|");
        for (Finding.Model m : models) {
            double alone = m.nodes().stream()
                            .mapToDouble(Finding.NodeTime::microseconds)
                            .sum()
                    / 1e3;
            Optional<Double> ceiling = report.ceilings()
                    .filter(c -> !m.nodes().isEmpty())
                    .map(c -> m.nodes().stream()
                                    .mapToDouble(node -> node.work().microseconds(c, m.precision()))
                                    .sum()
                            / 1e3);
            Optional<Double> predicted = report.predictions().milliseconds(m);
            line(
                    "| %s | %s | %s | %d | %.0f | %.3f | %s | %s | %.3f | %s | %s |",
                    m.version(),
                    m.mode(),
                    m.precision(),
                    m.batch(),
                    m.imagesPerSecond(),
                    m.milliseconds(),
                    predicted.map(p -> String.format(Locale.ROOT, "%.3f", p)).orElse(""),
                    times(m.milliseconds(), predicted),
                    m.slowest(),
                    m.nodes().isEmpty() ? "" : String.format(Locale.ROOT, "%.3f", alone),
                    ceiling.map(c -> String.format(Locale.ROOT, "%.3f", c)).orElse(""));
        }
        line("");
    }

    private static String times(double measured, Optional<Double> predicted) {
        return predicted
                .map(p -> String.format(Locale.ROOT, "%.2f", measured / p))
                .orElse("");
    }

    private void proofs() {
        List<Finding> proofs = new ArrayList<>(report.of(Finding.Golden.class));
        proofs.addAll(report.of(Finding.Agreement.class));
        if (proofs.isEmpty()) {
            return;
        }
        line("## Whole models beside PyTorch's tensors and the cpu backend");
        line("");
        proofs.forEach(proof -> line("- %s: %s", proof.passed() ? "passed" : "FAILED", proof.line()));
        line("");
    }

    /** Cases of one operator and type. */
    private record Tally(int cases, int passed, double worst) {
        Tally plus(Finding.Case c) {
            return new Tally(cases + 1, passed + (c.passed() ? 1 : 0), Math.max(worst, c.error()));
        }
    }

    private void cases() {
        List<Finding.Case> cases = report.of(Finding.Case.class);
        if (cases.isEmpty()) {
            return;
        }
        Map<String, Map<String, Tally>> operators = new TreeMap<>();
        for (Finding.Case c : cases) {
            operators
                    .computeIfAbsent(c.operator(), o -> new LinkedHashMap<>())
                    .merge(c.dtype(), new Tally(0, 0, 0).plus(c), (before, one) -> before.plus(c));
        }
        line("## Operators beside the reference backend");
        line("");
        line("| operator | type | cases | passed | largest NMSE |");
        line("|---|---|---|---|---|");
        operators.forEach((operator, types) -> types.forEach((type, tally) ->
                line("| %s | %s | %d | %d | %.2e |", operator, type, tally.cases, tally.passed, tally.worst)));
        line("");
    }

    private void kernels() {
        List<Finding.Kernel> kernels = report.of(Finding.Kernel.class);
        if (kernels.isEmpty()) {
            return;
        }
        line("## Operators alone, at the shapes of tiny, batch 64");
        line("");
        line(
                "| operator | inputs | precision | us | modelled, us | measured / modelled | GB/s | TFLOP/s | of the ceiling |");
        line("|---|---|---|---|---|---|---|---|---|");
        for (Finding.Kernel k : kernels) {
            Optional<Double> predicted = report.predictions().microseconds(k);
            line(
                    "| %s | %s | %s | %.1f | %s | %s | %.0f | %.1f | %s |",
                    k.operator(),
                    k.inputs(),
                    k.precision(),
                    k.microseconds(),
                    predicted.map(p -> String.format(Locale.ROOT, "%.1f", p)).orElse(""),
                    times(k.microseconds(), predicted),
                    k.work().bytes() / k.microseconds() / 1e3,
                    k.work().flops() / k.microseconds() / 1e6,
                    share(k.work(), k.precision(), k.microseconds()));
        }
        line("");
    }

    private void refused() {
        Map<String, Integer> reasons = new TreeMap<>();
        report.of(Finding.Refused.class).forEach(r -> reasons.merge(r.operator() + ": " + r.reason(), 1, Integer::sum));
        if (!reasons.isEmpty()) {
            line("## Refused by the backend, as it may");
            line("");
            reasons.forEach((reason, count) -> line("- %s (%d)", reason, count));
            line("");
        }
    }

    private void tiles() {
        List<Finding.Tiles> tiles = report.of(Finding.Tiles.class);
        if (tiles.isEmpty()) {
            return;
        }
        List<String> names = List.copyOf(tiles.getFirst().microseconds().sequencedKeySet());
        line("## Products by tile, batch 64, us");
        line("");
        line("| operator | inputs | precision | %s |", String.join(" | ", names));
        line("|---|---|---%s|", "|---".repeat(names.size()));
        for (Finding.Tiles t : tiles) {
            StringBuilder times = new StringBuilder();
            names.forEach(name -> times.append(
                    String.format(Locale.ROOT, " %.1f |", t.microseconds().get(name))));
            line("| %s | %s | %s |%s", t.operator(), t.inputs(), t.precision(), times);
        }
        line("");
    }

    private String share(Finding.Work work, String precision, double microseconds) {
        return report.ceilings()
                .map(c -> String.format(Locale.ROOT, "%.0f %%", 100 * work.microseconds(c, precision) / microseconds))
                .orElse("");
    }

    private void nodes() {
        for (Finding.Model m : report.of(Finding.Model.class)) {
            if (m.nodes().isEmpty()) {
                continue;
            }
            line("## Where the time goes: %s %s %s, batch %d", m.version(), m.mode(), m.precision(), m.batch());
            line("");
            line("| operator | output | count | us | GB/s | TFLOP/s | of the ceiling |");
            line("|---|---|---|---|---|---|---|");
            m.nodes().stream()
                    .limit(NODES)
                    .forEach(n -> line(
                            "| %s | %s | %d | %.1f | %.0f | %.1f | %s |",
                            n.operator(),
                            n.output(),
                            n.count(),
                            n.microseconds(),
                            n.work().bytes() / n.microseconds() / 1e3,
                            n.work().flops() / n.microseconds() / 1e6,
                            share(n.work(), m.precision(), n.microseconds())));
            line("");
        }
    }
}
