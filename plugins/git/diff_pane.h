// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pane.h"
#include "git_session.h"
#include "hunk_view.h"

#include <QPointer>

#include <vector>

class QCheckBox;
class QLabel;
class QScrollArea;
class QScrollBar;
class QStackedWidget;
class QVBoxLayout;

namespace lathe::app {
class EmptyState;
class ErrorState;
} // namespace lathe::app

namespace lathe::gitpane {

// A centre tab: the changes of one file, staged and not, with the means to move hunks and lines between the two; or the
// changes of a commit, to read.
class DiffPane final : public app::Pane {
    Q_OBJECT
public:
    struct Subject {
        std::string path;   // of a file in the working folder
        std::string commit; // or a commit's id
        QString title;
        bool operator==(const Subject& other) const { return path == other.path && commit == other.commit; }
    };

    DiffPane(GitSession& session, Subject subject);

    const Subject& subject() const { return m_subject; }
    QJsonObject saveState() const override;
    void activate() override;

    void moveHunk(int by);
    void stageCurrent();
    void unstageCurrent();
    void discardCurrent();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Part {
        QString title;
        HunkUse use = HunkUse::Read;
        std::vector<git::FileDiff> files;
    };
    void reload();
    void show(std::vector<Part> parts);
    void addFile(const git::FileDiff& file, HunkUse use);
    void connectHunk(HunkView* view, const std::string& path);
    void setCurrent(int index);
    HunkView* current() const;
    void refreshScroll();

    GitSession& m_session;
    Subject m_subject;
    QStackedWidget* m_stack;
    QLabel *m_name, *m_added, *m_removed, *m_summary, *m_leftTitle, *m_rightTitle;
    QCheckBox* m_whitespace;
    QScrollArea* m_area;
    QScrollBar* m_scrollX;
    QVBoxLayout* m_column = nullptr;
    app::EmptyState* m_empty;
    app::ErrorState* m_failed;
    std::vector<HunkView*> m_hunks;
    std::vector<std::string> m_hunkPaths;
    int m_current = -1;
    bool m_reading = false, m_again = false;
};

} // namespace lathe::gitpane
