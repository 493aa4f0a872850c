// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tensor/backend_abi.h"

#include <string_view>

namespace lathe::tensor {

// What Lathe knows of an operation of backend_abi.h besides its kernel.
struct OpSignature {
    LatheOp op;
    std::string_view name;  // "layer norm backward", for messages
    // One letter a tensor: i read, o written, x both; w and y as i and x, but always contiguous; a capital
    // one is taken in any floating dtype.
    std::string_view tensors;
    bool images = false;
};
const OpSignature& signatureOf(LatheOp op);
std::string_view nameOf(LatheOp op);

}  // namespace lathe::tensor
