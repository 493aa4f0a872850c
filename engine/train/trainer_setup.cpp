// SPDX-License-Identifier: Apache-2.0
// The part of Trainer that comes before the first step: data, model, resuming.
#include "core/log.h"
#include "core/paths.h"
#include "core/text.h"
#include "parallel/plan.h"
#include "tensor/threads.h"
#include "train/device.h"
#include "train/initial_weights.h"
#include "train/memory_plan.h"
#include "train/trainer.h"

#include <algorithm>

namespace lathe::train {

using parallel::share;

namespace {

// Order of validation samples; the same for every run, whatever its seed, so that val/loss compares.
constexpr std::uint64_t kValidationSeed = 0;

int threadsOf(const Recipe& recipe, const dist::Job& job) {
    if (recipe.train.threads > 0)
        return static_cast<int>(recipe.train.threads);
    return std::max(1, tensor::threadCount() / job.localSize);
}

// Bytes are read in microseconds; decoding and augmenting images takes threads of its own.
int workersOf(const Recipe& recipe, const data::OpenedData& data) {
    if (recipe.data.workers >= 0)
        return static_cast<int>(recipe.data.workers);
    if (data.train->info().input != data::DatasetInfo::Input::Image)
        return 0;
    return data.train->info().height > 0 ? 1 : std::clamp(tensor::threadCount() / 2, 1, 8);
}

std::string modelText(const ModelRecipe& model, std::int64_t parameters) {
    std::string sizes = model.kind;
    for (const auto& [name, value] : model.values.items())
        if (value.is_number() ? value != 0 : value == true)
            sizes += fmt::format(", {}{}", name, value.is_number() ? " " + dumpJson(value) : std::string());
    return fmt::format("{}; {} parameters", sizes, groupedText(parameters));
}

}  // namespace

data::DataConfig dataConfig(const Recipe& recipe, const std::string& path, const std::string& runFolder) {
    const DataRecipe& from = recipe.data;
    const bool named = from.tokenizer != "bytes" && from.tokenizer != "bpe";
    return {.path = path,
            .kind = from.kind,
            .validation = from.validation,
            .context = recipe.model.integer("context", 128),
            .tokenizer = named ? expandHome(from.tokenizer) : from.tokenizer,
            .vocabulary = from.vocabulary,
            .imageSize = from.imageSize,
            .target = from.target,
            .task = from.task == "classify"  ? data::TableTask::Classify
                    : from.task == "regress" ? data::TableTask::Regress
                                             : data::TableTask::Auto,
            .learntTokenizer = runFolder.empty() ? std::string() : joinPath(runFolder, "tokenizer")};
}

Result<> Trainer::prepare() {
    tensor::setThreadCount(threadsOf(m_recipe, m_options.job));
    LATHE_TRY_ASSIGN(m_device, openDevice(m_recipe.train.device, m_options.job.localRank));
    m_phases.end("program");
    m_tricks = makeTricks(m_recipe);
    LATHE_TRY(openData());
    m_phases.end("data");
    LATHE_TRY_ASSIGN(const MemoryPlan memory, planMemory(m_recipe, m_input));
    LATHE_TRY_ASSIGN(m_model, makeModel(m_recipe.model, m_input));
    showPlan(memory.text());
    LATHE_TRY(buildModel());
    if (!m_recipe.train.resume.empty())
        LATHE_TRY(resume());
    for (const auto& trick : m_tricks)
        if (m_recipe.train.resume.empty())
            LATHE_TRY(trick->started(*m_model, *m_store, 0));
    m_planStep = m_firstStep;
    m_keepBatches = m_recipe.tricks.sam > 0;
    m_ahead = std::make_unique<data::Prefetcher>(
        m_training, [this] { return nextRequest(); }, workersOf(m_recipe, m_data),
        static_cast<int>(m_recipe.data.ahead));
    if (speaks()) {
        Json values = flattenJson(recipeJson(m_recipe));
        values["parameters"] = m_store->count();
        m_log.params(values);
        Json goals = {{"train/loss", "min"}, {"val/loss", "min"}};
        if (m_input.kind != ModelInputKind::Tokens && m_input.classify)
            goals["val/accuracy"] = "max";
        m_log.event("goal", {{"v", goals}});
    }
    m_phases.end("model");
    return {};
}

Result<> Trainer::openData() {
    LATHE_TRY_ASSIGN(m_data, data::openData(dataConfig(m_recipe, m_options.dataPath, m_options.runFolder)));
    m_input = ModelInput::of(m_data);
    data::LoaderConfig config{.seed = static_cast<std::uint64_t>(m_recipe.train.seed), .image = m_data.image};
    if (m_data.validation && m_recipe.train.valEvery > 0) {
        data::LoaderConfig held = config;
        held.seed = kValidationSeed;
        m_validation = std::make_shared<const data::Loader>(m_data.validation, held);
    }
    config.image.training = true;
    for (const auto& trick : m_tricks)
        trick->configureLoader(config);
    m_training = std::make_shared<const data::Loader>(m_data.train, config);

    const std::uint64_t mine = m_data.fingerprint;
    std::vector<std::uint64_t> all(static_cast<std::size_t>(m_communicator->size()));
    LATHE_TRY(m_communicator->allGather(std::as_bytes(std::span(&mine, 1)),
                                        std::as_writable_bytes(std::span(all)), "data fingerprints"));
    const auto other =
        std::ranges::find_if(all, [&](std::uint64_t fingerprint) { return fingerprint != all[0]; });
    if (other != all.end())
        return fail(
            ErrorCode::Invalid, fmt::format("rank {} sees other data than rank 0", other - all.begin()),
            m_options.dataPath, "give every rank the same data, and leave it alone while the run starts");
    return {};
}

Result<> Trainer::buildModel() {
    LATHE_TRY_ASSIGN(auto store,
                     nn::ParameterStore::create(*m_model, static_cast<std::uint64_t>(m_recipe.train.seed),
                                                *tensor::dtypeFromName(m_recipe.train.precision), m_device));
    m_store.emplace(std::move(store));
    if (!m_recipe.model.from.empty() && m_recipe.train.resume.empty())
        LATHE_TRY(loadInitialWeights(expandHome(m_recipe.model.from), m_recipe.model, *m_store));
    const OptimRecipe& optim = m_recipe.optim;
    const auto kind = *optim::optimizerFromName(optim.kind);
    const auto hidden = kind == optim::OptimizerKind::Muon ? optim::hiddenMatrices(*m_model)
                                                           : std::set<const nn::Parameter*>{};
    LATHE_TRY_ASSIGN(m_optimizer, optim::makeOptimizer(*m_store,
                                                       {.kind = kind,
                                                        .beta1 = optim.beta1,
                                                        .beta2 = optim.beta2,
                                                        .epsilon = optim.epsilon,
                                                        .weightDecay = optim.weightDecay,
                                                        .momentum = optim.momentum,
                                                        .nesterov = optim.nesterov},
                                                       hidden));
    m_buckets = std::make_unique<parallel::GradientBuckets>(*m_store, *m_communicator);
    m_schedule = {.kind = *optim::scheduleFromName(optim.schedule),
                  .peak = optim.lr,
                  .floor = optim.lr * optim.finalLr,
                  .warmup = optim.warmupSteps,
                  .total = m_recipe.train.steps,
                  .decayShare = optim.decayShare};
    if (optim.skipOutliers > 0)
        m_outliers.emplace(optim.skipOutliers);
    if (!m_options.runFolder.empty() && speaks())
        m_writer.emplace(joinPath(m_options.runFolder, "checkpoints"),
                         KeepPolicy{m_recipe.train.keepLast, m_recipe.train.keepBest});
    return {};
}

std::vector<optim::NamedShard> Trainer::optimizerState() const {
    std::vector<optim::NamedShard> state = m_optimizer->state();
    for (const auto& trick : m_tricks)
        for (optim::NamedShard& shard : trick->state())
            state.push_back(std::move(shard));
    return state;
}

Result<> Trainer::resume() {
    LATHE_TRY_ASSIGN(const std::string path, findCheckpoint(m_recipe.train.resume));
    LATHE_TRY_ASSIGN(const Checkpoint checkpoint, Checkpoint::open(path));
    LATHE_TRY(checkpoint.readParameters(optim::parameterState(*m_store)));
    m_firstStep = m_savedStep = m_startedStep = checkpoint.info().step;
    m_firstSample = checkpoint.info().sample;
    m_valLoss = checkpoint.info().valLoss;
    m_savedPath = path;
    for (const auto& trick : m_tricks)
        LATHE_TRY(trick->started(*m_model, *m_store, m_firstStep));
    LATHE_TRY(checkpoint.readOptimizer(optimizerState()));
    m_optimizer->setSteps(checkpoint.info().optimizerSteps);
    const Json& counters = checkpoint.info().counters;
    const auto lacks = [&](std::string_view what) {
        return fail(ErrorCode::Invalid,
                    fmt::format("the checkpoint does not hold the counters of the {}", what), path,
                    "use the optim.* and tricks.* keys of the run that wrote it");
    };
    if (m_recipe.optim.lossScaling && !m_scaler.setState(counters.value("loss scaling", Json())))
        return lacks("loss scaling");
    if (m_outliers && !m_outliers->setState(counters.value("outliers", Json())))
        return lacks("outlier guard");
    for (const auto& trick : m_tricks)
        if (!trick->setCounters(counters.value(std::string(trick->name()), Json())))
            return lacks(trick->name());
    say("resumed at step {} from {}", m_firstStep, path);
    if (checkpoint.info().text != m_data.fingerprint && speaks()) {
        const std::string change =
            "the training data has changed since the checkpoint was written: the run goes on, but "
            "not as it would have without the interruption";
        logWarn("train", "{}", change);
        m_log.alert("warning", "Other data than before", change);
    }
    return {};
}

void Trainer::showPlan(const std::string& memory) const {
    say("model    {}", modelText(m_recipe.model, parameterCount(*m_model)));
    say("data     {}: {}; {} to validate", escapedForDisplay(m_options.dataPath), m_data.train->text(),
        m_data.validation ? groupedText(static_cast<std::int64_t>(m_data.validation->size())) : "none");
    std::vector<std::string> names;
    for (const auto& trick : m_tricks)
        names.emplace_back(trick->name());
    if (!names.empty())
        say("tricks   {}", join(names, ", "));
    say("memory   {}{}", memory, m_communicator->size() > 1 ? ", on each rank" : "");
    say("ranks    {} on {}, {} threads; {} samples a step, {} at once", m_communicator->size(),
        tensor::deviceName(m_device), tensor::threadCount(), m_recipe.train.batch, microBatch(m_recipe));
}

std::uint64_t Trainer::sampleAt(std::int64_t step) const {
    return m_firstSample + static_cast<std::uint64_t>((step - m_firstStep) * m_recipe.train.batch);
}

data::BatchRequest Trainer::requestOf(std::int64_t step, std::int64_t row, std::int64_t rows) const {
    const std::uint64_t first = sampleAt(step);
    data::BatchRequest request{.first = first + static_cast<std::uint64_t>(row),
                               .count = rows,
                               .batchFirst = first,
                               .batch = m_recipe.train.batch};
    for (const auto& trick : m_tricks)
        trick->shapeBatch(step, request);
    return request;
}

std::optional<data::BatchRequest> Trainer::nextRequest() {
    if (m_planStep >= m_recipe.train.steps)
        return {};
    const auto mine = share(m_recipe.train.batch, m_communicator->rank(), m_communicator->size());
    const std::int64_t row = mine.begin + m_planRow;
    const std::int64_t rows = std::min(microBatch(m_recipe), mine.end - row);
    const data::BatchRequest request = requestOf(m_planStep, row, rows);
    m_planRow += rows;
    if (mine.begin + m_planRow >= mine.end) {
        m_planRow = 0;
        ++m_planStep;
    }
    return request;
}

}  // namespace lathe::train
