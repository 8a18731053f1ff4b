package org.cryonext.cryoet.train;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.cryonext.cryoet.network.SliceSource;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.engine.Release;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.plan.Plan;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.Tensor;

/** All that frozen results depend on, as one number: where it is the same, they have the same bits. */
final class FrozenDigest {
    private static final int PIECE = 1 << 16;

    private final MessageDigest digest;
    private final byte[] piece = new byte[PIECE];

    private FrozenDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The digest of the results for some samples.
     *
     * @param prefix the frozen graph of a batch, planned
     * @param variables the weights that it reads
     * @param input makes images of slices
     * @param slices of all samples
     * @param samples whose results they are, in order
     * @return SHA-256 in hexadecimal digits
     */
    static String of(Plan prefix, Variables variables, NetworkInput input, SliceSource slices, int[] samples) {
        FrozenDigest all = new FrozenDigest();
        all.add("CryoNeXt " + Release.version());
        all.add(prefix.backend().arithmetic() + ", " + prefix.backend().precision());
        prefix.choices().forEach(all::add);
        all.add(prefix.graph());
        for (String name : prefix.graph().variables().keySet()) {
            Tensor value = variables.get(name);
            all.add(name + " " + value.type());
            all.add(value.data());
        }
        // A profile stands beside the images, in what is trained.
        all.add(input.withProfile(null).toString());
        all.add(samples.length + " samples");
        byte[] own = new byte[input.sliceBytes()];
        for (int sample : samples) {
            slices.read(sample, own, 0);
            all.digest.update(own);
        }
        return HexFormat.of().formatHex(all.digest.digest());
    }

    private void add(String line) {
        digest.update((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Operators with their settings, what they read and the types of what they give; names of scopes compute nothing. */
    private void add(Graph graph) {
        for (Node node : graph.nodes()) {
            StringBuilder line = new StringBuilder().append(node.op()).append(" of");
            node.inputs().forEach(value -> line.append(' ').append(value == null ? "nothing" : place(value)));
            add(line.append(" gives ").append(node.outputs()).toString());
        }
        graph.outputs().forEach((name, value) -> add(name + " is " + place(value)));
    }

    private static String place(Value value) {
        return value.node().id() + "#" + value.index();
    }

    private void add(MemorySegment bytes) {
        for (long at = 0; at < bytes.byteSize(); at += PIECE) {
            int length = (int) Math.min(PIECE, bytes.byteSize() - at);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, piece, 0, length);
            digest.update(piece, 0, length);
        }
    }
}
