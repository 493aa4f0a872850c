// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/open_data.h"
#include "data/prefetcher.h"
#include "dist/communicator.h"
#include "dist/job.h"
#include "nn/model.h"
#include "optim/optimizer.h"
#include "optim/schedule.h"
#include "optim/step_guards.h"
#include "parallel/gradient_buckets.h"
#include "train/checkpoint_writer.h"
#include "train/model_zoo.h"
#include "train/recipe.h"
#include "train/run_log.h"
#include "train/start_phases.h"
#include "train/task.h"
#include "train/trace.h"
#include "train/trick.h"

#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lathe::train {

struct TrainerOptions {
    Recipe recipe;
    dist::Job job;
    std::string runFolder;    // where the journal and checkpoints go; empty: nowhere
    std::string dataPath;     // recipe.data.path, made absolute
    std::string profilePath;  // trace of some steps; empty: none
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

// What the recipe says of its data, for openData().
data::DataConfig dataConfig(const Recipe& recipe, const std::string& path, const std::string& runFolder);

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
        std::int64_t items = 0;  // tokens or rows, of all ranks
        bool skipped = false;    // the weights stayed as they were
        int stopSignal = 0;      // the same on all ranks
    };

    Trainer(const TrainerOptions& options, RunLog log, std::unique_ptr<dist::Communicator> communicator);

    // trainer_setup.cpp
    Result<> prepare();
    Result<> openData();
    Result<> buildModel();
    Result<> resume();
    void showPlan(const std::string& memory) const;
    std::optional<data::BatchRequest> nextRequest();
    data::BatchRequest requestOf(std::int64_t step, std::int64_t row, std::int64_t rows) const;

    // trainer.cpp
    Result<Outcome> run();
    Result<Outcome> loop();
    Result<StepResult> step(std::int64_t step);
    Result<> update(std::int64_t step, StepResult& result);
    // Sum over this rank's micro-batches of their parts of the batch's mean loss, gradients added up and
    // summed over ranks. `again` runs the batches of the step a second time.
    Result<double> forwardBackward(std::int64_t step, bool again, StepResult& result);
    Result<> averageBuffers();
    Result<Score> validate();
    Error withMemoryAdvice(Error error) const;

    // trainer_report.cpp
    void logStep(std::int64_t step, const StepResult& result, double rate);
    void showStep(std::int64_t step, const StepResult& result, double rate, double secondsLeft) const;
    Result<> validateAndShow(std::int64_t step);
    Result<> showPredictions(std::int64_t step);
    Result<> sampleAndShow(std::int64_t step);
    Result<> recordHistograms(std::int64_t step);
    // Empty, or what, where and what to do.
    std::string divergence(std::int64_t step, const StepResult& result);
    std::string whereNotFinite(std::int64_t step);
    // Gives what is wrong with the weights if they are not worth keeping, else nothing.
    Result<std::string> checkpoint(std::int64_t step, bool last);
    Result<> noteWritten(bool wait, bool mustSucceed);
    std::string lastGood() const;
    void noteOp(const autograd::Tape::OpEvent& event);
    template <class... Args> void say(fmt::format_string<Args...> format, Args&&... args) const;

    bool speaks() const { return m_communicator->rank() == 0; }
    std::uint64_t sampleAt(std::int64_t step) const;
    autograd::Randomness randomness(std::int64_t step, std::int64_t row) const {
        return {static_cast<std::uint64_t>(m_recipe.train.seed), static_cast<std::uint64_t>(step), row};
    }
    std::vector<optim::NamedShard> optimizerState() const;
    std::string_view itemName() const;  // "tokens", "images", "rows"

    TrainerOptions m_options;
    const Recipe& m_recipe = m_options.recipe;
    RunLog m_log;
    std::unique_ptr<dist::Communicator> m_communicator;
    StartPhases m_phases;
    tensor::Device m_device;

    data::OpenedData m_data;
    ModelInput m_input;
    std::shared_ptr<const data::Loader> m_training, m_validation;
    std::unique_ptr<nn::Model> m_model;
    std::optional<nn::ParameterStore> m_store;
    std::unique_ptr<optim::Optimizer> m_optimizer;
    std::unique_ptr<parallel::GradientBuckets> m_buckets;
    std::vector<std::unique_ptr<Trick>> m_tricks;
    optim::Schedule m_schedule;
    optim::LossScaler m_scaler;
    std::optional<optim::OutlierGuard> m_outliers;
    std::optional<CheckpointWriter> m_writer;
    Trace m_trace;
    bool m_tracing = false;

    // The place that the read-ahead has reached.
    std::int64_t m_planStep = 0, m_planRow = 0;
    std::vector<DeviceBatch> m_batches;  // of this step, if it may run twice
    bool m_keepBatches = false;
    std::unique_ptr<data::Prefetcher> m_ahead;  // last: its threads and its plan use what is above

    std::int64_t m_firstStep = 0;     // steps done before this process
    std::uint64_t m_firstSample = 0;  // the loader's place then
    std::int64_t m_savedStep = -1, m_startedStep = -1;
    std::string m_savedPath;
    std::optional<double> m_valLoss;
    double m_peakFlops = 0;  // measured; 0: not yet
    std::vector<std::string> m_predictionFiles;
};

template <class... Args> void Trainer::say(fmt::format_string<Args...> format, Args&&... args) const {
    if (!speaks())
        return;
    fmt::print(m_options.console, format, std::forward<Args>(args)...);
    std::fputc('\n', m_options.console);
    std::fflush(m_options.console);
}

}  // namespace lathe::train
