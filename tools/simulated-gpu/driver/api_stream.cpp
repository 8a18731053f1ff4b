// Streams, events and functions of the host in streams.
#include "export.h"

#include "streams.h"

using namespace simulated_gpu;

namespace {

constexpr unsigned EVENT_WITHOUT_TIME = 2;

template <typename Body> int with_stream(const char *name, void *handle, Body body) {
  return in_context(name, [&](Context &context) { body(stream_of(context, handle)); });
}

Event &require_event(void *handle) { return *driver().events.require(handle, "event"); }

void refuse_recorded(const Stream &stream, const char *call) {
  if (stream.capture != nullptr) {
    stream.capture->invalid = true;
    throw Failure{STREAM_CAPTURE_UNSUPPORTED, text("%s of a stream that is recorded", call)};
  }
}

void refuse_recorded(const Event &event, const char *call) {
  if (event.capture != nullptr) {
    throw Failure{CAPTURED_EVENT, text("%s of an event that is recorded", call)};
  }
}

} // namespace

EXPORT int cuStreamCreateWithPriority(Stream **stream, unsigned flags, int priority) {
  return in_context(__func__, [&](Context &context) {
    if (flags > 1) {
      throw Failure{INVALID_VALUE, text("cuStreamCreate: there are no flags %#x", flags)};
    }
    auto made = std::make_unique<Stream>();
    made->context = &context;
    made->flags = flags;
    made->priority = priority;
    *stream = driver().streams.add(std::move(made));
  });
}

EXPORT int cuStreamCreate(Stream **stream, unsigned flags) { return cuStreamCreateWithPriority(stream, flags, 0); }

EXPORT int cuStreamDestroy_v2(void *handle) {
  return with_stream(__func__, handle, [&](Stream &stream) {
    if (stream.legacy) {
      throw Failure{INVALID_HANDLE, "The default stream cannot be destroyed"};
    }
    refuse_recorded(stream, "cuStreamDestroy");
    drain(stream);
    driver().streams.remove(handle);
  });
}

EXPORT int cuStreamSynchronize(void *handle) {
  return with_stream(__func__, handle, [&](Stream &stream) {
    refuse_recorded(stream, "cuStreamSynchronize");
    drain(stream);
  });
}

EXPORT int cuStreamQuery(void *handle) {
  return with_stream(__func__, handle, [&](Stream &stream) {
    refuse_recorded(stream, "cuStreamQuery");
    if (!advance(stream)) {
      throw Failure{NOT_READY, "The stream has work left"};
    }
  });
}

EXPORT int cuStreamWaitEvent(void *handle, void *event, unsigned flags) {
  (void)flags;
  return with_stream(__func__, handle, [&](Stream &stream) { wait(stream, require_event(event)); });
}

EXPORT int cuStreamGetFlags(void *handle, unsigned *flags) {
  return with_stream(__func__, handle, [&](Stream &stream) { *flags = stream.flags; });
}

EXPORT int cuStreamGetPriority(void *handle, int *priority) {
  return with_stream(__func__, handle, [&](Stream &stream) { *priority = stream.priority; });
}

EXPORT int cuStreamGetCtx(void *handle, Context **context) {
  return with_stream(__func__, handle, [&](Stream &stream) { *context = stream.context; });
}

EXPORT int cuLaunchHostFunc(void *handle, void (*function)(void *), void *data) {
  return with_stream(__func__, handle,
                     [&](Stream &stream) { enqueue(stream, {"cuLaunchHostFunc", [=] { function(data); }}); });
}

EXPORT int cuStreamAddCallback(void *handle, void (*callback)(void *, int, void *), void *data, unsigned flags) {
  (void)flags;
  return with_stream(__func__, handle, [&](Stream &stream) {
    refuse_recorded(stream, "cuStreamAddCallback");
    enqueue(stream, {"cuStreamAddCallback", [=] { callback(handle, SUCCESS, data); }});
  });
}

EXPORT int cuStreamBeginCapture_v2(void *handle, int mode) {
  return with_stream(__func__, handle, [&](Stream &stream) { begin_capture(stream, mode); });
}

EXPORT int cuStreamEndCapture(void *handle, Graph **graph) {
  return with_stream(__func__, handle, [&](Stream &stream) {
    *graph = nullptr;
    *graph = driver().graphs.add(end_capture(stream));
  });
}

EXPORT int cuStreamIsCapturing(void *handle, int *status) {
  return with_stream(__func__, handle, [&](Stream &stream) {
    *status = stream.capture == nullptr ? 0 : stream.capture->invalid ? 2 : 1;
  });
}

EXPORT int cuEventCreate(Event **event, unsigned flags) {
  return in_context(__func__, [&](Context &context) {
    auto made = std::make_unique<Event>();
    made->context = &context;
    made->flags = flags;
    *event = driver().events.add(std::move(made));
  });
}

EXPORT int cuEventDestroy_v2(void *event) {
  return in_context(__func__, [&](Context &) {
    require_event(event);
    driver().events.remove(event);
  });
}

EXPORT int cuEventRecord(void *event, void *handle) {
  return with_stream(__func__, handle, [&](Stream &stream) {
    Event &mark = require_event(event);
    if (mark.context != stream.context) {
      throw Failure{INVALID_HANDLE, "cuEventRecord: stream and event are of different contexts"};
    }
    record(mark, stream);
  });
}

EXPORT int cuEventRecordWithFlags(void *event, void *handle, unsigned flags) {
  (void)flags;
  return cuEventRecord(event, handle);
}

EXPORT int cuEventSynchronize(void *event) {
  return in_context(__func__, [&](Context &) {
    Event &mark = require_event(event);
    refuse_recorded(mark, "cuEventSynchronize");
    if (mark.mark != nullptr) {
      complete(*mark.mark);
    }
  });
}

EXPORT int cuEventQuery(void *event) {
  return in_context(__func__, [&](Context &) {
    Event &mark = require_event(event);
    refuse_recorded(mark, "cuEventQuery");
    if (mark.mark != nullptr && !mark.mark->happened) {
      advance(*mark.mark->stream);
      if (!mark.mark->happened) {
        throw Failure{NOT_READY, "The event has not happened"};
      }
    }
  });
}

EXPORT int cuEventElapsedTime(float *milliseconds, void *from, void *to) {
  return in_context(__func__, [&](Context &) {
    Event &first = require_event(from);
    Event &last = require_event(to);
    if (((first.flags | last.flags) & EVENT_WITHOUT_TIME) != 0 || first.mark == nullptr || last.mark == nullptr) {
      throw Failure{INVALID_HANDLE, "cuEventElapsedTime: an event notes no time, or was never recorded"};
    }
    if (!first.mark->happened || !last.mark->happened) {
      throw Failure{NOT_READY, "cuEventElapsedTime: an event has not happened"};
    }
    *milliseconds = std::chrono::duration<float, std::milli>(last.mark->time - first.mark->time).count();
  });
}
