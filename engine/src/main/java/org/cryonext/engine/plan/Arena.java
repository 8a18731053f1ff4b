package org.cryonext.engine.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.graph.Value;

/**
 * Packs values into slabs so that those in use at the same time do not overlap: largest first, each at the lowest
 * offset that is free throughout its life (Pisarchyk, Lee: Efficient memory management for deep neural net inference,
 * 2020).
 */
final class Arena {
    private final long limit;
    private final Map<Value, Place> places = new HashMap<>();
    private final List<List<Taken>> slabs = new ArrayList<>();
    private final List<Long> sizes = new ArrayList<>();

    private record Taken(long start, long end, int first, int last) {}

    /** @param limit preferred largest slab in bytes */
    Arena(long limit) {
        this.limit = limit;
    }

    /** A value that wants memory. */
    record Request(Value value, long bytes, int first, int last) {}

    void pack(List<Request> requests) {
        List<Request> ordered = new ArrayList<>(requests);
        ordered.sort(Comparator.comparingLong(Request::bytes)
                .reversed()
                .thenComparingInt(Request::first)
                .thenComparingInt(r -> r.value().index()));
        for (Request request : ordered) {
            int slab = 0;
            while (!placed(request, slab)) {
                slab++;
            }
        }
    }

    private boolean placed(Request request, int slab) {
        if (slab == slabs.size()) {
            slabs.add(new ArrayList<>());
            sizes.add(0L);
        }
        List<Taken> taken = slabs.get(slab);
        long start = 0;
        for (Taken t : taken) {
            if (t.first <= request.last && request.first <= t.last) {
                if (start + request.bytes <= t.start) {
                    break;
                }
                start = Math.max(start, t.end);
            }
        }
        if (start + request.bytes > limit && !taken.isEmpty()) {
            return false;
        }
        Taken mine = new Taken(start, start + request.bytes, request.first, request.last);
        taken.add(mine);
        taken.sort(Comparator.comparingLong(Taken::start));
        sizes.set(slab, Math.max(sizes.get(slab), mine.end));
        places.put(request.value, new Place(slab, start));
        return true;
    }

    Map<Value, Place> places() {
        return places;
    }

    List<Long> sizes() {
        return sizes;
    }
}
