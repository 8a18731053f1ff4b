package org.cryonext.cryoet.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.DeviceLostException;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.backend.cuda.driver.CudaException;
import org.cryonext.engine.io.Closing;
import org.cryonext.engine.io.Progress;

/**
 * A trained network on each of some devices, which share tomograms: a device takes the next one when it is done with its
 * last. Which one computes what changes nothing in the results, where the devices are alike.
 */
public final class Scorers implements AutoCloseable {
    private final List<Scorer> each;

    private Scorers(List<Scorer> each) {
        this.each = each;
    }

    /** What is done with a tomogram. */
    @FunctionalInterface
    public interface Work<T, R> {
        /**
         * Does it, on a thread of the scorer's.
         *
         * @param progress is advanced by the particles that are done
         */
        R of(T tomogram, Scorer scorer, Progress progress);
    }

    /**
     * Opens a network on each device.
     *
     * @param backends the caller closes them, after the scorers
     * @param opening opens it on one
     * @param say shows a sentence to the user
     */
    public static Scorers open(Backends backends, Function<Backend, Scorer> opening, Consumer<String> say) {
        List<Scorer> opened = new ArrayList<>();
        try {
            for (Backend backend : backends.each()) {
                if (!opened.isEmpty()) {
                    // What one has measured to be the fastest, all use, or their results had other last bits.
                    backend.repeat(backends.each().getFirst().choices(), say);
                }
                opened.add(opening.apply(backend));
            }
            return new Scorers(opened);
        } catch (RuntimeException | Error e) {
            opened.forEach(Scorer::close);
            throw e;
        }
    }

    /** The first device's. */
    public Scorer first() {
        return each.getFirst();
    }

    /**
     * Does something with each tomogram. The first failure ends all of it; one of a device names the device and the
     * tomogram.
     *
     * @param name of a tomogram, for messages
     * @param progress is advanced by the particles that are done, on whatever device
     * @return the results in the order of the tomograms
     */
    public <T, R> List<R> map(List<T> tomograms, Function<T, String> name, Work<T, R> work, Progress progress) {
        JointProgress joint = new JointProgress(progress);
        AtomicInteger next = new AtomicInteger();
        List<R> results = new ArrayList<>(Collections.nCopies(tomograms.size(), null));
        runAll(joint, scorer -> {
            for (int i = next.getAndIncrement(); i < results.size(); i = next.getAndIncrement()) {
                T tomogram = tomograms.get(i);
                joint.note(name.apply(tomogram));
                results.set(i, on(name.apply(tomogram), scorer, () -> work.of(tomogram, scorer, joint)));
            }
        });
        return results;
    }

    /** A device alone is served by the calling thread. */
    private void runAll(JointProgress joint, Consumer<Scorer> task) {
        if (each.size() == 1) {
            task.accept(each.getFirst());
            return;
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(each.size(), Scorers::thread)) {
            List<Future<?>> tasks = new ArrayList<>();
            for (Scorer scorer : each) {
                tasks.add(threads.submit(() -> {
                    try {
                        task.accept(scorer);
                    } catch (RuntimeException | Error e) {
                        joint.stop(e);
                    }
                }));
            }
            for (Future<?> one : tasks) {
                await(one, joint);
            }
        }
        joint.throwFailure();
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "device");
        thread.setDaemon(true);
        return thread;
    }

    private static void await(Future<?> task, JointProgress joint) {
        try {
            task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            joint.stop(new CancellationException("interrupted while devices were at work"));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Says of a device's failure where it came about. */
    private static <R> R on(String tomogram, Scorer scorer, Supplier<R> work) {
        String place = tomogram + " on " + scorer.device();
        try {
            return work.get();
        } catch (DeviceLostException e) {
            throw e.at(place);
        } catch (MemoryException e) {
            throw e.at(place);
        } catch (CudaException e) {
            throw e.at(place);
        }
    }

    @Override
    public void close() {
        Closing.all(each.stream().<Runnable>map(scorer -> scorer::close).toList());
    }
}
