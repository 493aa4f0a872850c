// SPDX-License-Identifier: Apache-2.0
#include "data/tokenizer.h"

namespace lathe::data {

namespace {

class ByteTokenizer final : public Tokenizer {
public:
    std::string name() const override { return "bytes"; }
    std::int64_t vocabulary() const override { return 256; }
    std::int32_t endOfText() const override { return 0; }
    void encode(std::string_view text, std::vector<std::int32_t>& tokens) const override {
        for (const char byte : text)
            tokens.push_back(static_cast<unsigned char>(byte));
    }
    std::string decode(std::span<const std::int32_t> tokens) const override {
        std::string text;
        for (const std::int32_t token : tokens)
            if (token > 0 && token < 256)
                text.push_back(static_cast<char>(token));
        return text;
    }
    Result<> save(const std::string&) const override { return {}; }
};

}  // namespace

std::shared_ptr<const Tokenizer> byteTokenizer() {
    static const auto only = std::make_shared<const ByteTokenizer>();
    return only;
}

}  // namespace lathe::data
