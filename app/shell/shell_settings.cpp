// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/run_notices.h"
#include "app/shell/shell_workbench.h"

namespace lathe::app {

void ShellSettings::addTo(Settings& settings) {
    const QString appearance = QStringLiteral("Appearance");
    settings.add({.key = QStringLiteral("appearance.theme"),
                  .type = SettingType::Choice,
                  .fallback = QStringLiteral("dark"),
                  .page = appearance,
                  .label = tr("Theme"),
                  .choices = {{QStringLiteral("dark"), tr("Dark")}, {QStringLiteral("light"), tr("Light")}}});
    settings.add({.key = QStringLiteral("appearance.language"),
                  .type = SettingType::Choice,
                  .fallback = QStringLiteral("system"),
                  .page = appearance,
                  .label = tr("Language"),
                  .help = tr("Taken at the next start."),
                  .choices = {{QStringLiteral("system"), tr("As the system")},
                              {QStringLiteral("en"), QStringLiteral("English")},
                              {QStringLiteral("de"), QStringLiteral("Deutsch")}}});
    settings.add({.key = QStringLiteral("appearance.textSize"),
                  .type = SettingType::Int,
                  .fallback = 100,
                  .page = appearance,
                  .label = tr("Text size"),
                  .help = tr("Apart from the screen's scale."),
                  .unit = QStringLiteral("%"),
                  .minimum = 80,
                  .maximum = 200});
    settings.add({.key = QStringLiteral("appearance.monoFont"),
                  .type = SettingType::Text,
                  .fallback = QString(),
                  .page = appearance,
                  .label = tr("Monospace font"),
                  .help = tr("For code, terminals, names of metrics and parameters. Empty: the system's.")});
    settings.add({.key = QStringLiteral("appearance.strongBorders"),
                  .type = SettingType::Bool,
                  .fallback = false,
                  .page = appearance,
                  .label = tr("Stronger borders"),
                  .help = tr("Around inputs and buttons.")});
    settings.add({.key = QStringLiteral("appearance.restore"),
                  .type = SettingType::Bool,
                  .fallback = true,
                  .page = appearance,
                  .label = tr("Open the last workspace at start")});
    settings.add({.key = QStringLiteral("charts.distinguishByDash"),
                  .type = SettingType::Bool,
                  .fallback = false,
                  .page = QStringLiteral("Charts"),
                  .label = tr("Distinguish by dash"),
                  .help = tr("Four patterns of dashes from the first run, beside the colours.")});
    RunNotices::addSettings(settings);
    settings.add({.key = QStringLiteral("plugins.disabled"),
                  .type = SettingType::Text,
                  .fallback = QString(),
                  .page = QStringLiteral("Plugins"),
                  .label = tr("Plugins not to load"),
                  .help = tr("Names with commas between: git, terminal. Taken at the next start.")});
}

}  // namespace lathe::app
