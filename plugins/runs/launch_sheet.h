// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "launch_form.h"

#include "app/sheet.h"

#include <QVariantMap>

class QComboBox;
class QFrame;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;
class QStackedWidget;
class QTimer;

namespace lathe::app {
class Segmented;
class Workbench;
}  // namespace lathe::app

namespace lathe::runs {

class HostCards;
class LaunchParameters;
class MemoryBar;

// Run… (UX.md, section 5): what to run at the left, where at the right, and one sentence that says what Start
// will do. Closes at once on Start; what comes of it is told by a notification.
class LaunchSheet : public app::Sheet {
    Q_OBJECT
public:
    explicit LaunchSheet(app::Workbench& workbench);

    // {recipe?, command?, host?, cwd?}; without them, from the file in front, else from the last use.
    void fill(const QVariantMap& arguments);
    void setForm(const LaunchForm& form);
    LaunchForm form() const;
    void focusFirst();
    // Starts, or shows what is missing and returns false.
    bool start();
    QString sentence() const;
    QString errorOf(LaunchForm::Field field) const;  // as shown
    const std::optional<launch::RecipePlan>& plan() const { return m_plan; }
    void copyAsCommand();

Q_SIGNALS:
    void planChanged();

private:
    QWidget* makeWhat();
    QWidget* makeWhere();
    void chooseMode(int mode);
    void refresh();
    void schedulePlan();
    void askPlan();
    void askFound();
    void takeCommand();
    void fitSize();
    void refreshStart();
    void takePlan(Result<launch::RecipePlan> plan);
    void showErrors(bool all);
    void fillFromFile(const host::Location& file);
    void fillFromLast();
    void chooseRecipe();
    void showRecentMenu();
    static QString sessionKey() { return QStringLiteral("runs.launch"); }

    app::Workbench& m_workbench;
    app::Segmented* m_mode;
    QStackedWidget *m_what, *m_how;
    QPlainTextEdit* m_command;
    QLineEdit *m_recipe, *m_folder, *m_variables, *m_name, *m_tags;
    QComboBox* m_experiment;
    QLabel *m_commandError, *m_recipeError, *m_folderError, *m_nameError, *m_variablesError, *m_recipeFacts,
        *m_hostTag, *m_planText, *m_sentence;
    LaunchParameters* m_parameters;
    HostCards* m_where;
    MemoryBar* m_memory;
    QSpinBox* m_ranks;
    QPushButton *m_start, *m_recent;
    QFrame* m_planCard;
    QString m_planProblem;  // why the recipe cannot run; empty: it can, or nobody knows yet
    QString m_foundKey;     // command's files, folder and host that the parameters were read from
    QTimer* m_planTimer;
    QMap<LaunchForm::Field, QLabel*> m_errors;
    std::optional<launch::RecipePlan> m_plan;
    QString m_planKey;  // recipe, folder and host that the file's values came from
    bool m_touched = false, m_filling = false;
    int m_planTurn = 0, m_foundTurn = 0;
};

}  // namespace lathe::runs
