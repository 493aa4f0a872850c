// SPDX-License-Identifier: GPL-3.0-or-later
// For builds without the git module: no bars, no letters.
#include "git_facts.h"

namespace lathe::editor {

Result<std::string> headContent(std::shared_ptr<host::Host>, const std::string& path) {
    return fail(ErrorCode::Unsupported, "built without git", path);
}

Result<std::map<std::string, char>> statusLetters(std::shared_ptr<host::Host>, const std::string& folder) {
    return fail(ErrorCode::Unsupported, "built without git", folder);
}

} // namespace lathe::editor
