// SPDX-License-Identifier: Apache-2.0
#include "tensor/stream.h"

#include <utility>

namespace lathe::tensor {
namespace {

thread_local StreamScope* innermost = nullptr;

Result<> checked(Device device, int status) {
    if (status == LATHE_OK)
        return {};
    return fail(status == LATHE_INVALID ? ErrorCode::Invalid : ErrorCode::Unavailable,
                backendTable(device).lastError(), deviceName(device));
}

}  // namespace

Result<Stream> Stream::create(Device device) {
    void* handle = nullptr;
    LATHE_TRY(checked(device, backendTable(device).streamCreate(device.index, &handle)));
    return Stream(device, handle);
}

void Stream::drop() {
    if (m_owned)
        backendTable(m_device).streamDestroy(m_device.index, m_handle);
    m_owned = false;
}

Stream::~Stream() {
    drop();
}

Stream::Stream(Stream&& other) noexcept
    : m_device(other.m_device), m_handle(other.m_handle), m_owned(std::exchange(other.m_owned, false)) {}

Stream& Stream::operator=(Stream&& other) noexcept {
    if (this != &other) {
        drop();
        m_device = other.m_device;
        m_handle = other.m_handle;
        m_owned = std::exchange(other.m_owned, false);
    }
    return *this;
}

Result<> Stream::synchronize() const {
    return checked(m_device, backendTable(m_device).streamSynchronize(m_device.index, m_handle));
}

Result<Event> Event::create(Device device) {
    void* handle = nullptr;
    LATHE_TRY(checked(device, backendTable(device).eventCreate(device.index, &handle)));
    return Event(device, handle);
}

void Event::drop() {
    if (m_owned)
        backendTable(m_device).eventDestroy(m_device.index, m_handle);
    m_owned = false;
}

Event::~Event() {
    drop();
}

Event::Event(Event&& other) noexcept
    : m_device(other.m_device), m_handle(other.m_handle), m_owned(std::exchange(other.m_owned, false)) {}

Event& Event::operator=(Event&& other) noexcept {
    if (this != &other) {
        drop();
        m_device = other.m_device;
        m_handle = other.m_handle;
        m_owned = std::exchange(other.m_owned, false);
    }
    return *this;
}

Result<> Event::record(const Stream& stream) const {
    return checked(m_device, backendTable(m_device).eventRecord(m_device.index, m_handle, stream.handle()));
}

Result<> Event::holdBack(const Stream& stream) const {
    return checked(m_device,
                   backendTable(m_device).streamWaitEvent(m_device.index, stream.handle(), m_handle));
}

StreamScope::StreamScope(const Stream& stream)
    : m_outer(std::exchange(innermost, this)), m_device(stream.device()), m_handle(stream.handle()) {}

StreamScope::~StreamScope() {
    innermost = m_outer;
}

void* currentStream(Device device) {
    for (const StreamScope* scope = innermost; scope; scope = scope->m_outer)
        if (scope->m_device == device)
            return scope->m_handle;
    return nullptr;
}

Result<> synchronize(Device device) {
    return checked(device, backendTable(device).streamSynchronize(device.index, currentStream(device)));
}

}  // namespace lathe::tensor
