// SPDX-License-Identifier: Apache-2.0
// A query of any bytes: parsed or refused with a place inside the text, evaluated over runs of every kind of
// value, and its parts parsed again.
#include "record/query.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace lathe;
using namespace lathe::record;

namespace {

void must(bool condition) {
    if (!condition)
        std::abort();
}

// Every field is of another kind, which the run's number shifts.
class AnyFacts final : public RunFacts {
public:
    explicit AnyFacts(std::size_t shift) : m_shift(shift) {}
    FieldValue value(std::size_t field) const override { return of(field + m_shift); }
    FieldValue usual(std::size_t field) const override { return of(field); }
    bool mentions(std::string_view word) const override { return word.size() % 2 == m_shift % 2; }
    bool holds(std::string_view phrase, bool consoleOnly) const override {
        return phrase.size() % 2 == consoleOnly;
    }

private:
    static FieldValue of(std::size_t number) {
        using Kind = FieldValue::Kind;
        static const std::vector<std::string> tags{"a", "b c"};
        switch (number % 7) {
        case 0: return {};
        case 1: return {Kind::Number, 0.25, {}, nullptr};
        case 2: return {Kind::Text, 0, "1e-3", nullptr};
        case 3: return {Kind::Texts, 0, {}, &tags};
        case 4: return {Kind::Time, 1.7e9, {}, nullptr};
        case 5: return {Kind::Duration, 60, {}, nullptr};
        default: return {Kind::Truth, 1, {}, nullptr};
        }
    }
    std::size_t m_shift;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto filter = Filter::parse(text);
    if (!filter) {
        const QueryError& error = filter.error();
        must(!error.what.empty() && error.at <= text.size() && error.at + error.length <= text.size());
        must(columnOf(error.toError(text)) == error.at + 1);
        return 0;
    }
    for (std::size_t shift = 0; shift < 7; ++shift)
        (void)filter->matches(AnyFacts(shift), 1.8e9);
    for (const std::string& part : filter->parts())
        must(Filter::parse(part).has_value());
    return 0;
}
