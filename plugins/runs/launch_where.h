// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/json.h"

#include <QList>
#include <QWidget>

class QButtonGroup;
class QGridLayout;
class QLabel;
class QPushButton;

namespace lathe::app {
class ErrorState;
class Workbench;
}  // namespace lathe::app

namespace lathe::runs {

// Where to run: a card per host, and how the chosen one stands. Choosing a host that is not connected
// connects it, with the steps and any failure shown in place.
class HostCards : public QWidget {
    Q_OBJECT
public:
    explicit HostCards(app::Workbench& workbench, QWidget* parent = nullptr);

    const QString& host() const { return m_host; }
    void setHost(const QString& id);  // adds a card if there is none
    bool connected() const;

Q_SIGNALS:
    void hostChanged(const QString& id);
    void connectedChanged();

private:
    void load();
    void addCard(const QString& id);
    void refreshCard(const QString& id);
    void choose(const QString& id);
    void connectHost();

    app::Workbench& m_workbench;
    QButtonGroup* m_group;
    QGridLayout* m_grid;
    QStringList m_ids;
    QList<QPushButton*> m_cards;
    QLabel* m_progress;
    app::ErrorState* m_error;
    QString m_host = QStringLiteral("local");
    bool m_connecting = false;
};

// The memory plan of a recipe: one bar by part, and what each takes.
class MemoryBar : public QWidget {
    Q_OBJECT
public:
    explicit MemoryBar(QWidget* parent = nullptr);
    // `plan`: bytes by part, as `lathe-train plan` says under "memory".
    void setPlan(const Json& plan);
    bool hasPlan() const { return !m_parts.isEmpty(); }
    QSize sizeHint() const override { return {300, 66}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Part {
        QString name;
        double bytes;
    };
    QList<Part> m_parts;
    double m_total = 0;
};

}  // namespace lathe::runs
