// SPDX-License-Identifier: GPL-3.0-or-later
#include "connect_sheet.h"

#include "app/command_ids.h"
#include "app/theme.h"
#include "app/widgets.h"
#include "app/workbench.h"
#include "core/text.h"
#include "host_service.h"

#include <QCompleter>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStringListModel>
#include <QVBoxLayout>

namespace lathe::hosts {

namespace {
QString shown(const std::string& text) {
    return app::toQString(escapedForDisplay(text));
}
}  // namespace

class ConnectSheet::Face : public PromptFace {
public:
    explicit Face(ConnectSheet* sheet) : PromptFace(sheet), m_sheet(sheet) {}
    void askUnknownKey(const host::HostKeyQuestion& question,
                       std::function<void(host::HostKeyAnswer)> answer) override {
        m_sheet->askUnknownKey(question, std::move(answer));
    }
    void askSecret(const QString& prompt, bool echo,
                   std::function<void(std::optional<std::string>)> answer) override {
        m_sheet->askSecret(prompt, echo, std::move(answer));
    }
    void showStep(const QString& step) override { m_sheet->showStep(step); }

private:
    ConnectSheet* m_sheet;
};

ConnectSheet::ConnectSheet(app::Workbench& workbench, HostService& service, const QString& host,
                           QWidget* over)
    : Sheet(over, tr("Connect to host")), m_workbench(workbench), m_service(service), m_face(new Face(this)),
      m_name(new QLineEdit), m_names(new QStringListModel(this)), m_known(app::makeLabel({}, "hint")),
      m_questionPlace(new QVBoxLayout), m_connect(new QPushButton(tr("Connect"))),
      m_cancel(new QPushButton(tr("Cancel"))), m_open(new QPushButton(tr("Open folder…"))) {
    setPreferredSize({620, 440});
    m_name->setPlaceholderText(tr("user@host:port, or a name of ~/.ssh/config"));
    m_name->setAccessibleName(tr("Host"));
    m_name->setText(host);
    auto* completer = new QCompleter(m_names, m_name);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    completer->setFilterMode(Qt::MatchContains);
    m_name->setCompleter(completer);
    body()->addWidget(m_name);
    // The names there are, to see and to click, before one types anything.
    m_known->setTextFormat(Qt::RichText);
    m_known->setWordWrap(true);
    m_known->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    connect(m_known, &QLabel::linkActivated, this, [this](const QString& name) {
        m_name->setText(name);
        connectNow();
    });
    body()->addWidget(m_known);
    connect(&service, &HostService::listChanged, this, &ConnectSheet::refreshNames);
    refreshNames();
    service.reloadConfigured();
    body()->addSpacing(8);
    for (const QString& text : {tr("Reach"), tr("Host key"), tr("Sign in"), tr("Agent")}) {
        Row row;
        row.icon = new QLabel;
        row.icon->setFixedSize(18, 18);
        row.text = app::makeLabel(text, "dim");
        row.text->setMinimumWidth(84);
        row.detail = app::makeLabel({}, "hint");
        row.detail->setWordWrap(true);
        row.detail->setTextInteractionFlags(Qt::TextSelectableByMouse);
        auto* line = new QHBoxLayout;
        line->setSpacing(8);
        line->addWidget(row.icon, 0, Qt::AlignTop);
        line->addWidget(row.text, 0, Qt::AlignTop);
        line->addWidget(row.detail, 1);
        body()->addLayout(line);
        m_rows << row;
    }
    body()->addSpacing(8);
    body()->addLayout(m_questionPlace);
    body()->addStretch();
    m_connect->setProperty("role", "primary");
    m_open->setProperty("role", "primary");
    footer()->addStretch();
    footer()->addWidget(m_cancel);
    footer()->addWidget(m_connect);
    footer()->addWidget(m_open);
    connect(m_cancel, &QPushButton::clicked, this, &Sheet::dismiss);
    connect(m_connect, &QPushButton::clicked, this, &ConnectSheet::connectNow);
    connect(m_name, &QLineEdit::returnPressed, this, &ConnectSheet::connectNow);
    connect(m_name, &QLineEdit::textChanged, this, &ConnectSheet::refreshButtons);
    connect(m_open, &QPushButton::clicked, this, [this] {
        const QString name = m_host;
        dismiss();
        m_workbench.commands().execute(QStringLiteral("host.openFolder"), {{"host", name}});
    });
    connect(this, &Sheet::dismissed, this, [this] { m_task.cancel(); });
    for (const Step step : {Step::Reach, Step::HostKey, Step::SignIn, Step::Agent})
        setMark(step, Mark::Waiting);
    refreshButtons();
    if (!host.isEmpty())
        QMetaObject::invokeMethod(this, &ConnectSheet::connectNow, Qt::QueuedConnection);
}

void ConnectSheet::refreshNames() {
    QStringList names = m_service.configured();
    for (const QString& id : m_service.hosts())
        if (id != QLatin1String("local") && !names.contains(id))
            names << id;
    m_names->setStringList(names);
    QStringList links;
    constexpr qsizetype most = 12;  // the rest is found by typing
    for (const QString& name : names.mid(0, most))
        links << QStringLiteral("<a href=\"%1\" style=\"color:%2\">%1</a>")
                     .arg(name.toHtmlEscaped(), app::theme().color(QStringLiteral("accent")).name());
    if (names.size() > most)
        links << tr("and %n more", nullptr, static_cast<int>(names.size() - most));
    m_known->setText(links.join(QStringLiteral(", ")));
    m_known->setVisible(!links.isEmpty());
}

ConnectSheet::~ConnectSheet() {
    m_task.cancel();
}

void ConnectSheet::refreshButtons() {
    m_connect->setVisible(!m_connected);
    m_connect->setEnabled(!m_busy && !m_name->text().trimmed().isEmpty());
    m_connect->setText(m_busy ? tr("Connecting…") : tr("Connect"));
    m_open->setVisible(m_connected);
    m_cancel->setText(m_connected ? tr("Close") : tr("Cancel"));
    m_name->setReadOnly(m_busy || m_connected);
}

void ConnectSheet::setMark(Step step, Mark mark, const QString& detail) {
    Row& row = m_rows[static_cast<int>(step)];
    row.mark = mark;
    const char* icon = "clock";
    const char* token = "text.3";
    QString word = tr("waiting");
    switch (mark) {
    case Mark::Waiting: break;
    case Mark::Busy: icon = "sync", token = "accent", word = tr("under way"); break;
    case Mark::Done: icon = "check", token = "success", word = tr("done"); break;
    case Mark::Failed: icon = "error", token = "error", word = tr("failed"); break;
    case Mark::Note: icon = "info", token = "text.2", word = tr("done, with a remark"); break;
    }
    row.icon->setPixmap(
        app::theme().pixmap(QLatin1String(icon), QLatin1String(token), 16, devicePixelRatioF()));
    row.icon->setAccessibleName(word);
    row.detail->setText(detail);
    row.detail->setProperty("role", mark == Mark::Failed ? "error" : "hint");
    row.detail->setStyle(row.detail->style());
}

void ConnectSheet::showStep(const QString& step) {
    static const QStringList names = {"reach", "host key", "sign in", "agent"};
    const int index = static_cast<int>(names.indexOf(step));
    if (index < 0)
        return;
    for (int i = 0; i < index; ++i)
        if (m_rows[i].mark != Mark::Done)
            setMark(static_cast<Step>(i), Mark::Done);
    m_step = static_cast<Step>(index);
    setMark(m_step, Mark::Busy);
}

void ConnectSheet::connectNow() {
    m_host = m_name->text().trimmed();
    if (m_busy || m_connected || m_host.isEmpty())
        return;
    clearQuestion();
    m_busy = true;
    m_step = Step::Reach;
    for (const Step step : {Step::HostKey, Step::SignIn, Step::Agent})
        setMark(step, Mark::Waiting);
    setMark(Step::Reach, Mark::Busy);
    refreshButtons();
    auto* bridge = &m_workbench.engine();
    // The face belongs to this thread; its prompts are made here and only used there.
    const host::Prompts prompts = promptsFor(m_face);
    m_task = bridge->async([bridge, prompts, name = app::toStd(m_host)](
                               Engine& engine, std::stop_token stop) -> Result<QString> {
        LATHE_TRY_ASSIGN(auto machine, engine.hosts().get(name));
        LATHE_TRY(machine->connect(prompts, stop));
        LATHE_TRY(bridge->connectedHost(engine, name, stop));  // so that the window follows its state
        prompts.progress("agent");
        if (const auto agent = machine->agent(); !agent)
            return app::toQString(agent.error().text());
        return QString();
    });
    m_task.then(this, [this](Result<QString> agent) { finish(std::move(agent)); });
}

void ConnectSheet::finish(Result<QString> agent) {
    m_busy = false;
    clearQuestion();
    if (!agent) {
        fail(agent.error());
        refreshButtons();
        return;
    }
    m_connected = true;
    for (const Step step : {Step::Reach, Step::HostKey, Step::SignIn})
        setMark(step, Mark::Done);
    if (agent->isEmpty())
        setMark(Step::Agent, Mark::Done, tr("Ready."));
    else
        setMark(Step::Agent, Mark::Note,
                tr("Files, terminal and runs work; live GPU numbers are slower. %1").arg(*agent));
    m_service.noteUsed(m_host);
    refreshButtons();
    m_open->setFocus();
}

void ConnectSheet::fail(const Error& error) {
    if (error.code == ErrorCode::Cancelled && isClosing())
        return;
    const bool changedKey = m_step == Step::HostKey && error.code == ErrorCode::Denied;
    setMark(m_step, Mark::Failed, shown(error.what));
    QVBoxLayout* place = newQuestion("banner-error");
    auto* text =
        new QLabel(changedKey ? tr("The host's key is not the one that is known. Somebody may be in between; "
                                   "there is no way on from here.")
                              : shown(error.text()));
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    place->addWidget(text);
    if (!error.hint.empty() && changedKey) {
        auto* hint = app::makeLabel(shown(error.hint), "mono");
        hint->setWordWrap(true);
        hint->setTextInteractionFlags(Qt::TextSelectableByMouse);
        place->addWidget(hint);
    }
    const std::string test = "ssh -v " + shellQuote(app::toStd(m_host));
    auto* command = app::makeLabel(tr("To test it by hand: %1").arg(shown(test)), "mono");
    command->setTextInteractionFlags(Qt::TextSelectableByMouse);
    place->addWidget(command);
    m_name->setReadOnly(false);
    m_name->setFocus();
}

QString ConnectSheet::errorText() const {
    for (const Row& row : m_rows)
        if (row.mark == Mark::Failed)
            return row.detail->text();
    return {};
}

QVBoxLayout* ConnectSheet::newQuestion(const char* role) {
    clearQuestion();
    m_question = new QFrame;
    m_question->setProperty("role", role);
    m_questionPlace->addWidget(m_question);
    auto* layout = new QVBoxLayout(m_question);
    layout->setContentsMargins(12, 10, 12, 10);
    layout->setSpacing(8);
    return layout;
}

void ConnectSheet::clearQuestion() {
    if (m_question)
        m_question->deleteLater();
    m_question = nullptr;
}

void ConnectSheet::askUnknownKey(const host::HostKeyQuestion& question,
                                 std::function<void(host::HostKeyAnswer)> answer) {
    QVBoxLayout* place = newQuestion("banner-warn");
    auto* text = new QLabel(tr("%1 is not known yet. Compare the fingerprint of its %2 key with what its "
                               "administrator says.")
                                .arg(shown(question.host), shown(question.keyType)));
    text->setWordWrap(true);
    place->addWidget(text);
    auto* fingerprint = app::makeLabel(shown(question.sha256), "mono");
    fingerprint->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    place->addWidget(fingerprint);
    auto* row = new QHBoxLayout;
    row->addStretch();
    const auto add = [&](const QString& label, host::HostKeyAnswer value) {
        auto* button = new QPushButton(label);
        connect(button, &QPushButton::clicked, this, [this, answer, value] {
            clearQuestion();
            answer(value);
        });
        row->addWidget(button);
        return button;
    };
    add(tr("Accept and save"), host::HostKeyAnswer::AcceptAndSave);
    add(tr("Accept once"), host::HostKeyAnswer::AcceptOnce);
    QPushButton* cancel = add(tr("Cancel"), host::HostKeyAnswer::Cancel);
    cancel->setDefault(true);
    cancel->setFocus();
    place->addLayout(row);
}

void ConnectSheet::askSecret(const QString& prompt, bool echo,
                             std::function<void(std::optional<std::string>)> answer) {
    QVBoxLayout* place = newQuestion("card");
    auto* text = new QLabel(prompt);
    text->setTextFormat(Qt::PlainText);
    text->setWordWrap(true);
    place->addWidget(text);
    auto* row = new QHBoxLayout;
    auto* edit = new QLineEdit;
    edit->setEchoMode(echo ? QLineEdit::Normal : QLineEdit::Password);
    edit->setAccessibleName(prompt);
    auto* send = new QPushButton(tr("Sign in"));
    row->addWidget(edit, 1);
    row->addWidget(send);
    place->addLayout(row);
    const auto give = [this, edit, answer] {
        const std::string secret = app::toStd(edit->text());
        edit->clear();
        clearQuestion();
        answer(secret);
    };
    connect(send, &QPushButton::clicked, this, give);
    connect(edit, &QLineEdit::returnPressed, this, give);
    edit->setFocus();
}

}  // namespace lathe::hosts
