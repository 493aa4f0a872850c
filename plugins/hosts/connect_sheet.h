// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/engine_bridge.h"
#include "app/sheet.h"
#include "host_prompter.h"

class QFrame;
class QLabel;
class QLineEdit;
class QPushButton;
class QStringListModel;
class QVBoxLayout;

namespace lathe::app {
class Workbench;
}

namespace lathe::hosts {

class HostService;

// Connect to host: the name, then a checklist that fills in as the connection is made, with its questions in
// place. GUI thread only.
class ConnectSheet : public app::Sheet {
    Q_OBJECT
public:
    enum class Step { Reach, HostKey, SignIn, Agent };
    enum class Mark { Waiting, Busy, Done, Failed, Note };

    // `host`: to connect to at once; empty asks for it.
    ConnectSheet(app::Workbench& workbench, HostService& service, const QString& host, QWidget* over);
    ~ConnectSheet() override;

    QLineEdit* nameField() const { return m_name; }
    void connectNow();
    Mark mark(Step step) const { return m_rows[static_cast<int>(step)].mark; }
    QString errorText() const;
    bool busy() const { return m_busy; }

private:
    class Face;
    struct Row {
        QLabel *icon = nullptr, *text = nullptr, *detail = nullptr;
        Mark mark = Mark::Waiting;
    };
    void setMark(Step step, Mark mark, const QString& detail = {});
    void showStep(const QString& step);
    void askUnknownKey(const host::HostKeyQuestion& question,
                       std::function<void(host::HostKeyAnswer)> answer);
    void askSecret(const QString& prompt, bool echo, std::function<void(std::optional<std::string>)> answer);
    QVBoxLayout* newQuestion(const char* role);
    void clearQuestion();
    void finish(Result<QString> agent);  // what the agent step says
    void fail(const Error& error);
    void refreshButtons();
    void refreshNames();

    app::Workbench& m_workbench;
    HostService& m_service;
    Face* m_face;
    QLineEdit* m_name;
    QStringListModel* m_names;
    QLabel* m_known;
    QList<Row> m_rows;
    QFrame* m_question = nullptr;
    QVBoxLayout* m_questionPlace;
    QPushButton *m_connect, *m_cancel, *m_open;
    QString m_host;
    app::Task<QString> m_task;
    Step m_step = Step::Reach;
    bool m_busy = false, m_connected = false;
};

}  // namespace lathe::hosts
