// SPDX-License-Identifier: GPL-3.0-or-later
// The fields of the Run… dialog: what at the left, where at the right.
#include "launch_parameters.h"
#include "launch_sheet.h"
#include "launch_where.h"

#include "app/widgets.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace lathe::runs {
namespace {

constexpr int kLabelWidth = 112;

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

}  // namespace

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
    m_variables = new QLineEdit;
    m_variables->setProperty("mono", true);
    m_variables->setPlaceholderText(QStringLiteral("CUDA_VISIBLE_DEVICES=0 OMP_NUM_THREADS=8"));
    m_variables->setToolTip(tr("Environment variables of the run, beside those of this session"));
    m_variablesError = errorLabel();
    addField(grid, tr("Variables"), m_variables, m_variablesError);
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
    m_planCard = new QFrame;
    m_planCard->setProperty("role", "card");
    m_planCard->hide();
    auto* planLayout = new QVBoxLayout(m_planCard);
    planLayout->setContentsMargins(12, 10, 12, 10);
    m_memory = new MemoryBar;
    planLayout->addWidget(m_memory);
    recipeLayout->addWidget(m_planCard);
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

}  // namespace lathe::runs
