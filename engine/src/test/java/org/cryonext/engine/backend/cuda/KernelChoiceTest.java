package org.cryonext.engine.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.cryonext.engine.cases.CaseInput.normal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.backend.cuda.driver.Convolution;
import org.cryonext.engine.backend.cuda.driver.ConvolutionShape;
import org.cryonext.engine.backend.cuda.driver.CudaContext;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.driver.CudaLibrary;
import org.cryonext.engine.backend.cuda.driver.Cudnn;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.backend.cuda.tune.Candidate;
import org.cryonext.engine.backend.cuda.tune.Libraries;
import org.cryonext.engine.backend.cuda.tune.Measurement;
import org.cryonext.engine.backend.cuda.tune.TuningSettings;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.cases.CaseRunner;
import org.cryonext.engine.cases.CaseTolerance;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.DepthwiseConvWeightGradient;
import org.cryonext.engine.op.DepthwiseNorm;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.LinearWeightGradient;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.plan.Plan;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The choice among our kernels and the libraries': measured, kept, repeated. */
class KernelChoiceTest {
    private static final String CUBLAS = "cublas 12.6.1";

    /** What the simulated cuDNN offers first. */
    private static final String FIRST = "cudnn 9.5.1 algo_implicit_precomp_gemm";

    @TempDir
    private Path folder;

    private SimulatedGpu gpu;

    @BeforeEach
    void load() {
        gpu = SimulatedGpu.loadWithKernels();
        SimulatedGpu.useLibraries();
    }

    @AfterEach
    void forget() {
        SimulatedGpu.useLibraries();
    }

    private static OpCase linear() {
        return OpCase.of(new Linear(Activation.GELU), normal(40, 24), normal(0.2, 16, 24), normal(16));
    }

    private static OpCase depthwise() {
        return OpCase.of(new DepthwiseConv(7), normal(2, 6, 5, 8), normal(7, 7, 8), normal(8));
    }

    private CudaBackend open(Libraries libraries, boolean measures, Function<CudaContext, Tuner> tuner) {
        CudaDriver driver = CudaDriver.load();
        return new CudaBackend(
                driver.device(0),
                KernelImages.of(driver, Optional.empty()),
                0,
                Precision.F32,
                GemmChoice.bySize(driver.device(0).multiprocessors()),
                new TuningSettings(libraries, measures, Optional.of(folder)),
                tuner);
    }

    /** Says that one kernel takes a microsecond and all others two. */
    private static Function<CudaContext, Tuner> preferring(String fastest) {
        return context -> new Tuner(context, (name, step, best) -> name.startsWith(fastest) ? 1 : 2);
    }

    private static Function<CudaContext, Tuner> refusing() {
        return context -> new Tuner(context, (name, step, best) -> {
            throw new AssertionError(name + " is measured");
        });
    }

    private static float[] run(CudaBackend backend, OpCase c) {
        return CaseRunner.run(c, backend, DType.F32).getFirst().toFloats();
    }

    @Test
    void withoutMeasuringItIsTheUsualKernelAndNoLibraryIsOpened() {
        System.setProperty(CudaLibrary.CUBLAS.property(), folder.resolve("none").toString());
        try (CudaBackend backend = open(Libraries.AUTO, false, refusing())) {
            run(backend, linear());
            run(backend, depthwise());
            assertThat(backend.choices().values()).containsExactlyInAnyOrder("ours", "ours 32x32");
            assertThat(backend.measurements()).isEmpty();
        }
    }

    /** No library has a kernel for an MLP, or a depthwise convolution that takes in its norm. */
    @Test
    void aJoinedNodeIsMeasuredBesideItsParts() {
        List<OpCase> cases = OpCases.tests()
                .filter(c -> c.op() instanceof DepthwiseNorm || c.op() instanceof Mlp op && !op.givesAffine())
                .toList();
        try (ReferenceBackend reference = new ReferenceBackend()) {
            for (String fastest : List.of("ours", "parts")) {
                try (CudaBackend backend = open(Libraries.AUTO, true, preferring(fastest))) {
                    int done = 0;
                    for (OpCase c : cases) {
                        // In F16 the parts of the latter round what lies between them.
                        DType dtype = c.op() instanceof Mlp ? DType.F16 : DType.F32;
                        Node node = c.graph(dtype).output("y0").node();
                        if (backend.refuses(node).isPresent()) {
                            continue;
                        }
                        List<Tensor> wanted = CaseRunner.run(c, reference, CaseTolerance.expected(dtype));
                        Tensor actual = CaseRunner.run(c, backend, dtype).getFirst();
                        assertThat(CaseRunner.normalisedSquareError(actual, wanted.getFirst()))
                                .as("%s by %s", c, fastest)
                                .isLessThanOrEqualTo(CaseTolerance.of(dtype));
                        done++;
                    }
                    assertThat(done).isGreaterThan(10);
                    assertThat(backend.choices().entrySet())
                            .filteredOn(choice -> choice.getKey().startsWith("Mlp")
                                    || choice.getKey().startsWith("DepthwiseNorm"))
                            .isNotEmpty()
                            .allSatisfy(choice -> assertThat(choice.getValue()).isEqualTo(fastest));
                }
                folder = folder.resolve(fastest);
            }
        }
    }

    @Test
    void theFastestIsChosenAndKept() throws IOException {
        float[] results;
        try (CudaBackend backend = open(Libraries.AUTO, true, preferring(CUBLAS))) {
            results = run(backend, linear());
            assertThat(backend.choices().values()).containsExactly(CUBLAS);
            Measurement measured = backend.measurements().values().iterator().next();
            assertThat(measured.microseconds()).containsEntry(CUBLAS, 1.0).containsEntry("ours 64x64", 2.0);
            assertThat(measured.failed()).isEmpty();
            assertThat(measured.gain()).isEqualTo(2);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(file -> file.toString().endsWith(".json")))
                    .singleElement()
                    .satisfies(file -> assertThat(file).content().contains("Simulated GPU", CUBLAS));
        }
        // Another process: nothing is measured, and a library is used because it was the fastest.
        try (CudaBackend backend = open(Libraries.AUTO, false, refusing())) {
            assertThat(run(backend, linear())).isEqualTo(results);
            assertThat(backend.choices().values()).containsExactly(CUBLAS);
        }
        // Measured among the same kernels, so it is not measured again.
        try (CudaBackend backend = open(Libraries.AUTO, true, refusing())) {
            run(backend, linear());
            assertThat(backend.choices().values()).containsExactly(CUBLAS);
        }
        try (CudaBackend backend = open(Libraries.NONE, false, refusing())) {
            run(backend, linear());
            assertThat(backend.choices().values()).containsExactly("ours 32x32");
        }
    }

    @Test
    void theUsualKernelIsKeptUnlessAnotherIsWorthIt() {
        Function<CudaContext, Tuner> close =
                context -> new Tuner(context, (name, step, best) -> name.equals(CUBLAS) ? 98 : 100);
        try (CudaBackend backend = open(Libraries.AUTO, true, close)) {
            run(backend, linear());
            assertThat(backend.choices().values()).containsExactly("ours 32x32");
        }
    }

    @Test
    void onTheCardEveryKernelIsTimedAsPartOfAGraph() throws Throwable {
        try (CudaBackend backend = open(Libraries.AUTO, true, Tuner::new)) {
            run(backend, linear());
            run(backend, depthwise());
            run(backend, OpCase.of(new PatchConv(2), normal(2, 6, 4, 8), normal(0.2, 16, 2, 2, 8), normal(16)));
            run(backend, OpCase.of(new LinearWeightGradient(), normal(70, 16), normal(70, 24)));
            run(backend, OpCase.of(new DepthwiseConvWeightGradient(7), normal(2, 6, 5, 8), normal(2, 6, 5, 8)));
            assertThat(backend.measurements()).hasSize(5);
            backend.measurements().forEach((work, measured) -> {
                assertThat(measured.failed()).as(work).isEmpty();
                assertThat(measured.microseconds()).as(work).hasSizeGreaterThan(1);
                assertThat(measured.microseconds().values()).as(work).allMatch(time -> time > 0);
            });
            Measurement depthwise = backend.measurements().entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith("DepthwiseConv["))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElseThrow();
            assertThat(depthwise.microseconds().keySet())
                    .containsExactly(
                            "cudnn 9.5.1 algo_implicit_gemm", "cudnn 9.5.1 algo_implicit_precomp_gemm", "ours");
        }
        assertThat(gpu.leaks()).isEmpty();
        assertThat(livingOfCudnn()).isZero();
    }

    private static MethodHandle ofCudnn(String function, FunctionDescriptor descriptor) {
        SymbolLookup library = SymbolLookup.libraryLookup(SimulatedGpu.cudnn(), Arena.global());
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(function), descriptor);
    }

    private static long livingOfCudnn() throws Throwable {
        return (long) ofCudnn("simulated_cudnn_living", FunctionDescriptor.of(ValueLayout.JAVA_LONG))
                .invokeExact();
    }

    /** Lets cuDNN fail when it is asked for its algorithms next, with a count of them that means nothing. */
    private static void refuseNextOffer(int count) throws Throwable {
        int executionFailed = 5000;
        ofCudnn("simulated_cudnn_refuse", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                .invokeExact(executionFailed, count);
    }

    /** The simulated cuDNN offers each algorithm with two kinds of arithmetic. */
    @Test
    void eachOfCudnnsAlgorithmsHasANameOfItsOwn() {
        try (CudaContext context = new CudaContext(CudaDriver.load().device(0));
                Cudnn cudnn = Cudnn.open(context);
                Convolution plain = cudnn.convolution(shape(DType.F32));
                Convolution halves = cudnn.convolution(shape(DType.F16))) {
            for (Convolution convolution : List.of(plain, halves)) {
                assertThat(convolution.algorithms(1 << 20))
                        .extracting(Convolution.Algorithm::name)
                        .containsExactly("algo_implicit_precomp_gemm", "algo_implicit_gemm");
            }
        }
    }

    private static ConvolutionShape shape(DType dtype) {
        return new ConvolutionShape(ConvolutionShape.Way.FORWARD, 2, 6, 4, 8, 16, 2, 2, 0, 1, dtype, false);
    }

    /** A call that fails need not write how many algorithms it found, and JCudnn reads that number all the same. */
    @ParameterizedTest
    @CsvSource({"0, CUDNN_STATUS_EXECUTION_FAILED", "1000000000, an error that JCudnn does not hand on"})
    void anErrorOfALibraryThatNeedNotBeUsedIsNoneOfTheProgram(int count, String error) throws Throwable {
        try (CudaBackend backend = open(Libraries.AUTO, true, preferring("cudnn"))) {
            refuseNextOffer(count);
            run(backend, depthwise());
            assertThat(backend.choices().values()).containsExactly("ours");
            assertThat(backend.libraries().get("cuDNN"))
                    .startsWith("works on this card, with errors: cudnnGetConvolutionForwardAlgorithm_v7 failed with "
                            + error);
        }
        assertThat(livingOfCudnn()).isZero();
        try (CudaBackend backend = open(Libraries.CUDNN, false, refusing())) {
            refuseNextOffer(count);
            assertThatThrownBy(() -> run(backend, depthwise())).hasMessageContaining(error);
        }
        assertThat(livingOfCudnn()).isZero();
    }

    @Test
    void aKernelThatFailsIsLeftOutAndNamed() {
        Function<CudaContext, Tuner> tuner = context -> new Tuner(context, (name, step, best) -> {
            if (name.equals(CUBLAS)) {
                gpu.fail("cuLaunchHostFunc", 1, 0);
                step.run();
            }
            return name.startsWith("ours") ? 2 : 1;
        });
        try (CudaBackend backend = open(Libraries.AUTO, true, tuner)) {
            run(backend, linear());
            assertThat(backend.choices().values()).containsExactly("ours 32x32");
            assertThat(backend.measurements().values().iterator().next().failed())
                    .containsOnlyKeys(CUBLAS)
                    .allSatisfy((name, reason) ->
                            assertThat(reason).contains("cublasGemmEx failed with CUBLAS_STATUS_MAPPING_ERROR"));
        }
    }

    /** And not those of other graphs, which this process may have planned before. */
    @Test
    void aPlanSaysWhichKernelsItsOwnNodesHave() {
        Graph graph = new Graph();
        Value x = graph.input("x", TensorType.f32(40, 24));
        Value weight = graph.variable("weight", TensorType.f32(16, 24));
        graph.output("y", graph.add(new Linear(), x, weight));
        try (CudaBackend backend = open(Libraries.AUTO, true, preferring(CUBLAS))) {
            run(backend, depthwise());
            assertThat(Plan.of(graph, backend).choices()).containsExactly("2 " + CUBLAS);
        }
        try (CudaBackend backend = open(Libraries.NONE, false, refusing())) {
            assertThat(Plan.of(graph, backend).choices()).containsExactly("2 ours 32x32");
        }
    }

    @Test
    void whatAnotherProcessChoseIsRepeatedWhateverWasMeasuredSince() {
        SortedMap<String, String> choices;
        float[] results;
        try (CudaBackend backend = open(Libraries.AUTO, true, preferring("cudnn"))) {
            results = run(backend, depthwise());
            choices = backend.choices();
            assertThat(choices.values()).allMatch(name -> name.startsWith("cudnn"));
            choices = new TreeMap<>(choices);
        }
        try (CudaBackend backend = open(Libraries.NONE, false, refusing())) {
            assertThat(run(backend, depthwise())).isNotEqualTo(results);
        }
        List<String> said = new ArrayList<>();
        try (CudaBackend backend = open(Libraries.AUTO, false, refusing())) {
            Map<String, String> ours = new HashMap<>();
            choices.keySet().forEach(work -> ours.put(work, "ours"));
            backend.repeat(ours, said::add);
            assertThat(run(backend, depthwise())).isNotEqualTo(results);
            // Another run that goes on in the same process.
            backend.repeat(choices, said::add);
            assertThat(run(backend, depthwise())).isEqualTo(results);
            assertThat(said).isEmpty();
        }
        try (CudaBackend backend = open(Libraries.NONE, false, refusing())) {
            backend.repeat(choices, said::add);
            run(backend, depthwise());
            assertThat(said)
                    .singleElement()
                    .asString()
                    .contains("cudnn 9.5.1")
                    .contains("is not here now; another is used, and the last bits of results may differ");
        }
    }

    @Test
    void whatAForcedRunMeasuresIsNotTakenForTheFastest() {
        try (CudaBackend backend = open(Libraries.AUTO, true, preferring("ours"))) {
            run(backend, depthwise());
            assertThat(backend.choices().values()).containsExactly("ours");
        }
        try (CudaBackend backend = open(Libraries.CUDNN, true, preferring(FIRST))) {
            run(backend, depthwise());
            assertThat(backend.choices().values()).allMatch(name -> name.startsWith("cudnn"));
        }
        try (CudaBackend backend = open(Libraries.AUTO, false, refusing())) {
            run(backend, depthwise());
            assertThat(backend.choices().values()).containsExactly("ours");
        }
    }

    @Test
    void whatAForcedRunMeasuredIsMeasuredBesideOursToo() {
        try (CudaBackend backend = open(Libraries.CUDNN, true, preferring("ours"))) {
            run(backend, depthwise());
            assertThat(backend.choices().values()).allMatch(name -> name.startsWith("cudnn"));
        }
        try (CudaBackend backend = open(Libraries.AUTO, false, refusing())) {
            run(backend, depthwise());
            assertThat(backend.choices().values()).containsExactly("ours");
        }
    }

    private static final class AllRead implements Usage {
        @Override
        public boolean reads(Node node, int output) {
            return true;
        }

        @Override
        public boolean constant(Node node, String input) {
            return false;
        }
    }

    @Test
    void aKernelThatWritesNothingIsFoundOut() {
        Tuner[] tuner = new Tuner[1];
        try (CudaBackend backend = open(Libraries.NONE, false, context -> {
            tuner[0] = new Tuner(context, (name, step, best) -> 1);
            return tuner[0];
        })) {
            Graph graph = new Graph();
            Value x = graph.input("x", TensorType.f32(40, 24));
            Node node = graph.add(new Linear(Activation.GELU), x, graph.input("weight", TensorType.f32(16, 24)), null)
                    .node();
            Usage all = new AllRead();
            List<Candidate> candidates = List.of(
                    new Candidate("ours", backend.kernel(node, all)),
                    new Candidate("idle", new CudaKernel(bindings -> () -> {})));
            Measurement measured = tuner[0].measure(node, all, candidates).orElseThrow();
            assertThat(measured.microseconds()).containsOnlyKeys("ours");
            assertThat(measured.failed()).containsOnlyKeys("idle");
        }
    }

    /** Lets the kernels with such a name fail while they are timed. */
    private Function<CudaContext, Tuner> failing(String beginning) {
        return context -> new Tuner(context, (name, step, best) -> {
            if (name.startsWith(beginning)) {
                gpu.fail("cuLaunchHostFunc", 1, 0);
                step.run();
            }
            return 1;
        });
    }

    @Test
    void amongForcedKernelsOneThatFailedIsNotUsed() {
        try (CudaBackend backend = open(Libraries.CUDNN, true, failing(FIRST))) {
            run(backend, depthwise());
            assertThat(backend.choices().values()).containsExactly("cudnn 9.5.1 algo_implicit_gemm");
        }
        // It is known from then on, measuring or not.
        try (CudaBackend backend = open(Libraries.CUDNN, false, refusing())) {
            run(backend, depthwise());
            assertThat(backend.choices().values()).containsExactly("cudnn 9.5.1 algo_implicit_gemm");
        }
    }

    @Test
    void whereAllForcedKernelsFailItIsOursAndSaid() {
        List<String> said = new ArrayList<>();
        try (CudaBackend backend = open(Libraries.CUDNN, true, failing("cudnn"))) {
            backend.repeat(Map.of(), said::add);
            run(backend, depthwise());
            assertThat(backend.choices().values()).containsExactly("ours");
        }
        assertThat(said)
                .singleElement()
                .asString()
                .startsWith("No kernel of cudnn computes DepthwiseConv[")
                .contains("this program's own is used");
    }

    @Test
    void aLibraryThatHasToBeUsedHasToBeThere() {
        System.setProperty(CudaLibrary.CUDNN.property(), folder.resolve("none").toString());
        assertThatThrownBy(() -> open(Libraries.CUDNN, false, refusing()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cuDNN cannot be used: the system property cryonext.cudnn names")
                .hasMessageEndingWith("which is no file");
        assertThat(gpu.holdings()).isEmpty();
    }

    @Test
    void whetherALibraryWorksIsSaid() {
        System.setProperty(CudaLibrary.CUDNN.property(), folder.resolve("none").toString());
        try (CudaBackend backend = open(Libraries.AUTO, false, refusing())) {
            assertThat(backend.libraries())
                    .containsEntry("cuBLAS", "works on this card")
                    .hasEntrySatisfying(
                            "cuDNN",
                            reason -> assertThat(reason).startsWith("cuDNN cannot be used: the system property"));
        }
        try (CudaBackend backend = open(Libraries.NONE, false, refusing())) {
            assertThat(backend.libraries())
                    .containsEntry("cuBLAS", "not to be used, by -Dcryonext.cuda.libraries=none");
        }
        gpu.fail("cuMemAllocAsync", 2, 0);
        try (CudaBackend backend = open(Libraries.AUTO, false, refusing())) {
            assertThat(backend.libraries().get("cuBLAS")).contains("The card 0 (Simulated GPU) needs 32 MiB");
        }
    }

    @Test
    void anotherVersionIsNamedAndNotUsed() throws IOException {
        Path source = Files.writeString(
                folder.resolve("old.cpp"), "extern \"C\" unsigned long cudnnGetVersion() { return 8907; }");
        Path old = Gpp.into(folder)
                .build(List.of(
                        new Gpp.Job("libcudnn.so.8", List.of("-shared", "-fPIC", source.toString()), List.of(source))))
                .getFirst();
        System.setProperty(CudaLibrary.CUDNN.property(), old.toString());
        CudaLibrary.Search search = CudaLibrary.CUDNN.search();
        assertThat(search.found()).isEmpty();
        assertThat(search.missing())
                .isEqualTo("version 8.9.7 (" + old
                        + ") is not used: JCuda takes 9 alone, so install libcudnn.so.9 as well");
    }
}
