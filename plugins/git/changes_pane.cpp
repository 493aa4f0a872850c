// SPDX-License-Identifier: GPL-3.0-or-later
#include "changes_pane.h"

#include "app/command_ids.h"
#include "app/sheet.h"
#include "app/theme.h"
#include "app/widgets.h"
#include "change_delegate.h"
#include "core/paths.h"
#include "core/text.h"

#include <QCheckBox>
#include <QCursor>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QTreeView>
#include <QVBoxLayout>

namespace lathe::gitpane {
namespace {

constexpr int kSummaryRuler = 72;  // git's own advice for the first line
enum Page { PageWork, PageEmpty, PageFailed };

QString shownPaths(const std::vector<std::string>& paths) {
    QStringList names;
    for (std::size_t i = 0; i < paths.size() && i < 8; ++i)
        names << app::toQString(escapedForDisplay(paths[i]));
    if (paths.size() > 8)
        names << ChangesPane::tr("and %n more", nullptr, static_cast<int>(paths.size() - 8));
    return names.join(QLatin1Char('\n'));
}

}  // namespace

ChangesPane::ChangesPane(GitSession& session) : Pane(QStringLiteral("git.changes")), m_session(session) {
    setTitle(tr("Git"));
    setIconName(QStringLiteral("git"));

    auto* work = new QWidget;
    auto* column = new QVBoxLayout(work);
    column->setContentsMargins(0, 4, 0, 0);
    column->setSpacing(0);

    auto* top = new QVBoxLayout;
    top->setContentsMargins(12, 4, 12, 8);
    top->setSpacing(8);
    auto* branchRow = new QHBoxLayout;
    branchRow->setSpacing(6);
    m_branchIcon = new QLabel;
    m_branch = app::makeLabel({}, "mono");
    m_upstream = app::makeLabel({}, "hint");
    branchRow->addWidget(m_branchIcon);
    branchRow->addWidget(m_branch);
    branchRow->addStretch();
    branchRow->addWidget(m_upstream);
    top->addLayout(branchRow);
    m_operation = app::makeLabel({}, "warn");
    m_operation->setWordWrap(true);
    top->addWidget(m_operation);

    m_message = new QPlainTextEdit;
    m_message->setPlaceholderText(tr("Message (Ctrl+Enter commits)"));
    m_message->setAccessibleName(tr("Commit message"));
    m_message->setTabChangesFocus(true);
    m_message->setFixedHeight(84);
    m_message->installEventFilter(this);
    top->addWidget(m_message);

    auto* commitRow = new QHBoxLayout;
    commitRow->setSpacing(8);
    m_commit = new QPushButton;
    m_commit->setProperty("role", "primary");
    m_amend = new QCheckBox(tr("Amend"));
    m_amend->setToolTip(tr("Replace the last commit"));
    commitRow->addWidget(m_commit, 1);
    commitRow->addWidget(m_amend);
    top->addLayout(commitRow);
    m_counter = app::makeLabel({}, "hint");
    m_counter->setAlignment(Qt::AlignRight);
    top->addWidget(m_counter);
    column->addLayout(top);
    column->addWidget(app::makeRule(Qt::Horizontal));

    m_clean = app::makeLabel({}, "dim");
    m_clean->setWordWrap(true);
    m_clean->setContentsMargins(12, 8, 12, 8);
    column->addWidget(m_clean);
    m_tree = new QTreeView;
    m_tree->setModel(&m_model);
    m_tree->setItemDelegate(new ChangeDelegate(m_tree));
    m_tree->setHeaderHidden(true);
    m_tree->setIndentation(16);
    m_tree->setUniformRowHeights(true);
    m_tree->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setProperty("surface", "panel");
    m_tree->setAccessibleName(tr("Changed files"));
    m_tree->installEventFilter(this);
    column->addWidget(m_tree, 1);
    column->addStretch(0);  // takes the room while the tree is hidden, see refresh()
    m_column = column;

    m_empty = new app::EmptyState({});
    m_emptyButton = m_empty->addButton(tr("Initialise repository"), [this] { m_session.initialise(); });
    m_failed = new app::ErrorState;
    m_failed->setRetry([this] { m_session.refresh(); });

    m_stack = new QStackedWidget;
    m_stack->addWidget(work);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_failed);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_stack);

    connect(&m_session, &GitSession::changed, this, &ChangesPane::refresh);
    connect(&m_session, &GitSession::busyChanged, this, [this] {
        if (m_session.busy() != m_working) {
            m_working = m_session.busy();
            m_working ? beginWork() : endWork();
        }
    });
    connect(&app::theme(), &app::Theme::changed, this, &ChangesPane::refresh);
    connect(m_message, &QPlainTextEdit::textChanged, this, &ChangesPane::refreshCommit);
    connect(m_amend, &QCheckBox::toggled, this, &ChangesPane::refreshCommit);
    connect(m_commit, &QPushButton::clicked, this, &ChangesPane::commit);
    connect(m_tree, &QTreeView::activated, this, &ChangesPane::openSelected);
    m_tree->setMouseTracking(true);
    connect(m_tree, &QTreeView::clicked, this, [this](const QModelIndex& index) {
        const QPoint at = m_tree->viewport()->mapFromGlobal(QCursor::pos());
        if (ChangeDelegate::buttonRect(m_tree->visualRect(index)).contains(at))
            toggleStaged(index);
        else if (!m_model.isSection(index))
            openSelected();
    });
    connect(m_tree, &QWidget::customContextMenuRequested, this, &ChangesPane::showMenu);
    refresh();
}

QWidget* ChangesPane::createHeaderTools() {
    auto* tools = new QWidget;
    auto* row = new QHBoxLayout(tools);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    auto* stage = new app::IconButton(QStringLiteral("plus"), tr("Stage all"));
    connect(stage, &QToolButton::clicked, this, &ChangesPane::stageAll);
    row->addWidget(stage);
    auto* refreshButton = new app::IconButton(QStringLiteral("refresh"), tr("Refresh"));
    connect(refreshButton, &QToolButton::clicked, &m_session, &GitSession::refresh);
    row->addWidget(refreshButton);
    return tools;
}

void ChangesPane::activate() {
    if (m_stack->currentIndex() == PageWork)
        m_tree->setFocus();
    else
        m_emptyButton->setFocus();
}

QJsonObject ChangesPane::saveState() const {
    const QString text = m_message->toPlainText();
    return text.isEmpty() ? QJsonObject() : QJsonObject{{QStringLiteral("message"), text}};
}

void ChangesPane::restoreState(const QJsonObject& state) {
    m_message->setPlainText(state.value(QStringLiteral("message")).toString());
}

void ChangesPane::refresh() {
    const git::Status& status = m_session.status();
    switch (m_session.state()) {
    case GitSession::State::NoFolder:
        m_empty->setSentence(tr("Open a folder and its changes appear here."));
        m_emptyButton->hide();
        m_stack->setCurrentIndex(PageEmpty);
        return;
    case GitSession::State::NoRepository:
        m_empty->setSentence(tr("This folder is not in a git repository."));
        m_emptyButton->show();
        m_stack->setCurrentIndex(PageEmpty);
        return;
    case GitSession::State::Failed:
        m_failed->setError(app::toQString(m_session.error().what), app::toQString(m_session.error().on),
                           app::toQString(m_session.error().hint));
        m_stack->setCurrentIndex(PageFailed);
        return;
    case GitSession::State::Loading:
    case GitSession::State::Ready: break;
    }
    m_stack->setCurrentIndex(PageWork);
    const bool ready = m_session.state() == GitSession::State::Ready;
    m_branchIcon->setPixmap(
        app::theme().pixmap(QStringLiteral("branch"), QStringLiteral("text.2"), 16, devicePixelRatioF()));
    const std::string shortId = status.head.substr(0, 7);
    m_branch->setText(!ready                  ? tr("Reading the repository…")
                      : status.branch.empty() ? tr("detached at %1").arg(app::toQString(shortId))
                                              : app::toQString(escapedForDisplay(status.branch)));
    QStringList against;
    if (status.ahead > 0)
        against << QStringLiteral("↑%1").arg(status.ahead);
    if (status.behind > 0)
        against << QStringLiteral("↓%1").arg(status.behind);
    m_upstream->setText(against.join(QLatin1Char(' ')));
    m_upstream->setToolTip(status.upstream.empty() ? tr("No upstream branch")
                                                   : app::toQString(status.upstream));
    m_operation->setVisible(!status.operation.empty());
    m_operation->setText(status.operation == "merge"         ? tr("A merge is under way.")
                         : status.operation == "rebase"      ? tr("A rebase is under way.")
                         : status.operation == "cherry-pick" ? tr("A cherry-pick is under way.")
                         : status.operation == "revert"      ? tr("A revert is under way.")
                                                             : tr("A bisect is under way."));

    const bool hadRows = m_model.rowCount() > 0;
    m_model.setStatus(status);
    if (m_model.rowCount() > 0 && (!hadRows || m_tree->selectionModel()->selectedIndexes().isEmpty()))
        m_tree->expandAll();
    m_column->setStretch(m_column->count() - 1, m_model.rowCount() > 0 ? 0 : 1);
    m_tree->setVisible(m_model.rowCount() > 0);
    m_clean->setVisible(ready && m_model.rowCount() == 0);
    m_clean->setText(status.head.empty() ? tr("Nothing to commit yet.")
                                         : tr("Nothing changed since %1.").arg(app::toQString(shortId)));
    refreshCommit();
}

void ChangesPane::refreshCommit() {
    const int staged = m_model.count(Section::Staged);
    const int conflicts = m_model.count(Section::Conflicts);
    const QString message = m_message->toPlainText();
    const auto first =
        message.indexOf(QLatin1Char('\n')) < 0 ? message.size() : message.indexOf(QLatin1Char('\n'));
    m_counter->setText(tr("%1 / %2").arg(first).arg(kSummaryRuler));
    m_counter->setProperty("role", first > kSummaryRuler ? "warn" : "hint");
    m_counter->style()->unpolish(m_counter);
    m_counter->style()->polish(m_counter);
    m_commit->setText(staged > 0 ? tr("Commit %n files", nullptr, staged) : tr("Commit"));
    QString why;
    if (m_session.state() != GitSession::State::Ready)
        why = tr("The repository is still being read.");
    else if (conflicts > 0)
        why = tr("Resolve the conflicts first.");
    else if (staged == 0 && !m_amend->isChecked())
        why = tr("Stage something first: select files and press Space.");
    else if (message.trimmed().isEmpty())
        why = tr("Write a message first.");
    m_commit->setEnabled(why.isEmpty());
    m_commit->setToolTip(why.isEmpty() ? tr("Ctrl+Enter") : why);
}

void ChangesPane::commit() {
    if (!m_commit->isEnabled()) {
        m_session.workbench().statusBar().flash(m_commit->toolTip());
        return;
    }
    m_commit->setEnabled(false);
    git::CommitRequest request;
    request.message = app::toStd(m_message->toPlainText());
    request.amend = m_amend->isChecked();
    m_session.commit(request, [this](bool ok) {
        if (ok) {
            m_message->clear();
            m_amend->setChecked(false);
            m_session.workbench().statusBar().flash(tr("Committed"));
        }
        refreshCommit();
    });
}

std::vector<std::string> ChangesPane::selected(std::initializer_list<Section> sections) const {
    std::vector<std::string> paths;
    QModelIndexList indexes = m_tree->selectionModel()->selectedIndexes();
    if (indexes.isEmpty() && m_tree->currentIndex().isValid())
        indexes << m_tree->currentIndex();
    for (const QModelIndex& index : indexes) {
        if (std::ranges::find(sections, m_model.section(index)) == sections.end())
            continue;
        if (m_model.isSection(index)) {
            const auto all = m_model.paths(m_model.section(index));
            paths.insert(paths.end(), all.begin(), all.end());
        } else {
            paths.push_back(m_model.path(index));
        }
    }
    std::ranges::sort(paths);
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    return paths;
}

void ChangesPane::toggleStaged(const QModelIndex& index) {
    const Section section = m_model.section(index);
    std::vector<std::string> paths =
        m_model.isSection(index) ? m_model.paths(section) : std::vector<std::string>{m_model.path(index)};
    if (section == Section::Staged)
        m_session.unstage(std::move(paths));
    else
        m_session.stage(std::move(paths));
}

void ChangesPane::stageAll() {
    // Not what is in conflict: staging says that it is resolved.
    if (auto paths = m_model.paths(Section::Changes); !paths.empty())
        m_session.stage(std::move(paths));
}

void ChangesPane::unstageAll() {
    if (auto paths = m_model.paths(Section::Staged); !paths.empty())
        m_session.unstage(std::move(paths));
}

void ChangesPane::openFile() {
    const QModelIndex index = m_tree->currentIndex();
    const auto& folder = m_session.workbench().workspace().folder();
    if (index.isValid() && !m_model.isSection(index) && folder)
        m_session.workbench().openFile({folder->host, joinPath(m_session.root(), m_model.path(index))}, {});
}

void ChangesPane::stageSelected() {
    if (auto paths = selected({Section::Changes, Section::Conflicts}); !paths.empty())
        m_session.stage(std::move(paths));
}

void ChangesPane::unstageSelected() {
    if (auto paths = selected({Section::Staged}); !paths.empty())
        m_session.unstage(std::move(paths));
}

void ChangesPane::discardSelected() {
    auto paths = selected({Section::Changes});
    if (paths.empty())
        return;
    app::Sheet::ask(this, tr("Discard changes?"),
                    tr("The working folder gets the staged content back. This cannot be undone:") +
                        QStringLiteral("\n\n") + shownPaths(paths),
                    {tr("Keep"), tr("Discard %n files", nullptr, static_cast<int>(paths.size()))},
                    [this, paths](int answer) {
                        if (answer == 1)
                            m_session.discard(paths);
                    });
}

void ChangesPane::openSelected() {
    const QModelIndex index = m_tree->currentIndex();
    if (!index.isValid())
        return;
    if (m_model.isSection(index)) {
        m_tree->setExpanded(index, !m_tree->isExpanded(index));
        return;
    }
    m_session.workbench().commands().execute(
        QLatin1String(app::ids::kGitDiff),
        {{QStringLiteral("path"), QByteArray::fromStdString(m_model.path(index))}});
}

void ChangesPane::showMenu(const QPoint& at) {
    if (!m_tree->indexAt(at).isValid())
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const Section section = m_model.section(m_tree->indexAt(at));
    if (m_model.isSection(m_tree->indexAt(at))) {
        if (section == Section::Staged)
            menu->addAction(tr("Unstage all"), this, &ChangesPane::unstageAll);
        else if (section == Section::Changes)
            menu->addAction(tr("Stage all"), this, &ChangesPane::stageAll);
        else
            menu->addAction(tr("Mark as resolved (stage)"), this, &ChangesPane::stageSelected);
        menu->popup(m_tree->viewport()->mapToGlobal(at));
        return;
    }
    menu->addAction(tr("Open changes"), this, &ChangesPane::openSelected);
    menu->addAction(tr("Open file"), this, &ChangesPane::openFile);
    menu->addSeparator();
    if (section == Section::Staged) {
        menu->addAction(tr("Unstage"), this, &ChangesPane::unstageSelected);
    } else {
        menu->addAction(section == Section::Conflicts ? tr("Mark as resolved (stage)") : tr("Stage"), this,
                        &ChangesPane::stageSelected);
        if (section == Section::Changes)
            menu->addAction(tr("Discard…"), this, &ChangesPane::discardSelected);
    }
    menu->popup(m_tree->viewport()->mapToGlobal(at));
}

bool ChangesPane::eventFilter(QObject* object, QEvent* event) {
    if (event->type() != QEvent::KeyPress)
        return Pane::eventFilter(object, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
    if (enter && key->modifiers() & Qt::ControlModifier) {
        commit();
        return true;
    }
    if (object == m_tree && key->modifiers() == Qt::NoModifier) {
        switch (key->key()) {
        case Qt::Key_Space:
            m_tree->currentIndex().isValid() && m_model.section(m_tree->currentIndex()) == Section::Staged
                ? unstageSelected()
                : stageSelected();
            return true;
        case Qt::Key_S: stageSelected(); return true;
        case Qt::Key_U: unstageSelected(); return true;
        case Qt::Key_Delete:
        case Qt::Key_Backspace: discardSelected(); return true;
        default: break;
        }
    }
    return Pane::eventFilter(object, event);
}

}  // namespace lathe::gitpane
