// Images of slices of a volume, step by step as the host makes them, so that each byte and each value is the same: voxels
// from single to the mean over layers in double precision, to bytes by division and truncation, resized in fixed point along
// the rows and then along the columns, to values by a table.
#include "types.cuh"

// What a position and a view are made of. Axes are 0 for x, 1 for y and 2 for z.
enum { X, Y, Z, BOTTOM, TOP, MIRRORED, NUMBERS_OF_POSITION };
enum { COLUMNS, ROWS, LAYERS, FIRST, THICKNESS, STRETCHED, NUMBERS_OF_VIEW };

// What a pixel is made of, along one axis: behind these follow the weights.
enum { BEGIN, COUNT, WEIGHTS };

// A coordinate of the voxel that lies so many columns, rows and layers from a position; what would lie outside takes the
// nearest one inside.
INLINE int coordinate(int axis, const int *position, const int *view, int column, int row, int layer, int first, int last) {
    int way = view[COLUMNS] == axis ? column : view[ROWS] == axis ? row : layer;
    int at = position[axis] + ((position[MIRRORED] >> axis & 1) != 0 ? -way : way);
    return min(max(at, first), last);
}

// The mean over a view's layers.
INLINE float slice_value(const float *volume, int nx, int ny, const int *position, const int *view, int column, int row) {
    int layers = view[THICKNESS];
    double sum = 0;
    for (int i = 0; i < layers; i++) {
        int layer = view[FIRST] + i;
        int x = coordinate(X, position, view, column, row, layer, 0, nx - 1);
        int y = coordinate(Y, position, view, column, row, layer, 0, ny - 1);
        int z = coordinate(Z, position, view, column, row, layer, position[BOTTOM], position[TOP]);
        sum += volume[((long long)z * ny + y) * nx + x];
    }
    return (float)(sum / layers);
}

// The largest over a block of at most 1024 threads in a multiple of 32, in each of them.
INLINE float block_max(float x) {
    __shared__ float of_warp[32];
    float largest = group_max(x, 32);
    if (threadIdx.x % 32 == 0) {
        of_warp[threadIdx.x / 32] = largest;
    }
    __syncthreads();
    largest = of_warp[0];
    for (int i = 1; i < blockDim.x / 32; i++) {
        largest = fmaxf(largest, of_warp[i]);
    }
    // The next one may begin only when all have read this one.
    __syncthreads();
    return largest;
}

// A block for each view of each position: bytes[position][view][edge][edge]. Values from low to high become 0 to 255, or,
// where a view is stretched, those of the slice.
KERNEL(256, slice_bytes,
       (const float *volume, const int *positions, const int *views, unsigned char *bytes, int nx, int ny, int count,
        int edge, float low, float high)) {
    const int *position = positions + NUMBERS_OF_POSITION * (blockIdx.x / count);
    const int *view = views + NUMBERS_OF_VIEW * (blockIdx.x % count);
    int pixels = edge * edge;
    bool stretched = view[STRETCHED] != 0;
    if (stretched) {
        float largest = __uint_as_float(0xff800000u);
        float least = __uint_as_float(0x7f800000u);
        for (int i = threadIdx.x; i < pixels; i += blockDim.x) {
            float value = slice_value(volume, nx, ny, position, view, i % edge - edge / 2, i / edge - edge / 2);
            largest = fmaxf(largest, value);
            least = fminf(least, value);
        }
        high = block_max(largest);
        low = -block_max(-least);
    }
    float span = high - low + 1e-8f;
    unsigned char *slice = bytes + (long long)blockIdx.x * pixels;
    for (int i = threadIdx.x; i < pixels; i += blockDim.x) {
        float value = slice_value(volume, nx, ny, position, view, i % edge - edge / 2, i / edge - edge / 2);
        float share = (value - low) / span;
        if (!stretched) {
            share = fminf(1.0f, fmaxf(0.0f, share));
        }
        slice[i] = (unsigned char)(int)(share * 255.0f);
    }
}

// A thread for each pixel of an image: images[image][height][width][channels] from bytes[slice][edge][edge], of which `together`
// are the channels of an image; one alone is all of them. A row of `across` for each column of the image, of `down` for each
// row; weights are in units of 2^-shift. values[256][channels].
template <typename T>
INLINE void slice_images(const unsigned char *bytes, const int *across, const int *down, const T *values, T *images,
                         long long count, int height, int width, int channels, int together, int edge, int across_numbers,
                         int down_numbers, int shift) {
    int pixel = blockIdx.x * blockDim.x + threadIdx.x;
    int pixels = height * width;
    if (pixel >= pixels) {
        return;
    }
    const int *columns = across + pixel % width * across_numbers;
    const int *rows = down + pixel / width * down_numbers;
    int half = 1 << (shift - 1);
    for (long long image = blockIdx.y; image < count; image += gridDim.y) {
        T *to = images + (image * pixels + pixel) * channels;
        for (int c = 0; c < together; c++) {
            const unsigned char *slice = bytes + (image * together + c) * edge * edge;
            int sum = half;
            for (int j = 0; j < rows[COUNT]; j++) {
                const unsigned char *line = slice + (rows[BEGIN] + j) * edge + columns[BEGIN];
                int between = half;
                for (int i = 0; i < columns[COUNT]; i++) {
                    between += line[i] * columns[WEIGHTS + i];
                }
                sum += (between >> shift) * rows[WEIGHTS + j];
            }
            const T *value = values + (sum >> shift & 255) * channels;
            if (together > 1) {
                to[c] = value[c];
            } else {
                for (int k = 0; k < channels; k++) {
                    to[k] = value[k];
                }
            }
        }
    }
}

#define SLICE_IMAGES(T)                                                                                                \
    KERNEL(256, slice_images_##T,                                                                                      \
           (const unsigned char *bytes, const int *across, const int *down, const T *values, T *images,                \
            long long count, int height, int width, int channels, int together, int edge, int across_numbers,          \
            int down_numbers, int shift)) {                                                                            \
        slice_images<T>(bytes, across, down, values, images, count, height, width, channels, together, edge,           \
                        across_numbers, down_numbers, shift);                                                          \
    }

FOR_EACH_TYPE(SLICE_IMAGES)
