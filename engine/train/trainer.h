// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/loader.h"
#include "dist/communicator.h"
#include "dist/job.h"
#include "nn/model.h"
#include "optim/optimizer.h"
#include "optim/schedule.h"
#include "parallel/gradient_buckets.h"
#include "train/checkpoint.h"
#include "train/recipe.h"
#include "train/run_log.h"
#include "train/start_phases.h"

#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace lathe::train {

struct TrainerOptions {
    Recipe recipe;
    dist::Job job;
    std::string runFolder;   // where the journal and checkpoints go; empty: nowhere
    std::string textFolder;  // recipe.data.path, made absolute
    std::FILE* console = stdout;
    // Number of the signal that asks to stop, 0 until then.
    const std::atomic<int>* stopSignal = nullptr;
};

struct Outcome {
    enum class End { Finished, Stopped, Diverged };
    End end = End::Finished;
    std::int64_t step = 0;  // steps done
    double loss = 0;        // of the last one
    int signal = 0;         // Stopped: the signal
    std::string message;    // Diverged: what, where and what to do
};

// One training, from the recipe to the last checkpoint, on this rank. Rank 0 speaks for all on the console.
class Trainer {
public:
    static Result<Outcome> train(const TrainerOptions& options);

private:
    struct StepResult {
        double loss = 0;      // mean over the global batch
        double gradNorm = 0;  // before clipping
        double learningRate = 0;
        double loaderSeconds = 0;
        int stopSignal = 0;  // the same on all ranks
    };

    Trainer(const TrainerOptions& options, RunLog log, std::unique_ptr<dist::Communicator> communicator)
        : m_options(options), m_log(std::move(log)), m_communicator(std::move(communicator)) {}

    Result<> prepare();
    Result<> openText();
    Result<> buildModel();
    Result<> resume();
    Result<Outcome> run();
    Result<Outcome> loop();

    Result<StepResult> step(std::int64_t step);
    // Sum over this rank's micro-batches of their parts of the batch's mean loss, gradients added up.
    Result<double> forwardBackward(std::uint64_t firstSample, double& loaderSeconds);
    Result<nn::Batch> readBatch(const data::Loader& loader, std::uint64_t first, std::int64_t rows) const;
    Result<double> validationLoss();
    std::string divergence(std::int64_t step, const StepResult& result) const;
    Result<> sampleAndShow(std::int64_t step);
    // Gives what is wrong with the weights if they are not worth keeping, else nothing.
    Result<std::string> checkpoint(std::int64_t step, bool last);
    std::string lastGood() const;
    void showPlan() const;
    void showStep(std::int64_t step, const StepResult& result, double tokensPerSecond,
                  double secondsLeft) const;
    template <class... Args> void say(fmt::format_string<Args...> format, Args&&... args) const;

    bool speaks() const { return m_communicator->rank() == 0; }
    std::uint64_t sampleAt(std::int64_t step) const;

    TrainerOptions m_options;
    const Recipe& m_recipe = m_options.recipe;
    RunLog m_log;
    std::unique_ptr<dist::Communicator> m_communicator;
    StartPhases m_phases;

    std::shared_ptr<const data::TextFolder> m_text;
    std::optional<data::Loader> m_training;
    std::optional<data::Loader> m_validation;
    std::unique_ptr<nn::Model> m_model;
    std::optional<nn::ParameterStore> m_store;
    std::unique_ptr<optim::Optimizer> m_optimizer;
    std::unique_ptr<parallel::GradientBuckets> m_buckets;
    optim::Schedule m_schedule;

    std::int64_t m_firstStep = 0;     // steps done before this process
    std::uint64_t m_firstSample = 0;  // the loader's place then
    std::int64_t m_savedStep = -1;
    std::string m_savedPath;
};

}  // namespace lathe::train
