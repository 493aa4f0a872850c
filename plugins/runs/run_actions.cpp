// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_actions.h"

#include "run_columns.h"

#include "app/command_ids.h"
#include "app/sheet.h"
#include "app/widgets.h"
#include "app/workbench.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>

#include <functional>
#include <vector>

namespace lathe::runs {
namespace {

using app::toQString;
using app::toStd;

// One field with a label, and a primary button; Enter in a line of text accepts.
void askText(app::Workbench& workbench, const QString& title, const QString& label, const QString& text,
             bool lines, const QString& button, std::function<void(QString)> answer) {
    auto* sheet = new app::Sheet(workbench.window(), title);
    sheet->setPreferredSize({460, lines ? 300 : 190});
    sheet->body()->addWidget(app::makeLabel(label, "dim"));
    QPlainTextEdit* many = nullptr;
    QLineEdit* one = nullptr;
    if (lines) {
        many = new QPlainTextEdit(text);
        many->setAccessibleName(label);
        many->setTabChangesFocus(true);
        sheet->body()->addWidget(many, 1);
    } else {
        one = new QLineEdit(text);
        one->setAccessibleName(label);
        one->selectAll();
        sheet->body()->addWidget(one);
        sheet->body()->addStretch();
    }
    auto* cancel = new QPushButton(QObject::tr("Cancel"));
    auto* accept = new QPushButton(button);
    accept->setProperty("role", "primary");
    sheet->footer()->addStretch();
    sheet->footer()->addWidget(cancel);
    sheet->footer()->addWidget(accept);
    const auto done = [sheet, one, many, answer = std::move(answer)] {
        answer(one ? one->text() : many->toPlainText());
        sheet->dismiss();
    };
    QObject::connect(cancel, &QPushButton::clicked, sheet, &app::Sheet::dismiss);
    QObject::connect(accept, &QPushButton::clicked, sheet, done);
    if (one)
        QObject::connect(one, &QLineEdit::returnPressed, sheet, done);
    else
        QObject::connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), sheet), &QShortcut::activated,
                         sheet, done);
    sheet->open();
    (one ? static_cast<QWidget*>(one) : many)->setFocus();
}

}  // namespace

RunActions::RunActions(app::Workbench& workbench, QObject* parent)
    : QObject(parent), m_workbench(workbench) {}

QStringList RunActions::stoppable(const QStringList& ids) const {
    QStringList out;
    for (const auto& id : ids)
        if (const auto run = m_workbench.engine().run(id);
            run && (!record::isOver(run->state) || run->state == record::RunState::Lost))
            out << id;
    return out;
}

void RunActions::stop(const QStringList& ids, bool asked) {
    const auto live = stoppable(ids);
    if (live.isEmpty()) {
        m_workbench.statusBar().flash(ids.isEmpty() ? tr("No run is selected")
                                                    : tr("The run is already over"));
        return;
    }
    if (!asked) {
        const auto first = m_workbench.engine().run(live.first());
        const QString title = live.size() == 1 ? tr("Stop %1?").arg(toQString(first->spec.name))
                                               : tr("Stop %n runs?", nullptr, static_cast<int>(live.size()));
        app::Sheet::ask(
            m_workbench.window(), title,
            tr("It is asked to end, has ten seconds for a last checkpoint, and is then killed. What it "
               "logged stays."),
            {tr("Cancel"), tr("Stop")},
            [this, live](int answer) {
                if (answer == 1)
                    stop(live, true);
            },
            1);
        return;
    }
    for (const auto& id : live)
        m_workbench.engine()
            .async([id](Engine& engine, std::stop_token) { return engine.launcher().stop(toStd(id)); })
            .then(this, [this](Result<> result) {
                if (!result)
                    m_workbench.notifications().error(result.error());
                m_workbench.engine().refreshRuns();
            });
}

void RunActions::startAgain(const QString& id) {
    const auto run = m_workbench.engine().run(id);
    if (!run) {
        m_workbench.statusBar().flash(tr("No run is selected"));
        return;
    }
    m_workbench.engine()
        .async([run](Engine& engine, std::stop_token stop) -> Result<record::RunSpec> {
            const auto& spec = run->spec;
            launch::RunRequest request;
            request.host = spec.host;
            request.cwd = spec.cwd;
            request.experiment = spec.experiment;
            request.tags = run->tags;
            request.ranks = spec.ranks;
            request.env = spec.env;
            if (spec.kind == "recipe")
                // The run's own copy: what the recipe's file says may have changed since.
                request.recipe = engine.store().runDir(spec.id) + "/recipe.yaml";
            else
                request.argv = spec.argv;
            if (spec.host != "local") {
                if (spec.kind == "recipe")
                    return fail(ErrorCode::Unsupported,
                                "a recipe run of another host is started from its file", spec.name,
                                "open Run… and choose the recipe there");
                LATHE_TRY_ASSIGN(auto host, engine.hosts().get(spec.host));
                if (host->state() != host::HostState::Connected)
                    return fail(ErrorCode::Unavailable, "the host is not connected", spec.host,
                                "connect to it in Hosts, then run again");
            }
            if (stop.stop_requested())
                return fail(ErrorCode::Cancelled, "stopped on request");
            return engine.launcher().start(request);
        })
        .then(this, [this](Result<record::RunSpec> spec) {
            if (!spec) {
                m_workbench.notifications().error(spec.error());
                return;
            }
            const auto id = toQString(spec->id);
            m_workbench.engine().refreshRuns();
            app::Notification note;
            note.level = app::NoteLevel::Success;
            note.title = tr("%1 started").arg(toQString(spec->name));
            note.action = tr("Show");
            note.runId = id;
            note.run = [this, id] {
                m_workbench.commands().execute(app::ids::kRunOpen, {{QStringLiteral("run"), id}});
            };
            m_workbench.notifications().notify(note);
        });
}

void RunActions::rename(const QString& id, const QString& name) {
    const auto wanted = name.trimmed();
    if (wanted.isEmpty())
        return;
    m_workbench.engine()
        .async([id, wanted](Engine& engine, std::stop_token) {
            return engine.store().rename(toStd(id), toStd(wanted));
        })
        .then(this, [this](Result<> result) {
            if (!result)
                m_workbench.notifications().error(result.error());
            m_workbench.engine().refreshRuns();
        });
}

void RunActions::setTags(const QStringList& ids, const QStringList& tags) {
    std::vector<std::string> list;
    for (const auto& tag : tags)
        if (const auto clean = tag.trimmed(); !clean.isEmpty())
            list.push_back(toStd(clean));
    for (const auto& id : ids)
        m_workbench.engine()
            .async([id, list](Engine& engine, std::stop_token) {
                return engine.store().setTags(toStd(id), list);
            })
            .then(this, [this](Result<> result) {
                if (!result)
                    m_workbench.notifications().error(result.error());
                m_workbench.engine().refreshRuns();
            });
}

void RunActions::setNote(const QString& id, const QString& note) {
    m_workbench.engine()
        .async([id, note](Engine& engine, std::stop_token) {
            return engine.store().setNote(toStd(id), toStd(note));
        })
        .then(this, [this](Result<> result) {
            if (!result)
                m_workbench.notifications().error(result.error());
            m_workbench.engine().refreshRuns();
        });
}

void RunActions::tellPutAway(const QStringList& ids, const QString& title, std::function<void()> undo) {
    app::Notification note;
    note.title = title;
    note.runId = ids.value(0);
    note.action = tr("Undo");
    note.run = std::move(undo);
    m_workbench.notifications().notify(std::move(note));
}

void RunActions::setArchived(const QStringList& ids, bool archived) {
    if (ids.isEmpty())
        return;
    const auto run = m_workbench.engine().run(ids.first());
    const QString name = run ? toQString(run->spec.name) : ids.first();
    m_workbench.engine()
        .async([ids, archived](Engine& engine, std::stop_token) -> Result<> {
            for (const auto& id : ids)
                LATHE_TRY(engine.store().setArchived(toStd(id), archived));
            return {};
        })
        .then(this, [this, ids, archived, name](Result<> result) {
            m_workbench.engine().refreshRuns();
            if (!result)
                m_workbench.notifications().error(result.error());
            else if (archived)
                tellPutAway(ids,
                            ids.size() == 1 ? tr("%1 archived").arg(name)
                                            : tr("%n runs archived", nullptr, static_cast<int>(ids.size())),
                            [this, ids] { setArchived(ids, false); });
        });
}

void RunActions::setDeleted(const QStringList& ids, bool deleted) {
    if (ids.isEmpty())
        return;
    const auto run = m_workbench.engine().run(ids.first());
    const QString name = run ? toQString(run->spec.name) : ids.first();
    m_workbench.engine()
        .async([ids, deleted](Engine& engine, std::stop_token) -> Result<> {
            for (const auto& id : ids)
                LATHE_TRY(engine.store().setDeleted(toStd(id), deleted));
            return {};
        })
        .then(this, [this, ids, deleted, name](Result<> result) {
            m_workbench.engine().refreshRuns();
            if (!result)
                m_workbench.notifications().error(result.error());
            else if (deleted)
                tellPutAway(ids,
                            ids.size() == 1
                                ? tr("%1 moved to the trash").arg(name)
                                : tr("%n runs moved to the trash", nullptr, static_cast<int>(ids.size())),
                            [this, ids] { setDeleted(ids, false); });
        });
}

void RunActions::askRestore() {
    m_workbench.engine()
        .async([](Engine& engine, std::stop_token) { return engine.store().trash(); })
        .then(this, [this](Result<std::vector<record::RunSummary>> runs) {
            if (!runs) {
                m_workbench.notifications().error(runs.error());
                return;
            }
            auto* sheet = new app::Sheet(m_workbench.window(), tr("Trash"));
            sheet->setPreferredSize({520, 420});
            auto* list = new QListWidget;
            list->setAccessibleName(tr("Runs in the trash"));
            list->setSelectionMode(QAbstractItemView::ExtendedSelection);
            for (const auto& run : *runs) {
                auto* item =
                    new QListWidgetItem(tr("%1, %2").arg(toQString(run.spec.name), startText(run)), list);
                item->setData(Qt::UserRole, toQString(run.spec.id));
            }
            sheet->body()->addWidget(app::makeLabel(runs->empty()
                                                        ? tr("The trash is empty.")
                                                        : tr("Nothing of these runs is gone from the disk."),
                                                    "dim"));
            sheet->body()->addWidget(list, 1);
            list->setVisible(!runs->empty());
            auto* cancel = new QPushButton(tr("Cancel"));
            auto* restore = new QPushButton(tr("Restore"));
            restore->setProperty("role", "primary");
            restore->setEnabled(false);
            sheet->footer()->addStretch();
            sheet->footer()->addWidget(cancel);
            sheet->footer()->addWidget(restore);
            QObject::connect(list, &QListWidget::itemSelectionChanged, restore,
                             [list, restore] { restore->setEnabled(!list->selectedItems().isEmpty()); });
            QObject::connect(cancel, &QPushButton::clicked, sheet, &app::Sheet::dismiss);
            QObject::connect(restore, &QPushButton::clicked, sheet, [this, sheet, list] {
                QStringList ids;
                for (const auto* item : list->selectedItems())
                    ids << item->data(Qt::UserRole).toString();
                setDeleted(ids, false);
                sheet->dismiss();
            });
            sheet->open();
            list->setFocus();
        });
}

void RunActions::copyIds(const QStringList& ids) const {
    if (ids.isEmpty())
        return;
    QApplication::clipboard()->setText(ids.join(QLatin1Char('\n')));
    m_workbench.statusBar().flash(tr("Copied %n ids", nullptr, static_cast<int>(ids.size())));
}

void RunActions::askRename(const QString& id) {
    if (const auto run = m_workbench.engine().run(id))
        askText(m_workbench, tr("Rename run"), tr("Name"), toQString(run->spec.name), false, tr("Rename"),
                [this, id](const QString& name) { rename(id, name); });
}

void RunActions::askTags(const QStringList& ids) {
    if (ids.isEmpty())
        return;
    QStringList tags;
    if (const auto run = m_workbench.engine().run(ids.first()))
        for (const auto& tag : run->tags)
            tags << toQString(tag);
    askText(m_workbench, tr("Tag %n runs", nullptr, static_cast<int>(ids.size())),
            tr("Tags, separated by commas"), tags.join(QStringLiteral(", ")), false, tr("Set tags"),
            [this, ids](const QString& text) { setTags(ids, text.split(QLatin1Char(','))); });
}

void RunActions::askNote(const QString& id) {
    if (const auto run = m_workbench.engine().run(id))
        askText(m_workbench, tr("Note on %1").arg(toQString(run->spec.name)), tr("Note"),
                toQString(run->note), true, tr("Save"),
                [this, id](const QString& text) { setNote(id, text); });
}

}  // namespace lathe::runs
