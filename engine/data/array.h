// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::data {

// A dense array of numbers from a file, row-major.
struct Array {
    enum class Type { U8, I8, I16, I32, I64, F32, F64 };
    Type type = Type::F32;
    std::vector<std::int64_t> shape;
    std::string bytes;

    std::int64_t elements() const;
    std::int64_t rows() const { return shape.empty() ? 1 : shape.front(); }
    std::int64_t rowElements() const { return rows() == 0 ? 0 : elements() / rows(); }
    bool isInteger() const { return type != Type::F32 && type != Type::F64; }
    double at(std::int64_t index) const;
    std::string shapeText() const;  // "[10000, 28, 28]"
};

// IDX, the format of MNIST (yann.lecun.com/exdb/mnist): big-endian sizes, then bytes. Only unsigned bytes,
// the one type that data sets use. Errors: Corrupt, if sizes and bytes do not agree.
Result<Array> parseIdx(std::string bytes, std::string_view on);
// NumPy's .npy (numpy.org/doc, "format"), versions 1 to 3. Unsupported for Fortran order, big-endian numbers,
// objects and structures.
Result<Array> parseNpy(std::string_view bytes, std::string_view on);
// The .npy members of an .npz archive by name, without their suffix.
Result<std::map<std::string, Array>> parseNpz(std::string_view bytes, std::string_view on);

}  // namespace lathe::data
