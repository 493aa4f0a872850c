// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart_context.h"

#include <algorithm>

namespace lathe::runs {

bool isSchedule(const QString& metric) {
    const QString name = metric.section(QLatin1Char('/'), -1).section(QLatin1Char('.'), -1).toLower();
    for (const auto* word : {"lr", "learning_rate", "learningrate", "momentum", "weight_decay", "epoch",
                             "step", "temperature", "beta1", "beta2"})
        if (name == QLatin1String(word))
            return true;
    return name.startsWith(QLatin1String("lr_")) || name.startsWith(QLatin1String("lr-")) ||
           name.endsWith(QLatin1String("_lr")) || name.contains(QLatin1String("learning_rate"));
}

double smoothingFor(const ChartContext& context, const QString& metric, std::uint64_t points) {
    if (const auto own = context.ownSmoothing(metric))
        return *own;
    return isSchedule(metric) || points < kSparsePoints ? 0 : context.smoothing();
}

QJsonObject smoothingToJson(const QHash<QString, double>& byMetric) {
    QJsonObject json;
    for (auto it = byMetric.begin(); it != byMetric.end(); ++it)
        json.insert(it.key(), it.value());
    return json;
}

QHash<QString, double> smoothingFromJson(const QJsonObject& json) {
    QHash<QString, double> out;
    for (auto it = json.begin(); it != json.end(); ++it)
        out.insert(it.key(), std::clamp(it.value().toDouble(), 0.0, 0.99));
    return out;
}

}  // namespace lathe::runs
