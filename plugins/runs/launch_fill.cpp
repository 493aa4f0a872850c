// SPDX-License-Identifier: GPL-3.0-or-later
// Where the Run… dialog gets its first content from: arguments, the file in front, the last use, earlier
// runs.
#include "launch_sheet.h"

#include "app/workbench.h"
#include "core/paths.h"
#include "core/text.h"

#include <QComboBox>
#include <QFileDialog>
#include <QJsonObject>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>

namespace lathe::runs {

using app::toQString;

namespace {

// A command that ran. What never got to run is a mistake in the line, not something to do again.
bool isWorthRepeating(const record::RunSummary& run) {
    if (run.spec.kind != "command" || run.archived || run.deleted)
        return false;
    const bool notFound = run.exitCode && (*run.exitCode == 126 || *run.exitCode == 127);
    return run.state != record::RunState::Failed || run.exitSignal || !run.metrics.empty() ||
           (run.exitCode && !notFound);
}

LaunchForm formOf(const record::RunSummary& run, LaunchForm form) {
    form.mode = LaunchForm::Mode::Command;
    form.command = toQString(shellCommand(run.spec.argv));
    form.folder = toQString(run.spec.cwd);
    form.host = toQString(run.spec.host);
    form.experiment = toQString(run.spec.experiment);
    form.ranks = run.spec.ranks;
    form.variables.clear();
    form.name.clear();
    return form;
}

}  // namespace

void LaunchSheet::fill(const QVariantMap& arguments) {
    const auto text = [&](const char* key) { return arguments.value(QString::fromLatin1(key)).toString(); };
    QStringList experiments;
    for (const auto& run : m_workbench.engine().runs())
        if (const auto name = toQString(run->spec.experiment); !experiments.contains(name))
            experiments << name;
    const auto kept = m_experiment->currentText();
    m_experiment->clear();
    m_experiment->addItems(experiments);
    m_experiment->setEditText(kept);

    auto form = this->form();
    if (const auto& folder = m_workbench.workspace().folder(); folder && form.folder.isEmpty()) {
        form.folder = toQString(folder->path);
        form.host = toQString(folder->host);
    }
    if (!text("host").isEmpty())
        form.host = text("host");
    if (!text("cwd").isEmpty())
        form.folder = text("cwd");
    const bool told = !text("recipe").isEmpty() || !text("command").isEmpty();
    if (!text("recipe").isEmpty()) {
        form.mode = LaunchForm::Mode::Recipe;
        form.recipe = text("recipe");
    } else if (!text("command").isEmpty()) {
        form.mode = LaunchForm::Mode::Command;
        form.command = text("command");
    }
    setForm(form);
    if (told)
        return;
    if (const auto& file = m_workbench.selection().file())
        fillFromFile(*file);
    else
        fillFromLast();
}

void LaunchSheet::fillFromFile(const host::Location& file) {
    const auto ending = extension(file.path);
    auto form = this->form();
    form.host = toQString(file.host);
    if (const auto command = commandForFile(toQString(file.path), form.folder); !command.isEmpty()) {
        form.mode = LaunchForm::Mode::Command;
        form.command = command;
        setForm(form);
        return;
    }
    if (ending != ".yaml" && ending != ".yml") {
        fillFromLast();
        return;
    }
    auto& bridge = m_workbench.engine();
    bridge
        .async([&bridge, file](Engine& engine, std::stop_token stop) -> Result<bool> {
            LATHE_TRY_ASSIGN(auto host, bridge.connectedHost(engine, file.host, stop));
            LATHE_TRY_ASSIGN(const auto content, host->read(file.path, std::size_t{1} << 20, stop));
            return looksLikeRecipe(content.bytes);
        })
        .then(this, [this, file](Result<bool> recipe) {
            // Unreadable counts as "not a recipe": the user may still choose it, and then hears why.
            if (!recipe.value_or(false)) {
                fillFromLast();
                return;
            }
            if (m_touched)
                return;
            auto form = this->form();
            form.mode = LaunchForm::Mode::Recipe;
            form.host = toQString(file.host);
            form.recipe = toQString(file.path);
            setForm(form);
        });
}

void LaunchSheet::fillFromLast() {
    const auto last = m_workbench.sessionValue(sessionKey());
    if (m_touched)
        return;
    if (last.isEmpty() && !m_workbench.engine().runsLoaded()) {
        connect(
            &m_workbench.engine(), &app::EngineBridge::runsChanged, this, [this] { fillFromLast(); },
            Qt::SingleShotConnection);
        return;
    }
    if (last.isEmpty()) {
        // Started elsewhere, by the command line: what ran last here is the likeliest.
        for (const auto& run : m_workbench.engine().runs())
            if (isWorthRepeating(*run)) {
                setForm(formOf(*run, form()));
                return;
            }
        return;
    }
    auto form = LaunchForm::fromJson(last);
    if (form.folder.isEmpty())
        form.folder = this->form().folder;
    setForm(form);
}

void LaunchSheet::chooseRecipe() {
    const auto path = QFileDialog::getOpenFileName(this, tr("Recipe"), m_folder->text(),
                                                   tr("Recipes (*.yaml *.yml);;All files (*)"));
    if (!path.isEmpty())
        m_recipe->setText(path);
}

void LaunchSheet::showRecentMenu() {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QStringList seen;
    for (const auto& run : m_workbench.engine().runs()) {
        if (!isWorthRepeating(*run))
            continue;
        const auto command = toQString(shellCommand(run->spec.argv));
        if (seen.contains(command))
            continue;
        seen << command;
        menu->addAction(QFontMetrics(font()).elidedText(command, Qt::ElideMiddle, 420), this,
                        [this, run] { setForm(formOf(*run, form())); });
        if (seen.size() >= 12)
            break;
    }
    if (seen.isEmpty())
        menu->addAction(tr("No command has been run yet"))->setEnabled(false);
    // Below its button, right edges together, so that it covers neither the button nor the cross.
    menu->ensurePolished();
    menu->popup(
        m_recent->mapToGlobal(QPoint(m_recent->width() - menu->sizeHint().width(), m_recent->height())));
}

}  // namespace lathe::runs
