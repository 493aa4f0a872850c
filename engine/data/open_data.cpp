// SPDX-License-Identifier: Apache-2.0
#include "data/open_data.h"

#include "core/file.h"
#include "core/paths.h"
#include "core/text.h"
#include "data/array.h"
#include "data/gzip.h"
#include "data/hash.h"
#include "data/image_sets.h"
#include "data/paged_file.h"
#include "data/split.h"
#include "data/text_dataset.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <optional>
#include <sys/stat.h>

namespace lathe::data {

namespace {

constexpr std::int64_t kFolderImageSize = 224;
constexpr std::uint64_t kMeasured = 256;  // images whose mean and deviation stand for all

std::uint64_t statHash(std::uint64_t hash, const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return hash;
    return mixBits(hashBytes(hash, fileName(path)), static_cast<std::uint64_t>(status.st_size));
}

bool endsWithAny(const std::string& name, std::initializer_list<std::string_view> endings) {
    return std::ranges::any_of(endings, [&](std::string_view ending) { return name.ends_with(ending); });
}

bool isTable(const std::string& name) {
    return endsWithAny(name, {".csv", ".tsv", ".csv.gz", ".tsv.gz"});
}

Result<std::string> detect(const std::string& path) {
    if (!isDirectory(path)) {
        if (isTable(path))
            return std::string("table");
        if (endsWithAny(path, {".npy", ".npz"}))
            return std::string("arrays");
        LATHE_TRY_ASSIGN(const std::string head, readFileFrom(path, 0, 8));
        if (head == "LATHEPK1")
            return std::string("pack");
        if (path.find("-images") != std::string::npos && path.find("idx3") != std::string::npos)
            return std::string("mnist");
        return std::string("text");
    }
    LATHE_TRY_ASSIGN(const auto prefixes, mnistPrefixes(path));
    if (!prefixes.empty())
        return std::string("mnist");
    LATHE_TRY_ASSIGN(const auto names, listDir(path));
    const auto has = [&](std::string_view name) { return std::ranges::find(names, name) != names.end(); };
    if (has("data_batch_1.bin") || (has("train.bin") && has("test.bin")))
        return std::string("cifar");
    if (has("x.npy") || has("train_x.npy"))
        return std::string("arrays");
    for (const std::string& name : names) {
        const std::string below = joinPath(path, name);
        if (name.starts_with('.') || !isDirectory(below))
            continue;
        LATHE_TRY_ASSIGN(const auto inside, listDir(below));
        for (const std::string& file : inside) {
            if (endsWithAny(file, {".png", ".jpg", ".jpeg", ".PNG", ".JPG", ".JPEG"}))
                return std::string("images");
            // train/cat/1.jpg
            if ((name == "train" || name == "val") && isDirectory(joinPath(below, file)))
                return std::string("images");
        }
    }
    return std::string("text");
}

// Splits `whole` unless there is a part of its own for validation.
Result<> giveParts(OpenedData& opened, std::shared_ptr<const Dataset> whole,
                   std::shared_ptr<const Dataset> validation, const DataConfig& config, const std::string& on,
                   const std::function<std::uint64_t(std::uint64_t)>& hashOf = {}) {
    const double share = config.validation;
    if (whole->size() == 0)
        return fail(ErrorCode::Invalid, "there are no samples in it", on);
    if (share <= 0 || validation) {
        opened.train = std::move(whole);
        if (share > 0 || config.ownPartOnly)
            opened.validation = std::move(validation);
        return {};
    }
    Split split = splitByHash(whole->size(), share, hashOf);
    if (split.validation.empty())
        return fail(ErrorCode::Invalid, fmt::format("{} sample cannot be split", whole->size()), on,
                    "add samples, or set data.validation to 0");
    opened.validation = std::make_shared<const Subset>(whole, std::move(split.validation));
    opened.train = std::make_shared<const Subset>(std::move(whole), std::move(split.train));
    return {};
}

// Mean and deviation of each channel over some training images, always the same ones.
Result<> measureImages(OpenedData& opened, const DataConfig& config) {
    const DatasetInfo& info = opened.train->info();
    AugmentConfig& image = opened.image;
    image.channels = info.channels;
    image.fixedSize = info.height > 0 && info.height == info.width;
    image.size = config.imageSize > 0 ? config.imageSize : image.fixedSize ? info.height : kFolderImageSize;
    std::array<double, 3> sum{}, squares{};
    double count = 0;
    Sample sample;
    const std::uint64_t some = std::min(kMeasured, opened.train->size());
    std::vector<float> pixels(static_cast<std::size_t>(image.channels * image.size * image.size));
    for (std::uint64_t i = 0; i < some; ++i) {
        LATHE_TRY(opened.train->read(i * opened.train->size() / some, 0, sample));
        augment(sample.image, image, 0, SampleRng(0, i), pixels.data());
        const std::size_t plane = pixels.size() / static_cast<std::size_t>(image.channels);
        for (std::size_t k = 0; k < pixels.size(); ++k) {
            const auto value = static_cast<double>(pixels[k]);
            sum[k / plane] += value;
            squares[k / plane] += value * value;
        }
        count += static_cast<double>(plane);
    }
    for (std::size_t k = 0; k < static_cast<std::size_t>(image.channels); ++k) {
        const double mean = sum[k] / count;
        image.mean.push_back(static_cast<float>(mean));
        image.deviation.push_back(
            static_cast<float>(std::max(1e-3, std::sqrt(std::max(0.0, squares[k] / count - mean * mean)))));
    }
    opened.facts["image"] = {{"size", image.size},
                             {"channels", image.channels},
                             {"mean", image.mean},
                             {"deviation", image.deviation}};
    return {};
}

Result<std::shared_ptr<const Tokenizer>> tokenizerFor(const DataConfig& config, const TextWindows& training) {
    if (config.tokenizer == "bytes")
        return byteTokenizer();
    if (config.tokenizer != "bpe")
        return loadBpe(config.tokenizer);
    // A run that goes on must read with the tokenizer that it began with.
    if (!config.learntTokenizer.empty() && exists(joinPath(config.learntTokenizer, "vocab.json")))
        return loadBpe(config.learntTokenizer);
    std::string text, piece;
    constexpr std::size_t enough = std::size_t{64} << 20;
    for (std::size_t i = 0; i < training.pieceCount() && text.size() < enough; ++i) {
        LATHE_TRY(training.readPiece(i, piece));
        text += piece;
        text += '\n';
    }
    LATHE_TRY_ASSIGN(auto learnt, trainBpe(text, config.vocabulary));
    if (!config.learntTokenizer.empty())
        LATHE_TRY(learnt->save(config.learntTokenizer));
    return learnt;
}

Result<> openText(const DataConfig& config, OpenedData& opened) {
    LATHE_TRY_ASSIGN(auto text, TextFolder::open(config.path));
    const auto folder = std::make_shared<const TextFolder>(std::move(text));
    opened.fingerprint = folder->fingerprint();
    // Windows of tokens are cut from the tokens, so any run of bytes will do as a source for them.
    const bool bytes = config.tokenizer == "bytes";
    const std::int64_t context = bytes ? config.context : 1;
    LATHE_TRY_ASSIGN(auto training, TextWindows::make(folder, Part::Train, config.validation, context));
    std::optional<TextWindows> held;
    if (config.validation > 0) {
        LATHE_TRY_ASSIGN(held, TextWindows::make(folder, Part::Validation, config.validation, context));
    }
    LATHE_TRY_ASSIGN(opened.tokenizer, tokenizerFor(config, training));
    opened.facts["tokenizer"] = opened.tokenizer->name();
    opened.facts["vocabulary"] = opened.tokenizer->vocabulary();
    if (bytes) {
        opened.train = std::make_shared<const ByteText>(std::move(training));
        if (held)
            opened.validation = std::make_shared<const ByteText>(std::move(*held));
        return {};
    }
    const auto stream = [&](const TextWindows& windows) -> Result<std::shared_ptr<const Dataset>> {
        LATHE_TRY_ASSIGN(auto encoded, TokenStream::encode(windows, *opened.tokenizer));
        const auto keep = std::make_shared<const std::vector<std::uint32_t>>(std::move(encoded));
        LATHE_TRY_ASSIGN(auto made, TokenStream::make(*keep, keep, opened.tokenizer->vocabulary(),
                                                      config.context, config.path));
        return std::shared_ptr<const Dataset>(std::move(made));
    };
    LATHE_TRY_ASSIGN(opened.train, stream(training));
    if (held) {
        LATHE_TRY_ASSIGN(opened.validation, stream(*held));
    }
    return {};
}

Result<> openImages(const DataConfig& config, OpenedData& opened) {
    const std::int64_t least = config.imageSize > 0 ? config.imageSize : kFolderImageSize;
    const std::string train = joinPath(config.path, "train");
    std::string held;
    for (const char* name : {"val", "validation", "test"})
        if (held.empty() && isDirectory(joinPath(config.path, name)))
            held = joinPath(config.path, name);
    const bool parted = isDirectory(train);
    LATHE_TRY_ASSIGN(auto whole, ImageFolder::open(parted ? train : config.path, least));
    std::shared_ptr<const ImageFolder> validation;
    if (parted && !held.empty()) {
        LATHE_TRY_ASSIGN(validation, ImageFolder::open(held, least, whole->info().classNames));
    }
    for (std::uint64_t i = 0; i < whole->size(); ++i)
        opened.fingerprint = hashBytes(opened.fingerprint, whole->nameOf(i));
    return giveParts(opened, whole, validation, config, config.path,
                     [&](std::uint64_t i) { return hashBytes(0, whole->nameOf(i)); });
}

Result<> openMnistFolder(const DataConfig& config, OpenedData& opened) {
    const std::string folder = isDirectory(config.path) ? config.path : parentPath(config.path);
    LATHE_TRY_ASSIGN(auto prefixes, mnistPrefixes(folder));
    if (!isDirectory(config.path)) {
        const std::string name = fileName(config.path);
        prefixes = {name.substr(0, name.find("-images"))};
    }
    if (prefixes.empty())
        return fail(ErrorCode::NotFound, "there is no ...-images-idx3-ubyte file in it", folder,
                    "put the MNIST files there, plain or .gz");
    const auto train = std::ranges::find_if(prefixes, [](const auto& p) { return p.ends_with("train"); });
    const auto test = std::ranges::find_if(prefixes, [](const auto& p) { return p.ends_with("t10k"); });
    LATHE_TRY_ASSIGN(auto whole, openMnist(folder, train != prefixes.end() ? *train : prefixes.front()));
    std::shared_ptr<const Dataset> validation;
    if (train != prefixes.end() && test != prefixes.end()) {
        LATHE_TRY_ASSIGN(validation, openMnist(folder, *test));
    }
    opened.fingerprint = whole->size();
    for (const std::string& name : listDir(folder).value_or(std::vector<std::string>{}))
        if (name.find("idx") != std::string::npos)
            opened.fingerprint = statHash(opened.fingerprint, joinPath(folder, name));
    return giveParts(opened, whole, validation, config, folder);
}

Result<> openCifarFolder(const DataConfig& config, OpenedData& opened) {
    std::vector<std::string> train, test;
    LATHE_TRY_ASSIGN(const auto names, listDir(config.path));
    for (const std::string& name : names) {
        if (!name.ends_with(".bin"))
            continue;
        opened.fingerprint = statHash(opened.fingerprint, joinPath(config.path, name));
        (name.starts_with("test") ? test : train).push_back(joinPath(config.path, name));
    }
    if (train.empty())
        return fail(ErrorCode::NotFound, "there is no data_batch_1.bin or train.bin in it", config.path,
                    "unpack the binary version of CIFAR there");
    LATHE_TRY_ASSIGN(auto whole, openCifar(train));
    std::shared_ptr<const Dataset> validation;
    if (!test.empty()) {
        LATHE_TRY_ASSIGN(validation, openCifar(test));
    }
    return giveParts(opened, whole, validation, config, config.path);
}

// A table in memory is split and then brought to mean 0 over its training rows.
Result<> giveTable(const std::shared_ptr<NumberTable>& table, const DataConfig& config, OpenedData& opened) {
    Split split = splitByHash(table->size(), config.validation);
    if (config.validation > 0 && split.validation.empty())
        return fail(ErrorCode::Invalid, fmt::format("{} row cannot be split", table->size()), config.path,
                    "add rows, or set data.validation to 0");
    table->standardise(split.train);
    opened.facts["table"] = table->facts();
    if (split.validation.empty()) {
        opened.train = table;
        return {};
    }
    opened.validation = std::make_shared<const Subset>(table, std::move(split.validation));
    opened.train = std::make_shared<const Subset>(table, std::move(split.train));
    return {};
}

Result<> openTable(const DataConfig& config, OpenedData& opened) {
    LATHE_TRY_ASSIGN(const std::string text, readPlainOrGzip(config.path));
    opened.fingerprint = hashBytes(0, text);
    const bool tabs = config.path.find(".tsv") != std::string::npos ||
                      (config.path.find(".csv") == std::string::npos && text.find('\t') != std::string::npos);
    LATHE_TRY_ASSIGN(const CellTable cells, parseTable(text, tabs ? '\t' : ',', config.path));
    LATHE_TRY_ASSIGN(auto table, NumberTable::fromCells(cells, config.target, config.task, config.path));
    return giveTable(table, config, opened);
}

Result<> giveArrays(Array inputs, const Array& targets, const DataConfig& config, OpenedData& opened) {
    const auto& shape = inputs.shape;
    const bool colour = shape.size() == 4 && (shape[3] == 1 || shape[3] == 3);
    const bool images = inputs.type == Array::Type::U8 && (shape.size() == 3 || colour);
    if (!images) {
        LATHE_TRY_ASSIGN(auto table, NumberTable::fromArrays(inputs, targets, config.task, config.path));
        return giveTable(table, config, opened);
    }
    if (targets.rows() != inputs.rows() || targets.rowElements() != 1 || !targets.isInteger())
        return fail(ErrorCode::Invalid,
                    fmt::format("images {} need whole labels [{}], but there are {}", inputs.shapeText(),
                                inputs.rows(), targets.shapeText()),
                    config.path);
    DatasetInfo info{.input = DatasetInfo::Input::Image,
                     .channels = colour ? shape[3] : 1,
                     .height = shape[1],
                     .width = shape[2],
                     .classes = 2};
    std::vector<std::int32_t> labels;
    for (std::int64_t i = 0; i < targets.rows(); ++i) {
        const double label = targets.at(i);
        if (label < 0 || label >= 100'000)
            return fail(ErrorCode::Invalid,
                        fmt::format("row {} has the label {}, which is out of range", i, numberText(label)),
                        config.path, "number the classes from 0");
        labels.push_back(static_cast<std::int32_t>(label));
        info.classes = std::max<std::int64_t>(info.classes, labels.back() + 1);
    }
    const auto whole =
        std::make_shared<const MemoryImages>(std::move(info), std::move(inputs.bytes), std::move(labels));
    return giveParts(opened, whole, nullptr, config, config.path);
}

Result<> openArrays(const DataConfig& config, OpenedData& opened) {
    if (isDirectory(config.path)) {
        const std::string x = joinPath(config.path, "x.npy"), y = joinPath(config.path, "y.npy");
        LATHE_TRY_ASSIGN(const std::string xBytes, readFile(x, std::size_t{16} << 30));
        LATHE_TRY_ASSIGN(const std::string yBytes, readFile(y, std::size_t{16} << 30));
        opened.fingerprint = statHash(statHash(0, x), y);
        LATHE_TRY_ASSIGN(Array inputs, parseNpy(xBytes, x));
        LATHE_TRY_ASSIGN(const Array targets, parseNpy(yBytes, y));
        return giveArrays(std::move(inputs), targets, config, opened);
    }
    opened.fingerprint = statHash(0, config.path);
    if (config.path.ends_with(".npy"))
        return fail(ErrorCode::Invalid, "one .npy holds inputs but nothing to predict", config.path,
                    "give a folder with x.npy and y.npy, or an .npz with x and y");
    LATHE_TRY_ASSIGN(const std::string bytes, readFile(config.path, std::size_t{16} << 30));
    LATHE_TRY_ASSIGN(auto arrays, parseNpz(bytes, config.path));
    const auto pick = [&](std::initializer_list<const char*> names) {
        for (const char* name : names)
            if (const auto found = arrays.find(name); found != arrays.end())
                return found;
        return arrays.end();
    };
    const auto x = pick({"x", "X", "x_train", "images", "data"}),
               y = pick({"y", "Y", "y_train", "labels", "target"});
    if (x == arrays.end() || y == arrays.end()) {
        std::vector<std::string> names;
        for (const auto& [name, array] : arrays)
            names.push_back(name);
        return fail(
            ErrorCode::Invalid,
            fmt::format("there is no array x or none y among: {}", escapedForDisplay(join(names, ", "), 200)),
            config.path, "numpy.savez(path, x=inputs, y=targets)");
    }
    return giveArrays(std::move(x->second), y->second, config, opened);
}

Result<> openPack(const DataConfig& config, OpenedData& opened) {
    LATHE_TRY_ASSIGN(const auto file, PagedFile::open(config.path));
    opened.fingerprint = hashBytes(0, dumpJson(file->header()));
    const std::int64_t least = config.imageSize;
    LATHE_TRY_ASSIGN(auto whole, PagedFile::part(file, "train", config.context, least));
    std::shared_ptr<const Dataset> validation;
    if (file->hasPart("validation")) {
        LATHE_TRY_ASSIGN(validation, PagedFile::part(file, "validation", config.context, least));
    }
    const Json facts = file->header().value("facts", Json::object());
    for (const auto& [key, value] : facts.items())
        opened.facts[key] = value;
    if (whole->info().input == DatasetInfo::Input::Tokens) {
        opened.train = whole;
        if (config.validation > 0 || config.ownPartOnly)
            opened.validation = validation;
        const std::string folder = config.path + ".tokenizer";
        if (whole->info().vocabulary == 256) {
            opened.tokenizer = byteTokenizer();
        } else {
            LATHE_TRY_ASSIGN(opened.tokenizer, loadBpe(folder));
        }
        return {};
    }
    return giveParts(opened, whole, validation, config, config.path);
}

}  // namespace

Result<OpenedData> openData(const DataConfig& config) {
    struct stat status {};
    if (::stat(config.path.c_str(), &status) != 0)
        return failErrno(errno, "cannot open the training data", config.path, "check data.path");
    OpenedData opened;
    opened.kind = config.kind;
    if (opened.kind == "auto") {
        LATHE_TRY_ASSIGN(opened.kind, detect(config.path));
    }
    opened.facts["kind"] = opened.kind;
    if (opened.kind == "text")
        LATHE_TRY(openText(config, opened));
    else if (opened.kind == "images")
        LATHE_TRY(openImages(config, opened));
    else if (opened.kind == "mnist")
        LATHE_TRY(openMnistFolder(config, opened));
    else if (opened.kind == "cifar")
        LATHE_TRY(openCifarFolder(config, opened));
    else if (opened.kind == "table")
        LATHE_TRY(openTable(config, opened));
    else if (opened.kind == "arrays")
        LATHE_TRY(openArrays(config, opened));
    else
        LATHE_TRY(openPack(config, opened));

    const DatasetInfo& info = opened.train->info();
    if (info.input == DatasetInfo::Input::Image)
        LATHE_TRY(measureImages(opened, config));
    opened.facts["classes"] = info.classes;
    if (!info.classNames.empty())
        opened.facts["class_names"] = info.classNames;
    return opened;
}

}  // namespace lathe::data
