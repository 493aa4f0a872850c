// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "tensor/backend.h"

namespace lathe::tensor {

// A queue of work of one device; work on one stream runs in order. Movable; destroyed after its work is done
// or not, as the backend's own rules say.
class Stream {
public:
    static Result<Stream> create(Device device);
    ~Stream();
    Stream(Stream&& other) noexcept;
    Stream& operator=(Stream&& other) noexcept;

    Device device() const { return m_device; }
    void* handle() const { return m_handle; }
    // Waits until its work is done; returns what went wrong on the device since the last time.
    Result<> synchronize() const;

private:
    Stream(Device device, void* handle) : m_device(device), m_handle(handle) {}
    void drop();

    Device m_device;
    void* m_handle = nullptr;
    bool m_owned = true;
};

// A point in a stream that another one can wait for.
class Event {
public:
    static Result<Event> create(Device device);
    ~Event();
    Event(Event&& other) noexcept;
    Event& operator=(Event&& other) noexcept;

    Result<> record(const Stream& stream) const;
    // What `stream` is given from now on starts after what was recorded is done.
    Result<> holdBack(const Stream& stream) const;

private:
    Event(Device device, void* handle) : m_device(device), m_handle(handle) {}
    void drop();

    Device m_device;
    void* m_handle = nullptr;
    bool m_owned = true;
};

// This thread's kernels for the stream's device go to `stream` while the scope lives. Scopes nest.
class StreamScope {
public:
    explicit StreamScope(const Stream& stream);
    ~StreamScope();
    StreamScope(const StreamScope&) = delete;
    StreamScope& operator=(const StreamScope&) = delete;

private:
    StreamScope* m_outer;
    Device m_device;
    void* m_handle;
    friend void* currentStream(Device device);
};

// Waits for the default stream of a device.
Result<> synchronize(Device device);

}  // namespace lathe::tensor
