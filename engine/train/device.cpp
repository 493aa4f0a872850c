// SPDX-License-Identifier: Apache-2.0
#include "train/device.h"

#include "core/file.h"
#include "core/log.h"
#include "core/paths.h"

#include <fmt/format.h>

#include <cstdlib>

namespace lathe::train {

std::string cudaBackendPath() {
    if (const char* given = std::getenv("LATHE_CUDA_BACKEND"))
        return given;
    return cleanPath(joinPath(programDir(), "../lib/lathe/backends/cuda.so"));
}

Result<tensor::Device> openDevice(const std::string& wanted, int localRank) {
    if (wanted == "cpu")
        return tensor::Device{};
    const bool any = wanted == "auto";
    if (!any && wanted != "cuda" && !wanted.starts_with("cuda:"))
        return fail(ErrorCode::Invalid, fmt::format("there is no device `{}`", wanted), "train.device",
                    "auto, cpu, cuda or cuda:1");
    const std::string path = cudaBackendPath();
    if (any && !exists(path))
        return tensor::Device{};
    if (!exists(path))
        return fail(ErrorCode::Unavailable, "a GPU is wanted, but this Lathe has no CUDA backend", path,
                    "install the package with it, or set train.device to cpu; `lathe doctor` says more");
    const auto loaded = tensor::loadBackend(path);
    if (!loaded && any) {
        logInfo("train", "no GPU: {}", loaded.error().text());
        return tensor::Device{};
    }
    if (!loaded)
        return fail(ErrorCode::Unavailable, "a GPU is wanted, but there is none: " + loaded.error().what,
                    path, "check the driver with nvidia-smi, or set train.device to cpu");
    return tensor::findDevice(wanted.starts_with("cuda:") ? wanted : fmt::format("cuda:{}", localRank));
}

}  // namespace lathe::train
