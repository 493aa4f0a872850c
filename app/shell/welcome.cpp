// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/welcome.h"
#include "app/engine_bridge.h"

#include "app/command_ids.h"
#include "app/shell/shell_workbench.h"
#include "app/theme.h"
#include "app/widgets.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/text.h"

#include <QAbstractButton>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>

namespace lathe::app {

namespace {

constexpr qsizetype kShownRecent = 12;

QString ago(double seconds) {
    const double minutes = seconds / 60;
    if (minutes < 1)
        return WelcomePane::tr("just now");
    if (minutes < 60)
        return WelcomePane::tr("%1 min ago").arg(qRound(minutes));
    if (minutes < 60 * 48)
        return WelcomePane::tr("%1 h ago").arg(qRound(minutes / 60));
    return WelcomePane::tr("%1 d ago").arg(qRound(minutes / 60 / 24));
}

// One choice: icon, title, what it does, key.
class ChoiceButton final : public QAbstractButton {
public:
    ChoiceButton(const QString& icon, const QString& title, const QString& detail, const QString& key,
                 bool primary)
        : m_icon(icon), m_detail(detail), m_key(key), m_primary(primary) {
        setText(title);
        setAccessibleName(title);
        setAccessibleDescription(detail);
        setFixedHeight(52);
        setMinimumWidth(300);
        setFocusPolicy(Qt::TabFocus);
        setAttribute(Qt::WA_Hover);
        setCursor(Qt::PointingHandCursor);
    }
    void setStruck(bool struck) {
        m_struck = struck;
        update();
    }
    QSize sizeHint() const override { return {340, 52}; }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const auto token = [](const char* name) { return theme().color(QLatin1String(name)); };
        const bool keyboard = hasFocus();
        painter.setPen(QPen(keyboard    ? token("accent")
                            : m_primary ? token("accent.fill")
                                        : token("border"),
                            keyboard ? 2 : 1));
        painter.setBrush(m_primary      ? token("accent.fill")
                         : isDown()     ? token("bg.pressed")
                         : underMouse() ? token("bg.hover")
                                        : token("bg.raised"));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 5, 5);
        painter.drawPixmap(
            14, (height() - 18) / 2,
            theme().pixmap(m_icon, m_primary ? QStringLiteral("text.onAccent") : QStringLiteral("accent"), 18,
                           devicePixelRatioF()));
        const QRect area = rect().adjusted(44, 7, -14, -7);
        QFont font = theme().uiFont(13, QFont::Medium);
        font.setStrikeOut(m_struck);
        painter.setFont(font);
        painter.setPen(m_primary ? token("text.onAccent") : token("text.1"));
        painter.drawText(area, Qt::AlignLeft | Qt::AlignTop, text());
        painter.setFont(theme().uiFont(12));
        if (!m_primary)
            painter.setPen(token(underMouse() ? "text.2" : "text.3"));
        painter.drawText(area, Qt::AlignLeft | Qt::AlignBottom,
                         painter.fontMetrics().elidedText(m_detail, Qt::ElideMiddle, area.width()));
        if (!m_key.isEmpty())
            painter.drawText(area, Qt::AlignRight | Qt::AlignTop, m_key);
    }

private:
    QString m_icon, m_detail, m_key;
    bool m_primary, m_struck = false;
};

}  // namespace

WelcomePane::WelcomePane(ShellWorkbench& workbench)
    : Pane(QStringLiteral("workbench.welcome")), m_workbench(workbench) {
    setTitle(tr("Welcome"));
    setIconName(QStringLiteral("logo"));
    setProperty("surface", "content");
    setAttribute(Qt::WA_StyledBackground);
    auto* outer = new QHBoxLayout(this);
    outer->setContentsMargins(32, 48, 32, 24);
    outer->addStretch(1);
    auto* inside = new QWidget;
    inside->setMaximumWidth(900);
    outer->addWidget(inside, 12);
    outer->addStretch(1);
    auto* columns = new QHBoxLayout(inside);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(40);

    auto* left = new QVBoxLayout;
    left->setSpacing(8);
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    auto* logo = new QLabel;
    logo->setPixmap(
        theme().pixmap(QStringLiteral("logo"), QStringLiteral("accent"), 32, devicePixelRatioF()));
    connect(&theme(), &Theme::changed, logo, [this, logo] {
        logo->setPixmap(
            theme().pixmap(QStringLiteral("logo"), QStringLiteral("accent"), 32, devicePixelRatioF()));
    });
    head->addWidget(logo);
    auto* names = new QVBoxLayout;
    names->setSpacing(0);
    names->addWidget(makeLabel(QStringLiteral("Lathe"), "page"));
    names->addWidget(makeLabel(tr("The deep-learning researcher's workbench"), "hint"));
    head->addLayout(names, 1);
    left->addLayout(head);
    left->addSpacing(16);
    const bool firstStart = workbench.session().recent().isEmpty();
    const auto choice = [&](const char* icon, const QString& title, const QString& detail,
                            const char* command, bool primary) {
        const QString key =
            workbench.commands().shortcut(QLatin1String(command)).toString(QKeySequence::NativeText);
        auto* button = new ChoiceButton(QLatin1String(icon), title, detail, key, primary);
        connect(button, &QAbstractButton::clicked, this,
                [this, command] { m_workbench.commands().execute(QLatin1String(command)); });
        left->addWidget(button);
        return button;
    };
    QWidget* open = choice("folder-open", tr("Open folder…"),
                           tr("Edit and train in a folder of this computer"), ids::kOpenFolder, false);
    choice("hosts", tr("Connect to host…"), tr("Work where the GPUs are, over SSH"), ids::kHostConnect,
           false);
    QWidget* sample = choice("play", tr("Try the sample"), tr("Trains a small model here in about a minute"),
                             ids::kTrySample, firstStart);
    m_first = firstStart ? sample : open;
    left->addSpacing(12);
    auto* keys = makeLabel(tr("%1 finds any command, %2 any file.")
                               .arg(QStringLiteral("Ctrl+Shift+P"), QStringLiteral("Ctrl+P")),
                           "hint");
    left->addWidget(keys);
    left->addStretch();
    columns->addLayout(left, 4);

    auto* right = new QVBoxLayout;
    right->setSpacing(8);
    auto* title = new QHBoxLayout;
    title->addWidget(makeLabel(firstStart ? tr("How to begin") : tr("Recent"), "section"));
    title->addStretch();
    m_filter = new QLineEdit;
    m_filter->setPlaceholderText(tr("Filter"));
    m_filter->setAccessibleName(tr("Filter recent workspaces"));
    m_filter->setFixedWidth(160);
    m_filter->setVisible(!firstStart);
    connect(m_filter, &QLineEdit::textChanged, this, &WelcomePane::fillRecent);
    title->addWidget(m_filter);
    right->addLayout(title);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* list = new QWidget;
    list->setProperty("surface", "content");
    list->setAttribute(Qt::WA_StyledBackground);
    m_recent = new QVBoxLayout(list);
    m_recent->setContentsMargins(0, 0, 0, 0);
    m_recent->setSpacing(6);
    scroll->setWidget(list);
    right->addWidget(scroll, 1);
    columns->addLayout(right, 5);
    fillRecent();
    lookForFolders();
    connect(&workbench.engine(), &EngineBridge::runsChanged, this, &WelcomePane::fillRecent);
}

// Only this computer's folders are looked for; a host is never probed before it is chosen.
void WelcomePane::lookForFolders() {
    std::vector<std::string> local;
    for (const RecentWorkspace& entry : m_workbench.session().recent())
        if (entry.folder.isLocal())
            local.push_back(entry.folder.path);
    m_workbench.engine()
        .async([local = std::move(local)](Engine&, std::stop_token) -> Result<std::set<std::string>> {
            std::set<std::string> gone;
            for (const std::string& path : local)
                if (!exists(path))
                    gone.insert(path);
            return gone;
        })
        .then(this, [this](Result<std::set<std::string>> gone) {
            if (!gone || *gone == m_gone)
                return;
            m_gone = std::move(*gone);
            fillRecent();
        });
}

void WelcomePane::activate() {
    lookForFolders();
    if (m_first)
        m_first->setFocus(Qt::OtherFocusReason);
}

void WelcomePane::fillRecent() {
    while (QLayoutItem* item = m_recent->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const QString filter = m_filter->text().trimmed();
    qsizetype shown = 0;
    const QList<RecentWorkspace> recent = m_workbench.session().recent();
    for (const RecentWorkspace& entry : recent) {
        const QString place = toQString(entry.folder.display());
        if (shown == kShownRecent || (!filter.isEmpty() && !place.contains(filter, Qt::CaseInsensitive)))
            continue;
        ++shown;
        const bool gone = entry.folder.isLocal() && m_gone.contains(entry.folder.path);
        QString detail = place + QStringLiteral("  ·  ") + ago(wallSeconds() - entry.opened);
        for (const auto& run : m_workbench.engine().runs())
            if (run->spec.cwd == entry.folder.path || run->spec.cwd.starts_with(entry.folder.path + "/")) {
                detail = QStringLiteral("%1  ·  %2 %3")
                             .arg(place, toQString(run->spec.name), theme().stateWord(run->state));
                break;
            }
        auto* row = new QWidget;
        auto* line = new QHBoxLayout(row);
        line->setContentsMargins(0, 0, 0, 0);
        line->setSpacing(6);
        auto* button = new ChoiceButton(
            QStringLiteral("folder"), toQString(escapedForDisplay(entry.folder.name())), detail,
            entry.folder.isLocal() ? QString() : toQString(entry.folder.host), false);
        button->setMinimumWidth(160);
        button->setStruck(gone);
        button->setEnabled(!gone);
        connect(button, &QAbstractButton::clicked, this,
                [this, folder = entry.folder] { m_workbench.openFolder(folder); });
        line->addWidget(button, 1);
        if (gone) {
            auto* locate = new QPushButton(tr("Locate…"));
            connect(locate, &QPushButton::clicked, this, [this] { m_workbench.chooseFolder(); });
            line->addWidget(locate);
            auto* remove = new QPushButton(tr("Remove"));
            remove->setProperty("role", "quiet");
            connect(remove, &QPushButton::clicked, this, [this, folder = entry.folder] {
                m_workbench.session().removeRecent(folder);
                QMetaObject::invokeMethod(this, &WelcomePane::fillRecent, Qt::QueuedConnection);
            });
            line->addWidget(remove);
        }
        m_recent->addWidget(row);
    }
    if (recent.isEmpty()) {
        for (const QString& line :
             {tr("Open folder… opens a project of this computer: its files, terminal, git and runs."),
              tr("Connect to host… does the same with a folder of another machine."),
              tr("Try the sample opens a small project and trains it, so that there is something to look "
                 "at.")}) {
            auto* label = makeLabel(line, "dim");
            label->setWordWrap(true);
            m_recent->addWidget(label);
        }
    } else if (shown == 0) {
        m_recent->addWidget(makeLabel(tr("No recent workspace matches"), "dim"));
    }
    m_recent->addStretch();
}

namespace {

// Filled when it is first seen: groups are made before the commands are known.
class EmptyCentre final : public QWidget {
public:
    explicit EmptyCentre(ShellWorkbench& workbench) : m_workbench(workbench) {
        setProperty("surface", "content");
        setAttribute(Qt::WA_StyledBackground);
        m_column = new QVBoxLayout(this);
        m_column->setContentsMargins(24, 24, 24, 24);
    }

protected:
    void showEvent(QShowEvent* event) override {
        QWidget::showEvent(event);
        if (m_column->count() == 0)
            fill();
    }

private:
    void fill() {
        m_column->addStretch(2);
        for (const char* id :
             {ids::kPalette, ids::kQuickOpen, ids::kRunLaunch, ids::kTerminalToggle, "pane.runs.table"}) {
            const CommandSpec* spec = m_workbench.commands().find(QLatin1String(id));
            if (!spec)
                continue;
            auto* row = new QHBoxLayout;
            row->addStretch();
            auto* title = makeLabel(spec->title, "dim");
            title->setFixedWidth(170);
            title->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
            row->addWidget(title);
            row->addSpacing(12);
            auto* key = makeLabel(
                m_workbench.commands().shortcut(QLatin1String(id)).toString(QKeySequence::NativeText),
                "hint");
            key->setFixedWidth(170);
            row->addWidget(key);
            row->addStretch();
            m_column->addLayout(row);
        }
        m_column->addStretch(3);
    }

    ShellWorkbench& m_workbench;
    QVBoxLayout* m_column;
};

}  // namespace

QWidget* makeEmptyCentre(ShellWorkbench& workbench) {
    return new EmptyCentre(workbench);
}

}  // namespace lathe::app
