#include "collective.h"

#include <cstdint>
#include <cstring>

namespace simulated_gpu {

namespace {

// Loops over whole tiles, for processors with wide registers and for any other. Products are not contracted: the bits are the
// same on both.
#define FOR_VECTORS __attribute__((noinline, optimize("O3"), target_clones("avx2", "default")))

constexpr int M = 16;
constexpr int N = 8;
constexpr int MOST_K = 16;

struct Tiles {
  float a[M][MOST_K];
  float b[MOST_K][N];
};

struct HalfTiles {
  uint16_t a[M][MOST_K];
  uint16_t b[MOST_K][N];
};

template <typename T> T bits(uint32_t value) {
  T result;
  static_assert(sizeof result == sizeof value);
  memcpy(&result, &value, sizeof result);
  return result;
}

FOR_VECTORS void halves_to_floats(const uint16_t *halves, float *floats, int count) {
  for (int i = 0; i < count; i++) {
    uint32_t half = halves[i];
    // Exponent and fraction move to a float's places; the product mends the exponent's bias, also of denormals.
    uint32_t shifted = (half & 0x7fffu) << 13;
    float magnitude = bits<float>(shifted) * 0x1p112f;
    uint32_t number;
    memcpy(&number, &magnitude, sizeof number);
    number = shifted >= 0x0f800000u ? 0x7f800000u | shifted : number;
    floats[i] = bits<float>(number | (half & 0x8000u) << 16);
  }
}

FOR_VECTORS void bfloats_to_floats(const uint16_t *halves, float *floats, int count) {
  for (int i = 0; i < count; i++) {
    floats[i] = bits<float>(static_cast<uint32_t>(halves[i]) << 16);
  }
}

typedef float Row __attribute__((vector_size(N * sizeof(float))));

/// sums += a b, one step of k after the other. Rows do not wait for each other, so the processor works on several.
FOR_VECTORS void multiply_tiles(const Tiles &tiles, int k, float (*sums)[N]) {
  constexpr int TOGETHER = 8;
  for (int first = 0; first < M; first += TOGETHER) {
    Row rows[TOGETHER];
    memcpy(rows, sums[first], sizeof rows);
    for (int at = 0; at < k; at++) {
      Row b;
      memcpy(&b, tiles.b[at], sizeof b);
#pragma GCC unroll 8
      for (int i = 0; i < TOGETHER; i++) {
        rows[i] += tiles.a[first + i][at] * b;
      }
    }
    memcpy(sums[first], rows, sizeof rows);
  }
}

/// Tensor cores look at the first 10 bits of the fraction.
float tf32_to_float(unsigned word) { return bits<float>(word & 0xffffe000u); }

/// Fragments of 16-bit elements (PTX ISA, "Matrix fragments for mma.m16n8k16" and "m16n8k8"): a register holds two
/// neighbours in k; lane / 4 is the row of a and the column of b, registers alternate between rows r and r + 8.
template <typename Convert> void gather_halves(void *const *operands, int k, Convert convert, Tiles &tiles) {
  HalfTiles halves;
  for (int lane = 0; lane < warp_size; lane++) {
    const auto &operand = *static_cast<const MmaOperand *>(operands[lane]);
    int group = lane / 4;
    int pair = lane % 4 * 2;
    for (int r = 0; r < k / 4; r++) {
      memcpy(&halves.a[group + r % 2 * 8][pair + r / 2 * 8], &operand.a[r], sizeof operand.a[r]);
    }
    for (int r = 0; r < k / 8; r++) {
      halves.b[pair + r * 8][group] = static_cast<uint16_t>(operand.b[r]);
      halves.b[pair + r * 8 + 1][group] = static_cast<uint16_t>(operand.b[r] >> 16);
    }
  }
  if (k == MOST_K) {
    convert(halves.a[0], tiles.a[0], M * MOST_K);
  } else {
    for (int i = 0; i < M; i++) {
      convert(halves.a[i], tiles.a[i], k);
    }
  }
  convert(halves.b[0], tiles.b[0], k * N);
}

/// The same for m16n8k8 of 32-bit elements: a register holds one.
void gather_words(void *const *operands, Tiles &tiles) {
  for (int lane = 0; lane < warp_size; lane++) {
    const auto &operand = *static_cast<const MmaOperand *>(operands[lane]);
    int group = lane / 4;
    int at = lane % 4;
    for (int r = 0; r < 4; r++) {
      tiles.a[group + r % 2 * 8][at + r / 2 * 4] = tf32_to_float(operand.a[r]);
    }
    for (int r = 0; r < 2; r++) {
      tiles.b[at + r * 4][group] = tf32_to_float(operand.b[r]);
    }
  }
}

/// d += a b.
void multiply(void *const *operands, int k, const Tiles &tiles, Work &work) {
  float sums[M][N];
  for (int lane = 0; lane < warp_size; lane++) {
    const float *d = static_cast<const MmaOperand *>(operands[lane])->d;
    for (int r = 0; r < 4; r++) {
      sums[lane / 4 + r / 2 * 8][lane % 4 * 2 + r % 2] = d[r];
    }
  }
  multiply_tiles(tiles, k, sums);
  for (int lane = 0; lane < warp_size; lane++) {
    float *d = static_cast<const MmaOperand *>(operands[lane])->d;
    for (int r = 0; r < 4; r++) {
      d[r] = sums[lane / 4 + r / 2 * 8][lane % 4 * 2 + r % 2];
    }
  }
  work.flops += uint64_t{2} * M * N * k;
}

const char *shuffle(void *const *operands, unsigned mask) {
  for (int lane = 0; lane < warp_size; lane++) {
    if ((mask >> lane & 1) != 0) {
      auto &operand = *static_cast<ShuffleOperand *>(operands[lane]);
      if ((mask >> (operand.source & 31) & 1) == 0) {
        return "a shuffle wants the value of a lane that takes no part in it";
      }
      operand.result = static_cast<const ShuffleOperand *>(operands[operand.source & 31])->value;
    }
  }
  return nullptr;
}

const char *vote(void *const *operands, unsigned mask) {
  unsigned ballot = 0;
  for (int lane = 0; lane < warp_size; lane++) {
    if ((mask >> lane & 1) != 0 && static_cast<const VoteOperand *>(operands[lane])->value) {
      ballot |= 1u << lane;
    }
  }
  for (int lane = 0; lane < warp_size; lane++) {
    if ((mask >> lane & 1) != 0) {
      static_cast<VoteOperand *>(operands[lane])->ballot = ballot;
    }
  }
  return nullptr;
}

/// Lanes 8 i to 8 i + 7 hold the rows of matrix i. Lane l gets of each matrix two neighbours: of row l / 4, or transposed of
/// column l / 4.
const char *load_matrix(void *const *operands) {
  int count = static_cast<const MatrixOperand *>(operands[0])->count;
  for (int lane = 0; lane < warp_size; lane++) {
    const auto &operand = *static_cast<const MatrixOperand *>(operands[lane]);
    if (operand.count != count) {
      return "the lanes of a warp load different numbers of matrices";
    }
    if (lane < count * 8 && reinterpret_cast<uintptr_t>(operand.row) % 16 != 0) {
      return "ldmatrix wants rows at multiples of 16 bytes";
    }
  }
  for (int matrix = 0; matrix < count; matrix++) {
    unsigned short rows[8][8];
    for (int row = 0; row < 8; row++) {
      memcpy(rows[row], static_cast<const MatrixOperand *>(operands[matrix * 8 + row])->row, sizeof rows[row]);
    }
    for (int lane = 0; lane < warp_size; lane++) {
      const auto &operand = *static_cast<const MatrixOperand *>(operands[lane]);
      int line = lane / 4;
      int at = lane % 4 * 2;
      unsigned low = operand.transposed ? rows[at][line] : rows[line][at];
      unsigned high = operand.transposed ? rows[at + 1][line] : rows[line][at + 1];
      operand.registers[matrix] = low | high << 16;
    }
  }
  return nullptr;
}

} // namespace

const char *perform(Collective operation, void *const *operands, unsigned mask, Work &work) {
  Tiles tiles;
  switch (operation) {
  case Collective::Sync:
    return nullptr;
  case Collective::Shuffle:
    return shuffle(operands, mask);
  case Collective::Vote:
    return vote(operands, mask);
  case Collective::LoadMatrix:
    return load_matrix(operands);
  case Collective::MmaF16K16:
    gather_halves(operands, 16, halves_to_floats, tiles);
    multiply(operands, 16, tiles, work);
    return nullptr;
  case Collective::MmaBf16K16:
    gather_halves(operands, 16, bfloats_to_floats, tiles);
    multiply(operands, 16, tiles, work);
    return nullptr;
  case Collective::MmaF16K8:
    gather_halves(operands, 8, halves_to_floats, tiles);
    multiply(operands, 8, tiles, work);
    return nullptr;
  case Collective::MmaTf32K8:
    gather_words(operands, tiles);
    multiply(operands, 8, tiles, work);
    return nullptr;
  }
  return "an operation that the simulation does not know";
}

} // namespace simulated_gpu
