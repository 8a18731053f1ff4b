// Graphs: recorded, made executable, launched.
#include "export.h"

#include "streams.h"

using namespace simulated_gpu;

EXPORT int cuGraphDestroy(void *graph) {
  return call(__func__, [&] {
    driver().graphs.require(graph, "graph");
    driver().graphs.remove(graph);
  });
}

EXPORT int cuGraphGetNodes(void *graph, void **nodes, size_t *count) {
  return call(__func__, [&] {
    if (nodes != nullptr) {
      throw Failure{NOT_SUPPORTED, "The simulation counts a graph's nodes, but has no handles for them"};
    }
    *count = driver().graphs.require(graph, "graph")->nodes.size();
  });
}

EXPORT int cuGraphInstantiateWithFlags(ExecutableGraph **executable, void *graph, unsigned long long flags) {
  (void)flags;
  return in_context(__func__, [&](Context &context) {
    auto nodes = std::make_shared<const std::vector<Node>>(driver().graphs.require(graph, "graph")->nodes);
    *executable = driver().executables.add(std::make_unique<ExecutableGraph>(ExecutableGraph{&context, nodes}));
  });
}

EXPORT int cuGraphExecDestroy(void *executable) {
  return in_context(__func__, [&](Context &) {
    driver().executables.require(executable, "executable graph");
    driver().executables.remove(executable);
  });
}

EXPORT int cuGraphUpload(void *executable, void *stream) {
  return in_context(__func__, [&](Context &context) {
    driver().executables.require(executable, "executable graph");
    stream_of(context, stream);
  });
}

EXPORT int cuGraphLaunch(void *executable, void *stream) {
  return in_context(__func__, [&](Context &context) {
    auto nodes = driver().executables.require(executable, "executable graph")->nodes;
    Stream &queue = stream_of(context, stream);
    if (queue.capture != nullptr) {
      throw Failure{NOT_SUPPORTED, "The simulation records no graph in a graph"};
    }
    enqueue(queue, {"cuGraphLaunch", [nodes] { run_graph(*nodes); }});
  });
}
