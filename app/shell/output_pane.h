// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/notifications.h"
#include "app/pane.h"

class QComboBox;
class QPlainTextEdit;

namespace lathe::app {

// What the parts of Lathe say: one channel each, from a level on.
class OutputPane final : public Pane {
    Q_OBJECT
public:
    explicit OutputPane(OutputLog& log);
    QWidget* createHeaderTools() override;
    QJsonObject saveState() const override;
    void restoreState(const QJsonObject& state) override;
    QString shownText() const;

private:
    void append(const OutputLine& line);
    void refill();
    bool passes(const OutputLine& line) const;

    OutputLog& m_log;
    QComboBox *m_channel = nullptr, *m_level = nullptr;
    QPlainTextEdit* m_text;
    QString m_wantedChannel;
    int m_wantedLevel = 1;
};

}  // namespace lathe::app
