// Tensor-core products, the loads that feed them and asynchronous copies into shared memory: PTX that needs no header.
// The layouts of fragments are those of the PTX manual ("Matrix Fragments for mma.m16n8k16"). The simulated GPU brings
// bodies of its own under the same names.
#pragma once

#include "types.cuh"

// Whether global memory can be copied into shared memory behind the thread's back.
#if __CUDA_ARCH__ >= 800
constexpr bool COPIES_BEHIND = true;
#else
constexpr bool COPIES_BEHIND = false;
#endif

#ifndef SIMULATED_GPU

// An address in shared memory: 32 bits, to which the loads add a constant by themselves.
using shared_at = unsigned;

INLINE shared_at shared_address(void *p) {
    return (unsigned)__cvta_generic_to_shared(p);
}

#if __CUDA_ARCH__ >= 800
// d += a b: d 16 x 8 of f32, a 16 x 16 by rows, b 16 x 8 by columns.
INLINE void mma_m16n8k16_f16(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

INLINE void mma_m16n8k16_bf16(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

// d += a b: a 16 x 8 by rows, b 8 x 8 by columns, both tf32.
INLINE void mma_m16n8k8_tf32(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

// The nearest tf32, ties away from zero; the tensor cores themselves would cut the lower bits off.
INLINE unsigned tf32_bits(float x) {
    unsigned bits;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
    return bits;
}
#endif

// d += a b: a 16 x 8 by rows, b 8 x 8 by columns: what sm_75 has for f16 with sums in f32.
INLINE void mma_m16n8k8_f16(float (&d)[4], const unsigned (&a)[2], const unsigned (&b)[1]) {
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5}, {%6}, {%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(b[0]));
}

// Loads 8 x 8 matrices of 16-bit values from shared memory. Lane i brings the 16-byte row i % 8 of matrix i / 8 and gets,
// of each matrix, the two values in row lane / 4 from column 2 * (lane % 4) on; transposed, row and column change places.
// Four 32-bit values of a row are loaded in the same way, one for each lane.
INLINE void ldmatrix_x4(unsigned (&r)[4], shared_at row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(row)
                 : "memory");
}

INLINE void ldmatrix_x4_trans(unsigned (&r)[4], shared_at row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(row)
                 : "memory");
}

// A word of shared memory; not to be moved before a barrier.
INLINE unsigned shared_word(shared_at at) {
    unsigned word;
    asm volatile("ld.shared.u32 %0, [%1];" : "=r"(word) : "r"(at) : "memory");
    return word;
}

// Copies 16 bytes from global to shared memory behind the thread's back; where they are not valid, writes zeros and reads
// nothing. Both addresses are multiples of 16. Never called where COPIES_BEHIND is false.
INLINE void cp_async_16(shared_at shared, const void *global, bool valid) {
#if __CUDA_ARCH__ >= 800
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
                 :
                 : "r"(shared), "l"(global), "r"(valid ? 16 : 0)
                 : "memory");
#endif
}

// Closes this thread's group of copies.
INLINE void cp_async_commit() {
#if __CUDA_ARCH__ >= 800
    asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

// Waits until at most N of this thread's latest groups are under way.
template <int N>
INLINE void cp_async_wait() {
#if __CUDA_ARCH__ >= 800
    asm volatile("cp.async.wait_group %0;" ::"n"(N) : "memory");
#endif
}

#else

using shared_at = unsigned char *;

INLINE shared_at shared_address(void *p) {
    return static_cast<unsigned char *>(p);
}

#if __CUDA_ARCH__ >= 800
INLINE void mma_m16n8k16_f16(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
    simulated_gpu::mma_f16_16x8x16(d, a, b);
}

INLINE void mma_m16n8k16_bf16(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
    simulated_gpu::mma_bf16_16x8x16(d, a, b);
}

INLINE void mma_m16n8k8_tf32(float (&d)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
    simulated_gpu::mma_tf32_16x8x8(d, a, b);
}

INLINE unsigned tf32_bits(float x) {
    return (__float_as_uint(x) + 0x1000) & ~0x1fffu;
}
#endif

INLINE void mma_m16n8k8_f16(float (&d)[4], const unsigned (&a)[2], const unsigned (&b)[1]) {
    simulated_gpu::mma_f16_16x8x8(d, a, b);
}

INLINE void ldmatrix_x4(unsigned (&r)[4], shared_at row) {
    simulated_gpu::ldmatrix_x4(r, row);
}

INLINE void ldmatrix_x4_trans(unsigned (&r)[4], shared_at row) {
    simulated_gpu::ldmatrix_x4_trans(r, row);
}

INLINE unsigned shared_word(shared_at at) {
    return *reinterpret_cast<const unsigned *>(at);
}

INLINE void cp_async_16(shared_at shared, const void *global, bool valid) {
#if __CUDA_ARCH__ >= 800
    simulated_gpu::cp_async_16(shared, global, valid ? 16 : 0);
#else
    (void)shared;
    (void)global;
    (void)valid;
#endif
}

INLINE void cp_async_commit() {
#if __CUDA_ARCH__ >= 800
    simulated_gpu::cp_async_commit();
#endif
}

template <int N>
INLINE void cp_async_wait() {
#if __CUDA_ARCH__ >= 800
    simulated_gpu::cp_async_wait<N>();
#endif
}

#endif
