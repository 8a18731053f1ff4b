// What the lanes of a warp do together: synchronise, shuffle, vote.
#pragma once

#include "lane.h"

namespace simulated_gpu {

inline int lane_in_warp() { return static_cast<int>(lane()->number % warp_size); }

template <typename T> inline T shuffle(unsigned mask, T value, int source, Place place) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8, "only 4 and 8 bytes are shuffled");
  ShuffleOperand operand{};
  __builtin_memcpy(&operand.value, &value, sizeof value);
  operand.source = source;
  runtime->collective(mask, Collective::Shuffle, &operand, place);
  __builtin_memcpy(&value, &operand.result, sizeof value);
  return value;
}

inline unsigned ballot(unsigned mask, bool value, Place place) {
  VoteOperand operand{value, 0};
  runtime->collective(mask, Collective::Vote, &operand, place);
  return operand.ballot;
}

} // namespace simulated_gpu

inline void __syncwarp(unsigned mask = 0xffffffffu, const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
  simulated_gpu::runtime->collective(mask, simulated_gpu::Collective::Sync, nullptr, {file, line});
}

template <typename T>
inline T __shfl_sync(unsigned mask, T value, int source, int width = 32, const char *file = __builtin_FILE(),
                     int line = __builtin_LINE()) {
  int self = simulated_gpu::lane_in_warp();
  return simulated_gpu::shuffle(mask, value, (self & ~(width - 1)) | (source & (width - 1)), {file, line});
}

template <typename T>
inline T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = 32, const char *file = __builtin_FILE(),
                         int line = __builtin_LINE()) {
  int self = simulated_gpu::lane_in_warp();
  int source = self ^ lanes;
  // A later group's value is not to be had, an earlier one's is: so PTX says of shfl.bfly.
  bool within = source <= (self | (width - 1));
  return simulated_gpu::shuffle(mask, value, within ? source : self, {file, line});
}

template <typename T>
inline T __shfl_down_sync(unsigned mask, T value, unsigned lanes, int width = 32, const char *file = __builtin_FILE(),
                          int line = __builtin_LINE()) {
  int self = simulated_gpu::lane_in_warp();
  int source = self + static_cast<int>(lanes);
  return simulated_gpu::shuffle(mask, value, source <= (self | (width - 1)) ? source : self, {file, line});
}

template <typename T>
inline T __shfl_up_sync(unsigned mask, T value, unsigned lanes, int width = 32, const char *file = __builtin_FILE(),
                        int line = __builtin_LINE()) {
  int self = simulated_gpu::lane_in_warp();
  int source = self - static_cast<int>(lanes);
  return simulated_gpu::shuffle(mask, value, source >= (self & ~(width - 1)) ? source : self, {file, line});
}

inline unsigned __ballot_sync(unsigned mask, bool value, const char *file = __builtin_FILE(),
                              int line = __builtin_LINE()) {
  return simulated_gpu::ballot(mask, value, {file, line});
}

inline bool __any_sync(unsigned mask, bool value, const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
  return simulated_gpu::ballot(mask, value, {file, line}) != 0;
}

inline bool __all_sync(unsigned mask, bool value, const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
  return simulated_gpu::ballot(mask, !value, {file, line}) == 0;
}
