// SPDX-License-Identifier: GPL-3.0-or-later
#include "document.h"

#include "app/workspace.h"
#include "code_editor.h"
#include "core/clock.h"
#include "core/id.h"
#include "core/text.h"
#include "git_facts.h"

#include <QCoreApplication>
#include <QPointer>

namespace lathe::editor {

namespace {
constexpr int kRecoveryDelayMs = 800;
constexpr std::size_t kBinaryShown = 256 * 1024;
}  // namespace

Document::Document(app::EngineBridge& bridge, host::Location location, CodeEditor* editor, QObject* parent)
    : QObject(parent), m_bridge(bridge), m_location(std::move(location)), m_editor(editor),
      m_key(m_location.path.empty() ? "new-" + newId() : editor::recoveryKey(m_location)) {
    m_recoveryTimer.setSingleShot(true);
    m_recoveryTimer.setInterval(kRecoveryDelayMs);
    connect(&m_recoveryTimer, &QTimer::timeout, this, &Document::settleRecovery);
    connect(m_editor, &QsciScintilla::textChanged, this, [this] {
        ++m_revision;
        if (m_loaded)
            m_recoveryTimer.start();
    });
    connect(m_editor, &QsciScintilla::modificationChanged, this, [this](bool modified) {
        if (!m_loaded)
            return;
        m_recoveryTimer.start();
        Q_EMIT modifiedChanged(modified);
    });
    connect(&m_bridge, &app::EngineBridge::hostChanged, this, [this](const QString& id) {
        if (m_saveWhenBack && id == app::toQString(m_location.host) &&
            m_bridge.hostState(id) == host::HostState::Connected)
            save();
    });
}

Document::~Document() = default;

bool Document::modified() const {
    return m_loaded && m_editor->isModified();
}

void Document::work(int change) {
    m_busy += change;
    Q_EMIT busyChanged();
}

void Document::showNotice(Notice notice, const QString& text) {
    if (notice != Notice::SaveFailed)
        m_refusedSaveAs.reset();
    m_notice = notice;
    m_noticeText = text;
    Q_EMIT noticeChanged();
}

void Document::load() {
    m_loadError.reset();
    if (isNew()) {
        m_loaded = true;
        m_editor->setBytes({}, m_facts);
        Q_EMIT loadedChanged();
        if (!m_key.starts_with("new-"))
            return;
    }
    work(+1);
    auto* bridge = &m_bridge;
    m_bridge
        .async([bridge, location = m_location, key = m_key](Engine& engine,
                                                            std::stop_token stop) -> Result<Loaded> {
            Loaded loaded;
            LATHE_TRY_ASSIGN(loaded.recovered, loadRecovery(key));
            if (location.path.empty())
                return loaded;
            LATHE_TRY_ASSIGN(auto machine, bridge->connectedHost(engine, location.host, stop));
            auto info = machine->stat(location.path);
            if (!info) {
                // The text was never lost, even if its file is: it comes back as unsaved.
                if (info.error().code == ErrorCode::NotFound && loaded.recovered)
                    return loaded;
                return std::unexpected(info.error());
            }
            loaded.info = *info;
            if (info->kind == host::FileKind::Folder || info->linkToFolder)
                return fail(ErrorCode::Invalid, "this is a folder", location.display(),
                            "open it from the File menu");
            if (info->kind == host::FileKind::Other)
                return fail(ErrorCode::Unsupported, "this is a device or a pipe, not a file",
                            location.display());
            if (info->size > kHugeFile)
                return fail(ErrorCode::Unsupported, "the file is too large to show: " + bytesText(info->size),
                            location.display(), "look at it in the terminal with `less`");
            LATHE_TRY_ASSIGN(loaded.content, machine->read(location.path, kHugeFile, stop));
            return loaded;
        })
        .then(this, [this](Result<Loaded> loaded) {
            work(-1);
            if (!loaded) {
                m_loadError = loaded.error();
                Q_EMIT loadedChanged();
                return;
            }
            takeLoaded(std::move(*loaded));
        });
}

void Document::takeLoaded(Loaded loaded) {
    const bool elsewhere = loaded.recovered && loaded.recovered->inUse;
    if (elsewhere) {
        loaded.recovered.reset();
        m_key = ownKey(m_key);
    }
    const bool gone = !isNew() && loaded.info.size == 0 && loaded.content.version == host::FileVersion{} &&
                      loaded.recovered;
    std::string& bytes = loaded.content.bytes;
    m_version = loaded.content.version;
    m_size = bytes.size();
    m_facts = examine(bytes);
    m_loaded = false;  // what follows is no edit
    const bool large = bytes.size() > kLargeFile;
    m_editor->setPlainView(large || m_facts.binary);
    if (m_facts.binary) {
        m_editor->setBytes(hexDump(bytes, kBinaryShown), {});
    } else {
        m_editor->setBytes(bytes, m_facts);
        if (!large)
            m_editor->setLanguage(languageOf(m_location.name(), std::string_view(bytes).substr(0, 200)));
    }
    m_readOnly = large || m_facts.binary || (!isNew() && !gone && (loaded.info.mode & 0222) == 0);
    m_loaded = true;
    if (loaded.recovered && loaded.recovered->bytes != bytes && !m_facts.binary) {
        m_facts = examine(loaded.recovered->bytes);
        m_editor->replaceBytes(loaded.recovered->bytes);
        if (gone)  // so that it counts as unsaved even if it is empty
            m_editor->setModified(true);
        m_recoveryKept = true;
        const QString when = app::toQString(localTimeText(loaded.recovered->time));
        if (gone)
            showNotice(Notice::Gone,
                       tr("The file is no longer there. Its unsaved text of %1 was kept.").arg(when));
        else if (!isNew() && loaded.recovered->base != m_version)
            showNotice(
                Notice::ChangedOnDisk,
                tr("Unsaved text of %1 was put back, and the file has changed on disk since.").arg(when));
        else
            showNotice(Notice::Recovered, tr("Unsaved text of %1 was put back.").arg(when));
    } else if (loaded.recovered) {
        m_recoveryKept = true;
        settleRecovery();
    }
    if (elsewhere)
        showNotice(Notice::OpenElsewhere,
                   tr("The file has unsaved changes in another window. Here it is as it was saved."));
    m_editor->setReadOnly(m_readOnly);
    Q_EMIT loadedChanged();
    Q_EMIT modifiedChanged(modified());
    if (!isNew()) {
        watch();
        loadBase();
    }
}

// What the last commit says of this file, for the bars beside the text. No repository or a new file: no bars.
void Document::loadBase() {
    if (m_facts.binary || m_size > kLargeFile)
        return;
    auto* bridge = &m_bridge;
    m_bridge
        .async([bridge, location = m_location](Engine& engine, std::stop_token stop) -> Result<std::string> {
            LATHE_TRY_ASSIGN(auto machine,
                             bridge->connectedHost(engine, location.host, stop, app::Prompting::Never));
            return headContent(machine, location.path);
        })
        .then(this, [this](Result<std::string> base) {
            m_editor->setBase(base ? std::optional(std::move(*base)) : std::nullopt);
        });
}

void Document::watch() {
    m_watch.reset();
    auto* bridge = &m_bridge;
    const QPointer<Document> self(this);
    m_bridge
        .async([bridge, location = m_location, self](Engine& engine,
                                                     std::stop_token stop) -> Result<std::shared_ptr<void>> {
            LATHE_TRY_ASSIGN(auto machine,
                             bridge->connectedHost(engine, location.host, stop, app::Prompting::Never));
            return machine->watch(location.path, [self] {
                QMetaObject::invokeMethod(
                    QCoreApplication::instance(),
                    [self] {
                        if (self)
                            self->checkDisk();
                    },
                    Qt::QueuedConnection);
            });
        })
        .then(this, [this](Result<std::shared_ptr<void>> watch) {
            if (watch)
                m_watch = std::move(*watch);
        });
}

void Document::checkDisk() {
    if (m_saving || isNew())
        return;
    auto* bridge = &m_bridge;
    m_bridge
        .async([bridge, location = m_location](Engine& engine,
                                               std::stop_token stop) -> Result<host::FileVersion> {
            LATHE_TRY_ASSIGN(auto machine,
                             bridge->connectedHost(engine, location.host, stop, app::Prompting::Never));
            LATHE_TRY_ASSIGN(const auto info, machine->stat(location.path));
            return host::FileVersion{info.size, info.modified};
        })
        .then(this, [this](Result<host::FileVersion> version) {
            if (m_saving)
                return;
            if (!version) {
                if (version.error().code == ErrorCode::NotFound && m_notice == Notice::None)
                    showNotice(Notice::Gone, tr("The file was removed or renamed. Saving writes it again."));
                return;
            }
            if (m_notice == Notice::Gone)
                showNotice(Notice::None);
            if (*version == m_version)
                return;
            if (!modified())
                readAgain(Reload::Unasked);
            else if (m_notice != Notice::SaveFailed)  // the next try to save will tell
                showNotice(Notice::ChangedOnDisk, tr("The file has changed on disk."));
        });
}

void Document::readDisk(QObject* context, std::function<void(Result<std::string>)> then) {
    auto* bridge = &m_bridge;
    m_bridge
        .async([bridge, location = m_location](Engine& engine, std::stop_token stop) -> Result<std::string> {
            LATHE_TRY_ASSIGN(auto machine, bridge->connectedHost(engine, location.host, stop));
            LATHE_TRY_ASSIGN(auto content, machine->read(location.path, kHugeFile, stop));
            return std::move(content.bytes);
        })
        .then(context, std::move(then));
}

void Document::reload() {
    readAgain(Reload::Asked);
}

void Document::readAgain(Reload why) {
    if (isNew())
        return;
    work(+1);
    auto* bridge = &m_bridge;
    m_bridge
        .async([bridge, location = m_location](Engine& engine,
                                               std::stop_token stop) -> Result<host::FileContent> {
            LATHE_TRY_ASSIGN(auto machine, bridge->connectedHost(engine, location.host, stop));
            return machine->read(location.path, kHugeFile, stop);
        })
        .then(this, [this, why, revision = m_revision](Result<host::FileContent> content) {
            work(-1);
            if (why == Reload::Unasked && m_saving)
                return;
            if (why == Reload::Unasked && (revision != m_revision || modified())) {
                // Typed while the file was being read: what was typed stays.
                showNotice(Notice::ChangedOnDisk, tr("The file has changed on disk."));
                return;
            }
            if (!content) {
                showNotice(Notice::SaveFailed, app::toQString(escapedForDisplay(content.error().text())));
                return;
            }
            m_version = content->version;
            const TextFacts facts = examine(content->bytes);
            const bool becameOther = facts.binary != m_facts.binary || content->bytes.size() > kLargeFile;
            m_facts = facts;
            if (becameOther) {
                takeLoaded(
                    {host::FileInfo{.size = content->bytes.size(), .mode = 0666}, std::move(*content), {}});
                return;
            }
            if (!m_facts.binary) {
                const bool wasReadOnly = m_editor->isReadOnly();
                m_editor->setReadOnly(false);
                m_editor->replaceBytes(content->bytes);
                m_editor->setReadOnly(wasReadOnly);
                m_editor->setModified(false);
            }
            m_size = content->bytes.size();
            showNotice(Notice::None);
            settleRecovery();
        });
}

void Document::save(bool overwrite) {
    if (!m_loaded || m_saving || isNew() || m_facts.binary)
        return;
    m_saving = true;
    m_saveWhenBack = false;
    work(+1);
    auto* bridge = &m_bridge;
    std::optional<host::FileVersion> expected = m_version;
    if (overwrite || m_notice == Notice::Gone)
        expected.reset();
    m_bridge
        .async([bridge, location = m_location, bytes = m_editor->bytes(),
                expected](Engine& engine, std::stop_token stop) -> Result<host::FileVersion> {
            LATHE_TRY_ASSIGN(auto machine, bridge->connectedHost(engine, location.host, stop));
            return machine->write(location.path, bytes, expected);
        })
        .then(this, [this, revision = m_revision, to = m_location](Result<host::FileVersion> version) {
            takeSaved(std::move(version), revision, to);
        });
}

void Document::saveAs(const host::Location& location) {
    saveTo(location, false);
}

void Document::replaceRefused() {
    if (m_refusedSaveAs)
        saveTo(*m_refusedSaveAs, true);
}

void Document::saveTo(const host::Location& location, bool replace) {
    if (!m_loaded || m_saving)
        return;
    m_saving = true;
    work(+1);
    auto* bridge = &m_bridge;
    m_bridge
        .async([bridge, location, replace, bytes = m_editor->bytes()](
                   Engine& engine, std::stop_token stop) -> Result<host::FileVersion> {
            LATHE_TRY_ASSIGN(auto machine, bridge->connectedHost(engine, location.host, stop));
            const auto there = machine->stat(location.path);
            if (there && !replace)
                return fail(ErrorCode::Exists, "there is a file of that name already", location.display(),
                            "choose another name");
            return machine->write(location.path, bytes);
        })
        .then(this, [this, revision = m_revision, to = location](Result<host::FileVersion> version) {
            takeSaved(std::move(version), revision, to);
        });
}

void Document::takeSaved(Result<host::FileVersion> version, int revision, const host::Location& to) {
    m_saving = false;
    work(-1);
    if (!version) {
        const Error& error = version.error();
        const QString text = app::toQString(escapedForDisplay(error.text()));
        if (error.code == ErrorCode::Exists && to == m_location) {
            showNotice(Notice::ChangedOnDisk,
                       tr("The file has changed on disk since it was opened. Nothing was written."));
        } else if (error.code == ErrorCode::Unavailable && to == m_location) {
            m_saveWhenBack = true;
            showNotice(Notice::HostAway,
                       tr("%1. The text is kept in a recovery file here and is saved when the host is back.")
                           .arg(text));
        } else {
            m_refusedSaveAs = to == m_location ? std::nullopt : std::optional(to);
            m_refusedExists = error.code == ErrorCode::Exists;
            showNotice(Notice::SaveFailed, tr("Not saved: %1").arg(text));
        }
        return;
    }
    m_version = *version;
    m_size = version->size;
    if (to != m_location) {
        m_oldKeys.push_back(std::exchange(m_key, editor::recoveryKey(to)));
        dropOldRecoveries();
        m_location = to;
        m_editor->setLanguage(languageOf(m_location.name(), m_editor->bytes().substr(0, 200)));
        Q_EMIT locationChanged();
        loadBase();
    }
    if (revision == m_revision)
        m_editor->setModified(false);
    m_facts = examine(m_editor->bytes());
    showNotice(Notice::None);
    watch();  // the file was replaced: the old watch saw the one that is gone
    settleRecovery();
    Q_EMIT saved();
}

void Document::discardRecovery() {
    showNotice(Notice::None);
    if (isNew()) {
        m_editor->replaceBytes({});
        m_editor->setModified(false);
    } else {
        reload();
    }
}

bool Document::keepForNextTime() {
    if (!m_hotExit || m_recoveryBusy || m_facts.binary)
        return false;
    m_recoveryTimer.stop();
    settleRecovery();  // the bridge finishes what was begun before it goes
    return true;
}

// Not while one may still be being written.
void Document::dropOldRecoveries() {
    if (m_recoveryBusy)
        return;
    for (const auto& key : std::exchange(m_oldKeys, {}))
        m_bridge.async([key](Engine&, std::stop_token) { return dropRecovery(key); });
}

// Brings the recovery file in line with the text; one write at a time.
void Document::settleRecovery() {
    if (m_recoveryBusy) {
        m_recoveryTimer.start();
        return;
    }
    const bool wanted = m_hotExit && modified() && !m_facts.binary;
    if (!wanted && !m_recoveryKept)
        return;
    m_recoveryBusy = true;
    m_recoveryKept = wanted;
    Recovered text{m_location, m_key, m_version, 0, wanted ? m_editor->bytes() : std::string()};
    m_bridge
        .async([text = std::move(text), wanted](Engine&, std::stop_token) {
            return wanted ? keepRecovery(text) : dropRecovery(text.key);
        })
        .then(this, [this](Result<> result) {
            m_recoveryBusy = false;
            dropOldRecoveries();
            if (!result)
                showNotice(Notice::SaveFailed,
                           tr("The recovery file could not be written: %1")
                               .arg(app::toQString(escapedForDisplay(result.error().text()))));
        });
}

}  // namespace lathe::editor
