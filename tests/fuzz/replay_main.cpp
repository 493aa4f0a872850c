// SPDX-License-Identifier: Apache-2.0
// Stands in for libFuzzer where it is not to be had: runs every seed, its beginnings, and mutations of it
// that are the same at every run. A crash, a sanitizer's report or a hang fails the test; the input is left
// in the working folder.
//   fuzz_NAME CORPUS [MUTATIONS]
#include "core/file.h"

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr long kMutations = 3000;

std::string g_input;

void runInput(std::string input) {
    g_input = std::move(input);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(g_input.data()), g_input.size());
}

void keepInput(int signal) {
    if (std::FILE* file = std::fopen("crash-input", "wb")) {
        std::fwrite(g_input.data(), 1, g_input.size(), file);
        std::fclose(file);
    }
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

class Random {
public:
    std::size_t below(std::size_t limit) {  // xorshift64*
        m_state ^= m_state >> 12;
        m_state ^= m_state << 25;
        m_state ^= m_state >> 27;
        return limit == 0 ? 0 : static_cast<std::size_t>((m_state * 2685821657736338717ULL) >> 33) % limit;
    }

private:
    std::uint64_t m_state = 0x9E3779B97F4A7C15ULL;
};

std::string mutated(std::string input, const std::vector<std::string>& seeds, Random& random) {
    static const std::string kTokens = "\"{}[](),:<>=~!-\\\n\r\t 0e.\xFF\xC0\x80";
    for (std::size_t edits = 1 + random.below(6); edits > 0; --edits) {
        const std::size_t at = random.below(input.size() + 1);
        const std::size_t length = random.below(std::min<std::size_t>(input.size() - at, 16) + 1);
        switch (random.below(7)) {
        case 0: input.insert(at, 1, static_cast<char>(random.below(256))); break;
        case 1: input.insert(at, 1, kTokens[random.below(kTokens.size())]); break;
        case 2: input.erase(at, length); break;
        case 3: input.insert(at, std::string(input.substr(at, length))); break;
        case 4:
            if (at < input.size())
                input[at] = static_cast<char>(input[at] ^ (1 << random.below(8)));
            break;
        case 5: {
            const std::string& other = seeds[random.below(seeds.size())];
            const std::size_t from = random.below(other.size() + 1);
            input.insert(at, other.substr(from, random.below(64)));
            break;
        }
        default: input.resize(at);
        }
    }
    return input;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fputs("usage: fuzz_NAME CORPUS [MUTATIONS]\n", stderr);
        return 2;
    }
    for (const int signal : {SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS})
        std::signal(signal, keepInput);
    const std::string folder = argv[1];
    const auto names = lathe::listDir(folder);
    if (!names || names->empty()) {
        std::fprintf(stderr, "%s: no seeds\n", folder.c_str());
        return 1;
    }
    std::vector<std::string> seeds;
    for (const std::string& name : *names) {
        auto seed = lathe::readFile(folder + "/" + name);
        if (!seed) {
            std::fprintf(stderr, "%s\n", seed.error().text().c_str());
            return 1;
        }
        seeds.push_back(std::move(*seed));
    }
    long runs = 0;
    for (const std::string& seed : seeds) {
        for (std::size_t cut = 0; cut <= seed.size(); cut += 1 + seed.size() / 200, ++runs)
            runInput(seed.substr(0, cut));
        runInput(seed);
    }
    Random random;
    const long mutations = argc > 2 ? std::strtol(argv[2], nullptr, 10) : kMutations;
    for (long i = 0; i < mutations; ++i, ++runs)
        runInput(mutated(seeds[random.below(seeds.size())], seeds, random));
    std::printf("%ld inputs, no harm\n", runs);
    return 0;
}
