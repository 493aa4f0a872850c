// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console_text.h"

#include <QWidget>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace lathe::app {
class EngineBridge;
class ErrorState;
}  // namespace lathe::app

namespace lathe::runs {

// What a run printed: its output.log, from its end, following while it grows. Only the last part of a large
// file is read, and the rest is said. GUI thread only; the file is read on a worker.
class ConsolePage : public QWidget {
    Q_OBJECT
public:
    explicit ConsolePage(app::EngineBridge& engine, QWidget* parent = nullptr);

    void setRun(const QString& id);  // empty: none
    void refresh();                  // the run may have printed more
    QString text() const;
    QString heading() const;
    bool idle() const { return !m_reading; }

protected:
    void showEvent(QShowEvent* event) override;

private:
    struct Chunk {
        std::string bytes;
        std::uint64_t from = 0, size = 0;
    };
    void read();
    void take(Chunk chunk);
    void find(bool backward);

    app::EngineBridge& m_engine;
    QPlainTextEdit* m_text;
    QLineEdit* m_search;
    QCheckBox* m_follow;
    QLabel* m_heading;
    app::ErrorState* m_error;
    QString m_run;
    std::uint64_t m_offset = 0, m_skipped = 0;
    bool m_reading = false, m_again = false, m_started = false;
    ConsoleParser m_parser;
};

}  // namespace lathe::runs
