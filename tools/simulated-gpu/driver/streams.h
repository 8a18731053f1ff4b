// Work in streams: run at once, or as late as somebody waits for it; or recorded in a graph.
#pragma once

#include "objects.h"

namespace simulated_gpu {

/// The stream of a handle: null is the legacy default stream of the context.
Stream &stream_of(Context &context, void *handle);

/// Puts work into a stream.
void enqueue(Stream &stream, Operation operation);

/// Runs what a stream holds. Throws the failure of what it ran.
void drain(Stream &stream);

/// Runs what all streams of a context hold.
void drain_all(Context &context);

/// Runs the stream's next piece of work, if there is any; true if nothing is left.
bool advance(Stream &stream);

/// Runs what an event waits for.
void complete(Mark &mark);

void record(Event &event, Stream &stream);

void wait(Stream &stream, Event &event);

/// Throws if the calling thread or the stream is recording, as the call would wait for what does not run.
void refuse_in_capture(const char *call);

void begin_capture(Stream &stream, int mode);

std::unique_ptr<Graph> end_capture(Stream &stream);

/// Runs a graph's nodes, in an order that its dependencies allow.
void run_graph(const std::vector<Node> &nodes);

} // namespace simulated_gpu
