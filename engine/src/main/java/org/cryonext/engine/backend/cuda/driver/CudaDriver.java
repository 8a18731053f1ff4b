package org.cryonext.engine.backend.cuda.driver;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.cryonext.engine.io.InputException;

/**
 * NVIDIA's driver, loaded into this process. Nothing of JCuda or CUDA is touched before {@link #load}.
 *
 * <p>The system property {@code cryonext.cuda.driver} names another library in its place, with its path.
 */
public final class CudaDriver {
    private static final int NAME_BYTES = 256;

    private static CudaDriver loaded;

    private final DriverLibrary library;

    private CudaDriver(DriverLibrary library) {
        this.library = library;
    }

    /**
     * Why there is no driver to load, in a sentence with what to do; empty if there is one. Looks for its library and asks
     * for its version; whether there is a card is not asked.
     */
    public static Optional<String> missing() {
        DriverLibrary.Search search = DriverLibrary.search();
        return search.library().isPresent() ? Optional.empty() : Optional.of(search.missing());
    }

    /** The driver's own version, for instance 535.104.05, where the system tells it. */
    public static Optional<String> release() {
        return DriverLibrary.release();
    }

    /**
     * Loads the driver, once in a process.
     *
     * @throws InputException if there is none, it is too old, or it finds no card
     */
    public static synchronized CudaDriver load() {
        if (loaded == null) {
            DriverLibrary.Search search = DriverLibrary.search();
            DriverLibrary library = search.library().orElseThrow(() -> new InputException(search.missing()));
            JcudaNatives.load();
            initialise();
            CudaDriver driver = new CudaDriver(library);
            if (driver.devices().isEmpty()) {
                throw new InputException("NVIDIA's driver finds no card; use --device cpu");
            }
            loaded = driver;
        }
        return loaded;
    }

    static void initialise() {
        int result = JCudaDriver.cuInit(0);
        if (result != CUresult.CUDA_SUCCESS) {
            String reason = switch (result) {
                case CUresult.CUDA_ERROR_NO_DEVICE ->
                    "NVIDIA's driver finds no card"
                            + Optional.ofNullable(System.getenv("CUDA_VISIBLE_DEVICES"))
                                    .map(value -> " (CUDA_VISIBLE_DEVICES is \"" + value + "\")")
                                    .orElse("");
                case CUresult.CUDA_ERROR_STUB_LIBRARY ->
                    "The libcuda.so.1 that was found is a stub for building programs, not NVIDIA's driver: take its"
                            + " folder out of LD_LIBRARY_PATH";
                case CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH ->
                    "NVIDIA's driver was updated, but its older part is still running: restart the machine";
                case CUresult.CUDA_ERROR_SYSTEM_NOT_READY ->
                    "NVIDIA's driver is not ready: its services (nvidia-fabricmanager, nvidia-persistenced) have to"
                            + " run";
                default -> "NVIDIA's driver cannot be started (cuInit: " + Results.name(result) + ")";
            };
            throw new InputException(reason + "; or use --device cpu");
        }
    }

    private static CudaDevice read(int ordinal) {
        CUdevice device = new CUdevice();
        Results.check(JCudaDriver.cuDeviceGet(device, ordinal), "cuDeviceGet", "card " + ordinal);
        byte[] name = new byte[NAME_BYTES];
        Results.check(JCudaDriver.cuDeviceGetName(name, name.length, device), "cuDeviceGetName", "card " + ordinal);
        long[] bytes = new long[1];
        Results.check(JCudaDriver.cuDeviceTotalMem(bytes, device), "cuDeviceTotalMem", "card " + ordinal);
        return new CudaDevice(
                ordinal,
                new String(name, StandardCharsets.UTF_8).split("\0", 2)[0],
                new Architecture(
                        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
                        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)),
                bytes[0],
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_CLOCK_RATE),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED) != 0);
    }

    private static int attribute(CUdevice device, int which) {
        int[] value = new int[1];
        Results.check(
                JCudaDriver.cuDeviceGetAttribute(value, which, device),
                "cuDeviceGetAttribute",
                CUdevice_attribute.stringFor(which));
        return value[0];
    }

    /** The newest CUDA it supports: 12040 for 12.4. */
    public int version() {
        return library.version();
    }

    /** The same as people write it: 12.4. */
    public String versionText() {
        return DriverLibrary.text(library.version());
    }

    /** Its library, as the system's loader found it. */
    public String path() {
        return library.path();
    }

    /** All cards that it shows, in its order, those that cannot be used included. */
    public List<CudaDevice> devices() {
        int[] count = new int[1];
        Results.check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount", "counting the cards");
        return IntStream.range(0, count[0]).mapToObj(CudaDriver::read).toList();
    }

    /**
     * One of the cards.
     *
     * @throws InputException if there is none of this number, or it cannot be used
     */
    public CudaDevice device(int ordinal) {
        List<CudaDevice> devices = devices();
        if (ordinal < 0 || ordinal >= devices.size()) {
            throw new InputException("There is no card " + ordinal + "; this machine has "
                    + (devices.size() == 1 ? "card 0 alone" : "cards 0 to " + (devices.size() - 1)));
        }
        CudaDevice device = devices.get(ordinal);
        device.refusal().ifPresent(reason -> {
            throw new InputException(reason + "; use another card or --device cpu");
        });
        return device;
    }
}
