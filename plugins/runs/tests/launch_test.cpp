// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch_form.h"
#include "launch_parameters.h"
#include "launch_sheet.h"
#include "launch_where.h"
#include "runs_feature.h"
#include "runs_fixture.h"

#include "app/command_ids.h"
#include "app/testing/test_workbench.h"
#include "app/widgets.h"
#include "core/paths.h"

#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QtTest>

using namespace lathe;
using namespace lathe::runs;
using namespace lathe::runs::test;
using Field = LaunchForm::Field;
using Mode = LaunchForm::Mode;

class LaunchTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void formSaysWhatIsMissing();
    void commandIsSplitAsAShellWould();
    void shellWordsGoToAShell();
    void commandLineGivesTheSameRun();
    void formSurvivesTheSession();
    void filesBecomeCommands();
    void configurationsAreNoRecipes();
    void flagsOfACommandAreRead();
    void flagsAreSetInPlace();
    void scriptsTellTheirParameters();
    void configurationsAreFlattened();
    void severalValuesMakeSeveralRuns();
    void recipeValuesMakeSeveralRuns();
    void variablesReachTheRun();
    void parametersAndCommandStayInStep();
    void configInFrontIsNoRecipe();
    void caretStandsAtTheEnd();
    void dialogFitsItsContent();
    void severalRunsStart();
    void recentLeavesOutWhatNeverRan();
    void parametersTickAndUntick();
    void parameterErrorsStandBesideTheirRow();
    void emptyCommandIsToldBesideTheField();
    void escapeClosesAndFocusReturns();
    void f5OpensFilledFromTheScript();
    void controlEnterStartsTheRun();
    void unknownHostIsToldInPlace();
    void brokenRecipeIsToldInPlace();
    void goodRecipeShowsItsPlan();
    void everyFieldHasAName();
};

void LaunchTest::formSaysWhatIsMissing() {
    LaunchForm form;
    QCOMPARE(form.problems().size(), 1);
    QCOMPARE(form.problems()[0].field, Field::Command);
    form.command = QStringLiteral("python3 'train.py");
    QCOMPARE(form.problems()[0].field, Field::Command);
    form.command = QStringLiteral("python3 train.py");
    QVERIFY(form.problems().isEmpty());
    form.folder = QStringLiteral("relative");
    QCOMPARE(form.problems()[0].field, Field::Folder);
    form.folder = QStringLiteral("~/work");
    form.name = QStringLiteral("a/b");
    QCOMPARE(form.problems()[0].field, Field::Name);
    form.name.clear();
    form.mode = Mode::Recipe;
    QCOMPARE(form.problems()[0].field, Field::Recipe);
    QVERIFY(form.sentence({}).contains(QStringLiteral("Cannot start yet")));
}

void LaunchTest::commandIsSplitAsAShellWould() {
    LaunchForm form;
    form.command = QStringLiteral("python3 train.py --name 'two words' --lr 6e-4");
    form.tags = {QStringLiteral(" yarn "), QString()};
    form.ranks = 4;
    const auto request = form.request();
    QCOMPARE(request.argv,
             (std::vector<std::string>{"python3", "train.py", "--name", "two words", "--lr", "6e-4"}));
    QCOMPARE(request.tags, std::vector<std::string>{"yarn"});
    QCOMPARE(request.ranks, 4);
    QVERIFY(request.recipe.empty());
}

void LaunchTest::shellWordsGoToAShell() {
    LaunchForm form;
    form.command = QStringLiteral("python3 train.py | tee log.txt");
    QCOMPARE(form.request().argv, (std::vector<std::string>{"sh", "-c", "python3 train.py | tee log.txt"}));
}

void LaunchTest::commandLineGivesTheSameRun() {
    LaunchForm form;
    form.mode = Mode::Recipe;
    form.recipe = QStringLiteral("gpt.yaml");
    form.folder = QStringLiteral("/home/me/my work");
    form.overrides = {{QStringLiteral("optim.lr"), QStringLiteral("6e-4")}};
    form.experiment = QStringLiteral("rope");
    form.tags = {QStringLiteral("a")};
    form.host = QStringLiteral("gpu-a");
    QCOMPARE(form.asCommand(),
             QStringLiteral("lathe run --host gpu-a --cwd '/home/me/my work' --experiment rope --tag a "
                            "--set optim.lr=6e-4 gpt.yaml"));
}

void LaunchTest::formSurvivesTheSession() {
    LaunchForm form;
    form.mode = Mode::Recipe;
    form.recipe = QStringLiteral("gpt.yaml");
    form.host = QStringLiteral("gpu-a");
    form.ranks = 3;
    form.tags = {QStringLiteral("x"), QStringLiteral("y")};
    form.overrides = {{QStringLiteral("train.steps"), QStringLiteral("20")}};
    const auto again = LaunchForm::fromJson(form.toJson());
    QCOMPARE(again.mode, form.mode);
    QCOMPARE(again.recipe, form.recipe);
    QCOMPARE(again.host, form.host);
    QCOMPARE(again.ranks, form.ranks);
    QCOMPARE(again.tags, form.tags);
    QCOMPARE(again.overrides, form.overrides);
}

void LaunchTest::filesBecomeCommands() {
    QCOMPARE(commandForFile(QStringLiteral("/w/train.py"), QStringLiteral("/w")),
             QStringLiteral("python3 train.py"));
    QCOMPARE(commandForFile(QStringLiteral("/w/my train.py"), QStringLiteral("/w")),
             QStringLiteral("python3 'my train.py'"));
    QCOMPARE(commandForFile(QStringLiteral("/other/go.sh"), QStringLiteral("/w")),
             QStringLiteral("bash /other/go.sh"));
    QCOMPARE(commandForFile(QStringLiteral("/w/notes.md"), QStringLiteral("/w")), QString());
    QVERIFY(looksLikeRecipe("# a recipe\nmodel:\n  kind: gpt\n"));
    QVERIFY(looksLikeRecipe("train: {steps: 5}\n"));
    QVERIFY(!looksLikeRecipe("services:\n  model: x\n"));
}

void LaunchTest::parametersTickAndUntick() {
    LaunchParameters parameters;
    parameters.setFileValues({{"optim.lr", 3e-4}, {"train.steps", 600}, {"model.kind", "gpt"}});
    QCOMPARE(parameters.count(), 3);
    QVERIFY(parameters.overrides().isEmpty());
    QLineEdit* value = nullptr;
    for (auto* edit : parameters.findChildren<QLineEdit*>())
        if (edit->accessibleName() == QLatin1String("train.steps"))
            value = edit;
    QVERIFY(value);
    value->selectAll();
    QTest::keyClicks(value, QStringLiteral("20"));
    QCOMPARE(parameters.overrides(),
             (QMap<QString, QString>{{QStringLiteral("train.steps"), QStringLiteral("20")}}));
    value->selectAll();
    QTest::keyClicks(value, QStringLiteral("600"));  // what the file says is no override
    QVERIFY(parameters.overrides().isEmpty());
    parameters.setOverrides({{QStringLiteral("optim.lr"), QStringLiteral("6e-4")}});
    parameters.setFileValues({{"optim.lr", 1e-3}});  // another file: overrides stay
    QCOMPARE(parameters.overrides().value(QStringLiteral("optim.lr")), QStringLiteral("6e-4"));
}

void LaunchTest::parameterErrorsStandBesideTheirRow() {
    LaunchParameters parameters;
    parameters.setFileValues({{"optim.lr", 3e-4}});
    QVERIFY(!parameters.showError(QStringLiteral("optim.lr"),
                                  QStringLiteral("too large")));  // it is not overridden
    parameters.setOverrides({{QStringLiteral("optim.lr"), QStringLiteral("99")}});
    QVERIFY(parameters.showError(QStringLiteral("optim.lr"), QStringLiteral("too large")));
}

namespace {

struct Window {
    QTemporaryDir folder;
    std::unique_ptr<app::Workbench> workbench;
    std::unique_ptr<RunsFeature> feature;

    Window() {
        app::TestWorkbenchOptions options;
        options.workspace = folder.path();
        workbench = app::makeTestWorkbench(options);
        feature = std::make_unique<RunsFeature>(*workbench);
        feature->ready();
    }
    ~Window() {
        for (auto* tab : workbench->tabs())
            workbench->closeTab(tab);
    }
    LaunchSheet* open(const QVariantMap& arguments = {}) {
        workbench->commands().execute(app::ids::kRunLaunch, arguments);
        return feature->launchSheet();
    }
    void write(const char* name, const char* text) {
        QFile file(folder.filePath(QString::fromLatin1(name)));
        if (file.open(QIODevice::WriteOnly))
            file.write(text);
    }
};

}  // namespace

void LaunchTest::configurationsAreNoRecipes() {
    QVERIFY(!looksLikeRecipe("lr: 0.2\nsteps: 300\nmodel:\n  width: 64\n"));
    QVERIFY(looksLikeRecipe(
        "name: gpt\nexperiment: samples\n\nmodel:\n  kind: gpt   # a comment\ntrain: {steps: 3}\n"));
    QVERIFY(!looksLikeRecipe("a: 1\n"));
}

void LaunchTest::flagsOfACommandAreRead() {
    const auto flags = commandFlags(QStringLiteral(
        "python3 train.py cfg.yaml --lr 6e-4 --name='two words' --amp --seed {1337, 42} -v 3"));
    QCOMPARE(flags, (QMap<QString, QString>{{"lr", "6e-4"}, {"name", "two words"}, {"seed", "1337, 42"}}));
    QVERIFY(commandFlags(QStringLiteral("ls -l")).isEmpty());
}

void LaunchTest::flagsAreSetInPlace() {
    const QString command = QStringLiteral("python3 train.py --lr 6e-4 --amp --seed=1 out.txt");
    QCOMPARE(withFlag(command, "lr", "1e-3"),
             QStringLiteral("python3 train.py --lr 1e-3 --amp --seed=1 out.txt"));
    QCOMPARE(withFlag(command, "seed", "1, 2"),
             QStringLiteral("python3 train.py --lr 6e-4 --amp --seed={1, 2} out.txt"));
    QCOMPARE(withFlag(command, "note", "two words"), command + QStringLiteral(" --note 'two words'"));
    QCOMPARE(withoutFlag(command, "lr"), QStringLiteral("python3 train.py --amp --seed=1 out.txt"));
    QCOMPARE(withoutFlag(command, "seed"), QStringLiteral("python3 train.py --lr 6e-4 --amp out.txt"));
    QCOMPARE(withoutFlag(command, "none"), command);
}

void LaunchTest::scriptsTellTheirParameters() {
    const auto flags =
        argparseFlags("p.add_argument('-l', \"--lr\", type=float, default=1e-3, help=\"a (b)\")\n"
                      "p.add_argument('--name', default='x y')\n"
                      "p.add_argument('--amp', action='store_true')\n"
                      "p.add_argument('--crash-at', type=int, default=-1)\n"
                      "p.add_argument('data')\np.add_argument('--must', required=True)\n"
                      "p.add_argument('--none', default=None)\n");
    QCOMPARE(flags, (Json{{"lr", "1e-3"}, {"name", "x y"}, {"crash-at", "-1"}, {"must", ""}, {"none", ""}}));
    QCOMPARE(configsNamedIn("c = yaml.safe_load(open('config.yaml')); open(\"a/b.json\"); 'x.txt'"),
             (QStringList{"config.yaml", "a/b.json"}));
    QVERIFY(argparseFlags("add_argument(").empty());
    QCOMPARE(scriptOf(QStringLiteral("torchrun --nproc 2 src/train.py cfg/a.yaml --conf=b.json")),
             QStringLiteral("src/train.py"));
    QCOMPARE(configsOf(QStringLiteral("torchrun --nproc 2 src/train.py cfg/a.yaml --conf=b.json")),
             (QStringList{"cfg/a.yaml", "b.json"}));
}

void LaunchTest::configurationsAreFlattened() {
    QCOMPARE(flatConfig("lr: 0.2  # high\nmodel:\n  width: 64\n  rope:\n    kind: 'yarn'\nname: \"a # b\"\n"
                        "betas: [0.9, 0.95]\nlist:\n  - 1\n  - 2\n",
                        false),
             (Json{{"lr", "0.2"},
                   {"model.width", "64"},
                   {"model.rope.kind", "yarn"},
                   {"name", "a # b"},
                   {"betas", "[0.9, 0.95]"}}));
    QCOMPARE(flatConfig(R"({"lr": 0.2, "model": {"width": 64}})", true),
             (Json{{"lr", 0.2}, {"model.width", 64}}));
    QVERIFY(flatConfig("{broken", true).empty());
}

void LaunchTest::severalValuesMakeSeveralRuns() {
    LaunchForm form;
    form.command =
        QStringLiteral("python3 train.py --lr {1e-3, 3e-4} --seed={1,2,3} --json '{\"a\": 1, \"b\": 2}'");
    form.name = QStringLiteral("sweep-{lr}");
    const auto each = form.variants();
    QCOMPARE(each.size(), 6);
    QSet<QString> names, commands;
    for (const auto& one : each) {
        names << one.name;
        commands << one.command;
        const auto argv = one.request().argv;
        QCOMPARE(argv.size(), std::size_t{7});
        QCOMPARE(argv.back(), std::string(R"({"a": 1, "b": 2})"));  // quoted braces are the command's own
    }
    QCOMPARE(commands.size(), 6);
    QVERIFY(names.contains(QStringLiteral("sweep-3e-4-2")));
    QCOMPARE(names.size(), 6);
    QVERIFY(form.sentence({}).contains(QStringLiteral("6 runs")));
    QCOMPARE(form.asCommand().count(QStringLiteral("lathe run")), 6);
    form.command = QStringLiteral("echo {a} ${b,c} {1,2,3,4,5,6,7,8,9} {1,2,3,4,5,6,7,8,9}");
    QCOMPARE(form.problems().size(), 1);  // 81 are too many
    form.command = QStringLiteral("echo {a} x");
    QCOMPARE(form.variants().size(), 1);
}

void LaunchTest::recipeValuesMakeSeveralRuns() {
    LaunchForm form;
    form.mode = Mode::Recipe;
    form.recipe = QStringLiteral("gpt.yaml");
    form.overrides = {{QStringLiteral("train.seed"), QStringLiteral("1337, 42, 7")},
                      {QStringLiteral("optim.betas"), QStringLiteral("[0.9, 0.95]")}};
    const auto each = form.variants();
    QCOMPARE(each.size(), 3);
    QCOMPARE(each[1].request().set, (std::vector<std::string>{"optim.betas=[0.9, 0.95]", "train.seed=42"}));
    QVERIFY(each[1].name.isEmpty());  // each gets a name of its own
}

void LaunchTest::variablesReachTheRun() {
    LaunchForm form;
    form.command = QStringLiteral("true");
    form.variables = QStringLiteral("CUDA_VISIBLE_DEVICES=0,1 NOTE='two words' EMPTY=");
    QVERIFY(form.problems().isEmpty());
    const auto request = form.request();
    QCOMPARE(request.env.size(), std::size_t{3});
    QCOMPARE(request.env.at("NOTE"), std::string("two words"));
    QVERIFY(form.asCommand().contains(QStringLiteral("--env CUDA_VISIBLE_DEVICES=0,1")));
    QCOMPARE(LaunchForm::fromJson(form.toJson()).variables, form.variables);
    for (const auto* bad : {"NOTHING", "1A=2", "A=1 'open"}) {
        form.variables = QString::fromLatin1(bad);
        QVERIFY2(form.problems().value(0).field == Field::Variables, bad);
    }
}

void LaunchTest::parametersAndCommandStayInStep() {
    Window window;
    window.write("train.py", "p.add_argument('--lr', default=0.1)\np.add_argument('--steps', default=300)\n"
                             "open('conf.yaml')\n");
    window.write("conf.yaml", "model:\n  width: 64\n");
    auto* sheet = window.open({{QStringLiteral("command"), QStringLiteral("python3 train.py --lr 0.2")}});
    auto* parameters = sheet->findChild<LaunchParameters*>();
    QTRY_VERIFY(parameters->knows(QStringLiteral("steps")));
    QVERIFY(parameters->knows(QStringLiteral("model.width")));
    QVERIFY(parameters->isVisibleTo(sheet));
    QCOMPARE(parameters->overrides(), (QMap<QString, QString>{{"lr", "0.2"}}));
    const auto field = [&](const char* name) {
        for (auto* edit : parameters->findChildren<QLineEdit*>())
            if (edit->accessibleName() == QLatin1String(name))
                return edit;
        return static_cast<QLineEdit*>(nullptr);
    };
    field("steps")->selectAll();
    QTest::keyClicks(field("steps"), QStringLiteral("20, 40"));
    QCOMPARE(sheet->form().command, QStringLiteral("python3 train.py --lr 0.2 --steps {20, 40}"));
    QCOMPARE(sheet->form().variants().size(), 2);
    // And the other way: what is typed into the command ticks its row.
    auto* command = sheet->findChild<QPlainTextEdit*>();
    command->setPlainText(QStringLiteral("python3 train.py --steps 7"));
    QCOMPARE(parameters->overrides(), (QMap<QString, QString>{{"steps", "7"}}));
    QCOMPARE(field("lr")->text(), QStringLiteral("0.1"));
}

void LaunchTest::configInFrontIsNoRecipe() {
    Window window;
    window.write("config.yaml", "lr: 0.2\nsteps: 300\nmodel:\n  width: 64\n");
    window.workbench->setSessionValue(QStringLiteral("runs.launch"),
                                      {{QStringLiteral("command"), QStringLiteral("python3 last.py")}});
    window.workbench->selection().setFile(
        host::Location{"local", window.folder.filePath(QStringLiteral("config.yaml")).toStdString()});
    auto* sheet = window.open();
    QTRY_COMPARE(sheet->form().command, QStringLiteral("python3 last.py"));
    QCOMPARE(sheet->form().mode, Mode::Command);
}

void LaunchTest::caretStandsAtTheEnd() {
    Window window;
    auto* sheet = window.open({{QStringLiteral("command"), QStringLiteral("python3 train.py")}});
    auto* command = sheet->findChild<QPlainTextEdit*>();
    QTest::keyClicks(command, QStringLiteral(" --lr 1"));
    QCOMPARE(sheet->form().command, QStringLiteral("python3 train.py --lr 1"));
}

void LaunchTest::dialogFitsItsContent() {
    Window window;
    window.workbench->window()->resize(1600, 1000);
    QApplication::processEvents();
    auto* sheet = window.open({{QStringLiteral("command"), QStringLiteral("true")}});
    const auto card = [&] {
        return sheet->findChild<QPlainTextEdit*>()->window() ? sheet->childrenRect() : QRect();
    };
    QVERIFY(card().height() <= 560);
    window.workbench->window()->resize(1024, 640);
    window.write("train.py", "p.add_argument('--a-rather-long-name-of-a-parameter', default=0.1)\n");
    auto form = sheet->form();
    form.command = QStringLiteral("python3 train.py");
    sheet->setForm(form);
    auto* parameters = sheet->findChild<LaunchParameters*>();
    QTRY_VERIFY(parameters->knows(QStringLiteral("a-rather-long-name-of-a-parameter")));
    QApplication::processEvents();
    QVERIFY(sheet->rect().contains(card()));
    for (auto* edit : parameters->findChildren<QLineEdit*>()) {
        const int right = edit->mapTo(parameters, QPoint(edit->width(), 0)).x();
        QVERIFY2(right <= parameters->width(), qPrintable(QString::number(right)));
    }
}

void LaunchTest::severalRunsStart() {
    if (!exists(programPath("lathe-agent")))
        QSKIP("lathe-agent is not built");
    Window window;
    QPointer<LaunchSheet> sheet =
        window.open({{QStringLiteral("command"), QStringLiteral("sh -c 'exit 0' {a, b}")}});
    QVERIFY(sheet->sentence().contains(QStringLiteral("2 runs")));
    QVERIFY(sheet->start());
    QTRY_COMPARE_WITH_TIMEOUT(window.workbench->engine().runs().size(), std::size_t{2}, 20000);
    for (const auto& run : window.workbench->engine().runs()) {
        const auto id = QString::fromStdString(run->spec.id);
        QTRY_VERIFY_WITH_TIMEOUT(record::isOver(window.workbench->engine().run(id)->state), 15000);
    }
}

void LaunchTest::recentLeavesOutWhatNeverRan() {
    if (!exists(programPath("lathe-agent")))
        QSKIP("lathe-agent is not built");
    Window window;
    for (const auto* command : {"no-such-program-at-all", "sh -c 'exit 3'"}) {
        const auto before = window.workbench->engine().runs().size();
        auto* sheet = window.open({{QStringLiteral("command"), QString::fromLatin1(command)}});
        QVERIFY(sheet->start());
        QTRY_COMPARE_WITH_TIMEOUT(window.workbench->engine().runs().size(), before + 1, 20000);
        QTRY_VERIFY(!window.feature->launchSheet());
    }
    QTRY_VERIFY_WITH_TIMEOUT(std::ranges::all_of(window.workbench->engine().runs(),
                                                 [](const auto& run) { return record::isOver(run->state); }),
                             20000);
    // The dialog itself starts with what ran last, not with the mistake.
    window.workbench->setSessionValue(QStringLiteral("runs.launch"), {});
    QCOMPARE(window.open()->form().command, QStringLiteral("sh -c 'exit 3'"));
    window.feature->launchSheet()->dismiss();
    QTRY_VERIFY(!window.feature->launchSheet());
    auto* sheet = window.open({{QStringLiteral("command"), QStringLiteral("true")}});
    QPushButton* recent = nullptr;
    for (auto* button : sheet->findChildren<QPushButton*>())
        if (button->text() == QStringLiteral("Recent"))
            recent = button;
    QVERIFY(recent);
    recent->click();
    auto* menu = sheet->findChild<QMenu*>();
    QVERIFY(menu && menu->isVisible());
    QCOMPARE(menu->actions().size(), 1);
    QVERIFY(menu->actions().first()->text().contains(QStringLiteral("exit 3")));
    QVERIFY(!QRect(recent->mapToGlobal(QPoint()), recent->size()).intersects(menu->geometry()));
    menu->close();
}

void LaunchTest::emptyCommandIsToldBesideTheField() {
    Window window;
    auto* sheet = window.open();
    QVERIFY(sheet);
    QVERIFY(sheet->errorOf(Field::Command).isEmpty());  // nothing is wrong before one has tried
    QVERIFY(!sheet->start());
    QVERIFY(!sheet->errorOf(Field::Command).isEmpty());
    QVERIFY(!sheet->isClosing());
    auto form = sheet->form();
    form.command = QStringLiteral("true");
    sheet->setForm(form);
    QVERIFY(sheet->errorOf(Field::Command).isEmpty());
}

void LaunchTest::escapeClosesAndFocusReturns() {
    Window window;
    QPointer<LaunchSheet> sheet = window.open();
    QVERIFY(sheet);
    QTest::keyClick(sheet->focusWidget() ? sheet->focusWidget() : sheet.data(), Qt::Key_Escape);
    QTRY_VERIFY(!sheet);
    QVERIFY(window.open());
}

void LaunchTest::f5OpensFilledFromTheScript() {
    Window window;
    window.write("train.py", "print('loss=1 step=1')\n");
    window.workbench->selection().setFile(
        host::Location{"local", window.folder.filePath(QStringLiteral("train.py")).toStdString()});
    QCOMPARE(window.workbench->commands().shortcut(app::ids::kRunLaunch), QKeySequence(Qt::Key_F5));
    auto* sheet = window.open();
    QCOMPARE(sheet->form().mode, Mode::Command);
    QCOMPARE(sheet->form().command, QStringLiteral("python3 train.py"));
    QCOMPARE(sheet->form().folder, window.folder.path());
    window.write("gpt.yaml", "model: {kind: gpt}\ntrain: {steps: 3}\n");
    sheet->dismiss();
    QTRY_VERIFY(!window.feature->launchSheet());
    window.workbench->selection().setFile(
        host::Location{"local", window.folder.filePath(QStringLiteral("gpt.yaml")).toStdString()});
    sheet = window.open();
    QTRY_COMPARE(sheet->form().mode, Mode::Recipe);
    QVERIFY(sheet->form().recipe.endsWith(QStringLiteral("gpt.yaml")));
}

void LaunchTest::controlEnterStartsTheRun() {
    if (!exists(programPath("lathe-agent")))
        QSKIP("lathe-agent is not built");
    Window window;
    QPointer<LaunchSheet> sheet =
        window.open({{QStringLiteral("command"), QStringLiteral("echo loss=0.5 step=1")}});
    QVERIFY(sheet);
    sheet->setFocus();
    QTest::keyClick(sheet->findChild<QPlainTextEdit*>(), Qt::Key_Return, Qt::ControlModifier);
    QTRY_VERIFY(!sheet);  // closes at once
    QTRY_VERIFY_WITH_TIMEOUT(!window.workbench->engine().runs().empty(), 15000);
    const auto id = QString::fromStdString(window.workbench->engine().runs().front()->spec.id);
    QTRY_VERIFY_WITH_TIMEOUT(window.workbench->engine().run(id)->state == record::RunState::Finished, 15000);
    // Told when it started and when it ended, each with a way to it.
    QTRY_VERIFY(window.workbench->notifications().list().size() >= 2);
    for (const auto& note : window.workbench->notifications().list())
        QCOMPARE(note.runId, id);
}

void LaunchTest::unknownHostIsToldInPlace() {
    Window window;
    auto* sheet = window.open({{QStringLiteral("command"), QStringLiteral("true")}});
    auto form = sheet->form();
    form.host = QStringLiteral("no-such-host.invalid");
    sheet->setForm(form);
    auto* where = sheet->findChild<HostCards*>();
    QVERIFY(where);
    QCOMPARE(where->host(), QStringLiteral("no-such-host.invalid"));
    QTRY_VERIFY_WITH_TIMEOUT(where->findChild<app::ErrorState*>()->isVisibleTo(where), 20000);
    QVERIFY(!where->connected());
}

void LaunchTest::brokenRecipeIsToldInPlace() {
    if (!exists(programPath("lathe-train")))
        QSKIP("lathe-train is not built");
    Window window;
    window.write("bad.yaml", "model:\n  kind: gpt\n  lyers: 3\n");
    auto* sheet = window.open({{QStringLiteral("recipe"), QStringLiteral("bad.yaml")}});
    QTRY_VERIFY_WITH_TIMEOUT(!sheet->errorOf(Field::Recipe).isEmpty(), 15000);
    QVERIFY(!sheet->plan());
    QVERIFY(sheet->sentence().contains(QStringLiteral("Cannot start yet")));
    QVERIFY(!sheet->start());
}

void LaunchTest::goodRecipeShowsItsPlan() {
    if (!exists(programPath("lathe-train")))
        QSKIP("lathe-train is not built");
    Window window;
    // A plan looks at the data, which is the workspace here.
    window.write("text.txt", QByteArray("what follows is learnt. ").repeated(400).constData());
    window.write("good.yaml",
                 "model: {kind: gpt, layers: 2, width: 32, heads: 2, context: 32}\ntrain: {steps: 12}\n");
    auto* sheet = window.open({{QStringLiteral("recipe"), QStringLiteral("good.yaml")}});
    QTRY_VERIFY_WITH_TIMEOUT(sheet->plan().has_value(), 15000);
    QCOMPARE(sheet->plan()->steps, 12);
    QVERIFY(sheet->sentence().contains(QStringLiteral("12")));
    QVERIFY(sheet->findChild<LaunchParameters*>()->count() > 5);
    QVERIFY(sheet->findChild<MemoryBar*>()->hasPlan());
}

void LaunchTest::everyFieldHasAName() {
    Window window;
    auto* sheet = window.open();
    for (auto* widget : sheet->findChildren<QWidget*>()) {
        if (!(widget->focusPolicy() & Qt::TabFocus) || !widget->isVisibleTo(sheet) ||
            widget->inherits("QAbstractScrollArea") != widget->inherits("QPlainTextEdit"))
            continue;
        if (widget->parentWidget() && (widget->parentWidget()->inherits("QComboBox") ||
                                       widget->parentWidget()->inherits("QAbstractSpinBox")))
            continue;  // the box speaks for its line edit
        auto* button = qobject_cast<QAbstractButton*>(widget);
        QVERIFY2(!widget->accessibleName().isEmpty() || (button && !button->text().isEmpty()),
                 widget->metaObject()->className());
    }
    sheet->copyAsCommand();
    QVERIFY(QApplication::clipboard()->text().startsWith(QStringLiteral("lathe run")));
}

QTEST_MAIN(LaunchTest)
#include "launch_test.moc"
