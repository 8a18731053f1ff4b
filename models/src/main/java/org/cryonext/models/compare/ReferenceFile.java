package org.cryonext.models.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.HeadInput;
import org.cryonext.models.convnext.NamingScheme;
import org.cryonext.models.convnext.Parameter;

/** A reference file, its tensors sorted by what they are compared with. */
final class ReferenceFile {
    private static final List<String> FORWARD =
            List.of("stem", "stage0", "stage1", "stage2", "stage3", "pooled", "logits");
    private static final Pattern ADAMW = Pattern.compile("adamw(\\d{1,9})\\.(.+)");
    private static final int MOST_STEPS = 100_000;

    private final Safetensors file;
    private final Map<String, Parameter> parameters = new HashMap<>();
    private final List<String> forward = new ArrayList<>();
    private final List<String> gradients = new ArrayList<>();
    private final TreeMap<Integer, List<String>> adamw = new TreeMap<>();
    private final List<String> others = new ArrayList<>();
    private final boolean labelled;
    private final int channels;
    private final HeadInput head;

    ReferenceFile(Safetensors file, ConvNextConfig config) {
        this.file = file;
        channels = config.channels();
        head = config.head();
        for (Parameter p : Parameter.of(config)) {
            for (NamingScheme scheme : NamingScheme.values()) {
                for (String prefix : scheme.prefixes()) {
                    parameters.put(scheme.name(prefix, p.layer(), p.stage(), p.block(), p.bias()), p);
                }
            }
        }
        labelled = file.types().containsKey("labels");
        file.types().keySet().stream().sorted().forEach(this::sort);
        forward.sort((a, b) -> Integer.compare(FORWARD.indexOf(a), FORWARD.indexOf(b)));
    }

    private void sort(String name) {
        Matcher step = ADAMW.matcher(name);
        if (FORWARD.contains(name)) {
            forward.add(name);
        } else if (labelled && name.startsWith("grad.")) {
            gradients.add(name);
        } else if (labelled && step.matches()) {
            int steps = Integer.parseInt(step.group(1));
            if (steps < 1 || steps > MOST_STEPS) {
                throw new InputException(file.file() + ": tensor " + name + " asks for " + steps
                        + " steps, expected 1 to " + MOST_STEPS);
            }
            adamw.computeIfAbsent(steps, k -> new ArrayList<>()).add(name);
        } else if (!(name.equals("x")
                || head.profile() > 0 && name.equals(ConvNext.PROFILE)
                || labelled && (name.equals("labels") || name.equals("loss")))) {
            others.add(name);
        }
    }

    /** Names of the model's outputs in the file, in the order of the data. */
    List<String> forward() {
        return forward;
    }

    boolean hasLoss() {
        return labelled && file.types().containsKey("loss");
    }

    List<String> gradients() {
        return gradients;
    }

    /** Names by number of steps. */
    SequencedMap<Integer, List<String>> adamw() {
        return adamw;
    }

    /** Whether anything in it needs a backward pass. */
    boolean trains() {
        return !gradients.isEmpty() || !adamw.isEmpty();
    }

    boolean isEmpty() {
        return forward.isEmpty() && !hasLoss() && !trains();
    }

    /** Names of what is compared with nothing. */
    List<String> others() {
        return others;
    }

    Tensor tensor(String name) {
        return file.tensor(name);
    }

    /** The parameter that {@code grad.NAME} or {@code adamwK.NAME} is about, under any library's name. */
    Optional<Parameter> parameter(String name) {
        return Optional.ofNullable(parameters.get(name.substring(name.indexOf('.') + 1)));
    }

    /** The images as [N, H, W, C]; a multiple of those that make a sample. */
    Tensor images() {
        if (!file.types().containsKey("x")) {
            throw new InputException(file.file() + " has no tensor x, the images [N, " + channels + ", H, W]");
        }
        Tensor x = file.tensor("x");
        if (x.shape().rank() != 4
                || x.shape().dim(1) != channels
                || x.shape().dim(0) < 1
                || x.shape().dim(0) % head.images() != 0
                || !x.dtype().isFloating()) {
            throw new InputException(file.file() + ": tensor x is " + x.type() + ", expected F32 [N, " + channels
                    + ", H, W]" + (head.isOfOneImage() ? "" : ", N a multiple of " + head.images()));
        }
        return x.transpose(0, 2, 3, 1).to(DType.F32);
    }

    /** The numbers beside the features, F32 [samples, profile]; empty if the model reads none. */
    Optional<Tensor> profile(long samples) {
        if (head.profile() == 0) {
            return Optional.empty();
        }
        Shape wanted = Shape.of(samples, head.profile());
        if (!file.types().containsKey(ConvNext.PROFILE)) {
            throw new InputException(
                    file.file() + " has no tensor " + ConvNext.PROFILE + ", which the model reads, " + wanted);
        }
        Tensor profile = file.tensor(ConvNext.PROFILE);
        if (!profile.shape().equals(wanted) || !profile.dtype().isFloating()) {
            throw new InputException(file.file() + ": tensor " + ConvNext.PROFILE + " is " + profile.type()
                    + ", expected F32 " + wanted);
        }
        return Optional.of(profile.to(DType.F32));
    }

    /** The labels as I32 [N]; empty if the file has none. */
    Optional<Tensor> labels(long n, int classes) {
        if (!labelled) {
            return Optional.empty();
        }
        Tensor labels = file.tensor("labels");
        if (!labels.shape().equals(Shape.of(n)) || labels.dtype().isFloating()) {
            throw new InputException(
                    file.file() + ": tensor labels is " + labels.type() + ", expected I64 " + Shape.of(n));
        }
        int[] values = IntStream.range(0, (int) n)
                .map(i -> {
                    double label = labels.get(i);
                    if (label < 0 || label >= classes) {
                        throw new InputException(file.file() + ": label " + i + " is " + (long) label
                                + ", but the model has the classes 0 to " + (classes - 1));
                    }
                    return (int) label;
                })
                .toArray();
        return Optional.of(Tensor.of(values, n));
    }

    /** A number of the metadata. */
    double setting(String key, double usual) {
        String text = file.metadata().get(key);
        try {
            return text == null ? usual : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new InputException(
                    file.file() + ": its metadata says " + key + " = " + text + ", expected a number", e);
        }
    }
}
