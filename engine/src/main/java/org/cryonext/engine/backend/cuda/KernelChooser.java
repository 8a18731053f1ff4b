package org.cryonext.engine.backend.cuda;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    private final Set<Tried> tried = new HashSet<>();
    private final Map<Tried, String> failures = new HashMap<>();
    private Consumer<String> say = sentence -> {};
    private Optional<TuningCache> opened;

    /** A kernel that has run in this process for some work. */
    private record Tried(String work, String kernel) {}

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

    /** What was chosen for a node; empty for one that there is but one kernel for. */
    Optional<String> choice(Node node, Usage usage) {
        return Optional.ofNullable(choices.get(work(node, usage)));
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
                : named(work, before, node, usage, ours).orElseGet(() -> choose(work, node, usage, ours));
        choices.put(work, chosen.name());
        return chosen.kernel();
    }

    private Candidate choose(String work, Node node, Usage usage, List<Candidate> ours) {
        String earlier = repeated.get(work);
        if (earlier != null) {
            Optional<Candidate> again = named(work, earlier, node, usage, ours);
            if (again.isPresent()) {
                return again.orElseThrow();
            }
            say.accept("The kernel \"" + earlier + "\" that computed " + work
                    + " before is not here now; another is used, and the last bits of results may differ");
        }
        if (settings.libraries().forced()) {
            return ofLibrary(work, node, usage, ours.getFirst());
        }
        if (settings.measures()) {
            List<Candidate> all = new ArrayList<>(ours);
            all.addAll(libraries.candidates(node, usage));
            return known(work, node, usage, all).stream()
                    .flatMap(measured -> measured.order().stream())
                    .flatMap(name -> of(name, all).stream())
                    .filter(candidate -> works(work, node, usage, candidate))
                    .findFirst()
                    .orElseGet(ours::getFirst);
        }
        return opened().flatMap(measured -> measured.get(work)).stream()
                .flatMap(measured -> measured.order().stream())
                .flatMap(name -> named(work, name, node, usage, ours).stream())
                .findFirst()
                .orElseGet(ours::getFirst);
    }

    /** The fastest of the library that has to be used; the first that is not known to fail where nothing is measured. */
    private Candidate ofLibrary(String work, Node node, Usage usage, Candidate ours) {
        List<Candidate> library = libraries.candidates(node, usage);
        if (library.isEmpty()) {
            return ours;
        }
        List<Candidate> all = new ArrayList<>(List.of(ours));
        all.addAll(library);
        Optional<Measurement> known = known(work, node, usage, all);
        List<Candidate> usable = new ArrayList<>(library);
        known.ifPresent(measured -> {
            usable.removeIf(candidate -> measured.failed().containsKey(candidate.name()));
            usable.sort(Comparator.comparingDouble(
                    candidate -> measured.microseconds().getOrDefault(candidate.name(), Double.POSITIVE_INFINITY)));
        });
        Optional<Candidate> chosen = usable.stream()
                .filter(candidate -> works(work, node, usage, candidate))
                .findFirst();
        if (chosen.isEmpty()) {
            String first = library.getFirst().name();
            String reason = Optional.ofNullable(failures.get(new Tried(work, first)))
                    .or(() -> known.map(measured -> measured.failed().get(first)))
                    .orElse("it was refused");
            say.accept("No kernel of " + settings.libraries() + " computes " + work + " here (" + reason
                    + "); this program's own is used");
        }
        return chosen.orElse(ours);
    }

    /**
     * Whether a kernel runs here. One of a library that was not measured in this process runs once for that: a library's
     * first call may load and allocate, which has no place in the recording of a graph.
     */
    private boolean works(String work, Node node, Usage usage, Candidate candidate) {
        Tried once = new Tried(work, candidate.name());
        if (LibraryKernels.isOne(candidate.name()) && tried.add(once)) {
            tuner.attempt(node, usage, candidate).ifPresent(reason -> failures.put(once, reason));
        }
        return !failures.containsKey(once);
    }

    /**
     * What is known of these kernels, which are measured if that is asked for and not all of them were.
     *
     * @param candidates the usual one first, which the others' results are compared with
     */
    private Optional<Measurement> known(String work, Node node, Usage usage, List<Candidate> candidates) {
        if (!settings.measures() || candidates.size() == 1) {
            return opened().flatMap(kept -> kept.get(work));
        }
        List<String> names = candidates.stream().map(Candidate::name).toList();
        return opened().flatMap(kept -> kept.get(work, names))
                .or(() -> tuner.measure(node, usage, candidates).map(measured -> {
                    measured.microseconds().keySet().forEach(name -> tried.add(new Tried(work, name)));
                    return opened().map(kept -> kept.add(work, measured)).orElse(measured);
                }));
    }

    private static Optional<Candidate> of(String name, List<Candidate> candidates) {
        return candidates.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst();
    }

    private Optional<Candidate> named(String work, String name, Node node, Usage usage, List<Candidate> ours) {
        return of(name, ours)
                .or(() -> libraries.named(name, node, usage))
                .filter(candidate -> works(work, node, usage, candidate));
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
