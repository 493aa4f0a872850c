// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/theme.h"

#include "core/log.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

#include <cmath>

namespace lathe::app {

namespace {

// Asks the theme at each paint, so that icons in menus and buttons follow a change of theme.
class TokenIconEngine final : public QIconEngine {
public:
    TokenIconEngine(QString name, QString token, int size)
        : m_name(std::move(name)), m_token(std::move(token)), m_size(size) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const qreal ratio = painter->device()->devicePixelRatioF();
        painter->drawPixmap(rect, scaledPixmap(rect.size() * ratio, mode, state, ratio));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return scaledPixmap(size, mode, state, 1);
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State, qreal scale) override {
        const QString token = mode == QIcon::Disabled ? QStringLiteral("text.disabled") : m_token;
        const int side = std::min(size.width(), size.height());
        return theme().pixmap(m_name, token, static_cast<int>(std::lround(side / scale)), scale);
    }
    QSize actualSize(const QSize& size, QIcon::Mode, QIcon::State) override {
        return size.boundedTo({m_size, m_size});
    }
    QList<QSize> availableSizes(QIcon::Mode, QIcon::State) override { return {{m_size, m_size}}; }
    QIconEngine* clone() const override { return new TokenIconEngine(m_name, m_token, m_size); }

private:
    QString m_name, m_token;
    int m_size;
};

QString stateIconName(record::RunState state) {
    const std::string_view name = record::runStateName(state);
    return QStringLiteral("state-") + QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

}  // namespace

QIcon Theme::icon(const QString& name, const QString& token, int size) const {
    return QIcon(new TokenIconEngine(name, token, size));
}

bool Theme::hasIcon(const QString& name) const {
    return QFile::exists(QStringLiteral(":/lathe/icons/%1.svg").arg(name));
}

QPixmap Theme::pixmap(const QString& name, const QString& token, int size, qreal devicePixelRatio) const {
    const QString key = QStringLiteral("%1/%2/%3/%4").arg(name, token).arg(size).arg(devicePixelRatio);
    if (const auto found = m_pixmaps.constFind(key); found != m_pixmaps.constEnd())
        return *found;
    auto svg = m_svg.constFind(name);
    if (svg == m_svg.constEnd()) {
        QFile file(QStringLiteral(":/lathe/icons/%1.svg").arg(name));
        QByteArray bytes;
        if (file.open(QIODevice::ReadOnly))
            bytes = file.readAll();
        else
            logError("theme", "there is no icon \"{}\"", name.toStdString());
        svg = m_svg.insert(name, bytes);
    }
    const int pixels = static_cast<int>(std::lround(size * devicePixelRatio));
    QPixmap pixmap(pixels, pixels);
    pixmap.fill(Qt::transparent);
    if (!svg->isEmpty()) {
        QByteArray colored = *svg;
        colored.replace("currentColor", color(token).name().toLatin1());
        QSvgRenderer renderer(colored);
        QPainter painter(&pixmap);
        renderer.render(&painter, QRectF(0, 0, pixels, pixels));
    }
    pixmap.setDevicePixelRatio(devicePixelRatio);
    m_pixmaps.insert(key, pixmap);
    return pixmap;
}

QIcon Theme::stateIcon(record::RunState state) const {
    return icon(stateIconName(state), stateToken(state));
}

QPixmap Theme::statePixmap(record::RunState state, int size, qreal devicePixelRatio) const {
    return pixmap(stateIconName(state), stateToken(state), size, devicePixelRatio);
}

QString Theme::stateToken(record::RunState state) const {
    switch (state) {
    case record::RunState::Running:
    case record::RunState::Starting: return QStringLiteral("accent");
    case record::RunState::Finished: return QStringLiteral("success");
    case record::RunState::Failed: return QStringLiteral("error");
    case record::RunState::Lost: return QStringLiteral("warn");
    case record::RunState::Queued:
    case record::RunState::Stopped: break;
    }
    return QStringLiteral("text.3");
}

QString Theme::stateWord(record::RunState state) const {
    switch (state) {
    case record::RunState::Queued: return tr("queued");
    case record::RunState::Starting: return tr("starting");
    case record::RunState::Running: return tr("running");
    case record::RunState::Finished: return tr("finished");
    case record::RunState::Failed: return tr("failed");
    case record::RunState::Stopped: return tr("stopped");
    case record::RunState::Lost: return tr("lost");
    }
    return {};
}

}  // namespace lathe::app
