// SPDX-License-Identifier: Apache-2.0
#include "tensor/cpu/convolution.h"

#include "tensor/cpu/call.h"
#include "tensor/cpu/gemm.h"
#include "tensor/cpu/kernels.h"
#include "tensor/threads.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>
#include <vector>

namespace lathe::tensor::cpu {
namespace {

using Desc = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;
using Pass = ConvolutionKey::Pass;

const dnnl::engine& engine() {
    static const auto* const made = new dnnl::engine(dnnl::engine::kind::cpu, 0);
    return *made;
}

dnnl::stream& stream() {
    thread_local dnnl::stream made(engine());
    return made;
}

// The library does not write through what it only reads.
dnnl::memory memoryOf(const Desc& desc, const void* data) {
    return {desc, engine(), const_cast<void*>(data)};
}

// Rearranges in slices of output channels on the pool, where both orders can be cut there.
struct Reorder {
    std::vector<Desc> from, to;
    std::vector<dnnl::reorder> parts;

    Reorder() = default;
    Reorder(const Desc& source, const Desc& target, bool add, std::int64_t slices, int dim) {
        dnnl::primitive_attr attributes;
        if (add) {
            dnnl::post_ops sum;
            sum.append_sum(1.0f);
            attributes.set_post_ops(sum);
        }
        try {
            cut(source, target, attributes, slices, dim);
        } catch (const dnnl::error&) {  // an order whose blocks are padded has no parts
            from.clear();
            to.clear();
            parts.clear();
            cut(source, target, attributes, 1, dim);
        }
    }
    void cut(const Desc& source, const Desc& target, const dnnl::primitive_attr& attributes,
             std::int64_t slices, int dim) {
        const std::int64_t extent = source.dims()[static_cast<std::size_t>(dim)];
        for (std::int64_t i = 0; i < slices; ++i) {
            const auto [begin, end] = pieceOf(extent, slices, i, 64);
            if (begin == end)
                continue;
            auto dims = source.dims();
            dnnl::memory::dims offset(dims.size(), 0);
            dims[static_cast<std::size_t>(dim)] = end - begin;
            offset[static_cast<std::size_t>(dim)] = begin;
            const bool whole = begin == 0 && end == extent;
            from.push_back(whole ? source : source.submemory_desc(dims, offset));
            to.push_back(whole ? target : target.submemory_desc(dims, offset));
            parts.emplace_back(
                dnnl::reorder::primitive_desc(engine(), from.back(), engine(), to.back(), attributes));
        }
    }
    explicit operator bool() const { return !parts.empty(); }
    void run(std::size_t part, const float* source, float* target) const {
        auto a = memoryOf(from[part], source), b = memoryOf(to[part], target);
        parts[part].execute(stream(), a, b);
    }
};

class Prepared final : public Convolution {
public:
    explicit Prepared(const ConvolutionKey& k) : m_key(k) {
        const auto f32 = dnnl::memory::data_type::f32;
        const Tag user = k.channelsLast ? Tag::nhwc : Tag::nchw;
        // The library is quick on channels-last images in multiples of its vectors, and on its own blocks.
        const bool asTheyLie = k.channelsLast && k.channels % 16 == 0 && k.outputs % 16 == 0;
        const Tag wanted = asTheyLie ? Tag::nhwc : Tag::any;
        const dnnl::memory::dims x{k.batch, k.channels, k.height, k.width},
            y{k.batch, k.outputs, k.outHeight, k.outWidth};
        dnnl::memory::dims w{k.outputs, k.channels / k.groups, k.kernelH, k.kernelW};
        if (k.groups > 1)
            w = {k.groups, k.outputs / k.groups, k.channels / k.groups, k.kernelH, k.kernelW};
        const dnnl::memory::dims strides{k.strideH, k.strideW}, dilation{k.dilationH - 1, k.dilationW - 1},
            before{k.padH, k.padW};
        const auto after = [](std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride,
                              std::int64_t pad, std::int64_t dilated) {
            return (out - 1) * stride + (kernel - 1) * dilated + 1 - in - pad;
        };
        const dnnl::memory::dims behind{
            after(k.height, k.outHeight, k.kernelH, k.strideH, k.padH, k.dilationH),
            after(k.width, k.outWidth, k.kernelW, k.strideW, k.padW, k.dilationW)};
        const Desc userX(x, f32, user), userY(y, f32, user),
            userW(w, f32, k.groups > 1 ? Tag::goihw : Tag::oihw);
        const Desc anyX(x, f32, wanted), anyY(y, f32, wanted), anyW(w, f32, Tag::any),
            bias({k.outputs}, f32, Tag::a);
        dnnl::primitive_attr own;
        own.set_scratchpad_mode(dnnl::scratchpad_mode::user);
        const auto direct = dnnl::algorithm::convolution_direct;
        using Forward = dnnl::convolution_forward;
        const auto training = dnnl::prop_kind::forward_training;
        const Forward::primitive_desc forward(
            k.bias
                ? Forward::desc(training, direct, anyX, anyW, bias, anyY, strides, dilation, before, behind)
                : Forward::desc(training, direct, anyX, anyW, anyY, strides, dilation, before, behind),
            own, engine());
        if (k.pass == Pass::Forward) {
            m_primitive = Forward(forward);
            take(forward, forward.src_desc(), forward.weights_desc(), forward.dst_desc(), userX, userW,
                 userY);
            m_bias = bias;
        } else if (k.pass == Pass::Data) {
            using Backward = dnnl::convolution_backward_data;
            const Backward::primitive_desc made(
                Backward::desc(direct, anyX, anyW, anyY, strides, dilation, before, behind), own, engine(),
                forward);
            m_primitive = Backward(made);
            take(made, made.diff_dst_desc(), made.weights_desc(), made.diff_src_desc(), userY, userW, userX);
        } else {
            using Backward = dnnl::convolution_backward_weights;
            const Backward::primitive_desc made(
                Backward::desc(direct, anyX, anyW, anyY, strides, dilation, before, behind), own, engine(),
                forward);
            m_primitive = Backward(made);
            m_implementation = made.impl_info_str();
            m_scratch = made.scratchpad_desc();
            m_first = made.src_desc();
            m_second = made.diff_dst_desc();
            m_weights = made.diff_weights_desc();
            if (m_first != userX)
                m_firstIn = Reorder(userX, m_first, false, 1, 0);
            if (m_second != userY)
                m_secondIn = Reorder(userY, m_second, false, 1, 0);
            m_unpack = Reorder(m_weights, userW, true, k.groups > 1 ? 1 : threadCount(), 0);
        }
    }

    std::int64_t packedWeights() const override { return floats(m_weights); }

    Result<> packWeights(const float* weights, float* packed) const override {
        return guarded([&] {
            parallelFor(static_cast<std::int64_t>(m_pack.parts.size()), [&](std::int64_t i) {
                useOneThread();
                m_pack.run(static_cast<std::size_t>(i), weights, packed);
            });
            return true;
        });
    }

    Result<> run(const float* first, const float* second, const float* bias, float* out) const override {
        return guarded([&] {
            useOneThread();
            float* pad = scratch(2, std::max<std::int64_t>(1, floats(m_scratch)));
            float* in = m_firstIn ? scratch(0, floats(m_first)) : nullptr;
            const bool weights = m_key.pass == Pass::Weights;
            float* other = weights ? (m_secondIn ? scratch(1, floats(m_second)) : nullptr)
                                   : (m_outBack ? scratch(1, floats(m_out)) : nullptr);
            if (!pad || (m_firstIn && !in) || (((weights && m_secondIn) || m_outBack) && !other))
                return false;
            if (m_firstIn)
                m_firstIn.run(0, first, in);
            const auto scratchpad = memoryOf(m_scratch, pad);
            const auto a = memoryOf(m_first, in ? in : first);
            if (weights) {
                if (m_secondIn)
                    m_secondIn.run(0, second, other);
                m_primitive.execute(stream(),
                                    {{DNNL_ARG_SRC, a},
                                     {DNNL_ARG_DIFF_DST, memoryOf(m_second, other ? other : second)},
                                     {DNNL_ARG_DIFF_WEIGHTS, memoryOf(m_weights, out)},
                                     {DNNL_ARG_SCRATCHPAD, scratchpad}});
                return true;
            }
            const bool forward = m_key.pass == Pass::Forward;
            std::unordered_map<int, dnnl::memory> arguments{
                {forward ? DNNL_ARG_SRC : DNNL_ARG_DIFF_DST, a},
                {DNNL_ARG_WEIGHTS, memoryOf(m_weights, second)},
                {forward ? DNNL_ARG_DST : DNNL_ARG_DIFF_SRC, memoryOf(m_out, other ? other : out)},
                {DNNL_ARG_SCRATCHPAD, scratchpad}};
            if (m_key.bias)
                arguments.insert({DNNL_ARG_BIAS, memoryOf(m_bias, bias)});
            m_primitive.execute(stream(), arguments);
            if (m_outBack)
                m_outBack.run(0, other, out);
            return true;
        });
    }

    Result<> addWeights(float* packed, std::int64_t count, float* dw) const override {
        return guarded([&] {
            const std::int64_t n = packedWeights(), pieces = pieceCount(n, 16384);
            if (count > 1)
                parallelFor(pieces, [&](std::int64_t i) {
                    const auto [begin, end] = pieceOf(n, pieces, i, 64);
                    for (std::int64_t k = 1; k < count; ++k)
                        loopsOf<float>(kernels()).addScaled(packed + k * n + begin, 1, packed + begin,
                                                            end - begin);
                });
            parallelFor(static_cast<std::int64_t>(m_unpack.parts.size()), [&](std::int64_t i) {
                useOneThread();
                m_unpack.run(static_cast<std::size_t>(i), packed, dw);
            });
            return true;
        });
    }

    std::string implementation() const override { return m_implementation; }

private:
    static std::int64_t floats(const Desc& desc) {
        return static_cast<std::int64_t>((desc.get_size() + sizeof(float) - 1) / sizeof(float));
    }

    template <class Made>
    void take(const Made& made, const Desc& first, const Desc& weights, const Desc& out,
              const Desc& userFirst, const Desc& userWeights, const Desc& userOut) {
        m_implementation = made.impl_info_str();
        m_scratch = made.scratchpad_desc();
        m_first = first;
        m_weights = weights;
        m_out = out;
        if (first != userFirst)
            m_firstIn = Reorder(userFirst, first, false, 1, 0);
        if (out != userOut || m_key.accumulate)
            m_outBack = Reorder(out, userOut, m_key.accumulate, 1, 0);
        m_pack = Reorder(userWeights, weights, false, m_key.groups > 1 ? 1 : threadCount(), 0);
    }

    template <class Work> Result<> guarded(Work work) const {
        try {
            if (!work())
                return fail(ErrorCode::Full, "no memory for the convolution's workspace");
        } catch (const dnnl::error& error) {
            return fail(ErrorCode::Unavailable, error.what());
        } catch (const std::bad_alloc&) {
            return fail(ErrorCode::Full, "no memory for the convolution");
        }
        return {};
    }

    ConvolutionKey m_key;
    dnnl::primitive m_primitive;
    Desc m_first, m_second, m_weights, m_out, m_bias, m_scratch;
    Reorder m_firstIn, m_secondIn, m_outBack, m_pack, m_unpack;
    std::string m_implementation;
};

}  // namespace

Result<std::shared_ptr<const Convolution>> Convolution::of(const ConvolutionKey& key) {
    static std::mutex mutex;
    static auto* const cache = new std::map<ConvolutionKey, std::shared_ptr<const Convolution>>;
    constexpr std::size_t most = 512;  // a model has tens; sizes that change each step must not pile up
    std::lock_guard lock(mutex);
    if (const auto found = cache->find(key); found != cache->end())
        return found->second;
    useOneThread();
    try {
        if (cache->size() >= most)
            cache->clear();
        auto made = std::make_shared<const Prepared>(key);
        cache->emplace(key, made);
        return made;
    } catch (const dnnl::error& error) {
        return fail(ErrorCode::Unsupported, error.what(), "convolution");
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::Full, "no memory to prepare a convolution");
    }
}

}  // namespace lathe::tensor::cpu
