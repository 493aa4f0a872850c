// SPDX-License-Identifier: Apache-2.0
// runKernel: from tensors to what a backend takes.
#include "tensor/backend.h"
#include "tensor/op_signature.h"
#include "tensor/stream.h"
#include "tensor/tensor.h"

#include <array>
#include <fmt/format.h>

namespace lathe::tensor {
namespace {

constexpr std::size_t maxTensors = 12;

bool isHalf(DType type) {
    return type == DType::F16 || type == DType::BF16;
}
bool takesAnyType(char role) {
    return role >= 'A' && role <= 'Z';
}
bool isRead(char role) {
    return role != 'o' && role != 'O';
}
bool isWritten(char role) {
    return role == 'o' || role == 'O' || role == 'x' || role == 'y';
}
bool isWeights(char role) {
    return role == 'w' || role == 'y';
}

struct Arguments {
    std::array<Tensor, maxTensors> tensors;
    std::size_t count = 0;
    std::string_view roles;
    bool images = false;

    char role(std::size_t i) const { return i < roles.size() ? roles[i] : 'i'; }

    // What the backend is asked about: the first tensor whose type is the call's T.
    DType type() const {
        for (std::size_t i = 0; i < count; ++i)
            if (tensors[i].defined() && isFloating(tensors[i].dtype()))
                return tensors[i].dtype();
        for (std::size_t i = 0; i < count; ++i)
            if (tensors[i].defined())
                return tensors[i].dtype();
        return DType::F32;
    }

    LatheLayout layout() const {
        bool contiguous = true, channelsLast = images;
        for (std::size_t i = 0; i < count; ++i) {
            const Tensor& t = tensors[i];
            if (!t.defined())
                continue;
            const bool dense = t.isContiguous();
            contiguous = contiguous && dense;
            if (t.rank() == 4 && !isWeights(role(i)))
                channelsLast = channelsLast && t.isChannelsLast();
            else
                channelsLast = channelsLast && dense;
        }
        return contiguous ? LATHE_CONTIGUOUS : channelsLast ? LATHE_CHANNELS_LAST : LATHE_STRIDED;
    }

    bool mixesHalves() const {
        for (std::size_t i = 0; i < count; ++i)
            if (tensors[i].defined() && isHalf(tensors[i].dtype()) && !takesAnyType(role(i)))
                return true;
        return false;
    }
};

ErrorCode codeOf(int status) {
    switch (status) {
    case LATHE_OUT_OF_MEMORY: return ErrorCode::Full;
    case LATHE_UNSUPPORTED: return ErrorCode::Unsupported;
    case LATHE_DEVICE_FAILED: return ErrorCode::Unavailable;
    default: return ErrorCode::Invalid;
    }
}

Result<> call(LatheOp op, LatheKernel kernel, const Arguments& a, std::initializer_list<double> numbers,
              std::initializer_list<std::int64_t> integers, Device device, const LatheBackend& table) {
    std::array<LatheTensor, maxTensors> views;
    std::array<const LatheTensor*, maxTensors> pointers{};
    for (std::size_t i = 0; i < a.count; ++i)
        if (a.tensors[i].defined()) {
            views[i] = a.tensors[i].abi();
            pointers[i] = &views[i];
        }
    const LatheCall made{device.index,     currentStream(device),
                         pointers.data(),  static_cast<std::int32_t>(a.count),
                         numbers.begin(),  static_cast<std::int32_t>(numbers.size()),
                         integers.begin(), static_cast<std::int32_t>(integers.size())};
    if (const int status = kernel(&made); status != LATHE_OK)
        return fail(codeOf(status), fmt::format("{}: {}", nameOf(op), table.lastError()), table.name);
    return {};
}

// Replaces the arguments that are in the backend's way by dense (and wider) copies; `written` keeps those
// that must be copied back.
Result<> convert(Arguments& a, bool densify, bool widen, std::array<Tensor, maxTensors>& written) {
    for (std::size_t i = 0; i < a.count; ++i) {
        Tensor& t = a.tensors[i];
        if (!t.defined())
            continue;
        const bool wider = widen && isHalf(t.dtype()) && !takesAnyType(a.role(i));
        if (!wider && (!densify || t.isContiguous()))
            continue;
        LATHE_TRY_ASSIGN(Tensor stand, Tensor::empty(t.shape(), wider ? DType::F32 : t.dtype(),
                                                     MemoryClass::Workspace, t.device()));
        if (isRead(a.role(i)))
            LATHE_TRY(stand.copyFrom(t));
        if (isWritten(a.role(i)))
            written[i] = t;
        t = std::move(stand);
    }
    return {};
}

}  // namespace

Result<> runKernel(LatheOp op, std::initializer_list<Tensor> tensors, std::initializer_list<double> numbers,
                   std::initializer_list<std::int64_t> integers) {
    const OpSignature& signature = signatureOf(op);
    Arguments a{.roles = signature.tensors, .images = signature.images};
    Device device;
    bool found = false;
    for (const Tensor& tensor : tensors) {
        if (tensor.defined()) {
            if (!found)
                device = tensor.device();
            else if (!(tensor.device() == device))
                return fail(ErrorCode::Invalid, fmt::format("{}: tensors on two devices", nameOf(op)),
                            tensor.text());
            found = true;
        }
        a.tensors[a.count++] = tensor;
    }
    const LatheBackend& table = backendTable(device);
    const LatheKernel kernel = op < table.kernelCount ? table.kernels[op] : nullptr;
    if (!kernel)
        return fail(ErrorCode::Unsupported, fmt::format("{} is not available on this device", nameOf(op)),
                    table.name);

    const auto takes = [&](DType type, LatheLayout layout) {
        return table.supports(op, static_cast<int>(type), layout) != 0;
    };
    const DType type = a.type();
    const LatheLayout layout = a.layout();
    const bool halves = a.mixesHalves();
    if (takes(type, layout) && (!halves || isHalf(type)))
        return call(op, kernel, a, numbers, integers, device, table);
    const bool widen = halves && !(isHalf(type) && takes(type, LATHE_CONTIGUOUS));
    const DType asked = widen && isHalf(type) ? DType::F32 : type;
    const bool densify = !takes(asked, layout);
    if (densify && !takes(asked, LATHE_CONTIGUOUS))
        return fail(ErrorCode::Unsupported,
                    fmt::format("{} takes no {} on this device", nameOf(op), nameOf(type)), table.name);
    std::array<Tensor, maxTensors> written;
    LATHE_TRY(convert(a, densify, widen, written));
    LATHE_TRY(call(op, kernel, a, numbers, integers, device, table));
    for (std::size_t i = 0; i < a.count; ++i)
        if (written[i].defined())
            LATHE_TRY(written[i].copyFrom(a.tensors[i]));
    return {};
}

}  // namespace lathe::tensor
