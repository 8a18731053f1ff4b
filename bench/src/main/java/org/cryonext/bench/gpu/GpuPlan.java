package org.cryonext.bench.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.cryonext.bench.model.Mode;
import org.cryonext.bench.model.Products;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.CudaBackend;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.Cast;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.op.Primitive;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.convnext.Version;

/** What each part consists of, the most important first: a run may end before all is done. */
final class GpuPlan {
    private static final int QUICK_SHARE = 5;

    private final GpuSettings settings;
    private final Architecture architecture;

    private GpuPlan(GpuSettings settings, Architecture architecture) {
        this.settings = settings;
        this.architecture = architecture;
    }

    /** @param architecture the card's: what it has no instructions for is not asked of it */
    static List<GpuTask> tasks(GpuPart part, GpuSettings settings, Architecture architecture) {
        return new GpuPlan(settings, architecture).tasks(part);
    }

    private List<GpuTask> tasks(GpuPart part) {
        return switch (part) {
            case CASES -> cases();
            case MODELS -> models();
            case TIMINGS -> timings();
            case TILES -> tiles();
        };
    }

    private List<GpuTask> cases() {
        List<OpCase> all = OpCases.tests().toList();
        List<GpuTask> tasks = new ArrayList<>();
        for (Precision precision : has(Precision.F32, Precision.F16, Precision.BF16)) {
            DType dtype = precision.dtype();
            chosen(all, dtype)
                    .filter(i -> !settings.quick() || i % QUICK_SHARE == 0)
                    .forEach(i -> tasks.add(new GpuTask.Case(dtype, i)));
        }
        return tasks;
    }

    /** Those of the precisions that the card has. */
    private List<Precision> has(Precision... precisions) {
        return Stream.of(precisions)
                .filter(precision -> CudaBackend.computesIn(precision, architecture))
                .toList();
    }

    /** Primitives have no kernels on any card, but for the cast; fused MLPs none in F32. */
    private Stream<Integer> chosen(List<OpCase> all, DType dtype) {
        return IntStream.range(0, all.size())
                .filter(i ->
                        !(all.get(i).op() instanceof Primitive) || all.get(i).op() instanceof Cast)
                .filter(i -> !(all.get(i).op() instanceof Mlp) || dtype != DType.F32)
                .filter(i -> all.get(i).toString().contains(settings.filter()))
                .boxed();
    }

    private List<GpuTask> models() {
        List<GpuTask> tasks = new ArrayList<>();
        settings.goldens().map(GpuPlan::goldens).orElse(List.of()).forEach(name -> tasks.add(new GpuTask.Golden(name)));
        for (Precision precision : has(Precision.F32, Precision.F16, Precision.BF16)) {
            tasks.add(new GpuTask.Images(precision));
        }
        if (!settings.quick()) {
            for (Precision precision : has(Precision.F32, Precision.F16, Precision.BF16, Precision.TF32)) {
                for (Version version : Version.values()) {
                    tasks.add(new GpuTask.Logits(version, precision));
                    tasks.add(new GpuTask.Losses(version, precision));
                }
            }
        }
        return tasks;
    }

    private static List<String> goldens(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> Files.isRegularFile(entry.resolve(ModelProof.REFERENCE)))
                    .map(entry -> entry.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new InputException(
                    folder + ": the folder of the goldens cannot be read; give one that holds models with "
                            + ModelProof.REFERENCE + " beside their weights",
                    e);
        }
    }

    private List<GpuTask> timings() {
        List<GpuTask> tasks = new ArrayList<>();
        tasks.add(new GpuTask.Ceilings());
        tasks.add(new GpuTask.Model(Version.V1, Mode.INFER, Precision.F16, 256));
        tasks.add(new GpuTask.Model(Version.V1, Mode.TRAIN_FULL, Precision.F16, 256));
        tasks.add(new GpuTask.Model(Version.V1, Mode.INFER, Precision.F32, 96));
        tasks.add(new GpuTask.Model(Version.V1, Mode.TRAIN_FULL, Precision.F32, 96));
        tasks.add(new GpuTask.Model(Version.V2, Mode.INFER, Precision.F16, 256));
        tasks.add(new GpuTask.Model(Version.V1, Mode.INFER, Precision.F16, 1));
        tasks.addAll(kernels(Precision.F16));
        if (!settings.quick()) {
            for (Precision precision : has(Precision.F16, Precision.TF32, Precision.BF16, Precision.F32)) {
                for (Version version : Version.values()) {
                    for (int batch : new int[] {256, 96, 1}) {
                        for (Mode mode : List.of(Mode.INFER, Mode.TRAIN_FULL)) {
                            GpuTask task = new GpuTask.Model(version, mode, precision, batch);
                            if (!tasks.contains(task)) {
                                tasks.add(task);
                            }
                        }
                    }
                }
            }
            has(Precision.F32, Precision.BF16).forEach(precision -> tasks.addAll(kernels(precision)));
        }
        return tasks;
    }

    private List<GpuTask> tiles() {
        List<OpCase> timings = OpCases.timings().toList();
        List<GpuTask> tasks = new ArrayList<>();
        for (Precision precision : has(Precision.F16, Precision.TF32)) {
            chosen(timings, precision.dtype())
                    .filter(i -> Products.include(timings.get(i).op()))
                    .forEach(i -> tasks.add(new GpuTask.Tiles(precision, i)));
        }
        return tasks;
    }

    private List<GpuTask> kernels(Precision precision) {
        return chosen(OpCases.timings().toList(), precision.dtype())
                .<GpuTask>map(i -> new GpuTask.Kernel(precision.dtype(), i))
                .toList();
    }
}
