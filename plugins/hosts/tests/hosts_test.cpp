// SPDX-License-Identifier: GPL-3.0-or-later
#include "connect_sheet.h"
#include "folder_sheet.h"
#include "host_facts.h"
#include "host_list_pane.h"
#include "host_pane.h"
#include "host_prompter.h"
#include "host_service.h"
#include "host_words.h"
#include "hosts_commands.h"

#include "app/command_ids.h"
#include "app/testing/test_workbench.h"
#include "core/file.h"

#include <QCompleter>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QListWidget>
#include <QPushButton>
#include <QTest>

#include <thread>

using namespace lathe;
using namespace lathe::hosts;

namespace {

constexpr auto kGpuHost = R"(== os
Ubuntu 24.04.1 LTS
== cores
128
== cpu
AMD EPYC 9554 64-Core Processor
== load
41.20 40.00 39.00 42/5000 12345
== memory
MemTotal:       2113929216 kB
MemAvailable:   1700000000 kB
== uptime
3545600.11 100.0
== user
me
== disk
Filesystem     Type  1024-blocks      Used Available Capacity Mounted on
/dev/nvme0n1p2 ext4    960000000 380000000 568000000      41% /
/dev/nvme1n1   xfs    7000000000 6600000000 400000000     95% /scratch
tmpfs          tmpfs   100000000         0 100000000       0% /dev/shm
/dev/nvme0n1p2 ext4    960000000 380000000 568000000      41% /var/snap
== gpu
0, GPU-aaaa, NVIDIA H200, 97, 70000, 143771, 71, 612.30, 570.86
1, GPU-bbbb, NVIDIA H200, 0, 0, 143771, 39, [N/A], 570.86
== gpuproc
GPU-aaaa, 184021, 69000
GPU-aaaa, 171906, 1000
== ps
 184021 me        11520 python train.py configs/yarn.yaml
 171906 user2     24000 python finetune.py --model q
)";

// Answers every question the same way.
class FixedFace : public PromptFace {
public:
    host::HostKeyAnswer keyAnswer = host::HostKeyAnswer::AcceptOnce;
    bool silent = false;
    int asked = 0;
    void askUnknownKey(const host::HostKeyQuestion&, std::function<void(host::HostKeyAnswer)> answer) override {
        ++asked;
        if (!silent)
            answer(keyAnswer);
    }
    void askSecret(const QString&, bool, std::function<void(std::optional<std::string>)> answer) override {
        ++asked;
        if (!silent)
            answer("secret");
    }
    void showStep(const QString&) override {}
};

} // namespace

class HostsTest : public QObject {
    Q_OBJECT

    std::unique_ptr<TempDir> m_folder;
    std::unique_ptr<app::Workbench> m_workbench;
    HostService* m_service = nullptr;

private Q_SLOTS:
    void init() {
        m_folder = std::make_unique<TempDir>();
        // Nothing listens on port 1 of this computer: refused at once, wherever the test runs.
        QVERIFY(writeFileAtomic(*m_folder / "ssh_config",
                                "Host nowhere\n  HostName 127.0.0.1\n  Port 1\nHost *.example\n  User x\n"));
        qputenv("LATHE_SSH_CONFIG", QByteArray::fromStdString(*m_folder / "ssh_config"));
        m_workbench = app::makeTestWorkbench();
        m_service = registerHosts(*m_workbench);
    }
    void cleanup() {
        m_workbench.reset();
        m_folder.reset();
    }

    void namesOfTheSshConfigurationAreOffered() {
        // Nobody has looked at the list of hosts before.
        auto* sheet = new ConnectSheet(*m_workbench, *m_service, {}, m_workbench->window());
        sheet->open();
        QTRY_VERIFY(sheet->nameField()->completer()->model()->rowCount() > 0);
        QCOMPARE(sheet->nameField()->completer()->model()->index(0, 0).data().toString(), QStringLiteral("nowhere"));
        bool seen = false;
        for (auto* label : sheet->findChildren<QLabel*>())
            seen |= label->isVisible() && label->text().contains(QStringLiteral("href=\"nowhere\""));
        QVERIFY(seen);
        QTest::keyClicks(sheet->nameField(), QStringLiteral("now"));
        QCOMPARE(sheet->nameField()->completer()->currentCompletion(), QStringLiteral("nowhere"));
        sheet->dismiss();
    }

    void aHostThatWasNeverReachedIsNotRemembered() {
        auto* sheet = new ConnectSheet(*m_workbench, *m_service, QStringLiteral("127.0.0.1:1"),
                                       m_workbench->window());
        sheet->open();
        QVERIFY(app::waitFor([&] { return !sheet->errorText().isEmpty(); }, 60000));
        QVERIFY(!m_service->hosts().contains(QStringLiteral("127.0.0.1:1")));
        sheet->dismiss();
    }

    void factsAreRead() {
        const HostFacts facts = parseFacts(kGpuHost);
        QCOMPARE(facts.system, std::string("Ubuntu 24.04.1 LTS"));
        QCOMPARE(facts.cores, 128);
        QCOMPARE(facts.load, 41.2);
        QCOMPARE(facts.driver, std::string("570.86"));
        QCOMPARE(facts.gpus.size(), std::size_t(2));
        QCOMPARE(facts.gpus[0].use, 0.97);
        QCOMPARE(*facts.gpus[0].power, 612.3);
        QVERIFY(!facts.gpus[1].power.has_value());
        QCOMPARE(facts.processes.size(), std::size_t(2));
        QCOMPARE(facts.processes[0].user, std::string("user2"));
        QCOMPARE(facts.processes[1].command, std::string("python train.py configs/yarn.yaml"));
        QVERIFY(facts.processes[1].gpus == std::vector<int>{0});
        QCOMPARE(facts.disks.size(), std::size_t(2)); // no memory file system, no second mount of one disk
        QCOMPARE(devicesText(facts), QStringLiteral("2 × H200"));
        QVERIFY(factsLine(facts).contains("driver 570.86"));
    }

    void hostileFactsDoNoHarm() {
        for (const char* text : {"", "== gpu\n,,,,,,,,\n", "== load\n\n== load\nx\n", "== cores\n-5\n", "== cores\n1e99\n",
                                 "== memory\nMemTotal:\n", "== disk\na b c d e f g\n", "== gpu\nnan, a, b, inf, -1, x, y, z, w\n",
                                 "== ps\n1 2\n", "no section\n== \n", "== gpuproc\n1,2\n"}) {
            const HostFacts facts = parseFacts(text);
            QVERIFY(facts.cores >= 0);
            factsLine(facts);
            memoryText(facts);
        }
        const HostFacts control = parseFacts("== os\n\x1b]0;evil\x07\n== cores\n2\n");
        QVERIFY(!factsLine(control).contains(QChar(0x1b)));
    }

    void thisComputerTellsItsFacts() {
        auto* pane = qobject_cast<HostListPane*>(m_workbench->showPane("hosts"));
        QVERIFY(pane);
        QVERIFY(app::waitFor([&] { return m_service->view("local").facts != nullptr; }, 30000));
        QVERIFY(m_service->view("local").facts->cores > 0);
        QVERIFY(m_workbench->commands().execute(app::ids::kHostOpen, {{"host", "local"}}));
        auto* tab = qobject_cast<HostPane*>(m_workbench->activeTab());
        QVERIFY(tab);
        QVERIFY(app::waitFor([&] { return tab->deviceCards() > 0; }, 30000));
        QCOMPARE(tab->stateText(), QStringLiteral("connected"));
        QVERIFY2(tab->factsText().contains("core"), qPrintable(tab->factsText()));
    }

    void configuredNamesAreListed() {
        m_service->reloadConfigured();
        QVERIFY(app::waitFor([&] { return m_service->configured() == QStringList{"nowhere"}; }, 20000));
        auto* pane = qobject_cast<HostListPane*>(m_workbench->showPane("hosts"));
        QVERIFY(pane);
        const auto* model = pane->view().model();
        QCOMPARE(model->rowCount(), 3); // local, the heading, nowhere
        QCOMPARE(model->index(2, 0).data(HostListModel::IdRole).toString(), QStringLiteral("nowhere"));
        QVERIFY(!(model->index(1, 0).flags() & Qt::ItemIsSelectable));
    }

    void anUnreachableHostSaysWhichStepFailed() {
        auto* sheet = new ConnectSheet(*m_workbench, *m_service, "nowhere", m_workbench->window());
        sheet->open();
        QVERIFY(app::waitFor([&] { return sheet->mark(ConnectSheet::Step::Reach) == ConnectSheet::Mark::Failed; }, 60000));
        QVERIFY(!sheet->busy());
        QVERIFY(!sheet->errorText().isEmpty());
        QVERIFY(sheet->mark(ConnectSheet::Step::SignIn) == ConnectSheet::Mark::Waiting);
        // And may be tried again, from the same place.
        sheet->connectNow();
        QVERIFY(sheet->busy());
        QVERIFY(app::waitFor([&] { return !sheet->busy(); }, 60000));
        sheet->dismiss();
    }

    void aNameThatCannotBeAHostIsRefused() {
        auto* sheet = new ConnectSheet(*m_workbench, *m_service, "-oProxyCommand=id", m_workbench->window());
        sheet->open();
        QVERIFY(app::waitFor([&] { return !sheet->errorText().isEmpty(); }, 20000));
        sheet->dismiss();
    }

    void questionsWaitForTheirAnswer() {
        FixedFace face;
        const host::Prompts prompts = promptsFor(&face);
        host::HostKeyAnswer answer = host::HostKeyAnswer::Cancel;
        std::optional<std::string> secret;
        std::atomic<bool> done = false;
        std::thread worker([&] {
            answer = prompts.unknownKey({"h", "ssh-ed25519", "SHA256:x"});
            secret = prompts.secret("Password:", false);
            done = true;
        });
        QVERIFY(app::waitFor([&] { return done.load(); }, 20000));
        worker.join();
        QCOMPARE(answer, host::HostKeyAnswer::AcceptOnce);
        QCOMPARE(secret.value_or(""), std::string("secret"));
    }

    void aQuestionNobodyAnswersEndsWithItsFace() {
        auto face = std::make_unique<FixedFace>();
        face->silent = true;
        face->keyAnswer = host::HostKeyAnswer::AcceptAndSave;
        const host::Prompts prompts = promptsFor(face.get());
        host::HostKeyAnswer answer = host::HostKeyAnswer::AcceptAndSave;
        std::atomic<bool> done = false;
        std::thread worker([&] {
            answer = prompts.unknownKey({"h", "ssh-ed25519", "SHA256:x"});
            done = true;
        });
        QVERIFY(app::waitFor([&] { return face->asked == 1; }, 20000));
        QVERIFY(!done);
        face.reset();
        QVERIFY(app::waitFor([&] { return done.load(); }, 20000));
        worker.join();
        QCOMPARE(answer, host::HostKeyAnswer::Cancel);
    }

    void aFolderIsChosenOnItsHost() {
        QVERIFY(makeDirs(*m_folder / "ws/inner"));
        QVERIFY(writeFileAtomic(*m_folder / "ws/file.txt", "x"));
        auto* sheet = new FolderSheet(*m_workbench, "local", m_workbench->window());
        sheet->open();
        QVERIFY(app::waitFor([&] { return !sheet->listing() && !sheet->folder().empty(); }, 20000)); // home
        sheet->go(*m_folder / "ws");
        QVERIFY(app::waitFor([&] { return sheet->folder() == *m_folder / "ws"; }, 20000));
        QCOMPARE(sheet->list()->count(), 1); // folders only
        QCOMPARE(sheet->list()->item(0)->text(), QStringLiteral("inner"));
        sheet->go(*m_folder / "missing");
        QVERIFY(app::waitFor([&] { return !sheet->listing(); }, 20000));
        QCOMPARE(sheet->folder(), *m_folder / "ws"); // the last good one stays
        sheet->openIt();
        QVERIFY(app::waitFor([&] { return m_workbench->workspace().isOpen(); }, 20000));
        QCOMPARE(m_workbench->workspace().folder()->path, *m_folder / "ws");
    }
};

QTEST_MAIN(HostsTest)
#include "hosts_test.moc"
