// SPDX-License-Identifier: Apache-2.0
#include "train/onnx_export.h"

#include "train/onnx_file.h"
#include "train/task.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <tuple>

namespace lathe::train {

namespace {

using autograd::Activation;
using autograd::Attributes;
using autograd::Op;
using tensor::DType;
using tensor::Shape;
using tensor::Tensor;

// Unlike any size of a model, so that a leading extent of it is the batch.
constexpr std::int64_t kTracedBatch = 3;
constexpr std::int64_t kFarEnd = std::int64_t{1} << 40;

std::vector<std::int64_t> extents(const Shape& shape) {
    return {shape.extents().begin(), shape.extents().end()};
}

// Follows a run of the model and adds a node or a few for each of its operations. Tensors are told apart by
// where they lie; all that were seen are kept, so that no place is used twice.
class Exporter {
public:
    Exporter(OnnxGraph& graph, nn::Model& model) : m_graph(graph) {
        for (nn::Parameter* parameter : model.parameters()) {
            m_parameters[parameter->value().raw()] = parameter;
            m_weights = parameter->value();
        }
    }

    void know(const Tensor& value, std::string name) { m_known[keyOf(value)] = {std::move(name), value}; }

    void see(const autograd::Tape::OpEvent& event) {
        if (m_failed || event.backward)
            return;
        auto named = translate(event);
        if (!named) {
            m_failed = named.error();
            return;
        }
        know(event.outputs[0], *named);
    }

    Result<std::string> nameOf(const Tensor& value) {
        if (const auto found = m_known.find(keyOf(value)); found != m_known.end())
            return found->second.name;
        // The same numbers in another shape.
        for (const auto& [key, known] : m_known) {
            const bool same = known.value.raw() == value.raw() && known.value.dtype() == value.dtype() &&
                              walkOf(known.value) == walkOf(value);
            if (!same)
                continue;
            std::vector<std::int64_t> shape = extents(value.shape());
            if (!known.constant && !shape.empty())
                shape[0] = -1;
            const bool constant = known.constant;
            std::string made = reshaped(known.name, shape);
            m_known[keyOf(value)] = {made, value, constant};
            return made;
        }
        // What is left must be a constant: a part of something computed would go into the file as the trace
        // had it.
        for (const auto& [key, known] : m_known)
            if (!known.constant && known.value.sharesStorage(value) && !m_weights.sharesStorage(value))
                return fail(ErrorCode::Unsupported, "a view of a result that has no ONNX form here",
                            value.text());
        if (value.dtype() != DType::F32)
            return fail(ErrorCode::Unsupported, "a constant that is no fp32", value.text());
        const auto parameter = m_parameters.find(value.raw());
        const bool whole =
            parameter != m_parameters.end() && parameter->second->elements() == value.elements();
        LATHE_TRY_ASSIGN(const auto numbers, value.toVector<float>());
        if (parameter == m_parameters.end() && value.rank() > 1 && value.size(0) == kTracedBatch)
            return repeated(value, numbers);
        std::string made =
            m_graph.floats(whole ? parameter->second->name() : std::string(), value.shape(), numbers);
        m_known[keyOf(value)] = {made, value, true};
        return made;
    }

    Result<> status() const {
        if (m_failed)
            return std::unexpected(*m_failed);
        return {};
    }

private:
    using Key = std::tuple<const void*, std::vector<std::int64_t>, std::vector<std::int64_t>, DType>;
    struct Known {
        std::string name;
        Tensor value;
        bool constant = false;
    };

    static Key keyOf(const Tensor& value) {
        return {value.raw(), extents(value.shape()), extents(value.strides()), value.dtype()};
    }

    // Extents and strides with what lies in one stretch taken together: equal for two tensors if they go
    // through the same memory in the same order.
    static std::vector<std::pair<std::int64_t, std::int64_t>> walkOf(const Tensor& value) {
        std::vector<std::pair<std::int64_t, std::int64_t>> walk;
        for (int i = 0; i < value.rank(); ++i) {
            const std::int64_t extent = value.size(i), stride = value.strides()[i];
            if (extent == 1)
                continue;
            if (!walk.empty() && walk.back().second == extent * stride)
                walk.back() = {walk.back().first * extent, stride};
            else
                walk.emplace_back(extent, stride);
        }
        return walk;
    }

    std::string node(std::string_view type, std::vector<std::string> inputs,
                     const std::vector<OnnxAttribute>& attributes = {}) {
        return m_graph.node(type, inputs, attributes);
    }
    std::string reshaped(const std::string& x, const std::vector<std::int64_t>& shape) {
        return node("Reshape", {x, m_graph.integers(shape)});
    }
    std::string transposed(const std::string& x, std::vector<std::int64_t> order) {
        return node("Transpose", {x}, {OnnxAttribute::of("perm", std::move(order))});
    }
    std::string sliced(const std::string& x, std::int64_t axis, std::int64_t begin, std::int64_t end) {
        const auto one = [&](std::int64_t value) { return m_graph.integers(std::span(&value, 1)); };
        return node("Slice", {x, one(begin), one(end), one(axis)});
    }
    std::string joined(std::vector<std::string> parts, std::int64_t axis) {
        return node("Concat", std::move(parts), {OnnxAttribute::of("axis", axis)});
    }
    std::string times(const std::string& x, double factor) {
        return node("Mul", {x, m_graph.number(factor)});
    }

    // A constant that a model made for each row of its batch: one row, as often as the batch asks.
    Result<std::string> repeated(const Tensor& value, const std::vector<float>& numbers) {
        const std::size_t row = numbers.size() / kTracedBatch;
        for (std::size_t i = row; i < numbers.size(); ++i)
            if (numbers[i] != numbers[i - row])
                return fail(ErrorCode::Unsupported, "a constant that differs from row to row of a batch",
                            value.text());
        Shape one = value.shape();
        one[0] = 1;
        std::vector<std::int64_t> rest = extents(one);
        rest.erase(rest.begin());
        const std::int64_t first = 0;
        const std::string batch =
            node("Gather", {node("Shape", {"input"}), m_graph.integers(std::span(&first, 1))});
        const std::string shape = joined({batch, m_graph.integers(rest)}, 0);
        const std::string made =
            node("Expand", {m_graph.floats("", one, std::span(numbers).first(row)), shape});
        m_known[keyOf(value)] = {made, value, false};
        return made;
    }

    std::string activated(const std::string& x, Activation activation) {
        switch (activation) {
        case Activation::None: return x;
        case Activation::Relu: return node("Relu", {x});
        case Activation::Sigmoid: return node("Sigmoid", {x});
        case Activation::Tanh: return node("Tanh", {x});
        case Activation::Silu: return node("Mul", {x, node("Sigmoid", {x})});
        case Activation::GeluExact: {
            const std::string erf = node("Erf", {times(x, std::sqrt(0.5))});
            return node("Mul", {times(x, 0.5), node("Add", {erf, m_graph.number(1)})});
        }
        case Activation::Gelu: {
            const std::string cube = times(node("Mul", {node("Mul", {x, x}), x}), 0.044715);
            const std::string inner = times(node("Add", {x, cube}), std::sqrt(2 / M_PI));
            return node("Mul", {times(x, 0.5), node("Add", {node("Tanh", {inner}), m_graph.number(1)})});
        }
        }
        return x;
    }

    std::string attention(const std::string& x, const Shape& shape, const Attributes& a) {
        const std::int64_t time = shape[1], heads = a.heads, keys = a.keyHeads > 0 ? a.keyHeads : heads;
        const std::int64_t depth = shape[2] / (heads + 2 * keys);
        const std::string parts = reshaped(x, {-1, time, heads + 2 * keys, depth});
        const auto part = [&](std::int64_t begin, std::int64_t count) {
            return transposed(sliced(parts, 2, begin, begin + count), {0, 2, 1, 3});
        };
        const std::string q = part(0, heads);
        std::string k = part(heads, keys), v = part(heads + keys, keys);
        if (keys < heads) {
            // Each key head serves heads / keys query heads in a row.
            std::vector<std::int64_t> order;
            for (std::int64_t head = 0; head < heads; ++head)
                order.push_back(head * keys / heads);
            const std::string index = m_graph.integers(order);
            k = node("Gather", {k, index}, {OnnxAttribute::of("axis", 1)});
            v = node("Gather", {v, index}, {OnnxAttribute::of("axis", 1)});
        }
        std::string scores = node("MatMul", {q, transposed(k, {0, 1, 3, 2})});
        scores = times(scores, 1 / std::sqrt(static_cast<double>(depth)));
        if (a.causal) {
            std::vector<float> mask(static_cast<std::size_t>(time * time));
            for (std::int64_t row = 0; row < time; ++row)
                for (std::int64_t column = row + 1; column < time; ++column)
                    mask[static_cast<std::size_t>(row * time + column)] = -1e30f;
            scores = node("Add", {scores, m_graph.floats("", {time, time}, mask)});
        }
        const std::string weights = node("Softmax", {scores}, {OnnxAttribute::of("axis", -1)});
        return reshaped(transposed(node("MatMul", {weights, v}), {0, 2, 1, 3}), {-1, time, heads * depth});
    }

    Result<std::string> rope(const std::string& x, const Shape& shape, const Tensor& table,
                             const Attributes& a) {
        const std::int64_t time = shape[1], depth = shape[2] / a.heads, half = depth / 2;
        LATHE_TRY_ASSIGN(const auto numbers, table.toVector<float>());
        std::vector<float> cosines, sines;
        for (std::int64_t t = a.first; t < a.first + time; ++t)
            for (std::int64_t i = 0; i < half; ++i) {
                cosines.push_back(numbers[static_cast<std::size_t>((t * half + i) * 2)]);
                sines.push_back(numbers[static_cast<std::size_t>((t * half + i) * 2 + 1)]);
            }
        const std::string cos = m_graph.floats("", {time, 1, half}, cosines),
                          sin = m_graph.floats("", {time, 1, half}, sines);
        const std::string heads = reshaped(x, {-1, time, a.heads, depth});
        const std::string turning = sliced(heads, 2, 0, a.turned);
        const std::string left = sliced(turning, 3, 0, half), right = sliced(turning, 3, half, depth);
        const std::string turned =
            joined({node("Sub", {node("Mul", {left, cos}), node("Mul", {right, sin})}),
                    node("Add", {node("Mul", {right, cos}), node("Mul", {left, sin})})},
                   3);
        const std::string all =
            a.turned == a.heads ? turned : joined({turned, sliced(heads, 2, a.turned, a.heads)}, 2);
        return reshaped(all, {-1, time, shape[2]});
    }

    // ONNX's LSTM takes x and multiplies; the gates come multiplied here, so its input matrix only reorders
    // them from (input, forget, cell, output) to its (input, output, forget, cell).
    Result<std::string> lstm(const std::string& gates, const Shape& shape, const Tensor& weight) {
        const std::int64_t hidden = shape[2] / 4;
        constexpr std::int64_t order[] = {0, 3, 1, 2};
        std::vector<float> select(static_cast<std::size_t>(16 * hidden * hidden)),
            recurrent(static_cast<std::size_t>(4 * hidden * hidden));
        LATHE_TRY_ASSIGN(const auto numbers, weight.toVector<float>());
        for (std::int64_t gate = 0; gate < 4; ++gate)
            for (std::int64_t i = 0; i < hidden; ++i) {
                const std::int64_t row = gate * hidden + i, from = order[gate] * hidden + i;
                select[static_cast<std::size_t>(row * 4 * hidden + from)] = 1;
                for (std::int64_t k = 0; k < hidden; ++k)
                    recurrent[static_cast<std::size_t>(row * hidden + k)] =
                        numbers[static_cast<std::size_t>(from * hidden + k)];
            }
        const std::string w = m_graph.floats("", {1, 4 * hidden, 4 * hidden}, select);
        const std::string r = m_graph.floats("", {1, 4 * hidden, hidden}, recurrent);
        const std::string y =
            node("LSTM", {transposed(gates, {1, 0, 2}), w, r}, {OnnxAttribute::of("hidden_size", hidden)});
        return transposed(reshaped(y, {shape[1], -1, hidden}), {1, 0, 2});
    }

    Result<std::string> translate(const autograd::Tape::OpEvent& event);
    Result<std::string> translateImage(const autograd::Tape::OpEvent& event,
                                       const std::vector<std::string>& in);

    OnnxGraph& m_graph;
    std::map<const void*, nn::Parameter*> m_parameters;
    Tensor m_weights;  // one of them; all lie in one storage
    std::map<Key, Known> m_known;
    std::optional<Error> m_failed;
};

Result<std::string> Exporter::translate(const autograd::Tape::OpEvent& event) {
    const Attributes& a = *event.attributes;
    std::vector<std::string> in;
    for (std::size_t i = 0; i < event.inputs.size(); ++i) {
        const Tensor& value = event.inputs[i];
        // Tables of angles and recurrent weights are written in another form.
        const bool rewritten = (event.op == Op::Rope || event.op == Op::Lstm) && i == 1;
        if (!value.defined() || rewritten) {
            in.emplace_back();
            continue;
        }
        LATHE_TRY_ASSIGN(std::string name, nameOf(value));
        in.push_back(std::move(name));
    }
    const auto has = [&](std::size_t i) { return i < in.size() && !in[i].empty(); };
    const Shape& shape = event.inputs[0].shape();
    switch (event.op) {
    case Op::Linear: {
        std::string y = node("MatMul", {in[0], transposed(in[1], {1, 0})});
        if (has(2))
            y = node("Add", {y, in[2]});
        y = activated(y, a.activation);
        return has(3) ? node("Add", {y, in[3]}) : y;
    }
    case Op::Add: return node("Add", {in[0], in[1]});
    case Op::Multiply: return node("Mul", {in[0], in[1]});
    case Op::Scale: return times(in[0], a.factor);
    case Op::Activate: return activated(in[0], a.activation);
    case Op::SwiGlu: {
        const std::int64_t half = shape.back() / 2, axis = shape.rank() - 1;
        const std::string gate = activated(sliced(in[0], axis, 0, half), Activation::Silu);
        return node("Mul", {gate, sliced(in[0], axis, half, kFarEnd)});
    }
    case Op::Dropout: return node("Identity", {in[0]});
    case Op::LayerNorm: {
        std::vector<std::string> inputs = {in[0], in[1]};
        if (has(2))
            inputs.push_back(in[2]);
        return node("LayerNormalization", inputs,
                    {OnnxAttribute::of("axis", -1), OnnxAttribute::ofReal("epsilon", a.epsilon)});
    }
    case Op::RmsNorm: {
        const std::string squares = node("ReduceMean", {node("Mul", {in[0], in[0]})},
                                         {OnnxAttribute::of("axes", std::vector<std::int64_t>{-1})});
        const std::string root = node("Sqrt", {node("Add", {squares, m_graph.number(a.epsilon)})});
        return node("Mul", {node("Div", {in[0], root}), in[1]});
    }
    case Op::Rope: return rope(in[0], shape, event.inputs[1], a);
    case Op::Attention: return attention(in[0], shape, a);
    case Op::Embedding: {
        const std::string rows = node("Gather", {in[1], in[0]});
        if (!has(2))
            return rows;
        return node("Add", {rows, sliced(in[2], 0, a.first, a.first + shape[1])});
    }
    case Op::Lstm:
        if (has(2) || has(3))
            return fail(ErrorCode::Unsupported, "an LSTM with a first state has no ONNX form here", "onnx");
        return lstm(in[0], shape, event.inputs[1]);
    case Op::Sum: {
        std::vector<std::int64_t> axes;
        for (int i = 0; i < shape.rank(); ++i)
            if ((a.dims >> i) & 1u)
                axes.push_back(i);
        return times(node("ReduceSum", {in[0], m_graph.integers(axes)}), a.factor);
    }
    case Op::Slice: return sliced(in[0], a.dim, a.begin, a.end);
    case Op::Concat: return joined(in, a.dim);
    case Op::Permute: {
        std::vector<std::int64_t> order(a.order.begin(), a.order.begin() + shape.rank());
        return transposed(in[0], order);
    }
    case Op::Convert: return node("Identity", {in[0]});  // layouts and precisions are not the graph's
    case Op::GroupNorm:
    case Op::BatchNorm:
    case Op::Conv2d:
    case Op::Pool2d: return translateImage(event, in);
    case Op::CrossEntropy:
    case Op::MeanSquares:
    case Op::BinaryCrossEntropy: break;
    }
    return fail(ErrorCode::Unsupported, fmt::format("the operation `{}` has no ONNX form here", event.name),
                "onnx");
}

Result<std::string> Exporter::translateImage(const autograd::Tape::OpEvent& event,
                                             const std::vector<std::string>& in) {
    const Attributes& a = *event.attributes;
    const Shape& shape = event.inputs[0].shape();
    const std::int64_t channels = shape[1];
    const auto pair = [](const autograd::Pair& p) { return std::vector<std::int64_t>{p[0], p[1]}; };
    const std::vector<std::int64_t> pads = {a.padding[0], a.padding[1], a.padding[0], a.padding[1]};
    switch (event.op) {
    case Op::Conv2d: {
        std::vector<std::string> inputs = {in[0], in[1]};
        if (in.size() > 2 && !in[2].empty())
            inputs.push_back(in[2]);
        return node("Conv", inputs,
                    {OnnxAttribute::of("strides", pair(a.stride)), OnnxAttribute::of("pads", pads),
                     OnnxAttribute::of("dilations", pair(a.dilation)), OnnxAttribute::of("group", a.groups)});
    }
    case Op::Pool2d: {
        std::vector<OnnxAttribute> attributes = {OnnxAttribute::of("kernel_shape", pair(a.kernel)),
                                                 OnnxAttribute::of("strides", pair(a.stride)),
                                                 OnnxAttribute::of("pads", pads)};
        if (a.pool == autograd::Pool::Max)
            return node("MaxPool", {in[0]}, attributes);
        attributes.push_back(
            OnnxAttribute::of("count_include_pad", a.pool == autograd::Pool::Average ? 1 : 0));
        return node("AveragePool", {in[0]}, attributes);
    }
    case Op::BatchNorm: {
        std::string y = node("BatchNormalization", {in[0], in[1], in[2], in[4], in[5]},
                             {OnnxAttribute::ofReal("epsilon", a.epsilon)});
        if (!in[3].empty())
            y = node("Add", {y, in[3]});
        return activated(y, a.activation);
    }
    default: {
        const std::vector<float> ones(static_cast<std::size_t>(a.groups), 1.0f), zeros(ones.size());
        const std::string scale = m_graph.floats("", {a.groups}, ones),
                          shift = m_graph.floats("", {a.groups}, zeros);
        std::vector<std::int64_t> full = extents(shape),
                                  perChannel(static_cast<std::size_t>(shape.rank()) - 1, 1);
        full[0] = -1;
        perChannel[0] = channels;
        const std::string grouped = reshaped(in[0], {0, a.groups, -1});
        const std::string normal = node("InstanceNormalization", {grouped, scale, shift},
                                        {OnnxAttribute::ofReal("epsilon", a.epsilon)});
        const std::string scaled = node("Mul", {reshaped(normal, full), reshaped(in[1], perChannel)});
        return node("Add", {scaled, reshaped(in[2], perChannel)});
    }
    }
}

}  // namespace

Result<> exportOnnx(const std::string& path, nn::Model& model, const ModelRecipe& recipe,
                    const ModelInput& input) {
    OnnxGraph graph;
    Exporter exporter(graph, model);
    LATHE_TRY_ASSIGN(const nn::Batch batch, zeroBatch(recipe, input, kTracedBatch));
    std::vector<std::int64_t> shape = extents(batch.inputs.shape());
    shape[0] = -1;
    graph.input("input", shape, input.kind == ModelInputKind::Tokens);
    exporter.know(batch.inputs, "input");
    nn::Tape tape(autograd::Mode::Inference);
    tape.onOp([&](const autograd::Tape::OpEvent& event) { exporter.see(event); });
    const nn::Var logits = model.logits(tape, batch.inputs);
    LATHE_TRY(tape.status());
    LATHE_TRY(exporter.status());
    LATHE_TRY_ASSIGN(const std::string name, exporter.nameOf(logits.value()));
    shape = extents(logits.value().shape());
    shape[0] = -1;
    graph.output("logits", name, shape);
    return graph.write(path);
}

}  // namespace lathe::train
