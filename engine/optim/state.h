// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tensor/tensor.h"

#include <cstdint>
#include <string>

namespace lathe::optim {

// A box of a global tensor: `extent` elements along each dimension from `offset` on.
struct Box {
    tensor::Shape offset;
    tensor::Shape extent;
    static Box whole(const tensor::Shape& shape);
};

// What a checkpoint knows of any piece of state: its name, where it lies in the global tensor, and this
// rank's part of it. `local` is 1-D and holds elements [begin, end) of `box`, row-major (a ZeRO shard is such
// a range, a tensor-parallel part is a box). `local` is a view: writing into it restores the state.
struct NamedShard {
    std::string name;  // "adamw.m/h.0.mlp.in.weight"
    tensor::Shape global;
    Box box;
    std::int64_t begin = 0;
    std::int64_t end = 0;
    tensor::Tensor local;
};

}  // namespace lathe::optim
