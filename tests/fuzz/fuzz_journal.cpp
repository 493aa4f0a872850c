// SPDX-License-Identifier: Apache-2.0
// A journal of any bytes: read at once and in small bites, its events added up. Whatever it holds, both ways
// must come to the same number of points and the same digest, and the digest must survive its own way to disk
// and back.
#include "core/file.h"
#include "record/digest.h"
#include "record/journal_reader.h"

#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <unistd.h>

using namespace lathe;
using namespace lathe::record;

namespace {

class Sum final : public JournalSink {
public:
    void metrics(double time, std::int64_t step, std::span<const MetricValue> values) override {
        points += values.size();
        digest.addStep(time, step);
    }
    void event(double time, std::string_view type, const Json& fields) override {
        digest.add(time, type, fields);
    }

    std::size_t points = 0;
    Digest digest;
};

void must(bool condition) {
    if (!condition)
        std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::string path = [] {
        std::string made = "/tmp/lathe-fuzz-journal-" + std::to_string(::getpid());
        return made;
    }();
    {
        const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        must(bool(fd) && writeAll(fd.get(), {reinterpret_cast<const char*>(data), size}, path).has_value());
    }
    Sum whole, bites;
    JournalCursor one, many;
    JournalReader reader;
    must(reader.read(path, one, std::size_t{1} << 30, whole).has_value());
    while (true) {
        const std::uint64_t before = many.offset;
        const auto more = reader.read(path, many, 1, bites);
        must(more.has_value());
        if (!*more || many.offset == before)
            break;
    }
    ::unlink(path.c_str());
    must(one.offset <= size && one.offset == many.offset && one.damaged == many.damaged);
    must(whole.points == bites.points);
    const std::string told = dumpJson(whole.digest.toJson());
    must(told == dumpJson(bites.digest.toJson()));
    const auto parsed = parseJson(told);
    must(parsed.has_value());
    must(dumpJson(Digest::fromJson(*parsed).toJson()) == told);
    RunSummary summary;
    Digest::apply({whole.digest}, summary);
    return 0;
}
