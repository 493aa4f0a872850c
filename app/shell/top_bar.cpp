// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/top_bar.h"

#include "app/command_ids.h"
#include "app/commands.h"
#include "app/theme.h"
#include "app/widgets.h"

#include <QAction>
#include <QHBoxLayout>
#include <QMenu>
#include <QMenuBar>
#include <QPainter>
#include <QPushButton>

#include <algorithm>

namespace lathe::app {

namespace {
constexpr int kHeight = 36, kLogo = 18, kFieldMax = 520;
// A push button leaves 4 px between icon and text; the design asks for a little more.
const QString kIconGap = QStringLiteral(" ");
}  // namespace

TopBar::TopBar(Commands& commands, QWidget* parent)
    : QWidget(parent), m_commands(commands), m_menus(new QMenuBar(this)) {
    setFixedHeight(kHeight);
    setAccessibleName(tr("Top bar"));
    const std::pair<QString, QString> menus[] = {
        {QStringLiteral("File"), tr("&File")},   {QStringLiteral("Edit"), tr("&Edit")},
        {QStringLiteral("View"), tr("&View")},   {QStringLiteral("Go"), tr("&Go")},
        {QStringLiteral("Run"), tr("&Run")},     {QStringLiteral("Git"), tr("Gi&t")},
        {QStringLiteral("Hosts"), tr("H&osts")}, {QStringLiteral("Help"), tr("&Help")}};
    for (const auto& [id, title] : menus) {
        QMenu* menu = m_menus->addMenu(title);
        menu->setToolTipsVisible(true);
        // Filled when opened: commands come and go with plugins, and most menus are never opened.
        connect(menu, &QMenu::aboutToShow, this, [this, id = id, menu] { fillMenu(id, menu); });
    }
    m_menus->setAccessibleName(tr("Menus"));

    m_field = new QPushButton(this);
    m_field->setIcon(theme().icon(QStringLiteral("search"), QStringLiteral("text.3")));
    m_field->setProperty("role", "field");
    m_field->setAccessibleName(tr("Quick open"));
    m_field->setToolTip(tr("Quick open (%1)").arg(QStringLiteral("Ctrl+P")));
    connect(m_field, &QPushButton::clicked, this, &TopBar::fieldClicked);

    m_right = new QWidget(this);
    auto* row = new QHBoxLayout(m_right);
    row->setContentsMargins(0, 0, 8, 0);
    row->setSpacing(2);
    m_run = new QPushButton(kIconGap + tr("Run…"));
    m_run->setIcon(theme().icon(QStringLiteral("play"), QStringLiteral("text.onAccent")));
    m_run->setProperty("role", "primary");
    m_run->setToolTip(tr("Run… (%1)").arg(QStringLiteral("F5")));
    m_run->setAccessibleName(tr("Run…"));
    connect(m_run, &QPushButton::clicked, this,
            [this] { m_commands.execute(QLatin1String(ids::kRunLaunch)); });
    row->addWidget(m_run);
    row->addSpacing(10);
    const auto toggle = [this, row](const char* icon, const QString& name, const char* command) {
        auto* button = new IconButton(QLatin1String(icon), name);
        button->setCheckable(true);
        button->setProperty("role", "toggle");
        connect(button, &IconButton::clicked, this,
                [this, command] { m_commands.execute(QLatin1String(command)); });
        row->addWidget(button);
        return button;
    };
    m_side = toggle("panel-left", tr("Side panel (%1)").arg(QStringLiteral("Ctrl+B")), "view.sidePanel");
    m_bottom =
        toggle("panel-bottom", tr("Bottom panel (%1)").arg(QStringLiteral("Ctrl+J")), "view.bottomPanel");
    m_dock =
        toggle("panel-right", tr("Right region (%1)").arg(QStringLiteral("Ctrl+Alt+B")), "view.rightDock");
    setPlace({}, {});
}

void TopBar::setPlace(const QString& folder, const QString& host) {
    m_field->setText(kIconGap + (folder.isEmpty() ? tr("Open a folder or search")
                                                  : QStringLiteral("%1 — %2").arg(folder, host)));
}

void TopBar::setRegions(bool side, bool bottom, bool right) {
    m_side->setChecked(side);
    m_bottom->setChecked(bottom);
    m_dock->setChecked(right);
}

void TopBar::fillMenu(const QString& id, QMenu* menu) {
    menu->clear();
    QList<std::pair<int, QString>> entries;
    for (const QString& command : m_commands.ids()) {
        const QString place = m_commands.find(command)->menu;
        const auto slash = place.indexOf(QLatin1Char('/'));
        if (slash > 0 && place.left(slash) == id)
            entries << std::pair(place.mid(slash + 1).toInt(), command);
    }
    std::ranges::sort(entries);
    int ten = -1;
    for (const auto& [position, command] : entries) {
        if (ten >= 0 && position / 10 != ten)
            menu->addSeparator();
        ten = position / 10;
        QAction* action = m_commands.action(command);
        const CommandSpec* spec = m_commands.find(command);
        const QString reason = m_commands.disabledReason(command);
        // A disabled QAction would also lose its shortcut for later; the menu shows a twin instead.
        auto* shown =
            menu->addAction(spec->title, this, [this, command = command] { m_commands.execute(command); });
        shown->setShortcut(m_commands.shortcut(command));
        shown->setShortcutVisibleInContextMenu(true);
        shown->setShortcutContext(Qt::WidgetShortcut);
        shown->setEnabled(reason.isEmpty());
        shown->setToolTip(reason);
        if (spec->checkable && spec->checked) {
            shown->setCheckable(true);
            shown->setChecked(spec->checked());
            action->setChecked(spec->checked());
        }
    }
    if (entries.isEmpty())
        menu->addAction(tr("Nothing here: no plugin that offers this is loaded"))->setEnabled(false);
}

void TopBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme().color(QStringLiteral("bg.chrome")));
    painter.fillRect(0, height() - 1, width(), 1, theme().color(QStringLiteral("border")));
    painter.drawPixmap(
        9, (kHeight - kLogo) / 2,
        theme().pixmap(QStringLiteral("logo"), QStringLiteral("accent"), kLogo, devicePixelRatioF()));
}

void TopBar::resizeEvent(QResizeEvent*) {
    const int menusWidth = m_menus->sizeHint().width() + 6;
    const int left = 32;
    m_menus->setGeometry(left, (kHeight - 28) / 2, menusWidth, 28);
    const int rightWidth = m_right->sizeHint().width();
    m_right->setGeometry(width() - rightWidth, 0, rightWidth, kHeight - 1);
    // Centred in the window, as far as the menus and buttons leave room.
    const int from = left + menusWidth + 12, to = width() - rightWidth - 12;
    const int fieldWidth = std::min(kFieldMax, to - from);
    int x = (width() - fieldWidth) / 2;
    x = std::clamp(x, from, std::max(from, to - fieldWidth));
    m_field->setGeometry(x, (kHeight - 26) / 2, std::max(0, fieldWidth), 26);
}

}  // namespace lathe::app
