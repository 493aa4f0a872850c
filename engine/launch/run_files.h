// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace lathe::launch {

// The files of a run folder that a mirror copies. A name from another machine is used only if this accepts it, so that
// nothing it says can name a path outside the run folder or a file of another purpose.
bool isMirroredFile(std::string_view name);
// Written once; the others of isMirroredFile only grow.
bool isWrittenOnce(std::string_view name);

// Sizes of the mirrored files that are there. Fails with NotFound if there is no such folder.
Result<std::map<std::string, std::uint64_t>> recordedFiles(const std::string& runDir);

}  // namespace lathe::launch
