// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QList>
#include <QPointer>
#include <QString>
#include <QWidget>

#include <functional>

class QLabel;
class QLineEdit;
class QListView;

namespace lathe::app {

// One row of the palette or of quick open.
struct QuickRow {
    QString title, detail, right;  // right: shortcut or category
    QString icon;
    QString reason;      // why it is disabled; empty: enabled
    QList<int> matches;  // characters of the title to emphasise
    std::function<void(bool otherGroup)> run;
};

// Rows for a text as typed, prefix and all.
using QuickProvider = std::function<QList<QuickRow>(const QString& text)>;

// The 640-px field with its list, top centre of the window; 12 rows. One serves palette and quick open: the
// first character of the text says what is looked for.
class QuickInput final : public QWidget {
    Q_OBJECT
public:
    explicit QuickInput(QWidget* window, QuickProvider provider);

    void open(const QString& text);
    void refresh();  // fresh names came in; keeps the choice
    void setHint(const QString& text);
    QStringList titles() const;
    QLineEdit* edit() const { return m_edit; }
    // The row as Enter would take it.
    void accept(bool otherGroup);

protected:
    bool eventFilter(QObject* object, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void fill(const QString& text);
    void place();
    void close();
    void move(int rows);

    class Model;
    QuickProvider m_provider;
    QLineEdit* m_edit;
    QListView* m_list;
    QLabel* m_empty;
    Model* m_model;
    QPointer<QWidget> m_focusBefore;
};

}  // namespace lathe::app
