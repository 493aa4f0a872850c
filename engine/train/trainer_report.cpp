// SPDX-License-Identifier: Apache-2.0
// The part of Trainer that is seen: lines, metrics, pictures, histograms, checkpoints, and what went wrong.
#include "core/clock.h"
#include "core/log.h"
#include "core/paths.h"
#include "core/text.h"
#include "optim/clip.h"
#include "parallel/plan.h"
#include "tensor/cpu/cpu_backend.h"
#include "train/memory_plan.h"
#include "train/text_sampler.h"
#include "train/trainer.h"

#include <algorithm>
#include <cmath>

namespace lathe::train {

namespace {

constexpr std::string_view kCalmer = "Lower optim.lr, lengthen optim.warmup_steps or set optim.clip";
constexpr std::size_t kBins = 40;
constexpr std::uint64_t kPredicted = 8;  // validation images that are shown
constexpr double kPeakCheckSeconds = 0.03;

std::string rateText(double itemsPerSecond) {
    return itemsPerSecond >= 10'000 ? fmt::format("{:.1f}k", itemsPerSecond / 1000)
                                    : fmt::format("{:.0f}", itemsPerSecond);
}

bool allFinite(const std::vector<float>& values) {
    return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

Json histogramOf(std::string_view name, std::int64_t step, const std::vector<float>& values) {
    const auto [low, high] = std::ranges::minmax(values);
    const double begin = static_cast<double>(low), width = std::max(static_cast<double>(high) - begin, 1e-12);
    std::vector<std::int64_t> counts(kBins);
    for (const float value : values) {
        const double place = (static_cast<double>(value) - begin) / width * kBins;
        ++counts[std::min(kBins - 1, static_cast<std::size_t>(std::max(0.0, place)))];
    }
    std::vector<double> edges;
    for (std::size_t i = 0; i <= kBins; ++i)
        edges.push_back(begin + width * static_cast<double>(i) / kBins);
    return {{"name", name}, {"s", step}, {"edges", edges}, {"counts", counts}};
}

}  // namespace

std::string_view Trainer::itemName() const {
    switch (m_input.kind) {
    case ModelInputKind::Tokens: return "tokens";
    case ModelInputKind::Images: return "images";
    case ModelInputKind::Flat: return "rows";
    }
    return "";
}

void Trainer::logStep(std::int64_t step, const StepResult& result, double rate) {
    if (!speaks()) {
        m_log.metrics(
            step, {{fmt::format("perf/loader_wait/rank{}", m_communicator->rank()), result.loaderSeconds}});
        return;
    }
    // Once, and not before the first step is done: a start is to be quick.
    if (m_peakFlops == 0)
        m_peakFlops =
            m_device == tensor::Device{} ? tensor::cpu::checkGemm(kPeakCheckSeconds).gflops * 1e9 : -1;
    const std::string rateName = fmt::format("perf/{}_per_second", itemName());
    const double flops = m_model->flopsPerItem() * rate / m_communicator->size();
    std::vector<JournalWriter::Metric> metrics = {
        {"train/loss", result.loss},
        {"optim/lr", result.learningRate},
        {"optim/grad_norm", result.gradNorm},
        {rateName, rate},
        {"perf/loader_wait", result.loaderSeconds},
        {"perf/memory_peak", static_cast<double>(tensor::memoryLedger(m_device).total().peak)}};
    if (m_peakFlops > 0 && flops > 0)
        metrics.emplace_back("perf/mfu", flops / m_peakFlops);
    if (m_recipe.optim.lossScaling)
        metrics.emplace_back("optim/loss_scale", m_scaler.scale());
    if (result.skipped)
        metrics.emplace_back("optim/skipped", 1.0);
    m_log.metrics(step, metrics);
    m_log.event("progress", {{"s", step}, {"total", m_recipe.train.steps}});
}

void Trainer::showStep(std::int64_t step, const StepResult& result, double rate, double secondsLeft) const {
    const auto width = std::to_string(m_recipe.train.steps).size();
    const std::string_view unit = m_input.kind == ModelInputKind::Tokens   ? "tok/s"
                                  : m_input.kind == ModelInputKind::Images ? "img/s"
                                                                           : "rows/s";
    say("step {:>{}}/{}  loss {:.4f}  lr {:.2e}  grad {:.3f}  {} {}  {} left{}", step, width,
        m_recipe.train.steps, result.loss, result.learningRate, result.gradNorm, rateText(rate), unit,
        durationText(secondsLeft), result.skipped ? "  (left out)" : "");
}

Result<> Trainer::validateAndShow(std::int64_t step) {
    for (const auto& trick : m_tricks)
        LATHE_TRY(trick->beforeValidation());
    auto score = validate();
    if (score && speaks() && m_input.kind == ModelInputKind::Images)
        LATHE_TRY(showPredictions(step));
    for (const auto& trick : m_tricks)
        LATHE_TRY(trick->afterValidation());
    LATHE_TRY(score);
    m_valLoss = score->loss / score->items;
    if (m_input.kind == ModelInputKind::Tokens || !m_input.classify) {
        say("         val/loss {:.4f}", *m_valLoss);
        if (speaks())
            m_log.metrics(step, {{"val/loss", *m_valLoss}});
        return {};
    }
    const double accuracy = score->correct / score->items;
    say("         val/loss {:.4f}  val/accuracy {:.2f}%", *m_valLoss, 100 * accuracy);
    if (!speaks())
        return {};
    m_log.metrics(step, {{"val/loss", *m_valLoss}, {"val/accuracy", accuracy}});
    if (score->confusion.empty())
        return {};
    const auto classes = static_cast<std::size_t>(m_input.outputs);
    const auto& names = m_data.train->info().classNames;
    const auto nameOf = [&](std::size_t i) { return i < names.size() ? names[i] : std::to_string(i); };
    Json columns = Json::array({"true class"}), rows = Json::array();
    for (std::size_t i = 0; i < classes; ++i)
        columns.push_back(nameOf(i));
    for (std::size_t i = 0; i < classes; ++i) {
        Json row = Json::array({nameOf(i)});
        for (std::size_t k = 0; k < classes; ++k)
            row.push_back(static_cast<std::int64_t>(score->confusion[i * classes + k]));
        rows.push_back(std::move(row));
    }
    m_log.event("table", {{"name", "val/confusion"}, {"s", step}, {"columns", columns}, {"rows", rows}});
    return {};
}

Result<> Trainer::showPredictions(std::int64_t step) {
    if (!m_log.recording())
        return {};
    const std::uint64_t count = std::min(kPredicted, m_data.validation->size());
    const data::DatasetInfo& info = m_data.validation->info();
    LATHE_TRY_ASSIGN(const data::HostBatch host, m_validation->read(0, static_cast<std::int64_t>(count)));
    LATHE_TRY_ASSIGN(const DeviceBatch batch, toDevice(host, m_device));
    Score score;
    std::vector<float> logits;
    LATHE_TRY(addScore(*m_model, batch, m_input, score, &logits));
    const std::size_t classes = logits.size() / count;
    const auto nameOf = [&](std::size_t i) {
        return i < info.classNames.size() ? info.classNames[i] : std::to_string(i);
    };
    data::Sample sample;
    for (std::uint64_t i = 0; i < count; ++i) {
        LATHE_TRY(m_data.validation->read(m_validation->indexOf(i), 0, sample));
        if (m_predictionFiles.size() <= i) {
            LATHE_TRY_ASSIGN(const std::string png, data::encodePng(sample.image));
            m_predictionFiles.push_back(m_log.media(png, "png"));
        }
        const auto begin = logits.begin() + static_cast<std::ptrdiff_t>(i * classes);
        const auto end = begin + static_cast<std::ptrdiff_t>(classes);
        const auto best = std::max_element(begin, end);
        double total = 0;
        for (auto it = begin; it != end; ++it)
            total += std::exp(static_cast<double>(*it - *best));
        const auto truth = static_cast<std::size_t>(host.targets[i]),
                   said = static_cast<std::size_t>(best - begin);
        const std::string caption = fmt::format("{} {:.0f}%{}", nameOf(said), 100 / total,
                                                said == truth ? "" : ", is " + nameOf(truth));
        if (!m_predictionFiles[i].empty())
            m_log.event("image", {{"name", "val/predictions"},
                                  {"s", step},
                                  {"index", i},
                                  {"file", m_predictionFiles[i]},
                                  {"width", sample.image.width},
                                  {"height", sample.image.height},
                                  {"caption", caption}});
    }
    return {};
}

Result<> Trainer::sampleAndShow(std::int64_t step) {
    if (!speaks() || m_input.kind != ModelInputKind::Tokens || !m_data.tokenizer)
        return {};
    LATHE_TRY_ASSIGN(const std::string text,
                     sampleText(*m_model, *m_data.tokenizer, m_recipe.model.integer("context"),
                                {.length = m_recipe.train.sampleLength,
                                 .seed = static_cast<std::uint64_t>(m_recipe.train.seed),
                                 .stream = static_cast<std::uint64_t>(step)},
                                m_device));
    m_log.event("text", {{"name", "sample"}, {"s", step}, {"text", text}});
    std::string line = text;
    std::ranges::replace(line, '\n', ' ');
    say("         sample: {}", escapedForDisplay(line, 100));
    return {};
}

Result<> Trainer::recordHistograms(std::int64_t step) {
    if (!speaks() || !m_log.recording())
        return {};
    for (nn::Parameter* parameter : m_store->parameters()) {
        LATHE_TRY_ASSIGN(const auto weights,
                         m_store->masters().window(parameter->offset, parameter->shape).toVector<float>());
        LATHE_TRY_ASSIGN(const auto grads, parameter->grad().toVector<float>());
        m_log.event("histogram", histogramOf("weights/" + parameter->name(), step, weights));
        m_log.event("histogram", histogramOf("gradients/" + parameter->name(), step, grads));
    }
    return {};
}

std::string Trainer::divergence(std::int64_t step, const StepResult& result) {
    if (result.skipped || (std::isfinite(result.loss) && std::isfinite(result.gradNorm)))
        return {};
    return fmt::format("step {}: the loss is {} and the gradient's norm {}; {}; {}. {}", step + 1,
                       numberText(result.loss), numberText(result.gradNorm), whereNotFinite(step), lastGood(),
                       kCalmer);
}

std::string Trainer::whereNotFinite(std::int64_t step) {
    // The weights are still those of the step, so its forward can be run again, with a look at every result.
    const auto mine = parallel::share(m_recipe.train.batch, m_communicator->rank(), m_communicator->size());
    std::string found;
    for (std::int64_t row = mine.begin; row < mine.end && found.empty(); row += microBatch(m_recipe)) {
        const std::int64_t rows = std::min(microBatch(m_recipe), mine.end - row);
        const auto host = m_training->read(requestOf(step, row, rows));
        auto batch = host ? toDevice(*host, m_device) : Result<DeviceBatch>(std::unexpected(host.error()));
        if (!batch)
            break;
        nn::Tape tape(autograd::Mode::Train, randomness(step, row));
        tape.onOp([&](const autograd::Tape::OpEvent& event) {
            if (!found.empty() || event.outputs.empty() || !tensor::isFloating(event.outputs[0].dtype()))
                return;
            const auto single = event.outputs[0].to(tensor::DType::F32);
            const auto values = single ? single->toVector<float>() : Result<std::vector<float>>{};
            if (values && !allFinite(*values))
                found = fmt::format("the first result that is not finite is that of {}{}", event.name,
                                    event.leaf ? " with " + event.leaf->name : std::string());
        });
        (void)trainingLoss(tape, *m_model, *batch, {.denominator = 1, .classify = m_input.classify});
    }
    for (nn::Parameter* parameter : m_store->parameters()) {
        const auto grads = parameter->grad().toVector<float>();
        if (!grads || allFinite(*grads))
            continue;
        const std::string grad =
            fmt::format("the first gradient that is not finite is that of {}", parameter->name());
        return found.empty() ? grad : found + "; " + grad;
    }
    return found.empty() ? "every single gradient is finite" : found;
}

std::string Trainer::lastGood() const {
    return m_savedStep < 0 ? std::string("there is no checkpoint yet")
                           : fmt::format("the last good checkpoint is {}", m_savedPath);
}

Result<std::string> Trainer::checkpoint(std::int64_t step, bool last) {
    // The loss of a step is that of the weights before it, so an update may have ruined them unnoticed.
    LATHE_TRY_ASSIGN(const double squares, optim::sumOfSquares(m_store->masters()));
    if (!std::isfinite(squares)) {
        LATHE_TRY(noteWritten(true, false));
        return fmt::format("step {}: the update left weights that are not finite; {}. {}", step, lastGood(),
                           kCalmer);
    }
    LATHE_TRY(averageBuffers());
    if (!m_writer || step == m_startedStep)
        return {};
    Json counters = Json::object();
    if (m_recipe.optim.lossScaling)
        counters["loss scaling"] = m_scaler.state();
    if (m_outliers)
        counters["outliers"] = m_outliers->state();
    for (const auto& trick : m_tricks)
        if (const Json kept = trick->counters(); !kept.is_null())
            counters[std::string(trick->name())] = kept;
    const CheckpointInfo info{.step = step,
                              .sample = sampleAt(step),
                              .optimizerSteps = m_optimizer->steps(),
                              .text = m_data.fingerprint,
                              .recipe = recipeJson(m_recipe),
                              .input = m_input.json(),
                              .data = m_data.facts,
                              .counters = counters,
                              .valLoss = m_valLoss};
    LATHE_TRY(noteWritten(true, false));
    m_startedStep = step;
    m_writer->start(info, optim::parameterState(*m_store), optimizerState());
    if (last)
        LATHE_TRY(noteWritten(true, true));
    return {};
}

Result<> Trainer::noteWritten(bool wait, bool mustSucceed) {
    if (!m_writer)
        return {};
    const auto done = m_writer->finished(wait);
    if (!done)
        return {};
    if (!done->path && mustSucceed)
        return std::unexpected(done->path.error());
    if (!done->path) {
        logWarn("train", "no checkpoint of step {}: {}", done->step, done->path.error().text());
        m_log.alert("warning", "A checkpoint could not be written", done->path.error().text());
        return {};
    }
    m_savedStep = done->step;
    m_savedPath = *done->path;
    m_log.event("checkpoint", {{"s", done->step}, {"path", *done->path}});
    say("         checkpoint {}", *done->path);
    return {};
}

}  // namespace lathe::train
