// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <string>
#include <string_view>

namespace lathe::interop {

// Keeps the bytes as `runDir`/media/<sha256>.<extension> and returns "media/<sha256>.<extension>"; equal
// bytes are kept once. Fails with Invalid on an extension that is no short plain word, else as the disk does.
Result<std::string> keepMedia(const std::string& runDir, std::string_view bytes, std::string_view extension);

// Keeps the bytes as `store`/objects/<first two digits>/<sha256> and returns the sum.
Result<std::string> keepObject(const std::string& store, std::string_view bytes);

}  // namespace lathe::interop
