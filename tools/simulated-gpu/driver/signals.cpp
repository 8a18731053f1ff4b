#include "signals.h"

#include "block.h"
#include <csignal>
#include <sys/mman.h>
#include <ucontext.h>

namespace simulated_gpu {

namespace {

constexpr int CAUGHT[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
constexpr size_t HANDLER_STACK = size_t{64} << 10;

struct sigaction before[65];

void leave() { this_worker()->leave(); }

void pass_on(int signal, siginfo_t *info, void *context) {
  const struct sigaction &next = before[signal];
  if ((next.sa_flags & SA_SIGINFO) != 0) {
    next.sa_sigaction(signal, info, context);
  } else if (next.sa_handler == SIG_DFL) {
    // The instruction is tried again, and then ends the process as it would have.
    sigaction(signal, &next, nullptr);
  } else if (next.sa_handler != SIG_IGN) {
    next.sa_handler(signal);
  }
}

void handle(int signal, siginfo_t *info, void *context) {
  Worker *worker = this_worker();
  if (worker == nullptr || !worker->inside) {
    if (worker == nullptr || info->si_code != SI_TKILL) {
      pass_on(signal, info, context);
    }
    return;
  }
  auto &registers = static_cast<ucontext_t *>(context)->uc_mcontext.gregs;
  worker->fault.signal = signal;
  worker->fault.signal_code = info->si_code;
  worker->fault.address = reinterpret_cast<uintptr_t>(info->si_addr);
  worker->fault.write = (registers[REG_ERR] & 2) != 0;
  // The thread goes on in `leave`, on a stack that is certainly good, and so back to where the block was begun.
  registers[REG_RIP] = reinterpret_cast<greg_t>(&leave);
  registers[REG_RSP] = reinterpret_cast<greg_t>(worker->emergency_top) - 8;
}

} // namespace

void install_signal_handlers() {
  static bool installed = false;
  if (installed) {
    return;
  }
  installed = true;
  struct sigaction action = {};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  sigfillset(&action.sa_mask);
  for (int signal : CAUGHT) {
    sigaction(signal, &action, &before[signal]);
  }
}

void prepare_signals() {
  void *stack = mmap(nullptr, HANDLER_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  stack_t alternate = {};
  alternate.ss_sp = stack;
  alternate.ss_size = HANDLER_STACK;
  sigaltstack(&alternate, nullptr);
  sigset_t others;
  sigfillset(&others);
  for (int signal : CAUGHT) {
    sigdelset(&others, signal);
  }
  pthread_sigmask(SIG_BLOCK, &others, nullptr);
}

} // namespace simulated_gpu
