// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tensor/backend.h"

#include <dlfcn.h>
#include <doctest/doctest.h>
#include <sstream>
#include <string>
#include <vector>

// The plugin of recording_backend.cpp, loaded once a process.
namespace lathe::tensor::test {

inline Device recorder() {
    static const Device device = loadBackend(LATHE_RECORDING_BACKEND).value();
    return device;
}

// What it was asked for since the last call.
inline std::vector<std::string> recorded() {
    void* library = dlopen(LATHE_RECORDING_BACKEND, RTLD_NOW | RTLD_NOLOAD);
    REQUIRE(library != nullptr);
    const auto take = reinterpret_cast<const char* (*)()>(dlsym(library, "lathe_recording"));
    REQUIRE((take != nullptr));
    std::istringstream lines(take());
    dlclose(library);
    std::vector<std::string> all;
    for (std::string line; std::getline(lines, line);)
        all.push_back(line);
    return all;
}

}  // namespace lathe::tensor::test
