// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/json.h"

#include <QList>
#include <QMap>
#include <QWidget>

class QCheckBox;
class QLabel;
class QLineEdit;
class QVBoxLayout;

namespace lathe::runs {

// The parameters of a recipe, or of a command's script and configuration, a row each: tick = override, name,
// value, "as in file" or what it was. Typing a value ticks its row; unticking gives the file's value back.
class LaunchParameters : public QWidget {
    Q_OBJECT
public:
    explicit LaunchParameters(QWidget* parent = nullptr);

    // `file`: values as the recipe has them without overrides. Rows keep their overrides.
    // `found`: how many and where, said beside the title.
    void setFileValues(const Json& file, const QString& found = {});
    void setOverrides(const QMap<QString, QString>& overrides);
    // These and no others are ticked; one without a row gets one.
    void setExactly(const QMap<QString, QString>& overrides);
    bool knows(const QString& name) const;
    QMap<QString, QString> overrides() const;
    // Beside the row of that name, or of the row a message names; false: there is no such row.
    bool showError(const QString& name, const QString& text);
    void clearErrors();
    int count() const { return static_cast<int>(m_rows.size()); }

Q_SIGNALS:
    void changed();

private:
    struct Row {
        QString name, fileValue;
        QWidget* widget;
        QCheckBox* tick;
        QLineEdit* value;
        QLabel* hint;
    };
    Row* find(const QString& name);
    void addRow(const QString& name, const QString& fileValue);
    void refreshRow(Row& row);
    void applyFilter();

    QList<Row> m_rows;
    QMap<QString, QString> m_wanted;  // overrides of rows that are not there yet
    QLabel* m_count;
    QCheckBox* m_changedOnly;
    QLineEdit* m_filter;
    QVBoxLayout* m_list;
};

}  // namespace lathe::runs
