// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings.h"

#include "app/workspace.h"
#include "core/file.h"
#include "core/log.h"
#include "core/paths.h"

#include <QJsonDocument>
#include <QThreadPool>
#include <QTimer>

#include <cmath>
#include <utility>

namespace lathe::app {

namespace {
constexpr int kSaveDelayMs = 300;
const QString kKeys = QStringLiteral("keys");

QMap<QString, QVariant>& of(QMap<QString, QVariant> (&values)[2], SettingScope scope) {
    return values[static_cast<int>(scope)];
}

QString rangeText(const SettingSpec& spec) {
    const auto number = [](double value) { return QString::number(value); };
    if (spec.minimum && spec.maximum)
        return Settings::tr("it must be from %1 to %2").arg(number(*spec.minimum), number(*spec.maximum));
    if (spec.minimum)
        return Settings::tr("it must be at least %1").arg(number(*spec.minimum));
    return Settings::tr("it must be at most %1").arg(number(*spec.maximum));
}

Result<> writeSettings(const std::string& path, const QByteArray& bytes) {
    LATHE_TRY(makeDirs(parentPath(path)));
    return writeFileAtomic(path, std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
}
}  // namespace

Settings::Settings(QObject* parent) : QObject(parent) {}

Settings::~Settings() {
    if (!m_saveScheduled)
        return;
    if (auto saved = save(); !saved)
        logError("app", "settings: {}", saved.error().text());
}

void Settings::add(SettingSpec spec) {
    if (m_specs.contains(spec.key)) {
        logError("app", "setting {} is declared twice; the second is ignored", spec.key.toStdString());
        return;
    }
    const QString key = spec.key;
    m_order << key;
    m_specs.emplace(key, std::move(spec));
    // The file may have been read before the plugin that owns this setting was there.
    for (const SettingScope scope : {SettingScope::User, SettingScope::Workspace}) {
        QJsonObject& waiting = m_unknown[static_cast<int>(scope)];
        if (waiting.contains(key))
            take(QJsonObject{{key, waiting.take(key)}}, scope);
    }
}

const SettingSpec* Settings::find(const QString& key) const {
    const auto found = m_specs.find(key);
    return found == m_specs.end() ? nullptr : &found->second;
}

QList<const SettingSpec*> Settings::all() const {
    QList<const SettingSpec*> specs;
    for (const QString& key : m_order)
        specs << find(key);
    return specs;
}

QVariant Settings::value(const QString& key) const {
    const SettingSpec* spec = find(key);
    if (!spec) {
        logError("app", "setting {} is read but not declared", key.toStdString());
        return {};
    }
    for (const SettingScope scope : {SettingScope::Workspace, SettingScope::User})
        if (const QVariant set = valueIn(key, scope); set.isValid())
            return set;
    return spec->fallback;
}

QVariant Settings::valueIn(const QString& key, SettingScope scope) const {
    return m_values[static_cast<int>(scope)].value(key);
}

bool Settings::isSet(const QString& key, SettingScope scope) const {
    return m_values[static_cast<int>(scope)].contains(key);
}

std::optional<QVariant> Settings::convert(const SettingSpec& spec, const QVariant& value,
                                          QString* reason) const {
    QVariant converted;
    switch (spec.type) {
    case SettingType::Bool:
        if (value.typeId() != QMetaType::Bool) {
            *reason = tr("it must be true or false");
            return {};
        }
        converted = value;
        break;
    case SettingType::Int:
    case SettingType::Real: {
        bool isNumber = false;
        const double number = value.toDouble(&isNumber);
        if (!isNumber || value.typeId() == QMetaType::Bool || !std::isfinite(number)) {
            *reason = tr("it must be a number");
            return {};
        }
        if (spec.type == SettingType::Int && number != std::floor(number)) {
            *reason = tr("it must be a whole number");
            return {};
        }
        if ((spec.minimum && number < *spec.minimum) || (spec.maximum && number > *spec.maximum)) {
            *reason = rangeText(spec);
            return {};
        }
        converted = spec.type == SettingType::Int ? QVariant(static_cast<int>(number)) : QVariant(number);
        break;
    }
    case SettingType::Text:
    case SettingType::Choice:
        if (value.typeId() != QMetaType::QString) {
            *reason = tr("it must be a text");
            return {};
        }
        converted = value;
        if (spec.type == SettingType::Choice) {
            QStringList allowed;
            for (const SettingChoice& choice : spec.choices)
                allowed << choice.value;
            if (!allowed.contains(value.toString())) {
                *reason = tr("it must be one of %1").arg(allowed.join(QStringLiteral(", ")));
                return {};
            }
        }
        break;
    }
    if (spec.check)
        if (const QString refused = spec.check(converted); !refused.isEmpty()) {
            *reason = refused;
            return {};
        }
    return converted;
}

Result<> Settings::set(const QString& key, const QVariant& value, SettingScope scope) {
    const SettingSpec* spec = find(key);
    if (!spec)
        return fail(ErrorCode::NotFound, "there is no such setting", toStd(key));
    QString reason;
    const auto converted = convert(*spec, value, &reason);
    if (!converted)
        return fail(ErrorCode::Invalid, toStd(reason), toStd(key));
    auto& values = of(m_values, scope);
    if (values.value(key) == *converted)
        return {};
    // What equals the default is not written: a later version may choose a better one.
    if (*converted == spec->fallback && scope == SettingScope::User)
        values.remove(key);
    else
        values.insert(key, *converted);
    Q_EMIT changed(key);
    if (scope == SettingScope::User)
        scheduleSave();
    else
        Q_EMIT workspaceBytes(QJsonDocument(toJson(scope)).toJson());
    return {};
}

void Settings::reset(const QString& key, SettingScope scope) {
    if (of(m_values, scope).remove(key) == 0)
        return;
    Q_EMIT changed(key);
    if (scope == SettingScope::User)
        scheduleSave();
    else
        Q_EMIT workspaceBytes(QJsonDocument(toJson(scope)).toJson());
}

QMap<QString, QString> Settings::keyBindings() const {
    return m_keys;
}

void Settings::setKeyBinding(const QString& command, const QString& keys) {
    m_keys.insert(command, keys);
    Q_EMIT keyBindingsChanged();
    scheduleSave();
}

void Settings::removeKeyBinding(const QString& command) {
    if (m_keys.remove(command) == 0)
        return;
    Q_EMIT keyBindingsChanged();
    scheduleSave();
}

void Settings::take(const QJsonObject& object, SettingScope scope) {
    for (auto it = object.begin(); it != object.end(); ++it) {
        const SettingSpec* spec = find(it.key());
        if (!spec) {
            m_unknown[static_cast<int>(scope)].insert(it.key(), it.value());
            continue;
        }
        QString reason;
        if (const auto converted = convert(*spec, it.value().toVariant(), &reason))
            of(m_values, scope).insert(it.key(), *converted);
        else
            m_problems << tr("setting “%1” is ignored: %2").arg(it.key(), reason);
    }
}

Result<> Settings::load(const QString& userFile) {
    m_userFile = userFile;
    const std::string path = toStd(userFile);
    if (!exists(path))
        return {};
    LATHE_TRY_ASSIGN(const std::string bytes, readFile(path, std::size_t{8} << 20));
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray::fromStdString(bytes), &error);
    if (!document.isObject()) {
        const std::string reason = error.error == QJsonParseError::NoError
                                       ? std::string("the settings are not a JSON object")
                                       : fmt::format("the settings do not parse at byte {}: {}", error.offset,
                                                     toStd(error.errorString()));
        if (auto kept = writeFileAtomic(path + ".damaged", bytes); !kept)
            return fail(ErrorCode::Corrupt, reason, path, "the defaults are used; mend the file");
        return fail(ErrorCode::Corrupt, reason, path,
                    "the defaults are used; the old file is kept as settings.json.damaged");
    }
    QJsonObject object = document.object();
    const QJsonValue keys = object.take(kKeys);
    const QJsonObject bindings = keys.toObject();
    for (auto it = bindings.begin(); it != bindings.end(); ++it) {
        if (it.value().isString())
            m_keys.insert(it.key(), it.value().toString());
        else
            m_problems << tr("keys: the value of “%1” must be a text").arg(it.key());
    }
    if (!keys.isUndefined() && !keys.isObject())
        m_problems << tr("“keys” must be an object of command and key");
    take(object, SettingScope::User);
    return {};
}

void Settings::loadWorkspace(const QByteArray& bytes) {
    const auto before = std::exchange(of(m_values, SettingScope::Workspace), {});
    m_unknown[static_cast<int>(SettingScope::Workspace)] = {};
    if (!bytes.isEmpty()) {
        QJsonParseError error;
        const QJsonDocument document = QJsonDocument::fromJson(bytes, &error);
        if (document.isObject())
            take(document.object(), SettingScope::Workspace);
        else
            m_problems << tr(".lathe/settings.json of the workspace is ignored: %1").arg(error.errorString());
    }
    const auto& after = of(m_values, SettingScope::Workspace);
    for (const QString& key : m_order)
        if (before.value(key) != after.value(key))
            Q_EMIT changed(key);
}

QStringList Settings::takeProblems() {
    return std::exchange(m_problems, {});
}

QJsonObject Settings::toJson(SettingScope scope) const {
    QJsonObject object = m_unknown[static_cast<int>(scope)];
    const auto& values = m_values[static_cast<int>(scope)];
    for (auto it = values.cbegin(); it != values.cend(); ++it)
        object.insert(it.key(), QJsonValue::fromVariant(it.value()));
    if (scope == SettingScope::User && !m_keys.isEmpty()) {
        QJsonObject keys;
        for (auto it = m_keys.cbegin(); it != m_keys.cend(); ++it)
            keys.insert(it.key(), it.value());
        object.insert(kKeys, keys);
    }
    return object;
}

void Settings::scheduleSave() {
    if (m_saveScheduled || m_userFile.isEmpty())
        return;
    m_saveScheduled = true;
    QTimer::singleShot(kSaveDelayMs, this, [this] {
        if (!std::exchange(m_saveScheduled, false))
            return;
        QThreadPool::globalInstance()->start(
            [this, path = toStd(m_userFile), bytes = QJsonDocument(toJson(SettingScope::User)).toJson()] {
                if (auto saved = writeSettings(path, bytes); !saved)
                    QMetaObject::invokeMethod(
                        this, [this, text = toQString(saved.error().text())] { Q_EMIT saveFailed(text); },
                        Qt::QueuedConnection);
            });
    });
}

Result<> Settings::save() {
    m_saveScheduled = false;
    if (m_userFile.isEmpty())
        return {};
    return writeSettings(toStd(m_userFile), QJsonDocument(toJson(SettingScope::User)).toJson());
}

}  // namespace lathe::app
