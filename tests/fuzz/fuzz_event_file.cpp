// SPDX-License-Identifier: Apache-2.0
// An event file of any bytes; and any bytes as an event whose sums are right, since mutations of a file
// hardly ever pass them. Nothing may be read outside of what is there, and reading must come to an end.
#include "core/file.h"
#include "interop/crc.h"
#include "interop/event_file_reader.h"
#include "interop/tests/recording_sink.h"

#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <unistd.h>

using namespace lathe;
using namespace lathe::interop;

namespace {

void appendFixed(std::string& bytes, std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i)
        bytes += static_cast<char>(value >> 8 * i);
}

void readAll(const std::string& path, std::string_view bytes) {
    ::unlink(path.c_str());
    {  // neither writeFileAtomic nor O_TRUNC, which wait for the disk
        const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        if (!fd || !writeAll(fd.get(), bytes, path))
            std::abort();
    }
    auto file = GrowingFile::open(path);
    if (!file)
        std::abort();
    EventFileReader reader(std::move(*file), [](std::string_view tag) { return std::string(tag); });
    RecordingSink sink;
    (void)reader.finish(sink);
    for (const std::uint64_t offset : sink.offsets) {
        if (offset > bytes.size())
            std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const TempDir folder;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    readAll(folder / "events", bytes);
    std::string framed, length;
    appendFixed(length, size, 8);
    framed = length;
    appendFixed(framed, maskedCrc32c(length), 4);
    framed += bytes;
    appendFixed(framed, maskedCrc32c(bytes), 4);
    readAll(folder / "events", framed);
    return 0;
}
