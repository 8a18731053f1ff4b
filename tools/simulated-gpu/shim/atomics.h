// Atomics on integers. On floats there are none: their sums would depend on the order of the blocks.
#pragma once

#define SIMULATED_GPU_ATOMICS(type)                                                                                    \
  inline type atomicAdd(type *address, type value) { return __atomic_fetch_add(address, value, __ATOMIC_SEQ_CST); }    \
  inline type atomicExch(type *address, type value) { return __atomic_exchange_n(address, value, __ATOMIC_SEQ_CST); }  \
  inline type atomicOr(type *address, type value) { return __atomic_fetch_or(address, value, __ATOMIC_SEQ_CST); }      \
  inline type atomicAnd(type *address, type value) { return __atomic_fetch_and(address, value, __ATOMIC_SEQ_CST); }    \
  inline type atomicXor(type *address, type value) { return __atomic_fetch_xor(address, value, __ATOMIC_SEQ_CST); }    \
  inline type atomicCAS(type *address, type expected, type value) {                                                    \
    __atomic_compare_exchange_n(address, &expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);                 \
    return expected;                                                                                                   \
  }                                                                                                                    \
  inline type atomicMax(type *address, type value) {                                                                   \
    type old = __atomic_load_n(address, __ATOMIC_SEQ_CST);                                                             \
    while (old < value && !__atomic_compare_exchange_n(address, &old, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) { \
    }                                                                                                                  \
    return old;                                                                                                        \
  }                                                                                                                    \
  inline type atomicMin(type *address, type value) {                                                                   \
    type old = __atomic_load_n(address, __ATOMIC_SEQ_CST);                                                             \
    while (value < old && !__atomic_compare_exchange_n(address, &old, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) { \
    }                                                                                                                  \
    return old;                                                                                                        \
  }

SIMULATED_GPU_ATOMICS(int)
SIMULATED_GPU_ATOMICS(unsigned)
SIMULATED_GPU_ATOMICS(unsigned long long)

#undef SIMULATED_GPU_ATOMICS
