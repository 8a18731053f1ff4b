package org.cryonext.bench.gpu;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cryonext.engine.Release;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.CudaBackend;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;

/**
 * The proof on a card: every operator in every type against the reference, whole models against PyTorch's tensors and the
 * cpu backend, and the times of kernels and models beside what the card could reach. Ends in time, with a report of what
 * was done by then.
 */
public final class GpuProof {
    private static final long BETWEEN_WRITES = 5_000_000_000L;

    /** Faults of a part that are said at once; the report has all. */
    private static final int MOST_SAID = 20;

    /** What each part gets of the time that is left when it begins, against the parts behind it. */
    private static final Map<GpuPart, Integer> SHARES =
            new EnumMap<>(Map.of(GpuPart.CASES, 3, GpuPart.MODELS, 3, GpuPart.TIMINGS, 5, GpuPart.TILES, 2));

    private final GpuSettings settings;
    private final CudaDevice device;
    private final GpuReport report;
    private final Consumer<String> say;
    private final Progress progress;
    private long written;

    private GpuProof(
            GpuSettings settings, CudaDevice device, GpuReport report, Consumer<String> say, Progress progress) {
        this.settings = settings;
        this.device = device;
        this.report = report;
        this.say = say;
        this.progress = progress;
    }

    /**
     * Does it all, and writes {@value GpuReport#JSON} and {@value GpuReport#PAGE} into the folder of the settings.
     *
     * @param say gets a sentence for each fault and each part
     * @throws InputException if there is no card that can be used
     */
    public static GpuReport run(GpuSettings settings, Consumer<String> say, Progress progress) {
        CudaDriver driver = CudaDriver.load();
        CudaDevice device = driver.device(settings.device());
        GpuReport report = new GpuReport(environment(driver, device), device);
        GpuProof proof = new GpuProof(settings, device, report, say, progress);
        proof.run();
        return proof.report;
    }

    private static Map<String, String> environment(CudaDriver driver, CudaDevice device) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("CryoNeXt", Release.version());
        facts.put("card", device.toString());
        facts.put("architecture", device.architecture().sm());
        facts.put("precisions", precisions(device));
        facts.put("multiprocessors", String.valueOf(device.multiprocessors()));
        facts.put("memory", (device.totalBytes() >> 20) + " MiB");
        facts.put("shared memory of a block", device.sharedBytesPerBlock() + " bytes");
        facts.put("second-level cache", (device.l2Bytes() >> 20) + " MiB");
        facts.put("highest clock", device.clockKilohertz() / 1000 + " MHz");
        facts.put("CUDA of the driver", driver.versionText());
        facts.put("driver", CudaDriver.release().orElse("not known"));
        facts.put("Java", System.getProperty("java.runtime.version"));
        facts.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
        return facts;
    }

    /** For instance {@code f32, f16; the card has no tf32, bf16}. */
    private static String precisions(CudaDevice device) {
        Map<Boolean, String> names = Stream.of(Precision.values())
                .collect(Collectors.partitioningBy(
                        precision -> CudaBackend.computesIn(precision, device.architecture()),
                        Collectors.mapping(Precision::toString, Collectors.joining(", "))));
        return names.get(true) + (names.get(false).isEmpty() ? "" : "; the card has no " + names.get(false));
    }

    private void run() {
        long start = System.nanoTime();
        long end = start + (long) (settings.seconds() * 1e9);
        report.write(settings.out());
        List<GpuPart> parts = List.of(GpuPart.values()).stream()
                .filter(settings.parts()::contains)
                .toList();
        for (int i = 0; i < parts.size(); i++) {
            GpuPart part = parts.get(i);
            long now = System.nanoTime();
            double share = SHARES.get(part)
                    / parts.subList(i, parts.size()).stream()
                            .mapToDouble(SHARES::get)
                            .sum();
            part(part, now, now + (long) ((end - now) * share));
        }
    }

    private void part(GpuPart part, long start, long deadline) {
        List<GpuTask> tasks = new ArrayList<>(GpuPlan.tasks(part, settings, device.architecture()));
        int[] done = {0};
        int[] faults = {0};
        progress.start("On the card: " + part, tasks.size(), "tasks");
        report.set(new GpuReport.Part(part.toString(), tasks.size(), 0, 0));
        new GpuProcess(settings).run(tasks, deadline, finding -> {
            done[0]++;
            report.add(finding);
            report.set(new GpuReport.Part(part.toString(), tasks.size(), done[0], seconds(start)));
            boolean timed = part == GpuPart.TIMINGS || part == GpuPart.TILES;
            if (finding.passed() ? timed : ++faults[0] <= MOST_SAID) {
                say.accept((finding.passed() ? "" : "FAULT ") + finding.line());
            }
            progress.advance(1);
            if (System.nanoTime() - written > BETWEEN_WRITES) {
                write();
            }
        });
        progress.finish();
        report.set(new GpuReport.Part(part.toString(), tasks.size(), done[0], seconds(start)));
        say.accept(part + ": " + done[0] + " of " + tasks.size() + " tasks, " + faults[0] + " with faults, in "
                + String.format(Locale.ROOT, "%.1f", seconds(start)) + " s");
        write();
    }

    private void write() {
        report.write(settings.out());
        written = System.nanoTime();
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
