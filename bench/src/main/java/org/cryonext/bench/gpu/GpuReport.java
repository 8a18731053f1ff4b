package org.cryonext.bench.gpu;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cryonext.bench.paper.Card;
import org.cryonext.bench.paper.CardPeaks;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.io.AtomicFile;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.node.ObjectNode;

/** What has been found on a card so far. */
public final class GpuReport {
    /** The report for programs. */
    public static final String JSON = "gpu-report.json";

    /** The report for people. */
    public static final String PAGE = "gpu-report.md";

    private final Map<String, String> environment;
    private final String card;
    private final Predictions predictions;
    private final List<Part> parts = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    /**
     * How far a part came.
     *
     * @param part its name
     * @param planned number of tasks
     * @param done those that came to an end
     * @param seconds it took
     */
    public record Part(String part, int planned, int done, double seconds) {}

    /**
     * @param environment facts about the machine, by name
     * @param device the card
     */
    GpuReport(Map<String, String> environment, CudaDevice device) {
        this.environment = environment;
        this.card = device.name();
        this.predictions = new Predictions(device);
    }

    void add(Finding finding) {
        findings.add(finding);
    }

    /** Adds a part, or replaces what is known of it. */
    void set(Part part) {
        parts.removeIf(p -> p.part().equals(part.part()));
        parts.add(part);
    }

    /** Facts about the machine, by name. */
    public Map<String, String> environment() {
        return environment;
    }

    /** How far each part came. */
    public List<Part> parts() {
        return parts;
    }

    /** All of one kind, in the order they were found. */
    public <T extends Finding> List<T> of(Class<T> kind) {
        return findings.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** What is not as it should be. */
    public List<Finding> faults() {
        return findings.stream().filter(finding -> !finding.passed()).toList();
    }

    /** Tasks that time did not reach. */
    public int undone() {
        return parts.stream().mapToInt(part -> part.planned() - part.done()).sum();
    }

    /** Whether all was done and is right. */
    public boolean passed() {
        return !parts.isEmpty() && undone() == 0 && faults().isEmpty();
    }

    /** The card's ceilings: published operations, and the bandwidth that was measured; empty for a card that is not known. */
    public Optional<CardPeaks> ceilings() {
        return CardPeaks.of(card)
                .map(peaks -> of(Finding.Ceilings.class).stream()
                        .findFirst()
                        .map(measured -> peaks.withGigabytes(measured.copyGigabytes()))
                        .orElse(peaks));
    }

    /** What models should take on this card. */
    Predictions predictions() {
        return predictions;
    }

    /** A model with what it should take, and how many times that it took; both null where nothing is predicted. */
    private ObjectNode compared(Finding.Model model) {
        return compared(model, "modelled_milliseconds", predictions.milliseconds(model), model.milliseconds());
    }

    /** The same of an operator. */
    private ObjectNode compared(Finding.Kernel kernel) {
        return compared(kernel, "modelled_microseconds", predictions.microseconds(kernel), kernel.microseconds());
    }

    private static ObjectNode compared(Finding finding, String name, Optional<Double> predicted, double measured) {
        ObjectNode node = GpuJson.MAPPER.valueToTree(finding);
        node.put(name, predicted.orElse(null));
        node.put("measured_by_modelled", predicted.map(time -> measured / time).orElse(null));
        return node;
    }

    /** Writes both forms into a folder. */
    void write(Path folder) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("passed", passed());
        content.put("environment", environment);
        content.put("parts", parts);
        content.put("faults", faults().stream().map(Finding::line).toList());
        content.put("ceilings", ceilings().orElse(null));
        content.put("measured_ceilings", of(Finding.Ceilings.class));
        content.put("modelled_card", predictions.card().map(Card::name).orElse(null));
        content.put(
                "models", of(Finding.Model.class).stream().map(this::compared).toList());
        content.put(
                "kernels", of(Finding.Kernel.class).stream().map(this::compared).toList());
        content.put("tiles", of(Finding.Tiles.class));
        content.put("goldens", of(Finding.Golden.class));
        content.put("agreements", of(Finding.Agreement.class));
        content.put("cases", of(Finding.Case.class));
        content.put("refused", of(Finding.Refused.class));
        content.put("failed", of(Finding.Failed.class));
        byte[] json =
                GpuJson.MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(content);
        AtomicFile.write(folder.resolve(JSON), file -> Files.write(file, json));
        AtomicFile.write(folder.resolve(PAGE), file -> Files.writeString(file, GpuPage.of(this)));
    }
}
