#include "driver.h"

#include "settings.h"

namespace simulated_gpu {

// Never destroyed: threads of the host may still call while the process ends.
Driver &driver() {
  static Driver &only = *new Driver();
  return only;
}

std::vector<Context *> &context_stack() {
  static thread_local std::vector<Context *> stack;
  return stack;
}

void inject(const char *call) {
  driver().calls[call]++;
  auto &injections = driver().injections;
  auto found = injections.find(call);
  if (found == injections.end()) {
    return;
  }
  int device = found->second.device;
  const auto &stack = context_stack();
  // The thread's context may have been destroyed, and a call that makes one has none.
  Context *current = !stack.empty() && driver().contexts.has(stack.back()) ? stack.back() : nullptr;
  bool meant = device < 0 || (current != nullptr && current->device == device);
  if (!meant || found->second.after-- > 0) {
    return;
  }
  Injection injection = found->second;
  injections.erase(found);
  std::string message = text("%s fails as it was told to", call);
  if (injection.lose_device && current != nullptr) {
    current->sticky = injection.result;
    current->sticky_message = message;
  }
  throw Failure{injection.result, message};
}

Context &current_context(const char *call) {
  auto &stack = context_stack();
  if (stack.empty() || stack.back() == nullptr) {
    throw Failure{INVALID_CONTEXT, text("%s: no context is current in this thread", call)};
  }
  Context *context = stack.back();
  if (!driver().contexts.has(context)) {
    throw Failure{CONTEXT_IS_DESTROYED, text("%s: the thread's current context is destroyed", call)};
  }
  if (context->sticky != SUCCESS) {
    throw Failure{context->sticky, context->sticky_message};
  }
  return *context;
}

int failed(const char *call, Context *context, const Failure &failure) {
  driver().message = failure.message;
  (void)call;
  if (context != nullptr && is_sticky(failure.result) && context->sticky == SUCCESS) {
    context->sticky = failure.result;
    context->sticky_message = failure.message;
  }
  return failure.result;
}

} // namespace simulated_gpu
