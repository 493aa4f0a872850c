// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pane.h"
#include "languages.h"

#include <string>

namespace lathe::editor {

// Two texts side by side, what differs marked; neither can be edited. GUI thread only.
class ComparePane : public app::Pane {
    Q_OBJECT
public:
    ComparePane(const QString& title, const std::string& left, const std::string& right, Language language);
};

} // namespace lathe::editor
