// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/theme.h"

#include "app/shell/style.h"
#include "core/log.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QFontInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPalette>
#include <QRegularExpression>
#include <QScreen>
#include <QSet>
#include <QToolTip>

#include <algorithm>
#include <cmath>

void initThemeResources() {
    // Resources of a shared library are not registered by themselves in every start order.
    Q_INIT_RESOURCE(workbench);
}

namespace lathe::app {

namespace {

QString firstInstalled(const QStringList& families) {
    for (const QString& family : families)
        if (QFontInfo(QFont(family)).family().startsWith(family))
            return family;
    return {};
}

// The desktop's own font. Where there is no desktop (offscreen, a bare X server) Qt gives an alias or DejaVu:
// then Inter, if it is there.
QString systemUiFamily() {
    static const QString family = [] {
        const QString given = QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
        const QSet<QString> aliases{QString(),
                                    QStringLiteral("Sans"),
                                    QStringLiteral("Sans Serif"),
                                    QStringLiteral("sans-serif"),
                                    QStringLiteral("DejaVu Sans"),
                                    QStringLiteral("Helvetica"),
                                    QStringLiteral("MS Shell Dlg 2")};
        if (!aliases.contains(given))
            return given;
        const QString found = firstInstalled(
            {QStringLiteral("Inter"), QStringLiteral("Noto Sans"), QStringLiteral("DejaVu Sans")});
        return found.isEmpty() ? given : found;
    }();
    return family;
}

QString systemMonoFamily() {
    static const QString family = [] {
        const QString given = QFontDatabase::systemFont(QFontDatabase::FixedFont).family();
        const QSet<QString> aliases{QString(),
                                    QStringLiteral("Mono"),
                                    QStringLiteral("monospace"),
                                    QStringLiteral("Monospace"),
                                    QStringLiteral("DejaVu Sans Mono"),
                                    QStringLiteral("Courier")};
        if (!aliases.contains(given))
            return given;
        const QString found =
            firstInstalled({QStringLiteral("JetBrains Mono"), QStringLiteral("DejaVu Sans Mono")});
        return found.isEmpty() ? given : found;
    }();
    return family;
}

// Fonts are asked for in points so that halves of a pixel (12.5) survive; layout is in logical pixels.
double pointsOf(double pixels) {
    const QScreen* screen = QGuiApplication::primaryScreen();
    return pixels * 72.0 / (screen ? screen->logicalDotsPerInchY() : 96.0);
}

}  // namespace

Theme& theme() {
    static Theme theme;
    return theme;
}

Theme::Theme() {
    initThemeResources();
}
Theme::~Theme() = default;

QStringList Theme::available() {
    return {QStringLiteral("dark"), QStringLiteral("light")};
}

bool Theme::load(const QString& name, QString* error) {
    QFile file(QStringLiteral(":/lathe/themes/%1.json").arg(name));
    if (!available().contains(name) || !file.open(QIODevice::ReadOnly)) {
        if (error)
            *error = tr("there is no theme “%1”; there are dark and light").arg(name);
        return false;
    }
    const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
    QHash<QString, QColor> colors;
    const QJsonObject tokens = object.value(QStringLiteral("colors")).toObject();
    for (auto it = tokens.begin(); it != tokens.end(); ++it)
        colors.insert(it.key(), QColor(it.value().toString()));
    const auto list = [&object](const char* key) {
        QList<QColor> result;
        for (const QJsonValue& value : object.value(QLatin1String(key)).toArray())
            result << QColor(value.toString());
        return result;
    };
    if (colors.isEmpty() || list("runs").isEmpty() || list("ramp").size() < 2) {
        if (error)
            *error = tr("the theme “%1” is damaged").arg(name);
        return false;
    }
    m_colors = std::move(colors);
    m_runColors = list("runs");
    m_ramp = list("ramp");
    m_name = name;
    m_dark = object.value(QStringLiteral("dark")).toBool();
    apply();
    return true;
}

void Theme::apply() {
    m_pixmaps.clear();
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, const char* token) {
        palette.setColor(role, color(QLatin1String(token)));
    };
    set(QPalette::Window, "bg.panel");
    set(QPalette::WindowText, "text.1");
    set(QPalette::Base, "bg.content");
    set(QPalette::AlternateBase, "bg.panel");
    set(QPalette::Text, "text.1");
    set(QPalette::PlaceholderText, "text.3");
    set(QPalette::Button, "bg.raised");
    set(QPalette::ButtonText, "text.1");
    set(QPalette::ToolTipBase, "bg.popup");
    set(QPalette::ToolTipText, "text.1");
    set(QPalette::Highlight, "selection");
    set(QPalette::HighlightedText, "text.1");
    set(QPalette::Link, "accent");
    set(QPalette::LinkVisited, "accent");
    set(QPalette::Light, "bg.hover");
    set(QPalette::Midlight, "border");
    set(QPalette::Mid, "border");
    set(QPalette::Dark, "border.strong");
    set(QPalette::Shadow, "border.strong");
    set(QPalette::BrightText, "error");
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, color(QStringLiteral("text.disabled")));

    if (!qobject_cast<Style*>(QApplication::style()) && qApp->styleSheet().isEmpty())
        QApplication::setStyle(new Style);
    QApplication::setPalette(palette);
    QApplication::setFont(uiFont());
    QToolTip::setFont(uiFont(12));
    QToolTip::setPalette(palette);
    // Each new sheet re-polishes every widget that exists; so one sheet, set once per change of theme.
    const QString sheet = styleSheet();
    if (qApp->styleSheet() != sheet)
        qApp->setStyleSheet(sheet);
    Q_EMIT changed();
}

QString Theme::styleSheet() const {
    QFile file(QStringLiteral(":/lathe/themes/workbench.qss"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QString text = QString::fromUtf8(file.readAll());
    static const QRegularExpression placeholder(QStringLiteral("\\{\\{([^}]+)\\}\\}"));
    QString sheet;
    sheet.reserve(text.size());
    qsizetype from = 0;
    for (auto it = placeholder.globalMatch(text); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        sheet += QStringView(text).mid(from, match.capturedStart() - from);
        const QString what = match.captured(1);
        if (what.startsWith(QLatin1String("px:")))
            sheet += QString::number(pointsOf(what.mid(3).toDouble() * m_textScale), 'f', 3) +
                     QStringLiteral("pt");
        else if (what == QLatin1String("theme"))
            sheet += m_name;
        else if (what == QLatin1String("mono"))
            sheet += monoFont().family();
        else if (what == QLatin1String("border.strong"))
            sheet += strongBorder().name();
        else
            sheet += color(what).name(QColor::HexArgb);
        from = match.capturedEnd();
    }
    sheet += QStringView(text).mid(from);
    return sheet;
}

QColor Theme::color(const QString& token) const {
    if (const auto found = m_colors.constFind(token); found != m_colors.constEnd())
        return *found;
    static QSet<QString> told;
    if (!m_colors.isEmpty() && !told.contains(token)) {
        told.insert(token);
        logError("theme", "there is no colour token \"{}\"", token.toStdString());
    }
    return QColor(255, 0, 170);
}

QStringList Theme::tokens() const {
    QStringList names = m_colors.keys();
    names.sort();
    return names;
}

bool Theme::has(const QString& token) const {
    return m_colors.contains(token);
}

QColor Theme::runColor(int slot) const {
    if (m_runColors.isEmpty())
        return color(QStringLiteral("accent"));
    return m_runColors.at(slot % m_runColors.size());
}

QColor Theme::rampColor(double worstToBest) const {
    const double position = std::clamp(worstToBest, 0.0, 1.0) * static_cast<double>(m_ramp.size() - 1);
    const auto left = std::min<qsizetype>(static_cast<qsizetype>(position), m_ramp.size() - 2);
    const float t = static_cast<float>(position - static_cast<double>(left));
    const QColor a = m_ramp.at(left), b = m_ramp.at(left + 1);
    return QColor::fromRgbF(a.redF() + t * (b.redF() - a.redF()), a.greenF() + t * (b.greenF() - a.greenF()),
                            a.blueF() + t * (b.blueF() - a.blueF()));
}

QFont Theme::uiFont(double pixels, int weight) const {
    QFont font(systemUiFamily());
    font.setPointSizeF(pointsOf(pixels * m_textScale));
    font.setWeight(static_cast<QFont::Weight>(weight));
    return font;
}

QFont Theme::monoFont(double pixels) const {
    QFont font(m_monoFamily.isEmpty() ? systemMonoFamily() : m_monoFamily);
    font.setStyleHint(QFont::Monospace);
    font.setFixedPitch(true);
    font.setStyleStrategy(QFont::PreferNoShaping);  // no ligatures: == is two characters
    font.setPointSizeF(pointsOf(pixels * m_textScale));
    return font;
}

void Theme::setTextScale(double factor) {
    factor = std::clamp(factor, 0.8, 2.0);
    if (std::abs(factor - m_textScale) < 1e-6)
        return;
    m_textScale = factor;
    if (!m_name.isEmpty())
        apply();
}

void Theme::setMonoFamily(const QString& family) {
    if (m_monoFamily == family)
        return;
    m_monoFamily = family;
    if (!m_name.isEmpty())
        apply();
}

void Theme::setStrongBorders(bool on) {
    if (m_strongBorders == on)
        return;
    m_strongBorders = on;
    if (!m_name.isEmpty())
        apply();
}

QColor Theme::strongBorder() const {
    return color(m_strongBorders ? QStringLiteral("border.high") : QStringLiteral("border.strong"));
}

}  // namespace lathe::app
