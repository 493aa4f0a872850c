// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/run_app.h"

int main(int argc, char** argv) {
    return lathe::app::runApp(argc, argv);
}
