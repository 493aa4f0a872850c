// SPDX-License-Identifier: Apache-2.0
// Loops over channels, left to the compiler's vectoriser. Included by kernels_impl.h alone; see there.
#include "tensor/cpu/kernels.h"

namespace lathe::tensor::cpu {
namespace {

constexpr std::int64_t stretch = 32;  // rows whose sums stay in T before they go to fp64
constexpr std::int64_t channelsAtOnce = 64;

// body(first channel, count) with small arrays of sums for each group of channels.
template <class Body> inline void overChannels(std::int64_t channels, Body body) {
    for (std::int64_t begin = 0; begin < channels; begin += channelsAtOnce)
        body(begin, channels - begin < channelsAtOnce ? channels - begin : channelsAtOnce);
}

template <class T>
void momentsOfRows(const T* __restrict x, const T* __restrict shift, std::int64_t rows, std::int64_t channels,
                   double* __restrict sum, double* __restrict squares) {
    for (std::int64_t first = 0; first < rows; first += stretch) {
        const std::int64_t last = first + stretch < rows ? first + stretch : rows;
        overChannels(channels, [&](std::int64_t begin, std::int64_t count) {
            T s[channelsAtOnce] = {}, q[channelsAtOnce] = {};
            for (std::int64_t r = first; r < last; ++r) {
                const T* row = x + r * channels + begin;
                for (std::int64_t c = 0; c < count; ++c) {
                    const T d = row[c] - shift[begin + c];
                    s[c] += d;
                    q[c] += d * d;
                }
            }
            for (std::int64_t c = 0; c < count; ++c) {
                sum[begin + c] += static_cast<double>(s[c]);
                squares[begin + c] += static_cast<double>(q[c]);
            }
        });
    }
}

constexpr std::int64_t planeLanes = 16;

template <class T>
void momentsOfPlane(const T* __restrict x, T shift, std::int64_t n, double* sum, double* squares) {
    for (std::int64_t first = 0; first < n; first += stretch * planeLanes) {
        const std::int64_t last = first + stretch * planeLanes < n ? first + stretch * planeLanes : n;
        T s[planeLanes] = {}, q[planeLanes] = {};
        std::int64_t i = first;
        for (; i + planeLanes <= last; i += planeLanes)
            for (std::int64_t k = 0; k < planeLanes; ++k) {
                const T d = x[i + k] - shift;
                s[k] += d;
                q[k] += d * d;
            }
        for (; i < last; ++i) {
            const T d = x[i] - shift;
            s[0] += d;
            q[0] += d * d;
        }
        for (std::int64_t k = 0; k < planeLanes; ++k) {
            *sum += static_cast<double>(s[k]);
            *squares += static_cast<double>(q[k]);
        }
    }
}

template <class T>
void applyRows(const T* x, const T* __restrict slope, const T* __restrict offset, const T* residual, T* y,
               std::int64_t rows, std::int64_t channels, bool relu) {
    const T least = relu ? T(0) : -static_cast<T>(__builtin_inff());
    for (std::int64_t r = 0; r < rows; ++r) {
        const T* from = x + r * channels;
        T* to = y + r * channels;
        if (residual) {
            const T* add = residual + r * channels;
#pragma GCC ivdep
            for (std::int64_t c = 0; c < channels; ++c) {
                const T v = from[c] * slope[c] + offset[c] + add[c];
                to[c] = v < least ? least : v;
            }
        } else {
#pragma GCC ivdep
            for (std::int64_t c = 0; c < channels; ++c) {
                const T v = from[c] * slope[c] + offset[c];
                to[c] = v < least ? least : v;
            }
        }
    }
}

template <class T>
void applyPlane(const T* x, T slope, T offset, const T* residual, T* y, std::int64_t n, bool relu) {
    const T least = relu ? T(0) : -static_cast<T>(__builtin_inff());
    if (residual) {
#pragma GCC ivdep
        for (std::int64_t i = 0; i < n; ++i) {
            const T v = x[i] * slope + offset + residual[i];
            y[i] = v < least ? least : v;
        }
    } else {
#pragma GCC ivdep
        for (std::int64_t i = 0; i < n; ++i) {
            const T v = x[i] * slope + offset;
            y[i] = v < least ? least : v;
        }
    }
}

template <class T>
void gradientMomentsOfRows(const T* dy, const T* x, const T* y, const T* __restrict mean, T* masked,
                           std::int64_t rows, std::int64_t channels, double* sum, double* products) {
    for (std::int64_t first = 0; first < rows; first += stretch) {
        const std::int64_t last = first + stretch < rows ? first + stretch : rows;
        overChannels(channels, [&](std::int64_t begin, std::int64_t count) {
            T s[channelsAtOnce] = {}, q[channelsAtOnce] = {};
            for (std::int64_t r = first; r < last; ++r) {
                const std::int64_t at = r * channels + begin;
                if (y) {
#pragma GCC ivdep
                    for (std::int64_t c = 0; c < count; ++c) {
                        const T g = y[at + c] > T(0) ? dy[at + c] : T(0);
                        s[c] += g;
                        q[c] += g * (x[at + c] - mean[begin + c]);
                        if (masked)
                            masked[at + c] = g;
                    }
                } else {
#pragma GCC ivdep
                    for (std::int64_t c = 0; c < count; ++c) {
                        s[c] += dy[at + c];
                        q[c] += dy[at + c] * (x[at + c] - mean[begin + c]);
                    }
                    if (masked && masked != dy)
                        __builtin_memcpy(masked + at, dy + at, static_cast<unsigned long>(count) * sizeof(T));
                }
            }
            for (std::int64_t c = 0; c < count; ++c) {
                sum[begin + c] += static_cast<double>(s[c]);
                products[begin + c] += static_cast<double>(q[c]);
            }
        });
    }
}

template <class T>
void gradientMomentsOfPlane(const T* dy, const T* x, const T* y, T mean, T* masked, std::int64_t n,
                            double* sum, double* products) {
    for (std::int64_t first = 0; first < n; first += stretch * planeLanes) {
        const std::int64_t last = first + stretch * planeLanes < n ? first + stretch * planeLanes : n;
        T s[planeLanes] = {}, q[planeLanes] = {};
        const auto one = [&](std::int64_t i, std::int64_t lane) {
            const T g = !y || y[i] > T(0) ? dy[i] : T(0);
            s[lane] += g;
            q[lane] += g * (x[i] - mean);
            if (masked)
                masked[i] = g;
        };
        std::int64_t i = first;
        for (; i + planeLanes <= last; i += planeLanes)
            for (std::int64_t k = 0; k < planeLanes; ++k)
                one(i + k, k);
        for (; i < last; ++i)
            one(i, 0);
        for (std::int64_t k = 0; k < planeLanes; ++k) {
            *sum += static_cast<double>(s[k]);
            *products += static_cast<double>(q[k]);
        }
    }
}

template <class T>
void gradientRows(const T* dy, const T* x, const T* y, const T* __restrict mean, const T* __restrict a,
                  const T* __restrict b, const T* __restrict d, T* dx, std::int64_t rows,
                  std::int64_t channels) {
    for (std::int64_t r = 0; r < rows; ++r) {
        const std::int64_t at = r * channels;
        if (y) {
#pragma GCC ivdep
            for (std::int64_t c = 0; c < channels; ++c) {
                const T g = y[at + c] > T(0) ? dy[at + c] : T(0);
                dx[at + c] = g * a[c] + (x[at + c] - mean[c]) * b[c] + d[c];
            }
        } else {
#pragma GCC ivdep
            for (std::int64_t c = 0; c < channels; ++c)
                dx[at + c] = dy[at + c] * a[c] + (x[at + c] - mean[c]) * b[c] + d[c];
        }
    }
}

template <class T>
void gradientPlane(const T* dy, const T* x, const T* y, T mean, T a, T b, T d, T* dx, std::int64_t n) {
#pragma GCC ivdep
    for (std::int64_t i = 0; i < n; ++i) {
        const T g = !y || y[i] > T(0) ? dy[i] : T(0);
        dx[i] = g * a + (x[i] - mean) * b + d;
    }
}

template <class T>
void keepLargest(const T* __restrict x, std::int32_t index, T* __restrict best, std::int32_t* __restrict at,
                 std::int64_t channels) {
    for (std::int64_t c = 0; c < channels; ++c) {
        const bool wins = x[c] > best[c] || x[c] != x[c];
        best[c] = wins ? x[c] : best[c];
        at[c] = wins ? index : at[c];
    }
}

template <class T> void addScaled(const T* __restrict x, T factor, T* __restrict y, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i)
        y[i] += factor * x[i];
}

template <class T>
constexpr ChannelLoops<T> channelLoops{.momentsOfRows = momentsOfRows<T>,
                                       .momentsOfPlane = momentsOfPlane<T>,
                                       .applyRows = applyRows<T>,
                                       .applyPlane = applyPlane<T>,
                                       .gradientMomentsOfRows = gradientMomentsOfRows<T>,
                                       .gradientMomentsOfPlane = gradientMomentsOfPlane<T>,
                                       .gradientRows = gradientRows<T>,
                                       .gradientPlane = gradientPlane<T>,
                                       .keepLargest = keepLargest<T>,
                                       .addScaled = addScaled<T>};

}  // namespace
}  // namespace lathe::tensor::cpu
