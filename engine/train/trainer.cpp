// SPDX-License-Identifier: Apache-2.0
#include "train/trainer.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/paths.h"
#include "core/text.h"
#include "optim/clip.h"
#include "parallel/plan.h"
#include "tensor/backend.h"
#include "tensor/threads.h"
#include "train/memory_plan.h"
#include "train/model_zoo.h"
#include "train/text_sampler.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <csignal>

namespace lathe::train {

using parallel::share;

namespace {

// Order of validation samples; the same for every run, whatever its seed, so that val/loss compares.
constexpr std::uint64_t kValidationSeed = 0;

constexpr std::string_view kCalmer = "Lower optim.lr, lengthen optim.warmup_steps or set optim.clip";

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

int threadsOf(const Recipe& recipe, const dist::Job& job) {
    if (recipe.train.threads > 0)
        return static_cast<int>(recipe.train.threads);
    return std::max(1, tensor::threadCount() / job.localSize);
}

std::string rateText(double tokensPerSecond) {
    return tokensPerSecond >= 10'000 ? fmt::format("{:.1f}k", tokensPerSecond / 1000)
                                     : fmt::format("{:.0f}", tokensPerSecond);
}

}  // namespace

template <class... Args> void Trainer::say(fmt::format_string<Args...> format, Args&&... args) const {
    if (!speaks())
        return;
    fmt::print(m_options.console, format, std::forward<Args>(args)...);
    std::fputc('\n', m_options.console);
    std::fflush(m_options.console);
}

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
        // Before anything is torn down: the others, and this rank's own pending sums, wait for it.
        trainer.m_communicator->abort(outcome.error());
        trainer.m_log.alert("error", "Training failed", outcome.error().text());
    } else if (outcome->end == Outcome::End::Diverged) {
        trainer.m_log.alert("error", "Training diverged", outcome->message);
    }
    trainer.m_log.sync();
    return outcome;
}

Result<Outcome> Trainer::run() {
    LATHE_TRY(prepare());
    LATHE_TRY_ASSIGN(const Outcome outcome, loop());
    // Nobody leaves while another may still need it.
    LATHE_TRY(m_communicator->barrier("end"));
    return outcome;
}

Result<> Trainer::prepare() {
    tensor::setThreadCount(threadsOf(m_recipe, m_options.job));
    m_phases.end("program");
    LATHE_TRY(openText());
    m_phases.end("text");
    showPlan();
    LATHE_TRY(buildModel());
    if (!m_recipe.train.resume.empty())
        LATHE_TRY(resume());
    if (speaks()) {
        Json values = flattenJson(recipeJson(m_recipe));
        values["parameters"] = m_store->count();
        m_log.params(values);
    }
    m_phases.end("model");
    return {};
}

Result<> Trainer::openText() {
    LATHE_TRY_ASSIGN(auto folder, data::TextFolder::open(m_options.textFolder));
    m_text = std::make_shared<const data::TextFolder>(std::move(folder));
    const double validation = m_recipe.data.validation;
    LATHE_TRY_ASSIGN(auto training,
                     data::TextWindows::make(m_text, data::Part::Train, validation, m_recipe.model.context));
    m_training.emplace(std::move(training), static_cast<std::uint64_t>(m_recipe.train.seed));
    if (validation > 0 && m_recipe.train.valEvery > 0) {
        LATHE_TRY_ASSIGN(auto held, data::TextWindows::make(m_text, data::Part::Validation, validation,
                                                            m_recipe.model.context));
        m_validation.emplace(std::move(held), kValidationSeed);
    }

    const std::uint64_t mine = m_text->fingerprint();
    std::vector<std::uint64_t> all(static_cast<std::size_t>(m_communicator->size()));
    LATHE_TRY(m_communicator->allGather(std::as_bytes(std::span(&mine, 1)),
                                        std::as_writable_bytes(std::span(all)), "text fingerprints"));
    const auto other =
        std::ranges::find_if(all, [&](std::uint64_t fingerprint) { return fingerprint != all[0]; });
    if (other != all.end())
        return fail(
            ErrorCode::Invalid, fmt::format("rank {} sees another text than rank 0", other - all.begin()),
            m_options.textFolder, "give every rank the same text, and leave it alone while the run starts");
    return {};
}

Result<> Trainer::buildModel() {
    LATHE_TRY_ASSIGN(m_model, makeModel(m_recipe.model));
    LATHE_TRY_ASSIGN(auto store,
                     nn::ParameterStore::create(*m_model, static_cast<std::uint64_t>(m_recipe.train.seed)));
    m_store.emplace(std::move(store));
    const OptimRecipe& optim = m_recipe.optim;
    LATHE_TRY_ASSIGN(auto optimizer, optim::AdamW::create(*m_store, {.beta1 = optim.beta1,
                                                                     .beta2 = optim.beta2,
                                                                     .epsilon = optim.epsilon,
                                                                     .weightDecay = optim.weightDecay}));
    m_optimizer.emplace(std::move(optimizer));
    m_buckets = std::make_unique<parallel::GradientBuckets>(*m_store, *m_communicator);
    m_schedule = {.kind = *optim::scheduleFromName(optim.schedule),
                  .peak = optim.lr,
                  .floor = optim.lr * optim.finalLr,
                  .warmup = optim.warmupSteps,
                  .total = m_recipe.train.steps};
    return {};
}

Result<> Trainer::resume() {
    LATHE_TRY_ASSIGN(const std::string path, findCheckpoint(m_recipe.train.resume));
    LATHE_TRY_ASSIGN(const Checkpoint checkpoint, Checkpoint::open(path));
    LATHE_TRY(checkpoint.readParameters(optim::parameterState(*m_store)));
    LATHE_TRY(checkpoint.readOptimizer(m_optimizer->state()));
    m_optimizer->setSteps(checkpoint.info().optimizerSteps);
    m_firstStep = m_savedStep = checkpoint.info().step;
    m_firstSample = checkpoint.info().sample;
    m_savedPath = path;
    say("resumed at step {} from {}", m_firstStep, path);
    if (checkpoint.info().text != m_text->fingerprint() && speaks()) {
        const std::string change =
            "the training text has changed since the checkpoint was written: the run goes on, but "
            "not as it would have without the interruption";
        logWarn("train", "{}", change);
        m_log.alert("warning", "Other text than before", change);
    }
    return {};
}

void Trainer::showPlan() const {
    const ModelRecipe& model = m_recipe.model;
    say("model    {}: {} layers, width {}, {} heads, context {}; {} parameters", model.kind, model.layers,
        model.width, model.heads, model.context, groupedText(parameterCount(model)));
    say("text     {}: {} files, {}; {} to train on, {} to validate", escapedForDisplay(m_options.textFolder),
        m_text->files().size(), bytesText(m_text->bytes()), bytesText(m_training->windows().bytes()),
        m_validation ? bytesText(m_validation->windows().bytes()) : "none");
    say("memory   {}{}", planMemory(m_recipe).text(), m_communicator->size() > 1 ? ", on each rank" : "");
    say("ranks    {} × {} threads; {} sequences a step, {} at once", m_communicator->size(),
        tensor::threadCount(), m_recipe.train.batch, microBatch(m_recipe));
}

std::uint64_t Trainer::sampleAt(std::int64_t step) const {
    return m_firstSample + static_cast<std::uint64_t>((step - m_firstStep) * m_recipe.train.batch);
}

Result<Outcome> Trainer::loop() {
    const TrainRecipe& train = m_recipe.train;
    const double begin = monotonicSeconds();
    double stepSeconds = 0;  // spent in steps since the last line
    std::int64_t lastShown = m_firstStep;
    Outcome outcome{.step = m_firstStep};
    const auto due = [](std::int64_t step, std::int64_t every) { return every > 0 && step % every == 0; };

    for (std::int64_t done = m_firstStep; done < train.steps;) {
        const double stepBegin = monotonicSeconds();
        LATHE_TRY_ASSIGN(const StepResult result, step(done));
        if (outcome.message = divergence(done + 1, result); !outcome.message.empty()) {
            outcome.end = Outcome::End::Diverged;
            if (speaks())
                m_log.metrics(done + 1, {{"train/loss", result.loss}, {"optim/grad_norm", result.gradNorm}});
            return outcome;
        }
        stepSeconds += monotonicSeconds() - stepBegin;
        outcome.step = ++done;
        outcome.loss = result.loss;
        const bool last = done == train.steps || result.stopSignal != 0;

        if (done == m_firstStep + 1) {
            m_phases.end("step");
            say("start    {}", m_phases.text());
            m_log.event("start", {{"phases", m_phases.json()}});
        }
        if (due(done, train.logEvery) || done == m_firstStep + 1 || last) {
            const double tokens =
                static_cast<double>((done - lastShown) * train.batch * m_recipe.model.context);
            const double rate = tokens / stepSeconds;
            const double left = (monotonicSeconds() - begin) / static_cast<double>(done - m_firstStep) *
                                static_cast<double>(train.steps - done);
            stepSeconds = 0;
            lastShown = done;
            showStep(done, result, rate, left);
            if (speaks()) {
                m_log.metrics(
                    done, {{"train/loss", result.loss},
                           {"optim/lr", result.learningRate},
                           {"optim/grad_norm", result.gradNorm},
                           {"perf/tokens_per_second", rate},
                           {"perf/loader_wait", result.loaderSeconds},
                           {"perf/memory_peak", static_cast<double>(tensor::memoryLedger().total().peak)}});
                m_log.event("progress", {{"s", done}, {"total", train.steps}});
            } else {
                m_log.metrics(done, {{fmt::format("perf/loader_wait/rank{}", m_communicator->rank()),
                                      result.loaderSeconds}});
            }
        }
        if (result.stopSignal != 0)
            say("stopping after step {}, as asked", done);
        if (m_validation && result.stopSignal == 0 && (due(done, train.valEvery) || last)) {
            LATHE_TRY_ASSIGN(const double loss, validationLoss());
            say("         val/loss {:.4f}", loss);
            if (speaks())
                m_log.metrics(done, {{"val/loss", loss}});
        }
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
    LATHE_TRY(m_store->zeroGrads());
    LATHE_TRY_ASSIGN(const double loss, forwardBackward(sampleAt(step), result.loaderSeconds));

    const int asked = m_options.stopSignal ? m_options.stopSignal->load() : 0;
    // The ranks must stop after the same step, though the signal reaches them at different moments.
    std::array<double, 2> shared = {loss, asked != 0 ? 1.0 : 0.0};
    LATHE_TRY(m_communicator->allReduce(std::span(shared), fmt::format("the loss of step {}", step + 1)));
    result.loss = shared[0];
    if (shared[1] > 0)
        result.stopSignal = asked != 0 ? asked : SIGTERM;

    LATHE_TRY_ASSIGN(const double squares, optim::sumOfSquares(m_store->grads()));
    result.gradNorm = std::sqrt(squares);
    result.learningRate = m_schedule.at(step);
    if (std::isfinite(result.loss) && std::isfinite(result.gradNorm))
        LATHE_TRY(
            m_optimizer->step(result.learningRate, optim::clipScale(result.gradNorm, m_recipe.optim.clip)));
    return result;
}

Result<double> Trainer::forwardBackward(std::uint64_t firstSample, double& loaderSeconds) {
    const auto mine = share(m_recipe.train.batch, m_communicator->rank(), m_communicator->size());
    const std::int64_t most = microBatch(m_recipe);
    const auto tokens = static_cast<double>(m_recipe.train.batch * m_recipe.model.context);
    double loss = 0;
    for (std::int64_t row = mine.begin; row < mine.end; row += most) {
        const std::int64_t rows = std::min(most, mine.end - row);
        const double waitBegin = monotonicSeconds();
        LATHE_TRY_ASSIGN(const nn::Batch batch,
                         readBatch(*m_training, firstSample + static_cast<std::uint64_t>(row), rows));
        loaderSeconds += monotonicSeconds() - waitBegin;

        nn::Tape tape;
        if (row + rows == mine.end) {
            // Gradients are complete only with the last micro-batch.
            tape.onLeafFinal([this](autograd::Leaf& leaf) { m_buckets->leafFinal(leaf); });
            m_buckets->start();
        }
        const nn::Var part = m_model->loss(tape, batch, tokens);
        LATHE_TRY(tape.backward(part));
        LATHE_TRY_ASSIGN(const double value, part.value().item());
        loss += value;
    }
    LATHE_TRY(m_buckets->finish());
    return loss;
}

Result<nn::Batch> Trainer::readBatch(const data::Loader& loader, std::uint64_t first,
                                     std::int64_t rows) const {
    LATHE_TRY_ASSIGN(const data::TokenBatch tokens, loader.read(first, rows));
    const tensor::Shape shape{tokens.rows, tokens.columns};
    nn::Batch batch;
    LATHE_TRY_ASSIGN(batch.inputs, tensor::Tensor::of<std::int32_t>(tokens.inputs, shape));
    LATHE_TRY_ASSIGN(batch.targets, tensor::Tensor::of<std::int32_t>(tokens.targets, shape));
    return batch;
}

Result<double> Trainer::validationLoss() {
    const auto sequences =
        std::min(m_recipe.train.valSequences, static_cast<std::int64_t>(m_validation->windows().size()));
    const auto mine = share(sequences, m_communicator->rank(), m_communicator->size());
    const auto tokens = static_cast<double>(sequences * m_recipe.model.context);
    const std::int64_t most = microBatch(m_recipe);
    std::array<double, 1> loss = {0};
    for (std::int64_t row = mine.begin; row < mine.end; row += most) {
        LATHE_TRY_ASSIGN(const nn::Batch batch, readBatch(*m_validation, static_cast<std::uint64_t>(row),
                                                          std::min(most, mine.end - row)));
        nn::Tape tape(autograd::Mode::Inference);
        const nn::Var part = m_model->loss(tape, batch, tokens);
        LATHE_TRY(tape.status());
        LATHE_TRY_ASSIGN(const double value, part.value().item());
        loss[0] += value;
    }
    LATHE_TRY(m_communicator->allReduce(std::span(loss), "the validation loss"));
    return loss[0];
}

std::string Trainer::divergence(std::int64_t step, const StepResult& result) const {
    if (std::isfinite(result.loss) && std::isfinite(result.gradNorm))
        return {};
    std::string where = "every single gradient is finite";
    for (const nn::Parameter* parameter : m_store->parameters()) {
        const float* grad = parameter->leaf.grad.data<float>();
        if (std::all_of(grad, grad + parameter->elements(), [](float value) { return std::isfinite(value); }))
            continue;
        where = fmt::format("the first gradient that is not finite is that of {}", parameter->name());
        break;
    }
    return fmt::format("step {}: the loss is {} and the gradient's norm {}; {}; {}. {}", step,
                       numberText(result.loss), numberText(result.gradNorm), where, lastGood(), kCalmer);
}

std::string Trainer::lastGood() const {
    return m_savedStep < 0 ? std::string("there is no checkpoint yet")
                           : fmt::format("the last good checkpoint is {}", m_savedPath);
}

Result<> Trainer::sampleAndShow(std::int64_t step) {
    if (!speaks())
        return {};
    LATHE_TRY_ASSIGN(const std::string text,
                     sampleText(*m_model, m_recipe.model.context,
                                {.length = m_recipe.train.sampleLength,
                                 .seed = static_cast<std::uint64_t>(m_recipe.train.seed),
                                 .stream = static_cast<std::uint64_t>(step)}));
    m_log.event("text", {{"name", "sample"}, {"s", step}, {"text", text}});
    std::string line = text;
    std::ranges::replace(line, '\n', ' ');
    say("         sample: {}", escapedForDisplay(line, 100));
    return {};
}

Result<std::string> Trainer::checkpoint(std::int64_t step, bool last) {
    // The loss of a step is that of the weights before it, so an update may have ruined them unnoticed.
    LATHE_TRY_ASSIGN(const double squares, optim::sumOfSquares(m_store->values()));
    if (!std::isfinite(squares))
        return fmt::format("step {}: the update left weights that are not finite; {}. {}", step, lastGood(),
                           kCalmer);
    if (m_options.runFolder.empty() || !speaks() || step == m_savedStep)
        return {};
    const CheckpointInfo info{.step = step,
                              .sample = sampleAt(step),
                              .optimizerSteps = m_optimizer->steps(),
                              .text = m_text->fingerprint(),
                              .recipe = recipeJson(m_recipe)};
    auto written = writeCheckpoint(joinPath(m_options.runFolder, "checkpoints"), info,
                                   optim::parameterState(*m_store), m_optimizer->state());
    if (!written && last)
        return std::unexpected(written.error());
    if (!written) {
        logWarn("train", "no checkpoint of step {}: {}", step, written.error().text());
        m_log.alert("warning", "A checkpoint could not be written", written.error().text());
        return {};
    }
    m_savedStep = step;
    m_savedPath = *written;
    m_log.event("checkpoint", {{"s", step}, {"path", *written}});
    say("         checkpoint {}", *written);
    return {};
}

void Trainer::showStep(std::int64_t step, const StepResult& result, double tokensPerSecond,
                       double secondsLeft) const {
    const auto width = std::to_string(m_recipe.train.steps).size();
    say("step {:>{}}/{}  loss {:.4f}  lr {:.2e}  grad {:.3f}  {} tok/s  {} left", step, width,
        m_recipe.train.steps, result.loss, result.learningRate, result.gradNorm, rateText(tokensPerSecond),
        durationText(secondsLeft));
}

}  // namespace lathe::train
