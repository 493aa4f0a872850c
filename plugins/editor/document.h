// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/engine_bridge.h"
#include "host/location.h"
#include "recovery.h"
#include "text_file.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lathe::editor {

class CodeEditor;

// One file and its text: loading, saving, what happens to it on its host meanwhile, and its recovery file.
// Local and remote are the same. GUI thread only; all I/O runs on workers.
class Document : public QObject {
    Q_OBJECT
public:
    // What the user must know or decide; at most one at a time, the gravest.
    enum class Notice {
        None,
        Recovered,      // unsaved text of an earlier time was put back
        ChangedOnDisk,  // another program wrote the file while there are unsaved changes here
        Gone,           // the file was removed or renamed
        OpenElsewhere,  // with unsaved changes in another window
        SaveFailed,
        HostAway,  // saving waits for the host
    };

    // `location` without a path: a new text.
    Document(app::EngineBridge& bridge, host::Location location, CodeEditor* editor,
             QObject* parent = nullptr);
    ~Document() override;

    void load();
    void save(bool overwrite = false);
    void saveAs(const host::Location& location);
    // Writes over whatever is there now under the name that saveAs() refused last.
    void replaceRefused();
    // Takes what is on disk; one step that can be undone.
    void reload();
    void discardRecovery();
    void setHotExit(bool on) { m_hotExit = on; }
    // The window goes: writes the unsaved text to its recovery file, from where it comes back. False if that
    // is switched off or cannot be promised now.
    bool keepForNextTime();
    void setRecoveryKey(const std::string& key) { m_key = key; }  // of a text that was never saved

    const host::Location& location() const { return m_location; }
    bool isNew() const { return m_location.path.empty(); }
    bool loaded() const { return m_loaded; }
    bool busy() const { return m_busy > 0; }
    bool modified() const;
    bool readOnly() const { return m_readOnly; }
    const TextFacts& facts() const { return m_facts; }
    std::uint64_t size() const { return m_size; }
    Notice notice() const { return m_notice; }
    const QString& noticeText() const { return m_noticeText; }
    // With Notice::SaveFailed: where saveAs() could not save; nullopt: it was a plain save that failed.
    const std::optional<host::Location>& refusedSaveAs() const { return m_refusedSaveAs; }
    bool refusedExists() const { return m_refusedExists; }  // because a file is there already
    const std::optional<Error>& loadError() const { return m_loadError; }
    const std::string& recoveryKey() const { return m_key; }
    // What is on disk now, for a comparison.
    void readDisk(QObject* context, std::function<void(Result<std::string>)> then);

Q_SIGNALS:
    void loadedChanged();  // loaded, or loadError()
    void noticeChanged();
    void modifiedChanged(bool modified);
    void locationChanged();
    void saved();
    void busyChanged();

private:
    struct Loaded {
        host::FileInfo info;
        host::FileContent content;
        std::optional<Recovered> recovered;
    };
    void takeLoaded(Loaded loaded);
    void saveTo(const host::Location& location, bool replace);
    void takeSaved(Result<host::FileVersion> version, int revision, const host::Location& to);
    enum class Reload { Asked, Unasked };
    void readAgain(Reload why);
    void dropOldRecoveries();
    void showNotice(Notice notice, const QString& text = {});
    void watch();
    void checkDisk();
    void settleRecovery();
    void loadBase();
    void work(int change);

    app::EngineBridge& m_bridge;
    host::Location m_location;
    CodeEditor* m_editor;
    std::string m_key;
    std::vector<std::string> m_oldKeys;  // recovery files of names that the text no longer has
    TextFacts m_facts;
    host::FileVersion m_version;
    std::uint64_t m_size = 0;
    std::optional<Error> m_loadError;
    Notice m_notice = Notice::None;
    QString m_noticeText;
    std::optional<host::Location> m_refusedSaveAs;
    std::shared_ptr<void> m_watch;
    QTimer m_recoveryTimer;
    int m_busy = 0, m_revision = 0;
    bool m_loaded = false, m_readOnly = false, m_saving = false, m_hotExit = true, m_recoveryBusy = false,
         m_recoveryKept = false, m_saveWhenBack = false, m_refusedExists = false;
};

}  // namespace lathe::editor
