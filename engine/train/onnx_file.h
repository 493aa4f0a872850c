// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "tensor/shape.h"
#include "tensor/tensor.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::train {

// Writes the little of Protocol Buffers (protobuf.dev/programming-guides/encoding) that ONNX needs.
class ProtoWriter {
public:
    void integer(int field, std::int64_t value);
    void real(int field, float value);
    void bytes(int field, std::string_view value);
    void message(int field, const ProtoWriter& value) { bytes(field, value.m_bytes); }
    const std::string& text() const { return m_bytes; }

private:
    void varint(std::uint64_t value);
    std::string m_bytes;
};

// An attribute of a node: a number, a list of them, or a real.
struct OnnxAttribute {
    std::string_view name;
    std::vector<std::int64_t> integers;
    bool list = false;
    float real = 0;
    bool isReal = false;

    static OnnxAttribute of(std::string_view name, std::int64_t value) { return {name, {value}}; }
    static OnnxAttribute of(std::string_view name, std::vector<std::int64_t> values) {
        return {name, std::move(values), true};
    }
    static OnnxAttribute ofReal(std::string_view name, double value) {
        return {.name = name, .integers = {}, .real = static_cast<float>(value), .isReal = true};
    }
};

// A model in the making (github.com/onnx/onnx, onnx.proto; operator set 17). Values are known by name.
class OnnxGraph {
public:
    // Adds a node and gives the name of its (first) output.
    std::string node(std::string_view type, const std::vector<std::string>& inputs,
                     const std::vector<OnnxAttribute>& attributes = {}, int outputs = 1);
    // Constants. `name` of floats is made up if empty.
    std::string floats(std::string_view name, const tensor::Shape& shape, std::span<const float> values);
    std::string integers(std::span<const std::int64_t> values);
    std::string number(double value);  // a scalar

    // Inputs and outputs; a leading extent of -1 is the batch.
    void input(std::string_view name, std::span<const std::int64_t> shape, bool integer);
    void output(std::string_view name, const std::string& value, std::span<const std::int64_t> shape);

    // Unsupported beyond protobuf's 2 GB.
    Result<> write(const std::string& path) const;

private:
    std::string fresh();

    ProtoWriter m_nodes, m_initializers, m_inputs, m_outputs;
    std::int64_t m_next = 0;
};

}  // namespace lathe::train
