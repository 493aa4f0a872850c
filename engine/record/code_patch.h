// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace lathe::record {

// The pieces of code.patch that git itself does not write: those of untracked files. Each is a section as
// `git diff
// --binary` has them (gitdiffcore(7), and apply.c for the binary form), so that `git apply` takes the whole.

// As git writes names in a diff: C-quoted where they hold quotes, backslashes or control characters.
std::string diffName(std::string_view prefix, std::string_view path);

// A new file of `mode` ("100644", "100755", "120000"), of text without NUL.
std::string newTextFile(const std::string& path, std::string_view content, std::string_view mode);

// A new file of any bytes. `blobId` is the id that git gives the content; `git apply` checks the outcome by
// it.
std::string newBinaryFile(const std::string& path, std::string_view content, std::string_view mode,
                          std::string_view blobId);

}  // namespace lathe::record
