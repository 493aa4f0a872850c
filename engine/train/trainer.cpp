// SPDX-License-Identifier: Apache-2.0
#include "train/trainer.h"

#include "core/clock.h"
#include "core/text.h"
#include "optim/clip.h"
#include "parallel/plan.h"
#include "tensor/backend.h"
#include "train/memory_plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <csignal>

namespace lathe::train {

using parallel::share;

namespace {

constexpr std::int64_t kValidationTexts = 64;
constexpr std::int64_t kValidationRows = 10'000;
// Steps of a profile, after the first one, which is unlike the others.
constexpr std::int64_t kProfiledSteps = 10;

Result<> checkRanks(const Recipe& recipe, const dist::Job& job) {
    if (recipe.parallel.data == job.size)
        return {};
    if (job.size == 1)
        return fail(ErrorCode::Invalid,
                    fmt::format("parallel.data asks for {} ranks, but this is one process alone",
                                recipe.parallel.data),
                    "parallel.data", "start it with `lathe run RECIPE`, or add --set parallel.data=1");
    return fail(ErrorCode::Invalid,
                fmt::format("{} ranks were started, but parallel.data is {}", job.size, recipe.parallel.data),
                "parallel.data", "set parallel.data to the number of ranks");
}

}  // namespace

Trainer::Trainer(const TrainerOptions& options, RunLog log, std::unique_ptr<dist::Communicator> communicator)
    : m_options(options), m_log(std::move(log)), m_communicator(std::move(communicator)) {}

Result<Outcome> Trainer::train(const TrainerOptions& options) {
    LATHE_TRY(checkRanks(options.recipe, options.job));
    LATHE_TRY_ASSIGN(auto communicator, dist::connect(options.job));
    auto log = RunLog::open(options.runFolder, options.job.rank);
    if (!log) {
        communicator->abort(log.error());
        return std::unexpected(log.error());
    }
    Trainer trainer(options, std::move(*log), std::move(communicator));
    auto outcome = trainer.run();
    if (!outcome) {
        if (outcome.error().code == ErrorCode::Full)
            outcome = std::unexpected(trainer.withMemoryAdvice(outcome.error()));
        // Before anything is torn down: the others, and this rank's own pending sums, wait for it.
        trainer.m_communicator->abort(outcome.error());
        trainer.m_log.alert("error", "Training failed", outcome.error().text());
    } else if (outcome->end == Outcome::End::Diverged) {
        trainer.m_log.alert("error", "Training diverged", outcome->message);
    }
    trainer.m_log.sync();
    return outcome;
}

Error Trainer::withMemoryAdvice(Error error) const {
    // A full disk is Full too, and has a path instead of the device.
    if (!m_model || error.what.find("memory") == std::string::npos)
        return error;
    const std::int64_t used = tensor::memoryLedger(m_device).total().peak;
    error.what += fmt::format("; held: {}", ledgerText(m_device));
    error.hint = memoryAdvice(m_recipe, m_input, used);
    return error;
}

Result<Outcome> Trainer::run() {
    LATHE_TRY(prepare());
    auto outcome = loop();
    // A checkpoint that is still being written is worth waiting for, whatever came after it.
    if (const auto written = noteWritten(true, outcome && outcome->end != Outcome::End::Diverged);
        !written && outcome)
        return std::unexpected(written.error());
    LATHE_TRY(outcome);
    if (!m_options.profilePath.empty() && speaks())
        LATHE_TRY(m_trace.write(m_options.profilePath, m_communicator->rank()));
    // Nobody leaves while another may still need it.
    LATHE_TRY(m_communicator->barrier("end"));
    return outcome;
}

Result<Outcome> Trainer::loop() {
    const TrainRecipe& train = m_recipe.train;
    const double begin = monotonicSeconds();
    double stepSeconds = 0;  // spent in steps since the last line
    double items = 0;
    Outcome outcome{.step = m_firstStep};
    const auto due = [](std::int64_t step, std::int64_t every) { return every > 0 && step % every == 0; };

    for (std::int64_t done = m_firstStep; done < train.steps;) {
        const double stepBegin = monotonicSeconds();
        const std::int64_t since = done - m_firstStep;
        m_tracing = !m_options.profilePath.empty() && since >= 1 && since <= kProfiledSteps;
        LATHE_TRY_ASSIGN(const StepResult result, step(done));
        if (outcome.message = divergence(done, result); !outcome.message.empty()) {
            outcome.end = Outcome::End::Diverged;
            if (speaks())
                m_log.metrics(done + 1, {{"train/loss", result.loss}, {"optim/grad_norm", result.gradNorm}});
            return outcome;
        }
        if (m_tracing)
            m_trace.add(Trace::Row::Steps, fmt::format("step {}", done + 1), stepBegin, monotonicSeconds());
        stepSeconds += monotonicSeconds() - stepBegin;
        items += static_cast<double>(result.items);
        outcome.step = ++done;
        outcome.loss = result.loss;
        const bool last = done == train.steps || result.stopSignal != 0;

        if (done == m_firstStep + 1) {
            m_phases.end("step");
            say("start    {}", m_phases.text());
            m_log.event("start", {{"phases", m_phases.json()}});
        }
        if (due(done, train.logEvery) || done == m_firstStep + 1 || last) {
            const double rate = items / stepSeconds;
            const double left = (monotonicSeconds() - begin) / static_cast<double>(done - m_firstStep) *
                                static_cast<double>(train.steps - done);
            stepSeconds = items = 0;
            showStep(done, result, rate, left);
            logStep(done, result, rate);
        }
        LATHE_TRY(noteWritten(false, false));
        if (result.stopSignal != 0)
            say("stopping after step {}, as asked", done);
        if (m_validation && result.stopSignal == 0 && (due(done, train.valEvery) || last))
            LATHE_TRY(validateAndShow(done));
        if (result.stopSignal == 0 && due(done, train.sampleEvery))
            LATHE_TRY(sampleAndShow(done));
        if (due(done, train.checkpointEvery) || last) {
            LATHE_TRY_ASSIGN(outcome.message, checkpoint(done, last));
            if (!outcome.message.empty()) {
                outcome.end = Outcome::End::Diverged;
                return outcome;
            }
        }
        if (result.stopSignal != 0) {
            outcome.end = Outcome::End::Stopped;
            outcome.signal = result.stopSignal;
            return outcome;
        }
    }
    say("done     {} steps in {}, loss {:.4f}", outcome.step - m_firstStep,
        durationText(monotonicSeconds() - begin), outcome.loss);
    return outcome;
}

Result<Trainer::StepResult> Trainer::step(std::int64_t step) {
    StepResult result;
    for (const auto& trick : m_tricks)
        LATHE_TRY(trick->beforeStep(step));
    LATHE_TRY(m_store->zeroGrads());
    m_batches.clear();
    LATHE_TRY_ASSIGN(const double loss, forwardBackward(step, false, result));

    const int asked = m_options.stopSignal ? m_options.stopSignal->load() : 0;
    // The ranks must stop after the same step, though the signal reaches them at different moments.
    std::array<double, 2> shared = {loss, asked != 0 ? 1.0 : 0.0};
    LATHE_TRY(m_communicator->allReduce(std::span(shared), fmt::format("the loss of step {}", step + 1)));
    result.loss = shared[0];
    if (shared[1] > 0)
        result.stopSignal = asked != 0 ? asked : SIGTERM;
    const double updateBegin = monotonicSeconds();
    LATHE_TRY(update(step, result));
    if (m_tracing)
        m_trace.add(Trace::Row::Update, m_recipe.optim.kind, updateBegin, monotonicSeconds());
    return result;
}

Result<> Trainer::update(std::int64_t step, StepResult& result) {
    const double scale = m_recipe.optim.lossScaling ? m_scaler.scale() : 1.0;
    const auto norm = [&]() -> Result<double> {
        LATHE_TRY_ASSIGN(const double squares, optim::sumOfSquares(m_store->grads()));
        return std::sqrt(squares) / scale;
    };
    LATHE_TRY_ASSIGN(result.gradNorm, norm());
    bool again = false;
    for (const auto& trick : m_tricks) {
        LATHE_TRY_ASSIGN(const bool wanted, trick->afterBackward(result.gradNorm * scale));
        again = again || wanted;
    }
    double updateNorm = result.gradNorm;
    if (again) {
        LATHE_TRY(m_store->zeroGrads());
        LATHE_TRY(forwardBackward(step, true, result));
        LATHE_TRY_ASSIGN(updateNorm, norm());
    }
    for (const auto& trick : m_tricks)
        LATHE_TRY(trick->beforeUpdate());
    result.learningRate = m_schedule.at(step);
    const bool finite = std::isfinite(result.loss) && std::isfinite(updateNorm);
    if (m_recipe.optim.lossScaling && !m_scaler.accept(finite)) {
        result.skipped = std::isfinite(result.loss) && scale > 1;
        return {};
    }
    if (!finite) {
        result.gradNorm = updateNorm;
        return {};
    }
    if (m_outliers && !m_outliers->accept(updateNorm)) {
        result.skipped = true;
        return {};
    }
    if (m_recipe.train.histogramEvery > 0 && (step + 1) % m_recipe.train.histogramEvery == 0)
        LATHE_TRY(recordHistograms(step + 1));
    LATHE_TRY(
        m_optimizer->step(result.learningRate, optim::clipScale(updateNorm, m_recipe.optim.clip) / scale));
    for (const auto& trick : m_tricks)
        LATHE_TRY(trick->afterUpdate());
    return {};
}

Result<double> Trainer::forwardBackward(std::int64_t step, bool again, StepResult& result) {
    const auto mine = share(m_recipe.train.batch, m_communicator->rank(), m_communicator->size());
    const std::int64_t most = microBatch(m_recipe);
    const double scale = m_recipe.optim.lossScaling ? m_scaler.scale() : 1.0;
    const data::BatchRequest shape = requestOf(step, 0, 1);
    const std::int64_t itemsOfRow = m_input.kind != ModelInputKind::Tokens ? 1
                                    : shape.length > 0                     ? shape.length
                                                       : m_recipe.model.integer("context");
    const std::int64_t items = m_recipe.train.batch * itemsOfRow;
    if (!again)
        result.items += items;
    double loss = 0;
    std::size_t index = 0;
    for (std::int64_t row = mine.begin; row < mine.end; row += most, ++index) {
        const std::int64_t rows = std::min(most, mine.end - row);
        DeviceBatch batch;
        if (again) {
            batch = m_batches[index];
        } else {
            const double dataBegin = monotonicSeconds();
            LATHE_TRY_ASSIGN(const data::HostBatch host, m_ahead->next(result.loaderSeconds));
            if (m_tracing)
                m_trace.add(Trace::Row::Data, "wait for data", dataBegin, monotonicSeconds());
            LATHE_TRY_ASSIGN(batch, toDevice(host, m_device));
            if (m_keepBatches)
                m_batches.push_back(batch);
        }
        nn::Tape tape(autograd::Mode::Train, randomness(step, row));
        if (m_tracing)
            tape.onOp([this](const autograd::Tape::OpEvent& event) { noteOp(event); });
        if (row + rows == mine.end) {
            // Gradients are complete only with the last micro-batch.
            tape.onLeafFinal([this](autograd::Leaf& leaf) { m_buckets->leafFinal(leaf); });
            m_buckets->start();
        }
        const nn::Var part = trainingLoss(tape, *m_model, batch,
                                          {.denominator = static_cast<double>(items),
                                           .smoothing = m_recipe.tricks.labelSmoothing,
                                           .recompute = m_recipe.train.recompute,
                                           .classify = m_input.classify});
        LATHE_TRY(tape.backward(part, scale));
        LATHE_TRY_ASSIGN(const double value, part.value().item());
        loss += value;
    }
    LATHE_TRY(m_buckets->finish());
    return loss;
}

void Trainer::noteOp(const autograd::Tape::OpEvent& event) {
    m_trace.add(event.backward ? Trace::Row::Backward : Trace::Row::Forward, event.name, event.begin,
                event.end, event.leaf ? event.leaf->name : std::string());
}

Result<> Trainer::averageBuffers() {
    // Each rank's running statistics are of its own rows; what is measured and kept is their mean.
    if (m_communicator->size() == 1)
        return {};
    for (nn::Buffer* buffer : m_store->buffers()) {
        LATHE_TRY_ASSIGN(std::vector<float> values, buffer->value.toVector<float>());
        LATHE_TRY(m_communicator->allReduce(std::span(values), buffer->name));
        for (float& value : values)
            value /= static_cast<float>(m_communicator->size());
        LATHE_TRY_ASSIGN(const auto mean, tensor::Tensor::of<float>(values, buffer->shape));
        LATHE_TRY(buffer->value.copyFrom(mean));
    }
    return {};
}

Result<Score> Trainer::validate() {
    LATHE_TRY(averageBuffers());
    const auto kept = static_cast<std::int64_t>(m_data.validation->size());
    const std::int64_t usual = m_input.kind == ModelInputKind::Tokens ? kValidationTexts : kValidationRows;
    const std::int64_t rows =
        std::min(kept, m_recipe.train.valSequences > 0 ? m_recipe.train.valSequences : usual);
    const auto mine = share(rows, m_communicator->rank(), m_communicator->size());
    const std::int64_t most = std::max<std::int64_t>(1, microBatch(m_recipe));
    Score score;
    for (std::int64_t row = mine.begin; row < mine.end; row += most) {
        LATHE_TRY_ASSIGN(const data::HostBatch host,
                         m_validation->read(static_cast<std::uint64_t>(row), std::min(most, mine.end - row)));
        LATHE_TRY_ASSIGN(const DeviceBatch batch, toDevice(host, m_device));
        LATHE_TRY(addScore(*m_model, batch, m_input, score));
    }
    // Ranks may have no row of their own, but all take part in the sum.
    const bool confused =
        m_input.kind != ModelInputKind::Tokens && m_input.classify && m_input.outputs <= Score::kMostConfused;
    if (confused)
        score.confusion.resize(static_cast<std::size_t>(m_input.outputs * m_input.outputs));
    std::vector<double> sums = {score.loss, score.items, score.correct};
    sums.insert(sums.end(), score.confusion.begin(), score.confusion.end());
    LATHE_TRY(m_communicator->allReduce(std::span(sums), "the validation loss"));
    score.loss = sums[0];
    score.items = sums[1];
    score.correct = sums[2];
    std::copy(sums.begin() + 3, sums.end(), score.confusion.begin());
    return score;
}

}  // namespace lathe::train
