package org.cryonext.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.cryonext.bench.protocol.Served;
import org.cryonext.bench.protocol.Server;

/** {@code model.onnx} in ONNX Runtime, with all of its optimisations. */
final class OnnxRuntime implements Served {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final OnnxTensor images;
    private float[] logits;

    private OnnxRuntime(Path folder, int threads) throws OrtException, IOException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        session = environment.createSession(folder.resolve("model.onnx").toString(), options);
        byte[] bytes = Files.readAllBytes(folder.resolve("images.f32"));
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.nativeOrder());
        direct.asFloatBuffer()
                .put(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
        TensorInfo input =
                (TensorInfo) session.getInputInfo().values().iterator().next().getInfo();
        images = OnnxTensor.createTensor(environment, direct.asFloatBuffer(), input.getShape());
    }

    /**
     * Serves a model.
     *
     * @param args its folder, and the number of threads
     */
    static void main(String[] args) throws Exception {
        Server.run(new OnnxRuntime(Path.of(args[0]), Integer.parseInt(args[1])), 1);
        // Its threads would keep the process alive.
        System.exit(0);
    }

    @Override
    public String description() {
        return "ONNX Runtime " + environment.getVersion();
    }

    @Override
    public void step() throws OrtException {
        String input = session.getInputNames().iterator().next();
        try (OrtSession.Result result = session.run(Map.of(input, images))) {
            FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
            logits = new float[buffer.remaining()];
            buffer.get(logits);
        }
    }

    @Override
    public float[] result() {
        return logits;
    }
}
