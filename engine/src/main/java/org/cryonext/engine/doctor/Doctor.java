package org.cryonext.engine.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.cryonext.engine.Release;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.DeviceLostException;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.cpu.CpuSpecies;
import org.cryonext.engine.backend.cuda.CudaBackend;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.driver.CudaException;
import org.cryonext.engine.backend.cuda.driver.CudaLibrary;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.backend.cuda.image.KernelSource;
import org.cryonext.engine.backend.cuda.image.Nvrtc;
import org.cryonext.engine.backend.cuda.image.NvrtcFinder;
import org.cryonext.engine.backend.cuda.tune.Libraries;
import org.cryonext.engine.backend.cuda.tune.TuningSettings;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.doctor.Diagnosis.Finding;
import org.cryonext.engine.doctor.Diagnosis.Section;
import org.cryonext.engine.io.CacheFolder;
import org.cryonext.engine.io.InputException;

/** Looks at everything that a run may depend on. What is missing is a finding, not an error. */
public final class Doctor {
    private static final String FETCH = "cryonext fetch cuda";

    private final Optional<Path> folder;
    private final List<Section> sections = new ArrayList<>();
    private final List<String> advice = new ArrayList<>();
    private final List<CudaLibrary> here = new ArrayList<>();
    private final List<CudaLibrary> missing = new ArrayList<>();

    private Doctor(Optional<Path> folder) {
        this.folder = folder;
    }

    /**
     * Examines this machine. Loads the driver where there is one.
     *
     * @param folder compiled kernels, where the user names some
     */
    public static Diagnosis examine(Optional<Path> folder) {
        Doctor doctor = new Doctor(folder);
        doctor.system();
        Optional<CudaDriver> driver = doctor.driver();
        List<CudaDevice> usable = driver.map(CudaDriver::devices).orElse(List.of()).stream()
                .filter(device -> device.refusal().isEmpty())
                .toList();
        List<Nvrtc> compilers = doctor.libraries();
        doctor.kernels(driver, usable, compilers);
        doctor.operators(driver, usable);
        return new Diagnosis(List.copyOf(doctor.sections), List.copyOf(doctor.advice));
    }

    private void system() {
        CpuSpecies.slowReason().ifPresent(advice::add);
        try (CpuBackend cpu = new CpuBackend()) {
            sections.add(new Section(
                    "System",
                    List.of(
                            new Finding("CryoNeXt", Release.version()),
                            new Finding(
                                    "machine",
                                    System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                                            + System.getProperty("os.arch")),
                            new Finding("Java", System.getProperty("java.runtime.version")),
                            new Finding("processor", cpu.description()),
                            new Finding("heap", mebibytes(Runtime.getRuntime().maxMemory())))));
        }
    }

    private Optional<CudaDriver> driver() {
        List<Finding> findings = new ArrayList<>();
        Optional<CudaDriver> driver = Optional.empty();
        try {
            CudaDriver loaded = CudaDriver.load();
            driver = Optional.of(loaded);
            findings.add(new Finding(
                    "driver",
                    CudaDriver.release().map(release -> release + ", ").orElse("") + "CUDA " + loaded.versionText()
                            + " (" + loaded.path() + ")"));
            loaded.devices().forEach(device -> findings.add(card(device)));
        } catch (InputException e) {
            findings.add(new Finding("driver", "none in use: " + e.getMessage()));
        }
        sections.add(new Section("NVIDIA", findings));
        return driver;
    }

    private static Finding card(CudaDevice device) {
        String text = String.format(
                Locale.ROOT,
                "%s, %s, %s, %d multiprocessors",
                device.name(),
                device.architecture(),
                mebibytes(device.totalBytes()),
                device.multiprocessors());
        return new Finding(
                "card " + device.ordinal(),
                text
                        + device.architecture()
                                .refusal()
                                .map(reason -> "; not used: it " + reason)
                                .orElse(""));
    }

    private List<Nvrtc> libraries() {
        List<Finding> findings = new ArrayList<>();
        for (CudaLibrary library : CudaLibrary.values()) {
            CudaLibrary.Search search = library.search();
            findings.add(new Finding(
                    library.toString(),
                    search.found()
                            .map(found -> found.version() + " (" + found.path() + ")")
                            .orElse(search.missing())));
            search.found().ifPresentOrElse(found -> here.add(library), () -> missing.add(library));
        }
        List<Nvrtc> compilers = compilers(findings);
        sections.add(new Section("Libraries, all optional", findings));
        return compilers;
    }

    private List<Nvrtc> compilers(List<Finding> findings) {
        List<Nvrtc> compilers = List.of();
        try {
            compilers = NvrtcFinder.find();
        } catch (InputException e) {
            findings.add(new Finding("NVRTC", e.getMessage()));
            return compilers;
        }
        compilers.forEach(nvrtc -> findings.add(new Finding(
                "NVRTC",
                nvrtc.version() + " (" + nvrtc.path() + "), for "
                        + nvrtc.architectures().getFirst() + " to "
                        + nvrtc.architectures().getLast())));
        if (compilers.isEmpty()) {
            findings.add(
                    new Finding("NVRTC", "not found: not fetched (" + FETCH + "), and no CUDA toolkit that has it"));
        }
        return compilers;
    }

    private void kernels(Optional<CudaDriver> driver, List<CudaDevice> usable, List<Nvrtc> compilers) {
        List<Finding> findings = new ArrayList<>();
        List<String> names = KernelSource.names();
        findings.add(new Finding("sources", names.size() + " in this program"));
        findings.add(new Finding("cache", CacheFolder.of().toString()));
        if (usable.isEmpty()) {
            findings.add(new Finding("compiled", "not asked for, there is no card to run them"));
        }
        for (CudaDevice device : usable) {
            String text;
            try {
                KernelImages images = KernelImages.of(driver.orElseThrow(), folder);
                text = names.stream()
                        .map(name -> images.plan(name, device.architecture()))
                        .distinct()
                        .collect(Collectors.joining("; "));
            } catch (InputException e) {
                text = "none: " + e.getMessage();
                advice.add("Card " + device + " has no kernels: "
                        + (compilers.isEmpty() ? "get a compiler by: " + FETCH : "see above"));
            }
            findings.add(new Finding("for card " + device.ordinal(), text));
        }
        sections.add(new Section("Kernels", findings));
    }

    private void operators(Optional<CudaDriver> driver, List<CudaDevice> usable) {
        List<Backend> backends = new ArrayList<>();
        try {
            Optional<CudaBackend> card =
                    usable.stream().findFirst().flatMap(device -> card(driver.orElseThrow(), device));
            card.ifPresent(backends::add);
            backends.add(new CpuBackend(1));
            backends.add(new ReferenceBackend());
            List<Finding> paths = new ArrayList<>(OperatorPaths.of(backends));
            card.ifPresent(backend -> paths.add(new Finding(
                    "images",
                    "by " + backend.name() + " where it has room for the tomogram; of oblique or resized views and with"
                            + " profiles by the processor")));
            sections.add(new Section("Operators, by what runs them under --device auto", paths));
            card.ifPresent(this::choices);
        } finally {
            backends.forEach(Backend::close);
        }
    }

    /** Which kernel runs the operators for which there are several. */
    private void choices(CudaBackend card) {
        Libraries libraries = TuningSettings.ofSystem().libraries();
        List<Finding> findings = new ArrayList<>();
        findings.add(new Finding(
                "libraries",
                libraries + ", by -D" + Libraries.PROPERTY + "; what was measured is in " + CacheFolder.of("tuning")));
        card.libraries().forEach((name, state) -> findings.add(new Finding(name, state)));
        findings.addAll(KernelPaths.of(card.measurements()));
        sections.add(new Section("Kernels chosen among several", findings));
        if (card.measurements().isEmpty()) {
            advice.add("Nothing was measured on this card: with -D" + TuningSettings.PROPERTY
                    + "=on a command measures once which kernel is the fastest for each operator and shape"
                    + (here.isEmpty() ? "" : ", this program's own or those of " + names(here)));
        }
        if (!missing.isEmpty()) {
            advice.add(names(missing) + (missing.size() == 1 ? " is" : " are")
                    + " not here: where faster than this program's own kernels, measuring would choose "
                    + (missing.size() == 1 ? "it" : "them"));
        }
    }

    private static String names(List<CudaLibrary> libraries) {
        return libraries.stream().map(CudaLibrary::toString).collect(Collectors.joining(" and "));
    }

    /** What is in the way of using a card is a finding as well. */
    private Optional<CudaBackend> card(CudaDriver driver, CudaDevice device) {
        try {
            // What networks compute in on a card unless they are told otherwise.
            return Optional.of(new CudaBackend(device, KernelImages.of(driver, folder), Precision.F16));
        } catch (InputException | CudaException | DeviceLostException e) {
            advice.add(e.getMessage());
            return Optional.empty();
        }
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}
