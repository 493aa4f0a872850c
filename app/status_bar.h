// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QWidget>

#include <functional>

namespace lathe::app {

enum class StatusSide { Left, Right };

// Which items go first when the window is narrow: the lowest number. Host and branch are never dropped.
enum StatusPriority {
    kDropEditor = 10,
    kDropEnvironment = 20,
    kDropSparkline = 30,
    kDropMemory = 40,
    kDropProblems = 50,
    kKeep = 1000
};

struct StatusItemSpec {
    QString id;  // "git.branch"
    StatusSide side = StatusSide::Left;
    int order = 100;  // left to right within its side
    int priority = kDropEnvironment;
    // A custom face (a sparkline, meters), taken over by the bar; nullptr: icon and text.
    QWidget* widget = nullptr;
    std::function<void()> clicked;
};

struct StatusText {
    QString text;
    QString detail;  // text.3 behind it
    QString icon;
    QString token = QStringLiteral("text.2");  // of the text
    QString iconToken = QStringLiteral("text.2");
    QString toolTip;      // the long form; also the accessible description
    bool strong = false;  // weight 500, text.1
};

// The 24-px bar at the bottom. GUI thread only.
class StatusBar : public QWidget {
    Q_OBJECT
public:
    explicit StatusBar(QWidget* parent = nullptr);
    ~StatusBar() override;

    void add(StatusItemSpec spec);
    void remove(const QString& id);
    // An empty text hides the item.
    void setText(const QString& id, const StatusText& text);
    void setItemVisible(const QString& id, bool visible);
    // A passing remark ("Saved"; why a command is disabled), for 4 s in place of the left items' end.
    void flash(const QString& text);
    QStringList visibleItems() const;  // as laid out now

protected:
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Item;
    void relayout();
    QList<Item*> m_items;
    QWidget* m_flash = nullptr;
};

}  // namespace lathe::app
