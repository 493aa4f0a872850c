// SPDX-License-Identifier: Apache-2.0
// Norms of gradients and the optimisers' updates, each one pass over flat buffers.
#include "tensor/cpu/call.h"
#include "tensor/cpu/kernels.h"
#include "tensor/random.h"
#include "tensor/threads.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace lathe::tensor::cpu {
namespace {

constexpr std::int64_t smallest = 16384;  // elements worth a thread's attention

template <class Task> void overElements(std::int64_t n, Task task) {
    const std::int64_t pieces = pieceCount(n, smallest);
    parallelFor(pieces, [&](std::int64_t i) {
        const auto [begin, end] = pieceOf(n, pieces, i, 64);
        if (end > begin)
            task(begin, end - begin);
    });
}

// What the three updates share: where decay, low, dynamic and the integers stand among the arguments.
struct Update {
    Update(const Call& given, int decayAt) : c(given), decay(decayAt) {}

    double rate() const { return c.has(decay + 2) ? static_cast<double>(c.data(decay + 2)[0]) : c.number(0); }
    double gradScale(int number) const {
        return c.has(decay + 2) ? static_cast<double>(c.data(decay + 2)[1]) : c.number(number);
    }
    std::int64_t step() const {
        return c.has(decay + 2) ? static_cast<std::int64_t>(c.data(decay + 2)[2]) : c.integer(0);
    }
    std::int64_t first() const { return c.integer(1); }
    std::int64_t phase(std::int64_t i) const { return (first() % 16 + i) % 16; }
    // The byte of the stretch that element i of the call lies in.
    const std::uint8_t* decayFrom(std::int64_t i) const {
        return c.has(decay) ? c.data<std::uint8_t>(decay) + (first() % 16 + i) / 16 : nullptr;
    }
    bool decays(std::int64_t i) const { return !c.has(decay) || *decayFrom(i) != 0; }

    template <class T> void writeLow(std::int64_t begin, std::int64_t count) const {
        if (!c.has(decay + 1))
            return;
        const T* value = c.data<T>(0);
        auto* low = c.data<std::uint16_t>(decay + 1);
        const bool half = c.tensor(decay + 1)->dtype == LATHE_F16, stochastic = c.integer(2) == 1 && !half;
        const CounterRng rng(static_cast<std::uint64_t>(c.integer(3)), static_cast<std::uint64_t>(step()));
        for (std::int64_t i = begin; i < begin + count; ++i) {
            const auto single = static_cast<float>(value[i]);
            if (stochastic && std::isfinite(single))
                low[i] =
                    static_cast<std::uint16_t>((std::bit_cast<std::uint32_t>(single) +
                                                (rng.bits(static_cast<std::uint64_t>(first() + i)) >> 16)) >>
                                               16);
            else
                low[i] = half ? toHalf(static_cast<double>(value[i])) : toBfloat(single);
        }
    }

    const Call& c;
    int decay;
};

// Checks what is common; task(begin, count) updates, after which the low copy is written.
template <class Task> int overUpdate(const Update& u, LatheDType type, Task task) {
    overElements(u.c.elements(0), [&](std::int64_t begin, std::int64_t count) {
        task(begin, count);
        type == LATHE_F64 ? u.writeLow<double>(begin, count) : u.writeLow<float>(begin, count);
    });
    return LATHE_OK;
}

int checkUpdate(const Call& c, int decay, LatheDType* type) {
    for (int i = 0; i <= decay + 1; ++i)
        if (c.has(i) && !isContiguous(*c.tensor(i)))
            return refuse(LATHE_UNSUPPORTED, "a strided tensor, where the kernel wants a contiguous one");
    const std::int64_t n = c.elements(0), stretches = (c.integer(1) % 16 + n + 15) / 16;
    if (c.has(decay) && c.elements(decay) < stretches)
        return refuse(LATHE_INVALID, "the decay mask is too short");
    // `dynamic` is fp32 whatever the rest is, `low` half as wide.
    const int found = c.tensor(0)->dtype;
    for (int i = 1; i < decay; ++i)
        if (c.has(i) && c.tensor(i)->dtype != found)
            return refuse(LATHE_INVALID, "value, gradient and state differ in type");
    *type = static_cast<LatheDType>(found);
    return found <= LATHE_F64 ? LATHE_OK
                              : refuse(LATHE_UNSUPPORTED, "arithmetic on the CPU is in fp32 and fp64");
}

template <class T>
void adamwRange(const Update& u, double lr, double scale, double step, std::int64_t begin,
                std::int64_t count) {
    const Call& c = u.c;
    T *value = c.data<T>(0), *first = c.data<T>(2), *second = c.data<T>(3);
    const double beta1 = c.number(1), beta2 = c.number(2);
    const double c1 = 1 - std::pow(beta1, step), c2 = 1 - std::pow(beta2, step);
    for (std::int64_t i = begin; i < begin + count; ++i) {
        const double g = c.data<T>(1)[i] * scale;
        first[i] = beta1 * first[i] + (1 - beta1) * g;
        second[i] = beta2 * second[i] + (1 - beta2) * g * g;
        if (u.decays(i))
            value[i] -= lr * c.number(4) * value[i];
        value[i] -= lr * (first[i] / c1) / (std::sqrt(second[i] / c2) + c.number(3));
    }
}

template <class T>
void sgdRange(const Update& u, T lr, T scale, bool fresh, std::int64_t begin, std::int64_t count) {
    const Call& c = u.c;
    T *value = c.data<T>(0), *momentum = c.data<T>(2);
    const T *grad = c.data<T>(1), mu = static_cast<T>(c.number(1));
    const bool nesterov = c.integer(4) == 1;
    for (std::int64_t at = begin; at < begin + count;) {
        const std::int64_t end = std::min(begin + count, at + 16 - u.phase(at));
        const T decay = u.decays(at) ? static_cast<T>(c.number(2)) : T(0);
        for (std::int64_t i = at; i < end; ++i) {
            const T g = scale * grad[i] + decay * value[i];
            T m = g;
            if (momentum)
                momentum[i] = m = fresh ? g : mu * momentum[i] + g;
            value[i] -= lr * (nesterov ? g + mu * m : m);
        }
        at = end;
    }
}

template <class T> void lionRange(const Update& u, T lr, T scale, std::int64_t begin, std::int64_t count) {
    const Call& c = u.c;
    T *value = c.data<T>(0), *momentum = c.data<T>(2);
    const T *grad = c.data<T>(1), beta1 = static_cast<T>(c.number(1)), beta2 = static_cast<T>(c.number(2));
    for (std::int64_t at = begin; at < begin + count;) {
        const std::int64_t end = std::min(begin + count, at + 16 - u.phase(at));
        const T keep = u.decays(at) ? 1 - lr * static_cast<T>(c.number(3)) : T(1);
        for (std::int64_t i = at; i < end; ++i) {
            const T g = scale * grad[i], mixed = beta1 * momentum[i] + (1 - beta1) * g;
            value[i] = keep * value[i] - lr * static_cast<T>((mixed > 0) - (mixed < 0));
            momentum[i] = beta2 * momentum[i] + (1 - beta2) * g;
        }
        at = end;
    }
}

}  // namespace

int sumSquares(const LatheCall* call) {
    const Call c(call);
    const LatheTensor& x = *c.tensor(0);
    if (!isContiguous(x) || (x.dtype != LATHE_F32 && x.dtype != LATHE_F64))
        return refuse(LATHE_UNSUPPORTED, "a contiguous tensor of fp32 or fp64 wanted");
    const std::int64_t n = elementsOf(x);
    constexpr std::int64_t piece = 65536;  // fixed: the sum must not depend on the threads
    const std::int64_t pieces = (n + piece - 1) / piece;
    std::vector<double> partial(static_cast<std::size_t>(pieces));
    parallelFor(pieces, [&](std::int64_t i) {
        const std::int64_t begin = i * piece, count = std::min(piece, n - begin);
        double sum = 0;
        if (x.dtype == LATHE_F32) {
            sum = kernels().sumSquares(c.data(0) + begin, count);
        } else {
            for (std::int64_t k = begin; k < begin + count; ++k)
                sum += c.data<double>(0)[k] * c.data<double>(0)[k];
        }
        partial[static_cast<std::size_t>(i)] = sum;
    });
    double total = 0;
    for (const double sum : partial)
        total += sum;
    *c.data<double>(1) = total;
    return LATHE_OK;
}

int adamw(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = checkUpdate(c, 4, &type))
        return bad;
    const Update u(c, 4);
    const double lr = u.rate(), beta1 = c.number(1), beta2 = c.number(2), scale = u.gradScale(5);
    const auto step = static_cast<double>(u.step());
    const Kernels::AdamW constants{.beta1 = c.single(1),
                                   .beta2 = c.single(2),
                                   .epsilon = c.single(3),
                                   .gradScale = static_cast<float>(scale),
                                   .stepSize = static_cast<float>(lr / (1 - std::pow(beta1, step))),
                                   .inverseRootC2 =
                                       static_cast<float>(1 / std::sqrt(1 - std::pow(beta2, step))),
                                   .keep = static_cast<float>(1 - lr * c.number(4))};
    return overUpdate(u, type, [&](std::int64_t begin, std::int64_t count) {
        if (type == LATHE_F64)
            adamwRange<double>(u, lr, scale, step, begin, count);
        else
            kernels().adamw(c.data(0) + begin, c.data(1) + begin, c.data(2) + begin, c.data(3) + begin,
                            u.decayFrom(begin), u.phase(begin), count, constants);
    });
}

int sgd(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = checkUpdate(c, 3, &type))
        return bad;
    const Update u(c, 3);
    const double lr = u.rate(), scale = u.gradScale(3);
    const bool fresh = u.step() <= 1;
    return overUpdate(u, type, [&](std::int64_t begin, std::int64_t count) {
        if (type == LATHE_F64)
            sgdRange<double>(u, lr, scale, fresh, begin, count);
        else
            sgdRange<float>(u, static_cast<float>(lr), static_cast<float>(scale), fresh, begin, count);
    });
}

int lion(const LatheCall* call) {
    const Call c(call);
    LatheDType type;
    if (const int bad = checkUpdate(c, 3, &type))
        return bad;
    const Update u(c, 3);
    const double lr = u.rate(), scale = u.gradScale(4);
    return overUpdate(u, type, [&](std::int64_t begin, std::int64_t count) {
        if (type == LATHE_F64)
            lionRange<double>(u, lr, scale, begin, count);
        else
            lionRange<float>(u, static_cast<float>(lr), static_cast<float>(scale), begin, count);
    });
}

}  // namespace lathe::tensor::cpu
