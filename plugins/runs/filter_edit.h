// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>
#include <QStandardItemModel>

#include <functional>

class QCompleter;
class QTimer;

namespace lathe::runs {

// What may stand at the cursor; positions are of the text, in characters.
struct FilterCompletion {
    struct Candidate {
        QString text, detail;
    };
    int from = 0, to = 0;
    QList<Candidate> candidates;
};

// The filter line: underlines what is wrong and completes what is being typed. Ctrl+Space asks for completion
// anywhere.
class FilterEdit : public QLineEdit {
    Q_OBJECT
public:
    // Told what is typed and where the cursor stands; answers when it can, on the GUI thread.
    using Source =
        std::function<void(const QString& text, int cursor, std::function<void(FilterCompletion)> answer)>;

    explicit FilterEdit(QWidget* parent = nullptr);
    void setCompletionSource(Source source);
    // The characters that are wrong; a length of 0 marks the place behind them. `at` < 0: nothing is.
    void setWrong(int at, int length);
    int wrongAt() const { return m_wrongAt; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void ask();
    void offer(const FilterCompletion& completion);
    void take(const QString& candidate);

    Source m_source;
    QTimer* m_settle;
    QCompleter* m_completer;
    QStandardItemModel* m_candidates;
    FilterCompletion m_completion;
    int m_wrongAt = -1, m_wrongLength = 0;
};

}  // namespace lathe::runs
