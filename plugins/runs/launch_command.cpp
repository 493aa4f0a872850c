// SPDX-License-Identifier: GPL-3.0-or-later
#include "launch_command.h"

#include "app/workspace.h"
#include "core/paths.h"
#include "core/text.h"

#include <QRegularExpression>

#include <algorithm>
#include <iterator>

namespace lathe::runs {
namespace {

using app::toQString;
using app::toStd;

constexpr qsizetype kMostKeys = 400;

// A word of the command as it stands there; a brace group belongs to the word it begins in.
struct Word {
    qsizetype from = 0, to = 0;
    QString text;
};

QList<Word> wordsOf(const QString& command) {
    QList<Word> out;
    QChar quote;
    int braces = 0;
    qsizetype from = -1;
    for (qsizetype i = 0; i <= command.size(); ++i) {
        const QChar c = i < command.size() ? command[i] : QLatin1Char(' ');
        const bool end = i == command.size();
        if (!quote.isNull() && !end) {
            if (c == quote)
                quote = QChar();
            continue;
        }
        if (end || (c.isSpace() && braces == 0)) {
            if (from >= 0)
                out.append({from, i, command.mid(from, i - from)});
            from = -1;
            continue;
        }
        if (from < 0)
            from = i;
        if (c == QLatin1Char('\\'))
            ++i;
        else if (c == QLatin1Char('"') || c == QLatin1Char('\''))
            quote = c;
        else if (c == QLatin1Char('{'))
            ++braces;
        else if (c == QLatin1Char('}'))
            braces = std::max(0, braces - 1);
    }
    return out;
}

QString unquoted(const QString& word) {
    const auto parts = shellSplit(toStd(word));
    return parts && parts->size() == 1 ? toQString(parts->front()) : word;
}

bool isFlag(const QString& word) {
    return word.size() > 2 && word.startsWith(QLatin1String("--"));
}

// "1337, 42" of "{1337, 42}".
QString withoutBraces(const QString& value) {
    return value.size() > 2 && value.startsWith(QLatin1Char('{')) && value.endsWith(QLatin1Char('}')) &&
                   value.contains(QLatin1Char(','))
               ? value.mid(1, value.size() - 2).trimmed()
               : value;
}

QString asWord(const QString& value) {
    if (severalValues(value).size() > 1)
        return QLatin1Char('{') + value.trimmed() + QLatin1Char('}');
    return toQString(shellQuote(toStd(value)));
}

// Where the value of a flag stands; to == from: the flag is not there.
struct FlagPlace {
    qsizetype flagFrom = 0, from = 0, to = 0;
    bool joined = false;  // --lr=0.1
};

std::optional<FlagPlace> placeOf(const QString& command, const QString& name) {
    const auto words = wordsOf(command);
    const QString flag = QStringLiteral("--") + name;
    for (qsizetype i = 0; i < words.size(); ++i) {
        const auto& word = words[i];
        if (word.text.startsWith(flag + QLatin1Char('=')))
            return FlagPlace{word.from, word.from + flag.size() + 1, word.to, true};
        if (word.text == flag && i + 1 < words.size() && !isFlag(words[i + 1].text))
            return FlagPlace{word.from, words[i + 1].from, words[i + 1].to, false};
    }
    return std::nullopt;
}

Json plainValue(QString text) {
    text = text.trimmed();
    if (text.size() >= 2 && (text.front() == QLatin1Char('"') || text.front() == QLatin1Char('\'')) &&
        text.back() == text.front())
        return toStd(text.mid(1, text.size() - 2));
    return toStd(text);
}

void flatten(const Json& json, const std::string& prefix, Json& out) {
    if (json.is_object()) {
        for (const auto& [key, value] : json.items())
            flatten(value, prefix.empty() ? key : prefix + "." + key, out);
    } else if (!prefix.empty() && out.size() < kMostKeys) {
        out[prefix] = json;
    }
}

}  // namespace

QMap<QString, QString> commandFlags(const QString& command) {
    QMap<QString, QString> out;
    const auto words = wordsOf(command);
    for (qsizetype i = 0; i < words.size(); ++i) {
        if (!isFlag(words[i].text))
            continue;
        const QString word = words[i].text.mid(2);
        if (const auto equal = word.indexOf(QLatin1Char('=')); equal > 0)
            out.insert(word.left(equal), withoutBraces(unquoted(word.mid(equal + 1))));
        else if (i + 1 < words.size() && !isFlag(words[i + 1].text))
            out.insert(word, withoutBraces(unquoted(words[i + 1].text)));
    }
    return out;
}

QString withFlag(const QString& command, const QString& name, const QString& value) {
    if (const auto place = placeOf(command, name))
        return command.left(place->from) + asWord(value) + command.mid(place->to);
    const QString head = command.trimmed();
    return QStringLiteral("%1 --%2 %3").arg(head, name, asWord(value));
}

QString withoutFlag(const QString& command, const QString& name) {
    const auto place = placeOf(command, name);
    if (!place)
        return command;
    return (command.left(place->flagFrom).trimmed() + QLatin1Char(' ') + command.mid(place->to).trimmed())
        .trimmed();
}

QStringList severalValues(const QString& text) {
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty() || QStringLiteral("[{(\"'").contains(trimmed.front()))
        return {trimmed};
    QStringList out;
    for (const auto& part : trimmed.split(QLatin1Char(',')))
        if (const auto value = part.trimmed(); !value.isEmpty())
            out << value;
    return out.isEmpty() ? QStringList{trimmed} : out;
}

QList<CommandChoice> commandChoices(const QString& command) {
    QList<CommandChoice> out;
    QString before;
    for (const auto& word : wordsOf(command)) {
        QChar quote;
        for (qsizetype i = 0; i < word.text.size(); ++i) {
            const QChar c = word.text[i];
            if (!quote.isNull()) {
                if (c == quote)
                    quote = QChar();
                continue;
            }
            if (c == QLatin1Char('"') || c == QLatin1Char('\'')) {
                quote = c;
                continue;
            }
            if (c != QLatin1Char('{') || (i > 0 && word.text[i - 1] == QLatin1Char('$')))
                continue;
            const auto end = word.text.indexOf(QLatin1Char('}'), i);
            if (end < 0)
                break;
            CommandChoice choice{word.from + i, word.from + end + 1, {}, {}};
            const QString inside = word.text.mid(i + 1, end - i - 1);
            if (inside.contains(QLatin1Char(',')) && !inside.contains(QLatin1Char('{')))
                choice.values = severalValues(inside);
            if (choice.values.size() > 1) {
                const QString head = word.text.left(i);
                choice.flag = isFlag(head) && head.endsWith(QLatin1Char('=')) ? head.mid(2, head.size() - 3)
                              : i == 0 && isFlag(before)                      ? before.mid(2)
                                                                              : QString();
                out.append(choice);
            }
            i = end;
        }
        before = word.text;
    }
    return out;
}

QString scriptOf(const QString& command) {
    for (const auto& word : wordsOf(command))
        if (extension(toStd(unquoted(word.text))) == ".py")
            return unquoted(word.text);
    return {};
}

QStringList configsOf(const QString& command) {
    QStringList out;
    for (const auto& word : wordsOf(command)) {
        QString path = unquoted(word.text);
        if (isFlag(path))
            path = path.section(QLatin1Char('='), 1);
        if (const auto ending = extension(toStd(path));
            ending == ".yaml" || ending == ".yml" || ending == ".json")
            out << path;
    }
    return out;
}

QStringList configsNamedIn(std::string_view python) {
    static const QRegularExpression pattern(QStringLiteral(R"(["']([\w./-]+\.(?:ya?ml|json))["'])"));
    QStringList out;
    auto it = pattern.globalMatch(toQString(std::string(python)));
    while (it.hasNext() && out.size() < 4)
        if (const auto path = it.next().captured(1); !out.contains(path))
            out << path;
    return out;
}

Json argparseFlags(std::string_view python) {
    Json out = Json::object();
    const QString text = toQString(std::string(python));
    static const QRegularExpression call(QStringLiteral(R"(\badd_argument\s*\()"));
    static const QRegularExpression flag(QStringLiteral(R"(["']--([A-Za-z0-9][\w.-]*)["'])"));
    static const QRegularExpression given(QStringLiteral(
        R"(\bdefault\s*=\s*("[^"]*"|'[^']*'|[-+]?[.\d][\d._]*(?:[eE][-+]?\d+)?|[A-Za-z_][\w.]*))"));
    static const QRegularExpression isSwitch(
        QStringLiteral(R"(\baction\s*=\s*["']?(?:store_|count|help|version|argparse\.Bool))"));
    auto it = call.globalMatch(text);
    while (it.hasNext() && out.size() < kMostKeys) {
        // To the parenthesis that closes the call.
        const auto start = it.next().capturedEnd();
        qsizetype end = start;
        int depth = 1;
        QChar quote;
        for (; end < text.size() && depth > 0; ++end) {
            const QChar c = text[end];
            if (!quote.isNull()) {
                if (c == QLatin1Char('\\'))
                    ++end;
                else if (c == quote)
                    quote = QChar();
            } else if (c == QLatin1Char('"') || c == QLatin1Char('\'')) {
                quote = c;
            } else {
                depth += c == QLatin1Char('(') ? 1 : c == QLatin1Char(')') ? -1 : 0;
            }
        }
        const QString inside = text.mid(start, end - start);
        const auto name = flag.match(inside);
        if (!name.hasMatch() || isSwitch.match(inside).hasMatch())
            continue;
        const auto value = given.match(inside);
        const QString found = value.hasMatch() ? value.captured(1) : QString();
        out[toStd(name.captured(1))] = found == QLatin1String("None") ? Json("") : plainValue(found);
    }
    return out;
}

Json flatConfig(std::string_view text, bool json) {
    Json out = Json::object();
    if (json) {
        if (const auto parsed = parseJson(text); parsed && parsed->is_object())
            flatten(*parsed, {}, out);
        return out;
    }
    // Maps by indentation and plain values, which is what configurations are made of; a list below a key, an
    // anchor or a block of text is left out.
    static const QRegularExpression line(QStringLiteral(R"(^( *)([\w.-]+):(?:\s+(.*))?$)"));
    QList<std::pair<qsizetype, QString>> path;  // indentation, key
    for (const auto& raw : toQString(std::string(text)).split(QLatin1Char('\n'))) {
        const auto match = line.match(raw.trimmed().isEmpty() ? QString() : raw);
        if (!match.hasMatch())
            continue;
        const auto indent = match.capturedLength(1);
        while (!path.isEmpty() && path.last().first >= indent)
            path.removeLast();
        path.append({indent, match.captured(2)});
        QString value = match.captured(3).trimmed();
        if (!value.startsWith(QLatin1Char('"')) && !value.startsWith(QLatin1Char('\'')))
            value = value.section(QStringLiteral(" #"), 0, 0).trimmed();
        if (value.isEmpty() || QStringLiteral("#|>&*{").contains(value.front()) || out.size() >= kMostKeys)
            continue;
        QStringList keys;
        for (const auto& [at, key] : path)
            keys << key;
        out[toStd(keys.join(QLatin1Char('.')))] = plainValue(value);
    }
    return out;
}

bool looksLikeRecipe(const std::string& yaml) {
    // A recipe's settings stand in sections; only its name and experiment stand alone.
    static const QRegularExpression key(QStringLiteral(R"(^([\w.-]+)\s*:[ \t]*([^\s#{]?))"),
                                        QRegularExpression::MultilineOption);
    bool any = false;
    auto it = key.globalMatch(toQString(yaml));
    while (it.hasNext()) {
        const auto match = it.next();
        const auto name = match.captured(1);
        if (!match.captured(2).isEmpty() && name != QLatin1String("name") &&
            name != QLatin1String("experiment"))
            return false;
        any |= name == QLatin1String("model") || name == QLatin1String("train");
    }
    return any;
}

}  // namespace lathe::runs
