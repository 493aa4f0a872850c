// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interop/log_reader.h"

#include <map>
#include <string>
#include <string_view>

namespace lathe::interop {

// Names for what comes from several folders of event files in one run. TensorBoard calls each folder a run of
// its own; here the first one's names stay as they are, and those of a folder below or beside it get its name
// in front: "validation/loss". What PyTorch's and tensorboardX's add_scalars spread over folders comes
// together as "loss/a", "loss/b" again.
class EventFolders {
public:
    // The names of this folder from now on; the order of first calls decides who is first.
    RenameMetric renameOf(const std::string& folder);

    // "train", "val" …: a part of a run, also where it comes first.
    static bool isPart(std::string_view folderName);

private:
    std::string prefixOf(const std::string& folder);
    std::map<std::string, std::string> m_prefixes;  // folder → what stands before its names
};

// What a folder of that prefix calls `tag`.
std::string nameInFolder(std::string_view prefix, std::string_view tag);

}  // namespace lathe::interop
