// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::data {

// Text to token numbers and back. Const and thread-safe.
class Tokenizer {
public:
    virtual ~Tokenizer() = default;
    virtual std::string name() const = 0;  // "bytes", "bpe"
    virtual std::int64_t vocabulary() const = 0;
    // Stands between documents.
    virtual std::int32_t endOfText() const = 0;
    virtual void encode(std::string_view text, std::vector<std::int32_t>& tokens) const = 0;
    // Tokens out of range give nothing; the end of text gives nothing.
    virtual std::string decode(std::span<const std::int32_t> tokens) const = 0;
    // Writes what load() needs into `folder`.
    virtual Result<> save(const std::string& folder) const = 0;
};

// Each byte is a token; NUL, which text does not hold, ends a document.
std::shared_ptr<const Tokenizer> byteTokenizer();

// Byte pair encoding of GPT-2 (Radford et al. 2019; Sennrich et al. 2016, arXiv:1508.07909) from vocab.json
// and merges.txt of `folder`, the standard pair of files. Words are cut as GPT-2 does it. Corrupt if the
// files do not fit each other.
Result<std::shared_ptr<const Tokenizer>> loadBpe(const std::string& folder);

// Learns merges from `text` until there are `vocabulary` tokens (256 bytes, merges, and <|endoftext|>), or no
// pair comes twice. Deterministic: equal counts go to the pair of lower numbers.
Result<std::shared_ptr<const Tokenizer>> trainBpe(std::string_view text, std::int64_t vocabulary);

// "'ll", " word", " 123", " ?!", "  ": the pieces of text within which pairs are merged; together they are
// the text.
std::vector<std::string_view> splitWords(std::string_view text);

}  // namespace lathe::data
