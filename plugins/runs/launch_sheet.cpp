// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch_sheet.h"

#include "launch_parameters.h"
#include "launch_where.h"
#include "live_plots_pane.h"
#include "runs_model.h"

#include "app/command_ids.h"
#include "app/theme.h"
#include "app/widgets.h"
#include "app/workbench.h"
#include "core/paths.h"
#include "core/text.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>

namespace lathe::runs {
namespace {

using app::toQString;
using app::toStd;
using Field = LaunchForm::Field;

constexpr int kPlanDelayMs = 250;

QScrollArea* scrolling(QWidget* body) {
    auto* scroll = new QScrollArea;
    scroll->setWidget(body);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    body->setProperty("role", "scroll-body");
    return scroll;
}

}  // namespace

LaunchSheet::LaunchSheet(app::Workbench& workbench)
    : Sheet(workbench.window(), tr("Run")), m_workbench(workbench),
      m_mode(new app::Segmented(tr("What to run"))), m_planTimer(new QTimer(this)) {
    m_mode->addSegment(tr("Command"), QStringLiteral("terminal"));
    m_mode->addSegment(tr("Recipe"), QStringLiteral("recipe"));
    header()->addSpacing(10);
    header()->addWidget(m_mode);
    header()->addStretch();
    m_recent = new QPushButton(tr("Recent"));
    m_recent->setProperty("role", "quiet");
    header()->addWidget(m_recent);
    connect(m_recent, &QPushButton::clicked, this, &LaunchSheet::showRecentMenu);

    auto* body = new QWidget;
    auto* columns = new QHBoxLayout(body);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(0);
    columns->addWidget(scrolling(makeWhat()), 9);
    columns->addWidget(app::makeRule(Qt::Vertical));
    columns->addWidget(scrolling(makeWhere()), 11);
    setBodyWidget(body);

    m_sentence = app::makeLabel({}, "dim");
    m_sentence->setTextFormat(Qt::RichText);
    m_sentence->setWordWrap(true);
    auto* copy = new QPushButton(tr("Copy as command"));
    copy->setProperty("role", "quiet");
    auto* cancel = new QPushButton(tr("Cancel"));
    m_start = new QPushButton(app::theme().icon(QStringLiteral("play"), QStringLiteral("text.onAccent")),
                              tr("Start") + QStringLiteral("   Ctrl+Enter"));
    m_start->setProperty("role", "primary");
    m_start->setAccessibleName(tr("Start"));
    m_start->setAutoDefault(false);
    footer()->addWidget(m_sentence, 1);
    footer()->addWidget(copy);
    footer()->addWidget(cancel);
    footer()->addWidget(m_start);
    connect(copy, &QPushButton::clicked, this, &LaunchSheet::copyAsCommand);
    connect(cancel, &QPushButton::clicked, this, &LaunchSheet::dismiss);
    connect(m_start, &QPushButton::clicked, this, &LaunchSheet::start);
    for (const auto key : {Qt::Key_Return, Qt::Key_Enter})
        connect(new QShortcut(QKeySequence(Qt::CTRL | key), this, nullptr, nullptr,
                              Qt::WidgetWithChildrenShortcut),
                &QShortcut::activated, this, &LaunchSheet::start);

    m_errors = {{Field::Command, m_commandError},
                {Field::Recipe, m_recipeError},
                {Field::Folder, m_folderError},
                {Field::Variables, m_variablesError},
                {Field::Name, m_nameError}};
    m_planTimer->setSingleShot(true);
    m_planTimer->setInterval(kPlanDelayMs);
    connect(m_planTimer, &QTimer::timeout, this, &LaunchSheet::askPlan);
    connect(m_mode, &app::Segmented::currentChanged, this, &LaunchSheet::chooseMode);
    connect(m_command, &QPlainTextEdit::textChanged, this, [this] {
        takeCommand();
        schedulePlan();
        refresh();
    });
    for (auto* edit : {m_recipe, m_folder})
        connect(edit, &QLineEdit::textChanged, this, [this] {
            schedulePlan();
            refresh();
        });
    for (auto* edit : {m_name, m_tags, m_variables})
        connect(edit, &QLineEdit::textChanged, this, &LaunchSheet::refresh);
    connect(m_parameters, &LaunchParameters::changed, this, [this] {
        // In a command, a parameter is a flag: the text and the rows stay in step.
        if (m_mode->current() == 0) {
            QString command = m_command->toPlainText();
            const auto wanted = m_parameters->overrides();
            const auto there = commandFlags(command);
            for (auto it = there.begin(); it != there.end(); ++it)
                if (!wanted.contains(it.key()) && m_parameters->knows(it.key()))
                    command = withoutFlag(command, it.key());
            for (auto it = wanted.begin(); it != wanted.end(); ++it)
                if (there.value(it.key()) != it.value())
                    command = withFlag(command, it.key(), it.value());
            const bool filling = std::exchange(m_filling, true);
            m_command->setPlainText(command);
            m_command->moveCursor(QTextCursor::End);
            m_filling = filling;
        }
        schedulePlan();
        refresh();
    });
    connect(m_where, &HostCards::hostChanged, this, [this](const QString& id) {
        m_hostTag->setText(id == QLatin1String("local") ? tr("this computer") : id);
        schedulePlan();
        refresh();
    });
    connect(m_where, &HostCards::connectedChanged, this, &LaunchSheet::schedulePlan);
    connect(m_ranks, &QSpinBox::valueChanged, this, &LaunchSheet::refresh);
    chooseMode(0);
}

void LaunchSheet::chooseMode(int mode) {
    m_mode->setCurrent(mode);
    m_what->setCurrentIndex(mode);
    m_how->setCurrentIndex(mode);
    // A stack is as tall as its tallest page unless the others are left out of the sum.
    for (auto* stack : {m_what, m_how})
        for (int i = 0; i < stack->count(); ++i)
            stack->widget(i)->setSizePolicy(QSizePolicy::Preferred,
                                            i == mode ? QSizePolicy::Preferred : QSizePolicy::Ignored);
    // The rows are of a recipe or of a command, never of both.
    m_planKey.clear();
    m_foundKey.clear();
    m_parameters->setExactly({});
    m_parameters->setFileValues(Json::object());
    m_planProblem.clear();
    takeCommand();
    fitSize();
    schedulePlan();
    refresh();
}

// A command needs little room unless it has parameters; a recipe has many.
void LaunchSheet::fitSize() {
    const bool many = m_mode->current() == 1 || m_parameters->count() > 0;
    m_parameters->setVisible(many);
    setPreferredSize(many ? QSize(1200, 826) : QSize(1040, 460));
}

void LaunchSheet::takeCommand() {
    if (m_filling || m_mode->current() != 0)
        return;
    m_parameters->setExactly(commandFlags(m_command->toPlainText()));
    fitSize();
}

void LaunchSheet::setForm(const LaunchForm& form) {
    m_filling = true;
    m_mode->setCurrent(static_cast<int>(form.mode));
    m_command->setPlainText(form.command);
    m_command->moveCursor(QTextCursor::End);
    m_variables->setText(form.variables);
    m_recipe->setText(form.recipe);
    m_folder->setText(form.folder);
    m_experiment->setEditText(form.experiment);
    m_name->setText(form.name);
    m_tags->setText(form.tags.join(QStringLiteral(", ")));
    m_ranks->setValue(form.ranks);
    m_where->setHost(form.host);
    m_filling = false;
    chooseMode(static_cast<int>(form.mode));
    if (form.mode == LaunchForm::Mode::Recipe)
        m_parameters->setOverrides(form.overrides);
    schedulePlan();
    refresh();
    m_touched = false;
}

LaunchForm LaunchSheet::form() const {
    LaunchForm form;
    form.mode = static_cast<LaunchForm::Mode>(std::max(0, m_mode->current()));
    form.command = m_command->toPlainText().simplified();
    form.recipe = m_recipe->text().trimmed();
    form.folder = m_folder->text().trimmed();
    form.host = m_where->host();
    form.experiment = m_experiment->currentText().trimmed();
    form.name = m_name->text().trimmed();
    for (const auto& tag : m_tags->text().split(QLatin1Char(','), Qt::SkipEmptyParts))
        form.tags << tag.trimmed();
    form.ranks = m_ranks->value();
    form.variables = m_variables->text().trimmed();
    if (form.mode == LaunchForm::Mode::Recipe)
        form.overrides = m_parameters->overrides();
    return form;
}

void LaunchSheet::focusFirst() {
    if (m_mode->current() == 1)
        m_recipe->setFocus();
    else
        m_command->setFocus();
    m_command->moveCursor(QTextCursor::End);
}

QString LaunchSheet::sentence() const {
    return m_sentence->text();
}

QString LaunchSheet::errorOf(Field field) const {
    const auto* label = m_errors.value(field);
    return label && !label->isHidden() ? label->text() : QString();
}

void LaunchSheet::refresh() {
    if (m_filling)
        return;
    m_touched = true;
    refreshStart();
    showErrors(false);
}

void LaunchSheet::refreshStart() {
    const auto form = this->form();
    const bool blocked = form.mode == LaunchForm::Mode::Recipe && !m_planProblem.isEmpty();
    m_sentence->setText(blocked && form.problems().isEmpty()
                            ? tr("Cannot start yet: %1").arg(m_planProblem.toHtmlEscaped())
                            : form.sentence(m_plan));
    const auto runs = form.problems().isEmpty() ? form.variants().size() : 1;
    m_start->setText((runs > 1 ? tr("Start %1 runs").arg(runs) : tr("Start")) +
                     QStringLiteral("   Ctrl+Enter"));
    m_start->setEnabled(!blocked);
    m_start->setToolTip(blocked ? m_planProblem : QString());
}

void LaunchSheet::showErrors(bool all) {
    const auto problems = form().problems();
    for (auto it = m_errors.begin(); it != m_errors.end(); ++it) {
        if (it.key() == Field::Recipe && !it.value()->isHidden() && !all)
            continue;  // the plan's own error stays until the next plan
        QString text;
        for (const auto& problem : problems)
            if (problem.field == it.key())
                text = problem.text;
        // An empty field is no mistake while one is still writing.
        if (all || it.value()->text() != text) {
            const bool show = !text.isEmpty() && (all || !it.value()->isHidden());
            it.value()->setText(text);
            it.value()->setVisible(show);
        }
        if (text.isEmpty())
            it.value()->hide();
    }
}

void LaunchSheet::schedulePlan() {
    if (!m_filling)
        m_planTimer->start();
}

// The parameters that the command's script and configuration have, with what they are without the command.
void LaunchSheet::askFound() {
    const auto form = this->form();
    const auto script = scriptOf(form.command);
    const auto configs = configsOf(form.command);
    const auto key = (QStringList{form.host, form.folder, script} + configs).join(QLatin1Char('\n'));
    if (key == m_foundKey || !m_where->connected())
        return;
    m_foundKey = key;
    const int turn = ++m_foundTurn;
    struct Found {
        Json values = Json::object();
        QStringList files;
    };
    if (script.isEmpty() && configs.isEmpty()) {
        m_parameters->setFileValues(Json::object(), tr("of the command"));
        fitSize();
        return;
    }
    auto& bridge = m_workbench.engine();
    bridge
        .async([&bridge, host = toStd(form.host), folder = form.folder, script,
                configs](Engine& engine, std::stop_token stop) -> Result<Found> {
            constexpr std::size_t kMostBytes = std::size_t{1} << 20;
            Found found;
            LATHE_TRY_ASSIGN(auto machine, bridge.connectedHost(engine, host, stop, app::Prompting::Never));
            const auto absolute = [&](const QString& path, const QString& from) {
                return toStd(path.startsWith(QLatin1Char('/')) || from.isEmpty()
                                 ? path
                                 : from + QLatin1Char('/') + path);
            };
            const auto take = [&](const QString& path, const Json& values) {
                if (values.empty())
                    return;
                for (const auto& [name, value] : values.items())
                    if (!found.values.contains(name))
                        found.values[name] = value;
                found.files << path.section(QLatin1Char('/'), -1);
            };
            QStringList more;
            // What cannot be read has no parameters to show; starting says what is wrong with it.
            if (!script.isEmpty())
                if (const auto text = machine->read(absolute(script, folder), kMostBytes, stop)) {
                    take(script, argparseFlags(text->bytes));
                    const QString beside = script.contains(QLatin1Char('/'))
                                               ? script.section(QLatin1Char('/'), 0, -2) + QLatin1Char('/')
                                               : QString();
                    if (configs.isEmpty())
                        for (const auto& name : configsNamedIn(text->bytes))
                            more << (name.startsWith(QLatin1Char('/')) ? name : beside + name);
                }
            for (const auto& config : configs + more)
                if (const auto text = machine->read(absolute(config, folder), kMostBytes, stop))
                    take(config, flatConfig(text->bytes, config.endsWith(QLatin1String(".json"))));
            return found;
        })
        .then(this, [this, turn](Result<Found> found) {
            if (turn != m_foundTurn || m_mode->current() != 0 || !found)
                return;
            m_parameters->setFileValues(
                found->values, found->files.isEmpty() ? tr("of the command")
                                                      : tr("%1 found in %2")
                                                            .arg(found->values.size())
                                                            .arg(found->files.join(QStringLiteral(", "))));
            m_parameters->setExactly(commandFlags(m_command->toPlainText()));
            fitSize();
            Q_EMIT planChanged();
        });
}

void LaunchSheet::askPlan() {
    if (m_mode->current() == 0) {
        askFound();
        return;
    }
    const auto form = this->form().variants().first();
    if (form.recipe.isEmpty() || !m_where->connected())
        return;
    const auto key = form.recipe + QLatin1Char('\n') + form.folder + QLatin1Char('\n') + form.host;
    const int turn = ++m_planTurn;
    auto request = form.request();
    struct Answer {
        Result<launch::RecipePlan> file, plan;
    };
    const bool fileToo = key != m_planKey;
    m_planText->setText(tr("working it out…"));
    m_workbench.engine()
        .async([request, fileToo](Engine& engine, std::stop_token) -> Result<Answer> {
            Answer answer{fail(ErrorCode::Cancelled, ""), engine.launcher().plan(request)};
            if (fileToo) {
                auto bare = request;
                bare.set.clear();
                answer.file = request.set.empty() ? answer.plan : engine.launcher().plan(bare);
            }
            return answer;
        })
        .then(this, [this, key, fileToo, turn](Result<Answer> answer) {
            if (turn != m_planTurn || m_mode->current() != 1)
                return;
            if (!answer) {
                takePlan(std::unexpected(answer.error()));
                return;
            }
            if (fileToo && answer->file) {
                m_planKey = key;
                m_parameters->setFileValues(answer->file->params);
            }
            takePlan(std::move(answer->plan));
        });
}

void LaunchSheet::takePlan(Result<launch::RecipePlan> plan) {
    m_parameters->clearErrors();
    m_recipeError->hide();
    if (!plan) {
        m_plan.reset();
        const auto& error = plan.error();
        QString text = toQString(error.what);
        if (!error.hint.empty())
            text += QStringLiteral(" — ") + toQString(error.hint);
        m_planText->setText(tr("none yet"));
        m_planProblem = (error.on.empty() ? QString() : toQString(error.on) + QStringLiteral(": ")) +
                        toQString(error.what);
        m_planCard->hide();
        m_memory->setPlan(Json::object());
        if (!m_parameters->showError(toQString(error.on), text)) {
            m_recipeError->setText(
                (error.on.empty() ? QString() : toQString(error.on) + QStringLiteral(": ")) + text);
            m_recipeError->show();
        }
        m_recipeFacts->clear();
    } else {
        m_plan = std::move(*plan);
        m_planProblem.clear();
        QStringList facts;
        for (const auto* key : {"model.kind", "data.path", "optim.kind", "optim.schedule"})
            if (const auto value = getString(m_plan->params, key); !value.empty())
                facts << toQString(value);
        if (const auto count = getInt(m_plan->raw, "parameters"); count > 0)
            facts.insert(std::min<qsizetype>(1, facts.size()), tr("%1 parameters").arg(shortCount(count)));
        m_recipeFacts->setText(facts.join(QStringLiteral("  ·  ")));
        m_planText->setText(tr("%n ranks", nullptr, m_plan->ranks) + QStringLiteral(", ") +
                            tr("%1 steps").arg(toQString(groupedText(m_plan->steps))));
        if (const auto it = m_plan->raw.find("memory"); it != m_plan->raw.end())
            m_memory->setPlan(*it);
        m_planCard->setVisible(m_memory->hasPlan());
    }
    refreshStart();
    Q_EMIT planChanged();
}

bool LaunchSheet::start() {
    const auto form = this->form();
    const auto problems = form.problems();
    if (problems.isEmpty() && !m_start->isEnabled())
        return false;
    if (!problems.isEmpty()) {
        showErrors(true);
        switch (problems.first().field) {
        case Field::Folder: m_folder->setFocus(); break;
        case Field::Name: m_name->setFocus(); break;
        case Field::Variables: m_variables->setFocus(); break;
        default: focusFirst();
        }
        return false;
    }
    m_workbench.setSessionValue(sessionKey(), form.toJson());
    auto& bridge = m_workbench.engine();
    auto& workbench = m_workbench;
    std::vector<launch::RunRequest> requests;
    for (const auto& variant : form.variants())
        requests.push_back(variant.request());
    struct Started {
        std::vector<record::RunSpec> runs;
        std::optional<Error> failure;
    };
    bridge
        .async([&bridge, requests](Engine& engine, std::stop_token stop) -> Result<Started> {
            LATHE_TRY_ASSIGN(auto host, bridge.connectedHost(engine, requests.front().host, stop));
            Started started;
            for (const auto& request : requests) {
                auto run = engine.launcher().start(request);
                if (!run) {
                    started.failure = run.error();
                    break;
                }
                started.runs.push_back(std::move(*run));
            }
            return started;
        })
        .then(&bridge, [&workbench, form, asked = requests.size()](Result<Started> started) {
            workbench.engine().refreshRuns();
            const auto count = started ? started->runs.size() : 0;
            const auto failure = !started ? std::optional(started.error()) : started->failure;
            app::Notification note;
            if (failure) {
                note.level = app::NoteLevel::Error;
                note.title =
                    asked > 1
                        ? tr("%1 of %2 runs started: %3").arg(count).arg(asked).arg(toQString(failure->what))
                        : tr("The run did not start: %1").arg(toQString(failure->what));
                note.text = QStringList{toQString(failure->on), toQString(failure->hint)}
                                .join(QLatin1Char('\n'))
                                .trimmed();
                note.action = tr("Edit…");
                note.run = [&workbench] { workbench.commands().execute(app::ids::kRunLaunch); };
            } else {
                QStringList ids;
                for (const auto& spec : started->runs)
                    ids << toQString(spec.id);
                note.level = app::NoteLevel::Success;
                note.title = count == 1 ? tr("%1 started").arg(toQString(started->runs.front().name))
                                        : tr("%1 runs started").arg(count);
                note.text = form.host == QLatin1String("local") ? QString() : tr("on %1").arg(form.host);
                note.action = tr("Show");
                note.runId = ids.value(0);
                note.run = [&workbench, ids] {
                    workbench.commands().execute(app::ids::kRunOpen, {{QStringLiteral("runs"), ids}});
                };
            }
            workbench.notifications().notify(std::move(note));
        });
    m_workbench.showPane(QString::fromLatin1(LivePlotsPane::kId), false);
    dismiss();
    return true;
}

void LaunchSheet::copyAsCommand() {
    QApplication::clipboard()->setText(form().asCommand());
    m_workbench.statusBar().flash(tr("Copied"));
}

}  // namespace lathe::runs
