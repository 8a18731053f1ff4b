package org.cryonext.models.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.pickle.PickleValue.Dictionary;
import org.cryonext.models.pickle.PickleValue.TensorView;
import org.cryonext.models.pickle.TorchFile;

/** The tensors of a PyTorch checkpoint: a state dict, alone or as one entry of what a training saved. */
final class TorchWeights implements WeightSource {
    /** Where trainings keep the state dict, the one that is taken first; the last three hold averaged weights. */
    private static final List<String> WRAPPERS =
            List.of("model", "state_dict", "model_state_dict", "module", "net", "model_ema", "state_dict_ema", "ema");

    private final TorchFile torch;
    private final List<String> notes;
    private final Map<String, TensorView> tensors = new LinkedHashMap<>();
    private final SequencedMap<String, TensorType> types = new LinkedHashMap<>();

    private TorchWeights(TorchFile torch, Dictionary state, List<String> notes) {
        this.torch = torch;
        this.notes = notes;
        List<String> others = new ArrayList<>();
        state.entries().forEach((name, value) -> {
            if (value instanceof TensorView tensor) {
                tensors.put(name, tensor);
                types.put(name, tensor.type());
            } else {
                others.add(name);
            }
        });
        if (!others.isEmpty()) {
            notes.add("Not tensors, and not used: " + shortened(others));
        }
    }

    /** @throws InputException if the file is damaged, or holds no state dict, or more than weights */
    static TorchWeights open(Path file) {
        TorchFile torch = TorchFile.open(file);
        try {
            List<String> notes = new ArrayList<>();
            TorchWeights weights = new TorchWeights(torch, state(torch, notes), notes);
            weights.requireNoMoreThanTheFile();
            return weights;
        } catch (RuntimeException | Error e) {
            torch.close();
            throw e;
        }
    }

    private static Dictionary state(TorchFile torch, List<String> notes) {
        if (!(torch.content() instanceof Dictionary root)) {
            throw new InputException(
                    torch.file() + " holds " + torch.content().kind() + ", expected a dictionary of tensors");
        }
        if (hasTensors(root)) {
            return root;
        }
        List<String> found = WRAPPERS.stream()
                .filter(key -> root.entries().get(key) instanceof Dictionary inner && hasTensors(inner))
                .toList();
        if (found.isEmpty()) {
            throw new InputException(torch.file() + " holds no dictionary of tensors, neither itself nor under "
                    + String.join(", ", WRAPPERS) + "; its entries are "
                    + shortened(new ArrayList<>(root.entries().keySet())));
        }
        List<String> others = new ArrayList<>(root.entries().keySet());
        others.remove(found.getFirst());
        notes.add("The weights are its entry \"" + found.getFirst() + "\""
                + (others.isEmpty() ? "" : "; not used: " + shortened(others)));
        return (Dictionary) root.entries().get(found.getFirst());
    }

    private static boolean hasTensors(Dictionary dictionary) {
        return dictionary.entries().values().stream().anyMatch(TensorView.class::isInstance);
    }

    private static String shortened(List<String> names) {
        int most = 5;
        return names.isEmpty()
                ? "none"
                : String.join(", ", names.subList(0, Math.min(most, names.size())))
                        + (names.size() > most ? " and " + (names.size() - most) + " more" : "");
    }

    /** Many tensors may be views of the same storage; together they may not stand for more than the file holds. */
    private void requireNoMoreThanTheFile() {
        long stored = tensors.values().stream()
                .map(TensorView::storage)
                .distinct()
                .mapToLong(storage -> storage.elements() * storage.dtype().bytes())
                .sum();
        long needed = types.values().stream()
                .mapToLong(TensorType::bytes)
                .reduce(0, (a, b) -> a + Math.min(b, Long.MAX_VALUE - a));
        if (needed > stored) {
            throw new InputException(torch.file() + " has tensors of " + needed + " bytes in all, which share " + stored
                    + " bytes of storage; save them with a storage of its own for each");
        }
    }

    @Override
    public Path file() {
        return torch.file();
    }

    @Override
    public String format() {
        return "PyTorch checkpoint";
    }

    @Override
    public SequencedMap<String, TensorType> types() {
        return types;
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public Tensor tensor(String name) {
        TensorView tensor = tensors.get(name);
        if (tensor == null) {
            throw new InputException(torch.file() + " has no tensor " + name);
        }
        return torch.tensor(tensor);
    }

    @Override
    public List<String> notes() {
        return notes;
    }

    @Override
    public void close() {
        torch.close();
    }
}
