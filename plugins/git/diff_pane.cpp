// SPDX-License-Identifier: GPL-3.0-or-later
#include "diff_pane.h"

#include "app/sheet.h"
#include "app/theme.h"
#include "app/widgets.h"
#include "core/paths.h"
#include "core/text.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace lathe::gitpane {
namespace {

enum Page { PageDiff, PageEmpty, PageFailed };
constexpr std::size_t kMaxCommitFiles = 100;  // files of one commit that are laid out

QString shown(const std::string& bytes) {
    return app::toQString(escapedForDisplay(bytes));
}

}  // namespace

DiffPane::DiffPane(GitSession& session, Subject subject)
    : Pane(QStringLiteral("git.diff")), m_session(session), m_subject(std::move(subject)) {
    const bool ofCommit = !m_subject.commit.empty();
    setTitle(ofCommit ? m_subject.title : tr("%1: changes").arg(shown(fileName(m_subject.path))));
    setIconName(ofCommit ? QStringLiteral("commit") : QStringLiteral("git"));
    setTabToolTip(ofCommit ? app::toQString(m_subject.commit) : shown(m_subject.path));

    auto* bar = new QWidget;
    bar->setFixedHeight(40);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 0, 12, 0);
    row->setSpacing(8);
    m_name = app::makeLabel(ofCommit ? app::toQString(m_subject.commit.substr(0, 7)) : shown(m_subject.path),
                            "mono");
    m_added = app::makeLabel({}, "success");
    m_removed = app::makeLabel({}, "error");
    m_summary = app::makeLabel({}, "hint");
    row->addWidget(m_name);
    row->addWidget(m_added);
    row->addWidget(m_removed);
    row->addWidget(m_summary);
    row->addStretch();
    m_whitespace = new QCheckBox(tr("Ignore whitespace"));
    m_whitespace->setToolTip(tr("Hide changes of white space alone; hunks can then only be read"));
    row->addWidget(m_whitespace);
    auto* up = new app::IconButton(QStringLiteral("up"), tr("Previous hunk (Alt+Up)"));
    auto* down = new app::IconButton(QStringLiteral("down"), tr("Next hunk (Alt+Down)"));
    connect(up, &QToolButton::clicked, this, [this] { moveHunk(-1); });
    connect(down, &QToolButton::clicked, this, [this] { moveHunk(1); });
    row->addWidget(up);
    row->addWidget(down);

    auto* sides = new QWidget;
    sides->setFixedHeight(26);
    auto* sideRow = new QHBoxLayout(sides);
    sideRow->setContentsMargins(12, 0, 12, 0);
    m_leftTitle = app::makeLabel(ofCommit ? tr("Before") : tr("Last commit"), "hint");
    m_rightTitle = app::makeLabel(ofCommit ? tr("This commit") : tr("Working folder"), "hint");
    sideRow->addWidget(m_leftTitle, 1);
    sideRow->addWidget(m_rightTitle, 1);

    m_area = new QScrollArea;
    m_area->setWidgetResizable(true);
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_area->setFocusPolicy(Qt::StrongFocus);
    m_area->setAccessibleName(tr("Changes, side by side"));
    m_scrollX = new QScrollBar(Qt::Horizontal);
    connect(m_scrollX, &QScrollBar::valueChanged, this, [this](int value) {
        for (HunkView* view : m_hunks)
            view->lines()->setScrollX(value);
    });

    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(bar);
    column->addWidget(app::makeRule(Qt::Horizontal));
    column->addWidget(sides);
    column->addWidget(app::makeRule(Qt::Horizontal));
    column->addWidget(m_area, 1);
    column->addWidget(m_scrollX);

    m_empty = new app::EmptyState(tr("This file has no changes."));
    m_failed = new app::ErrorState;
    m_failed->setRetry([this] { reload(); });
    m_stack = new QStackedWidget;
    m_stack->addWidget(page);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_failed);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_stack);

    connect(m_whitespace, &QCheckBox::toggled, this, &DiffPane::reload);
    connect(&m_session, &GitSession::contentChanged, this, [this] {
        if (m_subject.commit.empty() || m_hunks.empty())
            reload();
    });
    reload();
}

QJsonObject DiffPane::saveState() const {
    if (!m_subject.commit.empty())
        return {{QStringLiteral("commit"), app::toQString(m_subject.commit)},
                {QStringLiteral("title"), m_subject.title}};
    return {{QStringLiteral("path64"),
             QString::fromLatin1(QByteArray::fromStdString(m_subject.path).toBase64())}};
}

void DiffPane::activate() {
    m_area->setFocus();
}

void DiffPane::reload() {
    if (m_reading) {
        m_again = true;
        return;
    }
    m_reading = true;
    beginWork();
    git::DiffOptions options;
    options.ignoreWhitespace = m_whitespace->isChecked();
    m_session.read(
        this,
        [subject = m_subject, options](git::Repository& repository) -> Result<std::vector<Part>> {
            std::vector<Part> parts;
            const HunkUse useOfNew = options.ignoreWhitespace ? HunkUse::Read : HunkUse::Stage;
            if (!subject.commit.empty()) {
                LATHE_TRY_ASSIGN(auto files, repository.commitFiles(subject.commit, {}, options));
                Part part{{}, HunkUse::Read, {}};
                for (std::size_t i = 0; i < files.size() && i < kMaxCommitFiles; ++i) {
                    LATHE_TRY_ASSIGN(auto whole,
                                     repository.commitFiles(subject.commit, files[i].path, options));
                    part.files.insert(part.files.end(), whole.begin(), whole.end());
                }
                parts.push_back(std::move(part));
                return parts;
            }
            for (const auto& [side, title, use] :
                 {std::tuple{git::DiffSide::Unstaged, tr("Not staged"), useOfNew},
                  std::tuple{git::DiffSide::Staged, tr("Staged"),
                             options.ignoreWhitespace ? HunkUse::Read : HunkUse::Unstage}}) {
                auto diff = repository.diff(subject.path, side, options);
                if (diff)
                    parts.push_back({title, use, {std::move(*diff)}});
                else if (diff.error().code != ErrorCode::NotFound)
                    return std::unexpected(diff.error());
            }
            return parts;
        },
        [this](Result<std::vector<Part>> parts) {
            m_reading = false;
            endWork();
            if (parts) {
                show(std::move(*parts));
            } else if (m_session.state() == GitSession::State::Loading) {
                return;  // contentChanged comes when the repository is open
            } else {
                m_failed->setError(app::toQString(parts.error().what), app::toQString(parts.error().on),
                                   app::toQString(parts.error().hint));
                m_stack->setCurrentIndex(PageFailed);
            }
            if (std::exchange(m_again, false))
                reload();
        });
}

void DiffPane::show(std::vector<Part> parts) {
    const int keepY = m_area->verticalScrollBar()->value();
    const int keepCurrent = m_current;
    m_hunks.clear();
    m_hunkPaths.clear();
    m_current = -1;
    if (parts.empty() || (parts.size() == 1 && parts[0].files.empty())) {
        m_empty->setSentence(m_subject.commit.empty() ? tr("%1 has no changes.").arg(shown(m_subject.path))
                                                      : tr("This commit changes no file."));
        m_stack->setCurrentIndex(PageEmpty);
        return;
    }
    auto* content = new QWidget;
    content->setProperty("surface", "content");
    content->setAttribute(Qt::WA_StyledBackground);
    m_column = new QVBoxLayout(content);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(0);
    std::size_t added = 0, removed = 0, files = 0;
    for (const Part& part : parts) {
        if (parts.size() > 1 || part.use == HunkUse::Unstage) {
            auto* title = app::makeLabel(part.title, "section");
            title->setContentsMargins(12, 10, 12, 6);
            m_column->addWidget(title);
        }
        for (const git::FileDiff& file : part.files) {
            ++files;
            added += file.added;
            removed += file.removed;
            if (!m_subject.commit.empty()) {
                auto* name = app::makeLabel(shown(file.path), "section");
                name->setContentsMargins(12, 10, 12, 6);
                m_column->addWidget(name);
            }
            addFile(file, part.use);
        }
    }
    m_column->addStretch();
    m_area->setWidget(content);
    m_added->setText(QStringLiteral("+%1").arg(added));
    m_removed->setText(QStringLiteral("−%1").arg(removed));
    m_summary->setText(m_subject.commit.empty() ? tr("%n hunks", nullptr, static_cast<int>(m_hunks.size()))
                                                : tr("%n files", nullptr, static_cast<int>(files)));
    m_stack->setCurrentIndex(PageDiff);
    if (!m_hunks.empty())
        setCurrent(std::clamp(keepCurrent, 0, static_cast<int>(m_hunks.size()) - 1));
    refreshScroll();
    m_area->verticalScrollBar()->setValue(keepY);
}

void DiffPane::addFile(const git::FileDiff& file, HunkUse use) {
    if (file.binary || file.tooLarge || file.hunks.empty()) {
        const QString why =
            file.binary     ? tr("Binary file: its bytes differ.")
            : file.tooLarge ? tr("Too large to show side by side.")
            : file.oldMode != file.newMode && file.change == git::Change::Modified
                ? tr("Only the mode changed: %1 to %2.").arg(file.oldMode, 0, 8).arg(file.newMode, 0, 8)
                : tr("No line differs.");
        auto* label = app::makeLabel(why, "dim");
        label->setContentsMargins(12, 8, 12, 8);
        m_column->addWidget(label);
        return;
    }
    for (const git::Hunk& hunk : file.hunks) {
        auto* view = new HunkView(hunk, use);
        connectHunk(view, file.path);
        m_hunks.push_back(view);
        m_hunkPaths.push_back(file.path);
        m_column->addWidget(view);
    }
}

void DiffPane::connectHunk(HunkView* view, const std::string& path) {
    connect(view, &HunkView::staged, this, [this, view, path] {
        view->use() == HunkUse::Stage ? m_session.stageHunk(path, view->hunk())
                                      : m_session.unstageHunk(path, view->hunk());
    });
    connect(view, &HunkView::picked, this, [this, view, path](const std::vector<std::size_t>& positions) {
        const bool stage = view->use() == HunkUse::Stage;
        const git::Hunk part = git::selectLines(view->hunk(), positions,
                                                stage ? git::HunkTarget::Forward : git::HunkTarget::Backward);
        stage ? m_session.stageHunk(path, part) : m_session.unstageHunk(path, part);
    });
    connect(view, &HunkView::discarded, this, [this, hunk = view->hunk(), path] {
        app::Sheet::ask(this, tr("Discard this hunk?"),
                        tr("%1 gets its staged lines back here. This cannot be undone.").arg(shown(path)),
                        {tr("Keep"), tr("Discard hunk")}, [this, hunk, path](int answer) {
                            if (answer == 1)
                                m_session.discardHunk(path, hunk);
                        });
    });
}

HunkView* DiffPane::current() const {
    return m_current >= 0 && m_current < static_cast<int>(m_hunks.size())
               ? m_hunks[static_cast<std::size_t>(m_current)]
               : nullptr;
}

void DiffPane::setCurrent(int index) {
    if (HunkView* old = current())
        old->setCurrent(false);
    m_current = index;
    if (HunkView* view = current())
        view->setCurrent(true);
}

void DiffPane::moveHunk(int by) {
    if (m_hunks.empty())
        return;
    setCurrent(std::clamp(m_current + by, 0, static_cast<int>(m_hunks.size()) - 1));
    m_area->verticalScrollBar()->setValue(current()->y());
}

void DiffPane::stageCurrent() {
    if (HunkView* view = current(); view && view->use() == HunkUse::Stage)
        Q_EMIT view->staged();
}

void DiffPane::unstageCurrent() {
    if (HunkView* view = current(); view && view->use() == HunkUse::Unstage)
        Q_EMIT view->staged();
}

void DiffPane::discardCurrent() {
    if (HunkView* view = current(); view && view->use() == HunkUse::Stage)
        Q_EMIT view->discarded();
}

void DiffPane::keyPressEvent(QKeyEvent* event) {
    if (event->modifiers() == Qt::AltModifier &&
        (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)) {
        moveHunk(event->key() == Qt::Key_Up ? -1 : 1);
        return;
    }
    if (event->modifiers() == Qt::NoModifier) {
        switch (event->key()) {
        case Qt::Key_S: stageCurrent(); return;
        case Qt::Key_U: unstageCurrent(); return;
        case Qt::Key_Delete: discardCurrent(); return;
        case Qt::Key_Left: m_scrollX->triggerAction(QScrollBar::SliderSingleStepSub); return;
        case Qt::Key_Right: m_scrollX->triggerAction(QScrollBar::SliderSingleStepAdd); return;
        default: break;
        }
    }
    Pane::keyPressEvent(event);
}

void DiffPane::refreshScroll() {
    int widest = 0;
    for (HunkView* view : m_hunks)
        widest = std::max(widest, view->lines()->contentWidth());
    const int room = m_area->viewport()->width() / 2 - HunkLines::gutterWidth();
    m_scrollX->setRange(0, std::max(0, widest - room));
    m_scrollX->setPageStep(std::max(1, room));
    m_scrollX->setSingleStep(24);
    m_scrollX->setVisible(widest > room);
}

void DiffPane::resizeEvent(QResizeEvent* event) {
    Pane::resizeEvent(event);
    refreshScroll();
}

}  // namespace lathe::gitpane
