package org.cryonext.bench.gpu;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.cryonext.engine.backend.DeviceLostException;
import org.cryonext.engine.backend.Precision;
import tools.jackson.core.JacksonException;

/**
 * Works on the card: reads tasks from standard input, a line of JSON each, and answers on standard output with lines that
 * begin with ">": {@code begin N} before a task and {@code done N FINDING} after it.
 */
final class GpuWorker {
    /** Exit code after which the rest of the tasks needs another process. */
    static final int LOST = 3;

    private final GpuCard card;
    private final Path goldens;
    private final TinyModels tiny = new TinyModels();
    private final ModelProof models = new ModelProof(tiny);
    private final ModelTimer modelTimer = new ModelTimer(tiny);
    private final KernelTimer kernelTimer = new KernelTimer();

    private GpuWorker(GpuCard card, Path goldens) {
        this.card = card;
        this.goldens = goldens;
    }

    /** @param args number of the card, folder of the goldens */
    static void main(String[] args) {
        List<GpuTask> tasks = new BufferedReader(new InputStreamReader(System.in, UTF_8))
                .lines()
                .map(line -> GpuJson.MAPPER.readValue(line, GpuTask.class))
                .toList();
        List<GpuTask.Case> cases = tasks.stream()
                .filter(GpuTask.Case.class::isInstance)
                .map(GpuTask.Case.class::cast)
                .toList();
        try (GpuCard card = new GpuCard(Integer.parseInt(args[0]));
                CaseProof proof = new CaseProof(cases)) {
            new GpuWorker(card, Path.of(args[1])).work(tasks, proof);
        }
        // A thread of the reference may be in the middle of something.
        System.exit(0);
    }

    private void work(List<GpuTask> tasks, CaseProof cases) {
        for (int i = 0; i < tasks.size(); i++) {
            say("begin " + i);
            Finding finding;
            boolean lost = false;
            try {
                finding = run(tasks.get(i), cases);
            } catch (DeviceLostException e) {
                finding = failed(tasks.get(i), e);
                lost = true;
            } catch (RuntimeException | ExecutionException | Error e) {
                finding = failed(tasks.get(i), e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            say("done " + i + " " + json(finding));
            if (lost) {
                // Closing would ask the lost device for its streams.
                Runtime.getRuntime().halt(LOST);
            }
        }
    }

    private Finding run(GpuTask task, CaseProof cases) throws InterruptedException, ExecutionException {
        return switch (task) {
            case GpuTask.Case t -> cases.run(t, card.backend(Precision.F32));
            case GpuTask.Golden t -> models.golden(goldens.resolve(t.model()), card.backend(Precision.F32));
            case GpuTask.Logits t -> models.logits(t, card.backend(t.precision()));
            case GpuTask.Losses t -> models.losses(t, card.backend(t.precision()));
            case GpuTask.Images t -> ImageProof.run(t, card.backend(Precision.F32));
            case GpuTask.Ceilings t -> new CeilingTimer().measure(card.device(), card::backend);
            case GpuTask.Kernel t -> kernelTimer.run(t, card.backend(Precision.F32));
            case GpuTask.Tiles t -> kernelTimer.run(t, card.tiles(t.precision()));
            case GpuTask.Model t -> modelTimer.run(t, card.backend(t.precision()));
        };
    }

    private static Finding failed(GpuTask task, Throwable e) {
        Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        String message = cause.getClass().getSimpleName() + ": " + cause.getMessage();
        String place = cause.getStackTrace().length == 0 ? "" : " at " + cause.getStackTrace()[0];
        return new Finding.Failed(
                task.part().toString(), task.title(), message.lines().limit(3).toList() + place);
    }

    private static String json(Finding finding) {
        try {
            return GpuJson.MAPPER.writeValueAsString(finding);
        } catch (JacksonException e) {
            throw new IllegalStateException("a finding cannot be written: " + finding, e);
        }
    }

    private static void say(String line) {
        System.out.println(">" + line);
        System.out.flush();
    }
}
