// SPDX-License-Identifier: Apache-2.0
// Maximum and average over windows of images. fp32 and fp64 by the same loops.
#include "tensor/cpu/call.h"
#include "tensor/cpu/kernels.h"
#include "tensor/threads.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace lathe::tensor::cpu {
namespace {

using Int = std::int64_t;

struct Range {
    Int begin, end;
};

struct Window {
    Int kind, kernelH, kernelW, strideH, strideW, padH, padW;

    explicit Window(const Call& c)
        : kind(c.integer(0)), kernelH(c.integer(1)), kernelW(c.integer(2)), strideH(c.integer(3)),
          strideW(c.integer(4)), padH(c.integer(5)), padW(c.integer(6)) {}
    Range rows(Int out, Int height) const {
        return {std::max<Int>(0, out * strideH - padH), std::min(height, out * strideH - padH + kernelH)};
    }
    Range columns(Int out, Int width) const {
        return {std::max<Int>(0, out * strideW - padW), std::min(width, out * strideW - padW + kernelW)};
    }
    // What an average divides by.
    Int count(Range h, Range w) const {
        return kind == LATHE_POOL_AVERAGE ? kernelH * kernelW : (h.end - h.begin) * (w.end - w.begin);
    }
};

// Where the values of one pixel lie: channels together (channels-last), or one channel of a plane.
struct Grid {
    Int height, width, together;
    Int pixel(Int h, Int w) const { return (h * width + w) * together; }
    Int size() const { return height * width * together; }
};

// task(grids of input and output, index of the first value of both) for each image, or each plane.
template <class Task> void overGrids(const Call& c, int in, int out, bool channelsLast, Task task) {
    const Int channels = c.size(in, 1), together = channelsLast ? channels : 1;
    const Grid from{c.size(in, 2), c.size(in, 3), together}, to{c.size(out, 2), c.size(out, 3), together};
    parallelFor(c.size(in, 0) * channels / std::max<Int>(together, 1),
                [&](Int i) { task(from, to, i * from.size(), i * to.size()); });
}

template <class T> int poolOf(const Call& c, bool channelsLast) {
    const auto& loops = loopsOf<T>(kernels());
    const Window window(c);
    overGrids(c, 0, 1, channelsLast, [&](const Grid& from, const Grid& to, Int fromAt, Int toAt) {
        const T* x = c.data<T>(0) + fromAt;
        std::vector<std::int32_t> unused(static_cast<std::size_t>(c.has(2) ? 0 : to.together));
        for (Int oh = 0; oh < to.height; ++oh)
            for (Int ow = 0; ow < to.width; ++ow) {
                const Range h = window.rows(oh, from.height), w = window.columns(ow, from.width);
                T* y = c.data<T>(1) + toAt + to.pixel(oh, ow);
                if (window.kind == LATHE_POOL_MAX) {
                    std::int32_t* at =
                        c.has(2) ? c.data<std::int32_t>(2) + toAt + to.pixel(oh, ow) : unused.data();
                    std::fill_n(y, to.together, -std::numeric_limits<T>::infinity());
                    std::fill_n(at, to.together, static_cast<std::int32_t>(h.begin * from.width + w.begin));
                    for (Int ih = h.begin; ih < h.end; ++ih)
                        for (Int iw = w.begin; iw < w.end; ++iw)
                            loops.keepLargest(x + from.pixel(ih, iw),
                                              static_cast<std::int32_t>(ih * from.width + iw), y, at,
                                              to.together);
                } else {
                    const T factor = T(1) / static_cast<T>(std::max<Int>(1, window.count(h, w)));
                    std::fill_n(y, to.together, T(0));
                    for (Int ih = h.begin; ih < h.end; ++ih)
                        for (Int iw = w.begin; iw < w.end; ++iw)
                            loops.addScaled(x + from.pixel(ih, iw), factor, y, to.together);
                }
            }
    });
    return LATHE_OK;
}

template <class T> int poolBackwardOf(const Call& c, bool channelsLast) {
    const auto& loops = loopsOf<T>(kernels());
    const Window window(c);
    if (window.kind == LATHE_POOL_MAX && !c.has(1))
        return refuse(LATHE_INVALID, "where the largest were is needed");
    overGrids(c, 2, 0, channelsLast, [&](const Grid& to, const Grid& from, Int toAt, Int fromAt) {
        T* dx = c.data<T>(2) + toAt;
        std::fill_n(dx, to.size(), T(0));
        for (Int oh = 0; oh < from.height; ++oh)
            for (Int ow = 0; ow < from.width; ++ow) {
                const T* dy = c.data<T>(0) + fromAt + from.pixel(oh, ow);
                if (window.kind == LATHE_POOL_MAX) {
                    const std::int32_t* at = c.data<std::int32_t>(1) + fromAt + from.pixel(oh, ow);
                    for (Int i = 0; i < from.together; ++i)
                        dx[at[i] * to.together + i] += dy[i];
                    continue;
                }
                const Range h = window.rows(oh, to.height), w = window.columns(ow, to.width);
                const T factor = T(1) / static_cast<T>(std::max<Int>(1, window.count(h, w)));
                for (Int ih = h.begin; ih < h.end; ++ih)
                    for (Int iw = w.begin; iw < w.end; ++iw)
                        loops.addScaled(dy, factor, dx + to.pixel(ih, iw), to.together);
            }
    });
    return LATHE_OK;
}

}  // namespace

int pool2d(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    bool last;
    if (const int bad = c.checkImages(&type, &last))
        return bad;
    return type == LATHE_F64 ? poolOf<double>(c, last) : poolOf<float>(c, last);
}

int pool2dBackward(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    bool last;
    if (const int bad = c.checkImages(&type, &last))
        return bad;
    return type == LATHE_F64 ? poolBackwardOf<double>(c, last) : poolBackwardOf<float>(c, last);
}

}  // namespace lathe::tensor::cpu
