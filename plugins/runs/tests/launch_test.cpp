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
