// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workbench.h"

namespace lathe::app {

Workbench::~Workbench() = default;

}  // namespace lathe::app
