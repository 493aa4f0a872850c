// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "data/augment.h"
#include "data/dataset.h"
#include "data/table.h"
#include "data/tokenizer.h"

#include <memory>
#include <string>

namespace lathe::data {

// What a recipe says of its data.
struct DataConfig {
    std::string path;           // a file or folder
    std::string kind = "auto";  // auto, text, images, mnist, cifar, table, arrays, pack
    double validation = 0.1;
    bool ownPartOnly = false;    // with validation 0: still take a part that the data comes with
    std::int64_t context = 128;  // text
    std::string tokenizer =
        "bytes";  // bytes, bpe (learnt from the text), or a folder of vocab.json, merges.txt
    std::int64_t vocabulary = 4096;  // of a learnt one
    std::int64_t imageSize = 0;      // images; 0: as stored, and 224 where they differ
    std::string target;              // table: column to predict
    TableTask task = TableTask::Auto;
    std::string
        learntTokenizer;  // folder in which a learnt tokenizer is kept, and found again; empty: nowhere
};

// An opened data set: its parts and all that a model's user must know to feed it.
struct OpenedData {
    std::string kind;  // resolved
    std::shared_ptr<const Dataset> train;
    std::shared_ptr<const Dataset> validation;   // null if none is kept out
    std::shared_ptr<const Tokenizer> tokenizer;  // text alone
    AugmentConfig image;                         // images: size, channels, mean and deviation
    // Kept in checkpoints: kind, classes, class names, normalisation, tokenizer.
    Json facts = Json::object();
    // Equal on two ranks, or before and after a resume, if they see the same data, for practical purposes.
    std::uint64_t fingerprint = 0;
};

// Errors: NotFound or Denied for the path, Invalid for data that is empty or not what `kind` says, naming it.
Result<OpenedData> openData(const DataConfig& config);

}  // namespace lathe::data
