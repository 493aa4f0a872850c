// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QKeySequence>
#include <QString>
#include <QWidget>

#include <functional>
#include <memory>

namespace lathe::app {

// What is about to go: one pane, or the whole window, which comes back as it was.
enum class Closing { Pane, Window };

enum class Region { SidePanel, Centre, BottomPanel, RightDock };

// A widget that the shell places: a side panel, a centre tab, a tab of the bottom panel, the right dock. The
// shell draws its header or tab from the properties below and owns it from the moment it was handed over. GUI
// thread only.
class Pane : public QWidget {
    Q_OBJECT
public:
    // `id`: of the registered pane, or for a document the id of its tab kind ("editor.file").
    explicit Pane(QString id, QWidget* parent = nullptr);
    ~Pane() override;

    const QString& id() const { return m_id; }

    // What the header or tab shows. Each emits headerChanged() when it changes something.
    void setTitle(const QString& title);
    void setIconName(const QString& name);  // of Theme::icon
    void setDirty(bool dirty);              // a dot in the tab
    void setPreview(bool preview);          // italic; the next preview tab of the same id replaces it
    void setHostTag(const QString& host);   // shown if it is not the workspace's host
    void setDetail(const QString& text);    // text.3 beside the title of a panel
    void setStale(const QString& text);     // "as of 13:04:10", warn, at the right; empty: fresh
    void setTabToolTip(const QString& text);
    void setCount(int count);  // small count beside the title of a bottom tab; 0: none
    const QString& title() const { return m_title; }
    const QString& iconName() const { return m_iconName; }
    bool dirty() const { return m_dirty; }
    bool preview() const { return m_preview; }
    const QString& hostTag() const { return m_hostTag; }
    const QString& detail() const { return m_detail; }
    const QString& stale() const { return m_stale; }
    const QString& tabToolTip() const { return m_tabToolTip; }
    int count() const { return m_count; }

    // Work under way: a 2-px bar under the header, and --grab waits for its end. Calls nest.
    void beginWork();
    void endWork();
    bool idle() const { return m_work == 0; }

    // Controls at the right of the header (28 high at most; icon buttons of app/widgets.h). Called once, when
    // the pane is placed; the shell takes it over. nullptr: none.
    virtual QWidget* createHeaderTools() { return nullptr; }

    // The session. A document's state must be enough for its kind's factory to make it again; an empty object
    // keeps it out of the session.
    virtual QJsonObject saveState() const { return {}; }
    virtual void restoreState(const QJsonObject& state) { Q_UNUSED(state); }

    // Asked before the pane goes. With unsaved work that would not come back: ask the user (a Sheet), return
    // false, and call requestClose() once the user has answered and nothing is unsaved any more.
    virtual bool canClose(Closing what) {
        Q_UNUSED(what);
        return true;
    }

    // The pane came to the front (by click, key or command); takes the keyboard where it makes sense.
    virtual void activate();

Q_SIGNALS:
    void headerChanged();
    void workChanged(bool idle);
    void requestClose();

private:
    QString m_id, m_title, m_iconName, m_hostTag, m_detail, m_stale, m_tabToolTip;
    bool m_dirty = false, m_preview = false;
    int m_count = 0, m_work = 0;
};

using PaneFactory = std::function<Pane*()>;
// Makes a document again from what saveState() gave.
using TabFactory = std::function<Pane*(const QJsonObject& state)>;

// A pane that exists at most once, made at its first show.
struct PaneSpec {
    QString id;     // "runs.table"
    QString title;  // translated: "Runs"
    QString icon;   // "runs"
    Region region = Region::SidePanel;
    int order = 100;  // within its region; the activity bar: Files 10, Search 20, Git 30, Hosts 40, Runs 50
    bool activityBar = false;     // an entry there; side panels always have one
    bool hidesSidePanel = false;  // a centre pane that needs the width (Runs)
    bool hidden = false;          // of the bottom panel: not in the tab row until first shown (Graph)
    PaneFactory factory;
    QKeySequence shortcut;  // of the command "pane.<id>" ("Show Files") that the shell makes of this
};

}  // namespace lathe::app
