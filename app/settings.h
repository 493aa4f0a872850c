// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QJsonObject>
#include <QList>
#include <QObject>
#include <QString>
#include <QVariant>

#include <functional>
#include <map>
#include <optional>

namespace lathe::app {

enum class SettingScope { User, Workspace };
enum class SettingType { Bool, Int, Real, Text, Choice };

struct SettingChoice {
    QString value;  // as stored
    QString label;  // translated
};

// One setting, declared once: storage, page, check and help follow from it.
struct SettingSpec {
    QString key;  // "editor.tabWidth"
    SettingType type = SettingType::Bool;
    QVariant fallback;  // the default; also the C++ type of value()
    QString page;       // Appearance, Editor, Terminal, Runs, Charts, Hosts, Git, Keys, Privacy, Plugins
                        // (untranslated id)
    QString label;      // translated: "Tab width"
    QString help;       // translated; one sentence, may be empty
    QString unit;       // "px"
    std::optional<double> minimum, maximum;
    QList<SettingChoice> choices;
    // Says why a text is no value; empty: fine.
    std::function<QString(const QVariant&)> check;
};

// All settings. The user's lie in configDir()/settings.json, the workspace's in .lathe/settings.json beside
// its code; only what differs from the default is written. GUI thread only; files are read and written on a
// worker after start.
class Settings : public QObject {
    Q_OBJECT
public:
    explicit Settings(QObject* parent = nullptr);
    ~Settings() override;

    void add(SettingSpec spec);
    const SettingSpec* find(const QString& key) const;
    QList<const SettingSpec*> all() const;  // in order of declaration

    // Workspace over user over default. An undeclared key is logged and gives an invalid QVariant.
    QVariant value(const QString& key) const;
    bool boolean(const QString& key) const { return value(key).toBool(); }
    int integer(const QString& key) const { return value(key).toInt(); }
    double real(const QString& key) const { return value(key).toDouble(); }
    QString text(const QString& key) const { return value(key).toString(); }
    bool isSet(const QString& key, SettingScope scope) const;
    QVariant valueIn(const QString& key, SettingScope scope) const;  // invalid if not set there

    // Invalid with the reason if the value is refused; the old one is kept. Applied at once, saved soon
    // after.
    Result<> set(const QString& key, const QVariant& value, SettingScope scope = SettingScope::User);
    void reset(const QString& key, SettingScope scope = SettingScope::User);

    // "keys" of the user's file.
    QMap<QString, QString> keyBindings() const;
    void setKeyBinding(const QString& command, const QString& keys);
    void removeKeyBinding(const QString& command);

    // Reads the user's file. A damaged file is kept beside as settings.json.damaged and said in the result;
    // refused values are left out and listed by problems().
    Result<> load(const QString& userFile);
    void loadWorkspace(const QByteArray& bytes);  // empty: none
    QStringList takeProblems();
    Result<> save();  // now; else it happens by itself after a change
    const QString& userFile() const { return m_userFile; }

Q_SIGNALS:
    void changed(const QString& key);
    void keyBindingsChanged();
    void saveFailed(const QString& reason);
    // The workspace's values changed: these bytes belong into its .lathe/settings.json.
    void workspaceBytes(const QByteArray& bytes);

private:
    std::optional<QVariant> convert(const SettingSpec& spec, const QVariant& value, QString* reason) const;
    void take(const QJsonObject& object, SettingScope scope);
    void scheduleSave();
    QJsonObject toJson(SettingScope scope) const;

    QList<QString> m_order;
    std::map<QString, SettingSpec> m_specs;
    QMap<QString, QVariant> m_values[2];
    QJsonObject m_unknown[2];  // of plugins that are not loaded now: kept as they are
    QMap<QString, QString> m_keys;
    QStringList m_problems;
    QString m_userFile;
    bool m_saveScheduled = false;
};

}  // namespace lathe::app
