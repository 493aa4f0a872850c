// SPDX-License-Identifier: Apache-2.0
// A .wandb file of any bytes; and any bytes as a record whose sum is right. Nothing may be read outside of
// what is there, no file but those beside it may be named, and reading must come to an end.
#include "core/file.h"
#include "interop/crc.h"
#include "interop/tests/recording_sink.h"
#include "interop/wandb_reader.h"

#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <unistd.h>

using namespace lathe;
using namespace lathe::interop;

namespace {

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
    WandbOptions options;
    options.name = options.system = true;
    WandbReader reader(std::move(*file), options);
    RecordingSink sink;
    (void)reader.finish(sink);
    if (!sink.files.empty())  // there are none beside it
        std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const TempDir folder;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    readAll(folder / "run-x.wandb", bytes);
    const std::string_view part = bytes.substr(0, (32 << 10) - 14);
    const std::string typed = "\x01" + std::string(part);
    const std::uint32_t sum = crc32(typed);
    std::string framed(":W&B\xE1\xBE\x00", 7);
    for (int i = 0; i < 4; ++i)
        framed += static_cast<char>(sum >> 8 * i);
    framed += static_cast<char>(part.size());
    framed += static_cast<char>(part.size() >> 8);
    framed += typed;
    readAll(folder / "run-x.wandb", framed);
    return 0;
}
