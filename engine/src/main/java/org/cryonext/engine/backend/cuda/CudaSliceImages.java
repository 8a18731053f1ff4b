package org.cryonext.engine.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.SliceImages;
import org.cryonext.engine.backend.cuda.driver.CudaContext;
import org.cryonext.engine.backend.cuda.driver.CudaStream;
import org.cryonext.engine.backend.cuda.driver.DeviceMemory;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.cryonext.engine.io.Closing;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/**
 * Two launches a batch, see {@code slice_images.cu}: slices to bytes, bytes to images. They run in the main stream, behind the
 * run before, which reads what was made before; positions travel beside it.
 */
final class CudaSliceImages implements SliceImages {
    private static final int THREADS = 256;
    private static final int NUMBERS_OF_POSITION = 6;
    private static final int MOST_ROWS_OF_BLOCKS = 65535;

    /** What a card is left with beside a volume: a graph, a module or another process may want something still. */
    private static final long RESERVE = 128L << 20;

    private final CudaContext context;
    private final CudaStream stream;
    private final Recipe recipe;
    private final int positions;
    private final KernelFunction cut;
    private final Kernel.Step resize;
    private final CudaBlock places;
    private final CudaInlet inlet;
    private final long views;
    private final long bytes;
    private final Deque<Runnable> open = new ArrayDeque<>();

    private DeviceMemory volume;
    private int nx;
    private int ny;
    private int nz;
    private Kernel.Step slices;

    /**
     * @param copies the stream of inputs
     * @param target [positions * images, height, width, channels]
     */
    CudaSliceImages(CardKernels kernels, CudaStream copies, CudaBlock target, Recipe recipe) {
        this.context = kernels.context();
        this.stream = kernels.stream();
        this.recipe = recipe;
        long images = target.type().shape().dim(0);
        Shape expected = Shape.of(images, recipe.height(), recipe.width(), recipe.channels());
        if (images % recipe.images() != 0 || !target.type().shape().equals(expected)) {
            throw new IllegalArgumentException("images " + target.type() + " are not those of " + recipe.images()
                    + " a position, each " + recipe.height() + " x " + recipe.width() + " x " + recipe.channels());
        }
        positions = Math.toIntExact(images / recipe.images());
        Taps across = Taps.of(recipe.across(), recipe.width(), recipe.edge());
        Taps down = Taps.of(recipe.down(), recipe.height(), recipe.edge());
        TensorType rows = new TensorType(DType.I32, Shape.of(positions, NUMBERS_OF_POSITION));
        try {
            views = table(MemorySegment.ofArray(numbers(recipe.views())));
            bytes = allocate((long) positions * recipe.views().size() * recipe.edge() * recipe.edge())
                    .address();
            places = new CudaBlock(allocate(rows.bytes()).address(), rows);
            inlet = new CudaInlet(context, copies, places);
            open.push(inlet::close);
            cut = kernels.function("slice_images", "slice_bytes");
            int pixels = Math.multiplyExact(recipe.height(), recipe.width());
            resize = kernels.function("slice_images", "slice_images", target.dtype())
                    .launch(
                            new Grid(
                                    Math.ceilDiv(pixels, THREADS),
                                    (int) Math.min(images, MOST_ROWS_OF_BLOCKS),
                                    1,
                                    THREADS,
                                    1,
                                    1,
                                    0),
                            bytes,
                            table(MemorySegment.ofArray(across.numbers())),
                            table(MemorySegment.ofArray(down.numbers())),
                            table(Tensor.of(recipe.values(), recipe.values().length)
                                    .to(target.dtype())
                                    .data()),
                            target.address(),
                            images,
                            recipe.height(),
                            recipe.width(),
                            recipe.channels(),
                            recipe.together(),
                            recipe.edge(),
                            across.numbersEach(),
                            down.numbersEach(),
                            recipe.shift());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private DeviceMemory allocate(long size) {
        DeviceMemory memory = context.allocate(size);
        open.push(memory::close);
        return memory;
    }

    /** Address of a copy on the card. */
    private long table(MemorySegment values) {
        long address = allocate(values.byteSize()).address();
        stream.upload(values, 0, address, values.byteSize());
        return address;
    }

    private static int[] numbers(List<View> views) {
        return views.stream()
                .flatMapToInt(view -> IntStream.of(
                        view.columns().ordinal(),
                        view.rows().ordinal(),
                        view.layers().ordinal(),
                        view.first(),
                        view.thickness(),
                        view.stretched() ? 1 : 0))
                .toArray();
    }

    /**
     * The weights of a matrix that are not 0, as the kernel reads them.
     *
     * @param numbersEach numbers of a pixel: the first weight's place, how many there are, the weights
     * @param numbers of all pixels
     */
    private record Taps(int numbersEach, int[] numbers) {
        private static final int BEFORE_WEIGHTS = 2;

        /** @param matrix [pixels, edge] */
        static Taps of(int[] matrix, int pixels, int edge) {
            int[] first = new int[pixels];
            int[] count = new int[pixels];
            int most = 0;
            for (int p = 0; p < pixels; p++) {
                int end = edge;
                while (end > 0 && matrix[p * edge + end - 1] == 0) {
                    end--;
                }
                while (first[p] < end && matrix[p * edge + first[p]] == 0) {
                    first[p]++;
                }
                count[p] = end - first[p];
                most = Math.max(most, count[p]);
            }
            int each = BEFORE_WEIGHTS + most;
            int[] numbers = new int[Math.multiplyExact(pixels, each)];
            for (int p = 0; p < pixels; p++) {
                numbers[p * each] = first[p];
                numbers[p * each + 1] = count[p];
                System.arraycopy(matrix, p * edge + first[p], numbers, p * each + BEFORE_WEIGHTS, count[p]);
            }
            return new Taps(each, numbers);
        }
    }

    @Override
    public boolean fits(int width, int height, int depth) {
        long free = context.freeBytes() + (volume == null ? 0 : volume.bytes());
        return SliceImages.bytes(width, height, depth) <= free - RESERVE;
    }

    @Override
    public void begin(int width, int height, int depth, float low, float high) {
        long needed = SliceImages.bytes(width, height, depth);
        if (volume == null || volume.bytes() != needed) {
            giveBackVolume();
            volume = context.allocate(needed);
        }
        nx = width;
        ny = height;
        nz = depth;
        int count = recipe.views().size();
        slices = cut.launch(
                Grid.of((long) positions * count, THREADS),
                volume.address(),
                places.address(),
                views,
                bytes,
                nx,
                ny,
                count,
                recipe.edge(),
                low,
                high);
    }

    private void giveBackVolume() {
        if (volume != null) {
            volume.close();
            volume = null;
        }
    }

    @Override
    public void slice(int z, float[] values) {
        if (values.length != nx * ny) {
            throw new IllegalArgumentException(values.length + " voxels for a slice of " + nx + " x " + ny);
        }
        MemorySegment slice = MemorySegment.ofArray(values);
        stream.upload(slice, 0, volume.address() + z * slice.byteSize(), slice.byteSize());
    }

    @Override
    public void make(List<Position> wanted) {
        if (wanted.isEmpty() || wanted.size() > positions) {
            throw new IllegalArgumentException(wanted.size() + " positions for a batch of " + positions);
        }
        int[] numbers = new int[positions * NUMBERS_OF_POSITION];
        int at = 0;
        for (int i = 0; i < positions; i++) {
            Position position = require(wanted.get(Math.min(i, wanted.size() - 1)));
            numbers[at++] = position.x();
            numbers[at++] = position.y();
            numbers[at++] = position.z();
            numbers[at++] = position.bottom();
            numbers[at++] = position.top();
            numbers[at++] = position.mirrored();
        }
        inlet.set(Tensor.of(numbers, positions, NUMBERS_OF_POSITION), 0);
        slices.run();
        resize.run();
    }

    /** The card would read beside its memory. */
    private Position require(Position position) {
        if (position.bottom() < 0 || position.top() >= nz || position.bottom() > position.top()) {
            throw new IllegalArgumentException(position + " in a volume of " + nx + " x " + ny + " x " + nz);
        }
        return position;
    }

    @Override
    public void close() {
        stream.settle();
        List<Runnable> closers = new ArrayList<>(open);
        closers.add(this::giveBackVolume);
        open.clear();
        Closing.all(closers);
    }
}
