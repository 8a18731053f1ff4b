package org.cryonext.bench.peers;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/** An ONNX file in ONNX Runtime, on the CPU. */
final class OnnxRuntime implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    OnnxRuntime(Path file) throws OrtException {
        session = environment.createSession(file.toString());
    }

    OrtSession session() {
        return session;
    }

    /** Gives the only input, gets an output's values. */
    float[] run(float[] input, long[] shape, String output) throws OrtException {
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(input), shape)) {
            return run(tensor, output);
        }
    }

    /** The same with an input of unsigned bytes. */
    float[] run(byte[] input, long[] shape, String output) throws OrtException {
        ByteBuffer direct = ByteBuffer.allocateDirect(input.length).put(0, input);
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, direct, shape, OnnxJavaType.UINT8)) {
            return run(tensor, output);
        }
    }

    private float[] run(OnnxTensor input, String output) throws OrtException {
        String name = session.getInputNames().iterator().next();
        try (OrtSession.Result result = session.run(Map.of(name, input))) {
            FloatBuffer buffer = ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer();
            float[] values = new float[buffer.remaining()];
            buffer.get(values);
            return values;
        }
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
