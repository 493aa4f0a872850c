// SPDX-License-Identifier: Apache-2.0
#include "train/memory_plan.h"

#include "core/text.h"
#include "optim/optimizer.h"
#include "tensor/backend.h"
#include "train/task.h"

#include <fmt/format.h>

#include <algorithm>

namespace lathe::train {

namespace {

constexpr std::int64_t kFloat = sizeof(float);
// Gloo's ring reduces through two segments of a mebibyte.
constexpr std::int64_t kRingScratch = 2 << 20;

std::int64_t gptActivations(const ModelRecipe& model, std::int64_t vocabulary, std::int64_t sequences,
                            bool recompute) {
    const std::int64_t width = model.integer("width"), layers = model.integer("layers");
    const std::int64_t tokens = sequences * model.integer("context");
    // Kept by a block, in units of width: two norms' inputs, which are the residual stream (2), their outputs
    // (2), q, k, v (3), the attention's output (1), the hidden layer before and after its activation (8); and
    // a few numbers a row.
    const std::int64_t block = tokens * (16 * width + 4 + model.integer("heads"));
    const std::int64_t head = tokens * (2 * width + vocabulary + 3);
    // Backward's largest moment: the gradient of the hidden layer beside those of its input and of the
    // residual.
    const std::int64_t backward = tokens * std::max(6 * width, vocabulary);
    const std::int64_t blocks = recompute ? (layers - 1) * tokens * width + block : layers * block;
    return kFloat * (blocks + head + backward);
}

// Peak of forward and backward over `rows` samples of zeros, on a model of its own.
Result<std::int64_t> measuredActivations(const Recipe& recipe, const ModelInput& input, nn::Model& model,
                                         std::int64_t rows) {
    tensor::MemoryLedger& ledger = tensor::memoryLedger();
    LATHE_TRY_ASSIGN(const nn::Batch batch, zeroBatch(recipe.model, input, rows));
    ledger.resetPeaks();
    const std::int64_t before = ledger.count(tensor::MemoryClass::Activations).current;
    autograd::Tape tape;
    const nn::Var loss =
        trainingLoss(tape, model, {.batch = batch},
                     {.denominator = 1, .recompute = recipe.train.recompute, .classify = input.classify});
    LATHE_TRY(tape.backward(loss));
    return ledger.count(tensor::MemoryClass::Activations).peak - before;
}

Result<std::int64_t> activationBytes(const Recipe& recipe, const ModelInput& input) {
    const std::int64_t rows = microBatch(recipe);
    const bool gpt = recipe.model.kind.starts_with("gpt") && getNumber(recipe.model.values, "dropout") == 0;
    if (gpt)
        return gptActivations(recipe.model, input.vocabulary, rows, recipe.train.recompute);
    LATHE_TRY_ASSIGN(const auto model, makeModel(recipe.model, input));
    LATHE_TRY_ASSIGN(const auto store, nn::ParameterStore::create(*model, 0));
    LATHE_TRY_ASSIGN(const std::int64_t two, measuredActivations(recipe, input, *model, 2));
    LATHE_TRY_ASSIGN(const std::int64_t four, measuredActivations(recipe, input, *model, 4));
    return std::max<std::int64_t>(0, two + (four - two) * (rows - 2) / 2);
}

std::string sizeText(std::int64_t bytes) {
    return bytesText(static_cast<std::uint64_t>(std::max<std::int64_t>(0, bytes)));
}

}  // namespace

std::int64_t microBatch(const Recipe& recipe) {
    const std::int64_t share = (recipe.train.batch + recipe.parallel.data - 1) / recipe.parallel.data;
    return recipe.train.microBatch > 0 ? std::min(recipe.train.microBatch, share) : share;
}

Result<MemoryPlan> planMemory(const Recipe& recipe, const ModelInput& input) {
    LATHE_TRY_ASSIGN(const auto model, makeModel(recipe.model, input));
    const std::int64_t weights = parameterCount(*model) * kFloat;
    const auto kind = optim::optimizerFromName(recipe.optim.kind).value_or(optim::OptimizerKind::AdamW);
    std::int64_t copies = optim::momentsOf(kind, recipe.optim.momentum);
    copies += (recipe.tricks.ema > 0 ? 1 : 0) + (recipe.tricks.sam > 0 ? 1 : 0);
    LATHE_TRY_ASSIGN(const std::int64_t activations, activationBytes(recipe, input));
    return MemoryPlan{.parameters = weights,
                      .gradients = weights,
                      .optimizer = copies * weights,
                      .activations = activations,
                      .communication = recipe.parallel.data > 1 ? kRingScratch : 0};
}

std::string MemoryPlan::text() const {
    return fmt::format(
        "parameters {}, gradients {}, optimiser {}, activations {}, communication {}; in all {}",
        sizeText(parameters), sizeText(gradients), sizeText(optimizer), sizeText(activations),
        sizeText(communication), sizeText(total()));
}

Json MemoryPlan::json() const {
    return {{"parameters", parameters},   {"gradients", gradients},         {"optimizer", optimizer},
            {"activations", activations}, {"communication", communication}, {"total", total()}};
}

std::string memoryAdvice(const Recipe& recipe, const ModelInput& input, std::int64_t used) {
    // Half the samples at once, then half of that, then recompute: what changes the result least comes first.
    for (const bool recompute : {recipe.train.recompute, true})
        for (std::int64_t rows = (microBatch(recipe) + 1) / 2; rows >= 1;
             rows = rows == 1 ? 0 : (rows + 1) / 2) {
            Recipe changed = recipe;
            changed.train.microBatch = rows;
            changed.train.recompute = recompute;
            const auto plan = planMemory(changed, input);
            if (plan && plan->total() < used)
                return fmt::format("set train.micro_batch to {}{}: it needs {}", rows,
                                   recompute && !recipe.train.recompute ? " and train.recompute to true" : "",
                                   sizeText(plan->total()));
        }
    return "even one sample at once does not fit: lower model.layers, model.width or model.context";
}

std::string ledgerText(tensor::Device device) {
    std::string text;
    for (int i = 0; i < tensor::memoryClasses; ++i) {
        const auto memoryClass = static_cast<tensor::MemoryClass>(i);
        const std::int64_t bytes = tensor::memoryLedger(device).count(memoryClass).current;
        if (bytes > 0)
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", nameOf(memoryClass), sizeText(bytes));
    }
    return text.empty() ? "nothing" : text;
}

}  // namespace lathe::train
