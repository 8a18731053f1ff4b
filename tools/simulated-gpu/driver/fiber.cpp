#include "fiber.h"

#include <cstdint>

#ifndef __x86_64__
#error "The simulated GPU switches stacks on x86-64 only, as JCuda's libraries exist for it only"
#endif

// What a called function has to keep (System V ABI) goes to the stack, and nothing else: the compiler takes the call for any
// other and has saved the rest. Rounding modes are the same in all fibers.
asm(R"(
.text
.globl simulated_gpu_switch
.hidden simulated_gpu_switch
.type simulated_gpu_switch, @function
simulated_gpu_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size simulated_gpu_switch, .-simulated_gpu_switch
)");

namespace simulated_gpu {

void *new_stack(unsigned char *top, void (*entry)()) {
  auto *slots = reinterpret_cast<uintptr_t *>(reinterpret_cast<uintptr_t>(top) & ~uintptr_t{15});
  // A return address of 0 ends backtraces, and puts the stack where a function expects it: 8 bytes off a multiple of 16.
  *--slots = 0;
  *--slots = reinterpret_cast<uintptr_t>(entry);
  for (int saved = 0; saved < 6; saved++) {
    *--slots = 0;
  }
  return slots;
}

} // namespace simulated_gpu
