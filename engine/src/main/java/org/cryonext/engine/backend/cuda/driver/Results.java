package org.cryonext.engine.backend.cuda.driver;

import java.util.Set;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.cryonext.engine.backend.DeviceLostException;

/** Turns the driver's result codes into exceptions. */
final class Results {
    /**
     * Codes after which every further call of the context gives the same code, CUDA's "sticky" errors. Those from 721 on
     * are newer than JCuda.
     */
    private static final Set<Integer> LOST = Set.of(
            CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE,
            CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
            CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE,
            CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
            CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
            CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED,
            CUresult.CUDA_ERROR_ASSERT,
            CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
            CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
            CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
            CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
            CUresult.CUDA_ERROR_INVALID_PC,
            CUresult.CUDA_ERROR_LAUNCH_FAILED,
            721,
            722,
            CUresult.CUDA_ERROR_EXTERNAL_DEVICE,
            CUresult.CUDA_ERROR_UNKNOWN);

    private Results() {}

    /**
     * @param call the driver's function
     * @param about what it was called for, a few words
     */
    static void check(int result, String call, String about) {
        if (result != CUresult.CUDA_SUCCESS) {
            throw failure(result, call, about);
        }
    }

    /** For calls that give something back: on a lost device there is nothing to give back, and that was said before. */
    static void checkRelease(int result, String call, String about) {
        if (!isLost(result) && result != CUresult.CUDA_ERROR_DEINITIALIZED) {
            check(result, call, about);
        }
    }

    static RuntimeException failure(int result, String call, String about) {
        String error = name(result);
        String sentence = call + " failed with " + error + " (" + description(result) + "): " + about;
        return isLost(result)
                ? new DeviceLostException(sentence + "; the device is lost to this process")
                : new CudaException(error, sentence);
    }

    static boolean isLost(int result) {
        return LOST.contains(result);
    }

    /** CUDA's name of a code. */
    static String name(int result) {
        String[] text = new String[1];
        JCudaDriver.cuGetErrorName(result, text);
        return text[0] == null ? "CUDA error " + result : text[0];
    }

    private static String description(int result) {
        String[] text = new String[1];
        JCudaDriver.cuGetErrorString(result, text);
        return text[0] == null ? "unknown to this driver" : text[0];
    }
}
