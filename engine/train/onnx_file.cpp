// SPDX-License-Identifier: Apache-2.0
#include "train/onnx_file.h"

#include "core/file.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>

namespace lathe::train {

namespace {

// Numbers of fields and of types in onnx.proto.
constexpr int kFloat = 1, kInt32 = 6, kInt64 = 7;
constexpr int kAttributeFloat = 1, kAttributeInt = 2, kAttributeInts = 7;
constexpr std::int64_t kIrVersion = 8, kOperators = 17;
constexpr std::size_t kMostBytes = (std::size_t{1} << 31) - 1;

ProtoWriter valueInfo(std::string_view name, std::span<const std::int64_t> shape, int type) {
    ProtoWriter dims;
    for (const std::int64_t extent : shape) {
        ProtoWriter dim;
        if (extent < 0)
            dim.bytes(2, "batch");
        else
            dim.integer(1, extent);
        dims.message(1, dim);
    }
    ProtoWriter tensorType, typeProto, info;
    tensorType.integer(1, type);
    tensorType.message(2, dims);
    typeProto.message(1, tensorType);
    info.bytes(1, name);
    info.message(2, typeProto);
    return info;
}

ProtoWriter tensorProto(std::string_view name, std::span<const std::int64_t> shape, int type,
                        std::string_view raw) {
    ProtoWriter tensor;
    for (const std::int64_t extent : shape)
        tensor.integer(1, extent);
    tensor.integer(2, type);
    tensor.bytes(8, name);
    tensor.bytes(9, raw);
    return tensor;
}

}  // namespace

void ProtoWriter::varint(std::uint64_t value) {
    while (value >= 0x80) {
        m_bytes += static_cast<char>(value | 0x80);
        value >>= 7;
    }
    m_bytes += static_cast<char>(value);
}

void ProtoWriter::integer(int field, std::int64_t value) {
    varint(static_cast<std::uint64_t>(field) << 3);
    varint(static_cast<std::uint64_t>(value));
}

void ProtoWriter::real(int field, float value) {
    varint(static_cast<std::uint64_t>(field) << 3 | 5);
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int i = 0; i < 4; ++i)
        m_bytes += static_cast<char>(bits >> (8 * i));
}

void ProtoWriter::bytes(int field, std::string_view value) {
    varint(static_cast<std::uint64_t>(field) << 3 | 2);
    varint(value.size());
    m_bytes += value;
}

std::string OnnxGraph::fresh() {
    return fmt::format("v{}", m_next++);
}

std::string OnnxGraph::node(std::string_view type, const std::vector<std::string>& inputs,
                            const std::vector<OnnxAttribute>& attributes, int outputs) {
    ProtoWriter node;
    for (const std::string& input : inputs)
        node.bytes(1, input);
    const std::string name = fresh();
    node.bytes(2, name);
    for (int i = 1; i < outputs; ++i)
        node.bytes(2, fmt::format("{}.{}", name, i));
    node.bytes(3, fmt::format("{}_{}", type, name));
    node.bytes(4, type);
    for (const OnnxAttribute& attribute : attributes) {
        ProtoWriter proto;
        proto.bytes(1, attribute.name);
        if (attribute.isReal) {
            proto.real(2, attribute.real);
            proto.integer(20, kAttributeFloat);
        } else if (attribute.list) {
            for (const std::int64_t value : attribute.integers)
                proto.integer(8, value);
            proto.integer(20, kAttributeInts);
        } else {
            proto.integer(3, attribute.integers.front());
            proto.integer(20, kAttributeInt);
        }
        node.message(5, proto);
    }
    m_nodes.message(1, node);
    return name;
}

std::string OnnxGraph::floats(std::string_view name, const tensor::Shape& shape,
                              std::span<const float> values) {
    const std::string made = name.empty() ? fresh() : std::string(name);
    m_initializers.message(5,
                           tensorProto(made, shape.extents(), kFloat,
                                       {reinterpret_cast<const char*>(values.data()), values.size_bytes()}));
    return made;
}

std::string OnnxGraph::integers(std::span<const std::int64_t> values) {
    const std::string made = fresh();
    const std::int64_t count = static_cast<std::int64_t>(values.size());
    m_initializers.message(5,
                           tensorProto(made, {&count, 1}, kInt64,
                                       {reinterpret_cast<const char*>(values.data()), values.size_bytes()}));
    return made;
}

std::string OnnxGraph::number(double value) {
    const float single = static_cast<float>(value);
    return floats("", tensor::Shape{}, {&single, 1});
}

void OnnxGraph::input(std::string_view name, std::span<const std::int64_t> shape, bool integer) {
    m_inputs.message(11, valueInfo(name, shape, integer ? kInt32 : kFloat));
}

void OnnxGraph::output(std::string_view name, const std::string& value, std::span<const std::int64_t> shape) {
    ProtoWriter node;
    node.bytes(1, value);
    node.bytes(2, name);
    node.bytes(3, "output");
    node.bytes(4, "Identity");
    m_nodes.message(1, node);
    m_outputs.message(12, valueInfo(name, shape, kFloat));
}

Result<> OnnxGraph::write(const std::string& path) const {
    ProtoWriter model, opset;
    opset.bytes(1, "");
    opset.integer(2, kOperators);
    model.integer(1, kIrVersion);
    model.bytes(2, "lathe");
    std::string graph = m_nodes.text();
    ProtoWriter name;
    name.bytes(2, "model");
    graph += name.text() + m_initializers.text() + m_inputs.text() + m_outputs.text();
    model.bytes(7, graph);
    model.message(8, opset);
    if (model.text().size() > kMostBytes)
        return fail(ErrorCode::Unsupported, "an ONNX file holds 2 GB at most, and this model has more", path,
                    "export it with --format safetensors or hf");
    return writeFileAtomic(path, model.text());
}

}  // namespace lathe::train
