// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QList>
#include <QToolButton>
#include <QWidget>

class QVBoxLayout;

namespace lathe::app {

// One entry: a 20-px icon, a badge, an accent bar when its pane is in front.
class ActivityButton final : public QToolButton {
    Q_OBJECT
public:
    ActivityButton(const QString& icon, const QString& title, QWidget* parent = nullptr);
    void setBadge(int count);
    int badge() const { return m_badge; }
    void setCurrent(bool current);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_icon, m_title;
    int m_badge = 0;
    bool m_current = false;
};

// The 44-px column at the left. Up and Down move between entries.
class ActivityBar final : public QWidget {
    Q_OBJECT
public:
    explicit ActivityBar(QWidget* parent = nullptr);
    void addEntry(const QString& id, const QString& icon, const QString& title, int order);
    void setBadge(const QString& id, int count);
    void setCurrent(const QString& id);
    ActivityButton* bell() const { return m_bell; }
    ActivityButton* settings() const { return m_settings; }
    ActivityButton* entry(const QString& id) const;

Q_SIGNALS:
    void triggered(const QString& id);
    void bellClicked();
    void settingsClicked();

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Entry {
        QString id;
        int order;
        ActivityButton* button;
    };
    QList<Entry> m_entries;
    QVBoxLayout* m_column;
    ActivityButton *m_bell, *m_settings;
};

}  // namespace lathe::app
