// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runs_model.h"

#include <QHash>
#include <QScrollArea>

class QBoxLayout;
class QGridLayout;
class QLabel;
class QTableWidget;

namespace lathe::runs {

// What one run was: how it stands, what was asked for, where it ran, and its metrics summed up. GUI thread
// only.
class OverviewPage : public QScrollArea {
    Q_OBJECT
public:
    explicit OverviewPage(QWidget* parent = nullptr);
    void setRun(const RunPtr& run);           // nullptr: none
    QString fact(const QString& name) const;  // as shown; for tests

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void setFact(const QString& name, const QString& text, bool mono = false);
    void setMetrics(const record::RunSummary& run);
    QBoxLayout* m_columns;
    QGridLayout* m_facts;
    QTableWidget* m_metrics;
    QLabel *m_empty, *m_problem;
    QHash<QString, QLabel*> m_labels, m_values;
};

}  // namespace lathe::runs
