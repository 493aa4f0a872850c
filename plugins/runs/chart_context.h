// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record/run.h"
#include "record/store.h"

#include <QColor>
#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QObject>
#include <QString>

#include <optional>

namespace lathe::runs {

struct XRange {
    double from = 0, to = 0;
    bool operator==(const XRange&) const = default;
};

// One run as the charts draw it.
struct ChartLine {
    QString run, name;
    QColor color;
    QList<double> dash;
    bool selected = false;  // a row of the table is
    bool primary = false;   // the drawer shows it
    bool baseline = false;
    bool faint = false;  // pinned behind the live ones: 55 %
    record::RunState state = record::RunState::Finished;
    bool operator==(const ChartLine&) const = default;
};

// Series of fewer points are drawn as logged: an average of a handful shows a curve that never was.
inline constexpr std::uint64_t kSparsePoints = 100;
// Set by a schedule, not measured: the learning rate, momentum, the epoch. Averaging one only delays it.
bool isSchedule(const QString& metric);
// How much a chart of this metric is smoothed: as set for it, else as for all, but not what is sparse or a
// schedule. `points`: of its longest line.
class ChartContext;
double smoothingFor(const ChartContext& context, const QString& metric, std::uint64_t points);
// {metric: weight} for the session.
QJsonObject smoothingToJson(const QHash<QString, double>& byMetric);
QHash<QString, double> smoothingFromJson(const QJsonObject& json);

// What the charts of one pane share: axis, smoothing, zoom, crosshair, hovered run. GUI thread only.
class ChartContext : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    record::XAxis axis() const { return m_axis; }
    // For series that are dense and noisy; what a chart of its own kind does with it: smoothingFor().
    double smoothing() const { return m_smoothing; }
    // Set for one metric's chart by the user; none: as for all.
    std::optional<double> ownSmoothing(const QString& metric) const {
        const auto it = m_ownSmoothing.constFind(metric);
        return it == m_ownSmoothing.constEnd() ? std::nullopt : std::optional(*it);
    }
    const QHash<QString, double>& ownSmoothing() const { return m_ownSmoothing; }
    bool clip() const { return m_clip; }
    // The x zoom; none: everything.
    const std::optional<XRange>& range() const { return m_range; }
    const std::optional<double>& crosshair() const { return m_crosshair; }
    const QString& hovered() const { return m_hovered; }

    void setAxis(record::XAxis axis) {
        if (axis == m_axis)
            return;
        m_axis = axis;
        m_range.reset();
        m_crosshair.reset();
        Q_EMIT settingsChanged();
        Q_EMIT crosshairChanged();
    }
    void setSmoothing(double weight) { assign(m_smoothing, weight, &ChartContext::settingsChanged); }
    void setOwnSmoothing(const QString& metric, std::optional<double> weight) {
        auto all = m_ownSmoothing;
        if (weight)
            all.insert(metric, *weight);
        else
            all.remove(metric);
        setOwnSmoothing(all);
    }
    void setOwnSmoothing(const QHash<QString, double>& byMetric) {
        assign(m_ownSmoothing, byMetric, &ChartContext::settingsChanged);
    }
    void setClip(bool clip) { assign(m_clip, clip, &ChartContext::settingsChanged); }
    void setRange(const std::optional<XRange>& range) { assign(m_range, range, &ChartContext::rangeChanged); }
    void setCrosshair(const std::optional<double>& x) {
        assign(m_crosshair, x, &ChartContext::crosshairChanged);
    }
    void setHovered(const QString& run) { assign(m_hovered, run, &ChartContext::hoveredChanged); }

Q_SIGNALS:
    void settingsChanged();
    void rangeChanged();
    void crosshairChanged();
    void hoveredChanged();

private:
    template <class T> void assign(T& member, const T& value, void (ChartContext::*signal)()) {
        if (member == value)
            return;
        member = value;
        Q_EMIT(this->*signal)();
    }

    record::XAxis m_axis = record::XAxis::Step;
    double m_smoothing = 0.6;
    QHash<QString, double> m_ownSmoothing;
    bool m_clip = false;  // every extreme is to be seen unless asked otherwise
    std::optional<XRange> m_range;
    std::optional<double> m_crosshair;
    QString m_hovered;
};

}  // namespace lathe::runs
