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

constexpr int kLabelWidth = 112;
constexpr int kPlanDelayMs = 250;

QLabel* errorLabel() {
    auto* label = app::makeLabel({}, "error");
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->hide();
    return label;
}

void addField(QGridLayout* grid, const QString& name, QWidget* field, QLabel* error) {
    const int row = grid->rowCount();
    auto* label = app::makeLabel(name, "dim");
    label->setFixedWidth(kLabelWidth);
    label->setBuddy(field);
    field->setAccessibleName(name);
    grid->addWidget(label, row, 0);
    grid->addWidget(field, row, 1);
    if (error)
        grid->addWidget(error, row + 1, 1);
}

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
    setPreferredSize({1200, 826});
    m_mode->addSegment(tr("Command"), QStringLiteral("terminal"));
    m_mode->addSegment(tr("Recipe"), QStringLiteral("recipe"));
    header()->addSpacing(10);
    header()->addWidget(m_mode);
    header()->addStretch();
    auto* recent = new QPushButton(tr("Recent"));
    recent->setProperty("role", "quiet");
    header()->addWidget(recent);
    connect(recent, &QPushButton::clicked, this, &LaunchSheet::showRecentMenu);

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
                {Field::Name, m_nameError}};
    m_planTimer->setSingleShot(true);
    m_planTimer->setInterval(kPlanDelayMs);
    connect(m_planTimer, &QTimer::timeout, this, &LaunchSheet::askPlan);
    connect(m_mode, &app::Segmented::currentChanged, this, &LaunchSheet::chooseMode);
    connect(m_command, &QPlainTextEdit::textChanged, this, &LaunchSheet::refresh);
    for (auto* edit : {m_recipe, m_folder})
        connect(edit, &QLineEdit::textChanged, this, [this] {
            schedulePlan();
            refresh();
        });
    for (auto* edit : {m_name, m_tags})
        connect(edit, &QLineEdit::textChanged, this, &LaunchSheet::refresh);
    connect(m_parameters, &LaunchParameters::changed, this, [this] {
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

QWidget* LaunchSheet::makeWhat() {
    auto* widget = new QWidget;
    auto* layout = new QVBoxLayout(widget);
    layout->setContentsMargins(20, 16, 20, 16);
    layout->setSpacing(8);
    layout->addWidget(app::makeLabel(tr("What"), "section"));

    m_what = new QStackedWidget;
    m_what->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    auto* command = new QWidget;
    auto* commandLayout = new QVBoxLayout(command);
    commandLayout->setContentsMargins(0, 0, 0, 0);
    commandLayout->setSpacing(4);
    m_command = new QPlainTextEdit;
    m_command->setProperty("mono", true);
    m_command->setAccessibleName(tr("Command"));
    m_command->setPlaceholderText(QStringLiteral("python3 train.py --lr 6e-4"));
    m_command->setTabChangesFocus(true);
    m_command->setFixedHeight(58);
    m_commandError = errorLabel();
    commandLayout->addWidget(m_command);
    commandLayout->addWidget(m_commandError);
    m_what->addWidget(command);
    auto* recipe = new QWidget;
    auto* recipeLayout = new QVBoxLayout(recipe);
    recipeLayout->setContentsMargins(0, 0, 0, 0);
    recipeLayout->setSpacing(4);
    auto* recipeRow = new QHBoxLayout;
    m_recipe = new QLineEdit;
    m_recipe->setProperty("mono", true);
    m_recipe->setAccessibleName(tr("Recipe"));
    m_recipe->setPlaceholderText(QStringLiteral("recipes/gpt.yaml"));
    auto* choose = new QPushButton(tr("Choose…"));
    recipeRow->addWidget(m_recipe, 1);
    recipeRow->addWidget(choose);
    connect(choose, &QPushButton::clicked, this, &LaunchSheet::chooseRecipe);
    m_recipeFacts = app::makeLabel({}, "hint");
    m_recipeFacts->setWordWrap(true);
    m_recipeError = errorLabel();
    recipeLayout->addLayout(recipeRow);
    recipeLayout->addWidget(m_recipeError);
    recipeLayout->addWidget(m_recipeFacts);
    m_what->addWidget(recipe);
    layout->addWidget(m_what);

    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(4);
    m_folder = new QLineEdit;
    m_folder->setProperty("mono", true);
    m_folder->setPlaceholderText(tr("the workspace's folder"));
    m_hostTag = app::makeTag(tr("this computer"));
    auto* inside = new QHBoxLayout(m_folder);
    inside->setContentsMargins(0, 0, 6, 0);
    inside->addStretch();
    inside->addWidget(m_hostTag);
    m_folderError = errorLabel();
    addField(grid, tr("Working folder"), m_folder, m_folderError);
    layout->addLayout(grid);
    layout->addSpacing(8);

    m_parameters = new LaunchParameters;
    layout->addWidget(m_parameters, 1);

    layout->addSpacing(8);
    layout->addWidget(app::makeLabel(tr("Record"), "section"));
    auto* record = new QGridLayout;
    record->setHorizontalSpacing(12);
    record->setVerticalSpacing(4);
    m_experiment = new QComboBox;
    m_experiment->setEditable(true);
    m_experiment->lineEdit()->setPlaceholderText(tr("default"));
    m_experiment->setInsertPolicy(QComboBox::NoInsert);
    connect(m_experiment, &QComboBox::editTextChanged, this, &LaunchSheet::refresh);
    addField(record, tr("Experiment"), m_experiment, nullptr);
    m_name = new QLineEdit;
    m_name->setProperty("mono", true);
    m_name->setPlaceholderText(tr("a name of its own, like amber-otter-42"));
    m_nameError = errorLabel();
    addField(record, tr("Name"), m_name, m_nameError);
    m_tags = new QLineEdit;
    m_tags->setPlaceholderText(tr("separated by commas"));
    addField(record, tr("Tags"), m_tags, nullptr);
    layout->addLayout(record);
    layout->addStretch();
    return widget;
}

QWidget* LaunchSheet::makeWhere() {
    auto* widget = new QWidget;
    auto* layout = new QVBoxLayout(widget);
    layout->setContentsMargins(20, 16, 20, 16);
    layout->setSpacing(8);
    m_where = new HostCards(m_workbench);
    layout->addWidget(m_where);
    layout->addSpacing(8);
    m_how = new QStackedWidget;
    m_how->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);

    auto* command = new QWidget;
    auto* commandLayout = new QVBoxLayout(command);
    commandLayout->setContentsMargins(0, 0, 0, 0);
    commandLayout->setSpacing(8);
    auto* title = new QHBoxLayout;
    title->addWidget(app::makeLabel(tr("Ranks"), "section"));
    title->addWidget(app::makeLabel(tr("one process each, started as torchrun would"), "hint"));
    title->addStretch();
    commandLayout->addLayout(title);
    auto* card = new QFrame;
    card->setProperty("role", "card");
    auto* row = new QHBoxLayout(card);
    row->setContentsMargins(12, 10, 12, 10);
    auto* label = app::makeLabel(tr("Processes"), "dim");
    m_ranks = new QSpinBox;
    m_ranks->setRange(1, 1024);
    m_ranks->setAccessibleName(tr("Processes"));
    m_ranks->setFixedWidth(90);
    label->setBuddy(m_ranks);
    row->addWidget(label);
    row->addWidget(m_ranks);
    row->addStretch();
    commandLayout->addWidget(card);
    m_how->addWidget(command);

    auto* recipe = new QWidget;
    auto* recipeLayout = new QVBoxLayout(recipe);
    recipeLayout->setContentsMargins(0, 0, 0, 0);
    recipeLayout->setSpacing(8);
    auto* planTitle = new QHBoxLayout;
    planTitle->addWidget(app::makeLabel(tr("Plan"), "section"));
    m_planText = app::makeLabel({}, "hint");
    planTitle->addWidget(m_planText);
    planTitle->addStretch();
    recipeLayout->addLayout(planTitle);
    auto* planCard = new QFrame;
    planCard->setProperty("role", "card");
    auto* planLayout = new QVBoxLayout(planCard);
    planLayout->setContentsMargins(12, 10, 12, 10);
    m_memory = new MemoryBar;
    planLayout->addWidget(m_memory);
    recipeLayout->addWidget(planCard);
    m_how->addWidget(recipe);
    layout->addWidget(m_how);

    layout->addSpacing(8);
    layout->addWidget(app::makeLabel(tr("When"), "section"));
    layout->addWidget(app::makeLabel(tr("Now. The run is recorded with its code, survives this window and "
                                        "the connection, and is listed in Runs."),
                                     "dim"));
    qobject_cast<QLabel*>(layout->itemAt(layout->count() - 1)->widget())->setWordWrap(true);
    layout->addStretch();
    return widget;
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
    m_parameters->setVisible(mode == 1);
    schedulePlan();
    refresh();
}

void LaunchSheet::setForm(const LaunchForm& form) {
    m_filling = true;
    m_mode->setCurrent(static_cast<int>(form.mode));
    m_command->setPlainText(form.command);
    m_recipe->setText(form.recipe);
    m_folder->setText(form.folder);
    m_experiment->setEditText(form.experiment);
    m_name->setText(form.name);
    m_tags->setText(form.tags.join(QStringLiteral(", ")));
    m_ranks->setValue(form.ranks);
    m_parameters->setOverrides(form.overrides);
    m_where->setHost(form.host);
    m_filling = false;
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
    form.overrides = m_parameters->overrides();
    return form;
}

void LaunchSheet::focusFirst() {
    if (m_mode->current() == 1)
        m_recipe->setFocus();
    else
        m_command->setFocus();
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
    m_sentence->setText(form().sentence(m_plan));
    showErrors(false);
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
    if (m_mode->current() == 1 && !m_filling)
        m_planTimer->start();
}

void LaunchSheet::askPlan() {
    const auto form = this->form();
    if (form.mode != LaunchForm::Mode::Recipe || form.recipe.isEmpty() || !m_where->connected())
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
            if (turn != m_planTurn)
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
        m_memory->setPlan(Json::object());
        if (!m_parameters->showError(toQString(error.on), text)) {
            m_recipeError->setText(
                (error.on.empty() ? QString() : toQString(error.on) + QStringLiteral(": ")) + text);
            m_recipeError->show();
        }
        m_recipeFacts->clear();
    } else {
        m_plan = std::move(*plan);
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
    }
    m_sentence->setText(form().sentence(m_plan));
    Q_EMIT planChanged();
}

bool LaunchSheet::start() {
    const auto form = this->form();
    const auto problems = form.problems();
    if (!problems.isEmpty()) {
        showErrors(true);
        switch (problems.first().field) {
        case Field::Folder: m_folder->setFocus(); break;
        case Field::Name: m_name->setFocus(); break;
        default: focusFirst();
        }
        return false;
    }
    m_workbench.setSessionValue(sessionKey(), form.toJson());
    auto& bridge = m_workbench.engine();
    auto& workbench = m_workbench;
    bridge
        .async([&bridge, request = form.request()](Engine& engine,
                                                   std::stop_token stop) -> Result<record::RunSpec> {
            LATHE_TRY_ASSIGN(auto host, bridge.connectedHost(engine, request.host, stop));
            return engine.launcher().start(request);
        })
        .then(&bridge, [&workbench, form](Result<record::RunSpec> spec) {
            workbench.engine().refreshRuns();
            app::Notification note;
            if (!spec) {
                note.level = app::NoteLevel::Error;
                note.title = tr("The run did not start: %1").arg(toQString(spec.error().what));
                note.text = QStringList{toQString(spec.error().on), toQString(spec.error().hint)}
                                .join(QLatin1Char('\n'))
                                .trimmed();
                note.action = tr("Edit…");
                note.run = [&workbench] { workbench.commands().execute(app::ids::kRunLaunch); };
            } else {
                const auto id = toQString(spec->id);
                note.level = app::NoteLevel::Success;
                note.title = tr("%1 started").arg(toQString(spec->name));
                note.text = form.host == QLatin1String("local") ? QString() : tr("on %1").arg(form.host);
                note.action = tr("Show");
                note.runId = id;
                note.run = [&workbench, id] {
                    workbench.commands().execute(app::ids::kRunOpen, {{QStringLiteral("run"), id}});
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
