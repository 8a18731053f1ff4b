package org.cryonext.engine.backend.cuda;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.backend.cuda.tune.Candidate;
import org.cryonext.engine.backend.cuda.tune.Measurement;
import org.cryonext.engine.backend.cuda.tune.TuningCache;
import org.cryonext.engine.backend.cuda.tune.TuningSettings;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;

/**
 * Chooses among kernels that compute the same: as it is told to repeat; or what was measured on this card; or what is measured
 * now; or the usual one. Whatever it was, the same work gets the same kernel from then on.
 */
final class KernelChooser {
    private final LibraryKernels libraries;
    private final TuningSettings settings;
    private final Supplier<Optional<TuningCache>> cache;
    private final Tuner tuner;
    private final boolean tf32;
    private final SortedMap<String, String> choices = new TreeMap<>();
    private final Map<String, String> repeated = new HashMap<>();
    private Consumer<String> say = sentence -> {};
    private Optional<TuningCache> opened;

    /** @param cache opened when it is first wanted */
    KernelChooser(
            LibraryKernels libraries,
            TuningSettings settings,
            Supplier<Optional<TuningCache>> cache,
            Tuner tuner,
            boolean tf32) {
        this.libraries = libraries;
        this.settings = settings;
        this.cache = cache;
        this.tuner = tuner;
        this.tf32 = tf32;
        libraries.require();
    }

    /** What was chosen so far, by work. */
    SortedMap<String, String> choices() {
        return Collections.unmodifiableSortedMap(choices);
    }

    /** Whether each library can be used, or why not. */
    SortedMap<String, String> libraries() {
        return libraries.states();
    }

    /** What was measured on this card and is kept, by work. */
    SortedMap<String, Measurement> measurements() {
        return opened().map(TuningCache::all).orElse(Collections.emptySortedMap());
    }

    /** From now on chooses the same, and tells if it cannot. */
    void repeat(Map<String, String> earlier, Consumer<String> listener) {
        repeated.putAll(earlier);
        choices.keySet().removeAll(earlier.keySet());
        say = listener;
    }

    /** @param ours kernels of this program, the usual one first */
    Kernel choose(Node node, Usage usage, List<Candidate> ours) {
        String work = work(node, usage);
        String before = choices.get(work);
        Candidate chosen = before == null
                ? choose(work, node, usage, ours)
                : named(before, node, usage, ours).orElseGet(() -> choose(work, node, usage, ours));
        choices.put(work, chosen.name());
        return chosen.kernel();
    }

    private Candidate choose(String work, Node node, Usage usage, List<Candidate> ours) {
        String earlier = repeated.get(work);
        if (earlier != null) {
            Optional<Candidate> again = named(earlier, node, usage, ours);
            if (again.isPresent()) {
                return again.orElseThrow();
            }
            say.accept("The kernel \"" + earlier + "\" that computed " + work
                    + " before is not here now; another is used, and the last bits of results may differ");
        }
        if (settings.libraries().forced()) {
            List<Candidate> library = libraries.candidates(node, usage);
            return library.isEmpty() ? ours.getFirst() : among(work, node, usage, library);
        }
        if (settings.measures()) {
            List<Candidate> all = new ArrayList<>(ours);
            all.addAll(libraries.candidates(node, usage));
            return among(work, node, usage, all);
        }
        return opened().flatMap(measured -> measured.get(work))
                .flatMap(measurement -> named(measurement.chosen(), node, usage, ours))
                .orElseGet(ours::getFirst);
    }

    /** The fastest, or the first where nothing is measured. */
    private Candidate among(String work, Node node, Usage usage, List<Candidate> candidates) {
        List<String> names = candidates.stream().map(Candidate::name).toList();
        if (!settings.measures() || candidates.size() == 1) {
            return candidates.getFirst();
        }
        String fastest = opened().flatMap(measured -> measured.get(work, names))
                .or(() -> tuner.measure(node, usage, candidates)
                        .map(measured ->
                                opened().map(kept -> kept.add(work, measured)).orElse(measured)))
                .map(Measurement::chosen)
                .orElseGet(names::getFirst);
        return candidates.get(names.indexOf(fastest));
    }

    private Optional<Candidate> named(String name, Node node, Usage usage, List<Candidate> ours) {
        return ours.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .or(() -> libraries.named(name, node, usage));
    }

    private Optional<TuningCache> opened() {
        if (opened == null) {
            opened = cache.get();
        }
        return opened;
    }

    /** What measurements and choices are kept by: the operator, its types, and what of its results is read. */
    private String work(Node node, Usage usage) {
        StringBuilder text = new StringBuilder(node.op().toString());
        for (int i = 0; i < node.inputs().size(); i++) {
            Value value = node.inputs().get(i);
            if (value != null) {
                text.append(' ').append(node.op().slots().name(i)).append(' ').append(value.type());
            }
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            if (!usage.reads(node, i)) {
                text.append(", without result ").append(i);
            }
        }
        return text.append(tf32 ? ", TF32" : "").toString();
    }
}
