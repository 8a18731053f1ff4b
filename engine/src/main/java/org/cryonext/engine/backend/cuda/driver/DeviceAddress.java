package org.cryonext.engine.backend.cuda.driver;

import jcuda.driver.CUdeviceptr;

/** An address in a card's memory, as JCuda's functions take and give it. */
final class DeviceAddress extends CUdeviceptr {
    private static final CUdeviceptr ZERO = new CUdeviceptr();

    /** One that a function will fill in. */
    DeviceAddress() {}

    DeviceAddress(long address) {
        super(ZERO, address);
    }

    long value() {
        return getNativePointer() + getByteOffset();
    }
}
