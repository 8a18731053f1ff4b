#include "streams.h"

#include "block.h"
#include "driver.h"
#include "settings.h"
#include <algorithm>

namespace simulated_gpu {

namespace {

constexpr unsigned NON_BLOCKING = 1;
constexpr int CAPTURE_GLOBAL = 0;
constexpr int CAPTURE_RELAXED = 2;

void run(Stream &stream, const Operation &operation) {
  Context &context = *stream.context;
  if (context.sticky != SUCCESS) {
    throw Failure{context.sticky, context.sticky_message};
  }
  try {
    operation.run();
  } catch (const Failure &failure) {
    if (is_sticky(failure.result)) {
      context.sticky = failure.result;
      context.sticky_message = failure.message;
    }
    throw;
  }
}

void run_next(Stream &stream) {
  Operation operation = std::move(stream.queue.front());
  stream.queue.pop_front();
  stream.done++;
  run(stream, operation);
}

void drain_until(Stream &stream, uint64_t position) {
  while (stream.done < position && !stream.queue.empty()) {
    run_next(stream);
  }
}

/// Blocking streams wait for the legacy stream and it for them.
void drain_blocking(Context &context) {
  driver().streams.for_each([&](Stream &other) {
    if (other.context == &context && (other.flags & NON_BLOCKING) == 0) {
      drain(other);
    }
  });
}

void require_valid(const Capture &capture) {
  if (capture.invalid) {
    throw Failure{STREAM_CAPTURE_INVALIDATED, "The recording has failed before"};
  }
}

void add_heads(std::vector<int> &to, const std::vector<int> &from) {
  for (int node : from) {
    if (std::find(to.begin(), to.end(), node) == to.end()) {
      to.push_back(node);
    }
  }
}

} // namespace

Stream &stream_of(Context &context, void *handle) {
  constexpr uintptr_t LEGACY = 1;
  constexpr uintptr_t PER_THREAD = 2;
  auto number = reinterpret_cast<uintptr_t>(handle);
  if (number == PER_THREAD) {
    throw Failure{NOT_SUPPORTED, "The simulation has no per-thread default streams"};
  }
  if (number == 0 || number == LEGACY) {
    return *context.legacy;
  }
  Stream *stream = driver().streams.require(handle, "stream");
  if (stream->context != &context) {
    throw Failure{INVALID_HANDLE, "The stream is of another context than the current one"};
  }
  return *stream;
}

void enqueue(Stream &stream, Operation operation) {
  if (stream.capture != nullptr) {
    require_valid(*stream.capture);
    auto &nodes = stream.capture->graph->nodes;
    nodes.push_back({std::move(operation), stream.heads});
    stream.heads = {static_cast<int>(nodes.size()) - 1};
    return;
  }
  if (stream.legacy) {
    bool recording = false;
    driver().captures.for_each([&](const Capture &capture) {
      for (const Stream *one : capture.streams) {
        recording |= one->context == stream.context && (one->flags & NON_BLOCKING) == 0;
      }
    });
    if (recording) {
      throw Failure{STREAM_CAPTURE_IMPLICIT, "The default stream would wait for a stream that is recorded"};
    }
    drain_blocking(*stream.context);
  }
  stream.queued++;
  stream.queue.push_back(std::move(operation));
  if (stream.legacy || !settings().lazy) {
    drain(stream);
  }
}

void drain(Stream &stream) { drain_until(stream, stream.queued); }

void drain_all(Context &context) {
  std::vector<Stream *> streams;
  driver().streams.for_each([&](Stream &stream) {
    if (stream.context == &context) {
      streams.push_back(&stream);
    }
  });
  for (Stream *stream : streams) {
    drain(*stream);
  }
  if (context.sticky != SUCCESS) {
    throw Failure{context.sticky, context.sticky_message};
  }
}

bool advance(Stream &stream) {
  if (!stream.queue.empty()) {
    run_next(stream);
  }
  return stream.queue.empty();
}

void complete(Mark &mark) {
  if (!mark.happened && mark.stream != nullptr && driver().streams.has(mark.stream)) {
    drain_until(*mark.stream, mark.position);
  }
}

void record(Event &event, Stream &stream) {
  if (stream.capture != nullptr) {
    require_valid(*stream.capture);
    event.capture = stream.capture;
    event.heads = stream.heads;
    return;
  }
  event.capture = nullptr;
  auto mark = std::make_shared<Mark>();
  mark->stream = &stream;
  mark->position = stream.queued + 1;
  event.mark = mark;
  enqueue(stream, {"event", [mark] {
                     mark->time = std::chrono::steady_clock::now();
                     mark->happened = true;
                   }});
}

void wait(Stream &stream, Event &event) {
  if (event.capture != nullptr) {
    if (!driver().captures.has(event.capture)) {
      throw Failure{CAPTURED_EVENT, "The event was recorded in a graph whose recording has ended"};
    }
    if (stream.capture != nullptr && stream.capture != event.capture) {
      event.capture->invalid = true;
      stream.capture->invalid = true;
      throw Failure{STREAM_CAPTURE_MERGE, "The stream is recorded in another graph than the event"};
    }
    if (stream.capture == nullptr) {
      stream.capture = event.capture;
      stream.heads.clear();
      event.capture->streams.push_back(&stream);
    }
    add_heads(stream.heads, event.heads);
    return;
  }
  if (stream.capture != nullptr) {
    if (event.mark != nullptr && event.mark->happened) {
      return;
    }
    stream.capture->invalid = true;
    throw Failure{STREAM_CAPTURE_ISOLATION, "A stream that is recorded would wait for an event outside of the recording"};
  }
  if (event.mark == nullptr) {
    return;
  }
  enqueue(stream, {"wait", [mark = event.mark] { complete(*mark); }});
}

void refuse_in_capture(const char *call) {
  driver().captures.for_each([&](Capture &capture) {
    bool concerned = capture.mode == CAPTURE_GLOBAL ||
                     (capture.mode != CAPTURE_RELAXED && capture.thread == std::this_thread::get_id());
    if (concerned) {
      capture.invalid = true;
      throw Failure{STREAM_CAPTURE_UNSUPPORTED, text("%s while a stream is recorded", call)};
    }
  });
}

void begin_capture(Stream &stream, int mode) {
  if (stream.legacy) {
    throw Failure{STREAM_CAPTURE_UNSUPPORTED, "The default stream cannot be recorded"};
  }
  if (stream.capture != nullptr) {
    throw Failure{ILLEGAL_STATE, "The stream is being recorded already"};
  }
  auto capture = std::make_unique<Capture>();
  capture->origin = &stream;
  capture->mode = mode;
  capture->thread = std::this_thread::get_id();
  capture->graph = std::make_unique<Graph>();
  capture->streams.push_back(&stream);
  stream.capture = driver().captures.add(std::move(capture));
  stream.heads.clear();
}

std::unique_ptr<Graph> end_capture(Stream &stream) {
  Capture *capture = stream.capture;
  if (capture == nullptr) {
    throw Failure{ILLEGAL_STATE, "The stream is not being recorded"};
  }
  if (capture->origin != &stream) {
    throw Failure{STREAM_CAPTURE_UNMATCHED, "The recording began in another stream"};
  }
  if (capture->mode != CAPTURE_RELAXED && capture->thread != std::this_thread::get_id()) {
    throw Failure{STREAM_CAPTURE_WRONG_THREAD, "The recording began in another thread"};
  }
  std::unique_ptr<Graph> graph = std::move(capture->graph);
  // What the last nodes of the first stream come after, directly or not; the rest is work that nobody waits for.
  std::vector<bool> joined(graph->nodes.size());
  std::vector<int> rest = stream.heads;
  while (!rest.empty()) {
    int node = rest.back();
    rest.pop_back();
    if (!joined[node]) {
      joined[node] = true;
      rest.insert(rest.end(), graph->nodes[node].after.begin(), graph->nodes[node].after.end());
    }
  }
  bool invalid = capture->invalid;
  for (Stream *one : capture->streams) {
    one->capture = nullptr;
    one->heads.clear();
  }
  driver().captures.remove(capture);
  if (invalid) {
    throw Failure{STREAM_CAPTURE_INVALIDATED, "The recording has failed before: " + driver().message};
  }
  for (size_t node = 0; node < joined.size(); node++) {
    if (!joined[node]) {
      throw Failure{STREAM_CAPTURE_UNJOINED, text("The recording has work (%s) for which its first stream does not wait",
                                                  graph->nodes[node].operation.what)};
    }
  }
  return graph;
}

void run_graph(const std::vector<Node> &nodes) {
  Order order = settings().order;
  if (order == Order::Forward) {
    for (const Node &node : nodes) {
      node.operation.run();
    }
    return;
  }
  std::vector<int> waiting(nodes.size());
  std::vector<std::vector<int>> behind(nodes.size());
  std::vector<int> ready;
  for (int i = 0; i < static_cast<int>(nodes.size()); i++) {
    waiting[i] = static_cast<int>(nodes[i].after.size());
    for (int before : nodes[i].after) {
      behind[before].push_back(i);
    }
    if (waiting[i] == 0) {
      ready.push_back(i);
    }
  }
  Random random(settings().seed);
  while (!ready.empty()) {
    auto chosen = order == Order::Backward ? std::max_element(ready.begin(), ready.end())
                                           : ready.begin() + random.below(static_cast<unsigned>(ready.size()));
    int node = *chosen;
    ready.erase(chosen);
    nodes[node].operation.run();
    for (int next : behind[node]) {
      if (--waiting[next] == 0) {
        ready.push_back(next);
      }
    }
  }
}

} // namespace simulated_gpu
