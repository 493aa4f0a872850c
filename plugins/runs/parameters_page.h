// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runs_model.h"

#include <QAbstractTableModel>
#include <QWidget>

class QCheckBox;
class QLabel;
class QTableView;

namespace lathe::runs {

// Parameters of several runs side by side, a row per name. With "only differences", rows are kept whose
// values are not the same in every run; a parameter that a run lacks differs from any value. GUI thread only.
class ParametersModel : public QAbstractTableModel {
    Q_OBJECT
public:
    explicit ParametersModel(app::RunPalette& palette, QObject* parent = nullptr);

    // `baseline`: the id of one of the runs, against which equal values are dimmed; empty: the last of them.
    void setRuns(const std::vector<RunPtr>& runs, const QString& baseline);
    void setOnlyDifferences(bool on);
    bool onlyDifferences() const { return m_only; }
    int differences() const { return m_differences; }  // rows that differ
    int total() const { return static_cast<int>(m_all.size()); }
    bool equalsBaseline(int row, int column) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row {
        QString name;
        QStringList values;  // one per run; null: the run does not have it
        bool differs = false;
    };
    const Row& rowAt(int row) const {
        return m_all[static_cast<std::size_t>(m_shown[static_cast<std::size_t>(row)])];
    }
    void choose();

    app::RunPalette& m_palette;
    std::vector<RunPtr> m_runs;
    std::vector<Row> m_all;
    std::vector<int> m_shown;
    int m_baseline = -1;  // index into m_runs
    bool m_only = true;
    int m_differences = 0;
};

class ParametersPage : public QWidget {
    Q_OBJECT
public:
    explicit ParametersPage(app::RunPalette& palette, QWidget* parent = nullptr);
    void setRuns(const std::vector<RunPtr>& runs, const QString& baseline);
    ParametersModel& model() { return *m_model; }

Q_SIGNALS:
    void countChanged(int differences);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void layoutColumns();
    ParametersModel* m_model;
    QTableView* m_view;
    QCheckBox* m_only;
    QLabel* m_empty;
};

}  // namespace lathe::runs
