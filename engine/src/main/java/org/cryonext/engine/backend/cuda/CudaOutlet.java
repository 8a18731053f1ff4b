package org.cryonext.engine.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.backend.Outlet;
import org.cryonext.engine.backend.cuda.driver.CudaContext;
import org.cryonext.engine.backend.cuda.driver.CudaEvent;
import org.cryonext.engine.backend.cuda.driver.CudaStream;
import org.cryonext.engine.backend.cuda.driver.PinnedMemory;
import org.cryonext.engine.tensor.Tensor;

/** Outputs come to pinned memory behind the run, and the host waits once for all of them. */
final class CudaOutlet implements Outlet {
    private final CudaStream stream;
    private final List<CudaBlock> sources;
    private final long[] offsets;
    private final PinnedMemory pinned;
    private final CudaEvent done;

    CudaOutlet(CudaContext context, List<CudaBlock> sources) {
        this.stream = context.stream();
        this.sources = sources;
        this.offsets = new long[sources.size()];
        long bytes = 0;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = bytes;
            bytes += Math.ceilDiv(sources.get(i).type().bytes(), CudaBackend.ALIGNMENT) * CudaBackend.ALIGNMENT;
        }
        pinned = context.pinned(bytes);
        try {
            done = context.event();
        } catch (RuntimeException e) {
            pinned.close();
            throw e;
        }
    }

    @Override
    public void begin() {
        for (int i = 0; i < offsets.length; i++) {
            CudaBlock source = sources.get(i);
            stream.download(source.address(), pinned, offsets[i], source.type().bytes());
        }
        stream.record(done);
    }

    @Override
    public List<Tensor> await() {
        done.synchronize();
        List<Tensor> results = new ArrayList<>();
        for (int i = 0; i < offsets.length; i++) {
            Tensor result = Tensor.zeros(sources.get(i).type());
            result.data()
                    .copyFrom(pinned.segment().asSlice(offsets[i], result.data().byteSize()));
            results.add(result);
        }
        return results;
    }

    @Override
    public void close() {
        stream.settle();
        done.close();
        pinned.close();
    }
}
