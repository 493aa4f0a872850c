// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/layers.h"
#include "nn/registry.h"

// A model of one's own is a shared library built with the compiler and the sources of this version, which
// exports one function. plugins/example-model is such a library; CONTRIBUTING.md says how to build and
// install one.
//
//     LATHE_MODELS(registry) { return registry.add({…}); }
//
// The name carries the version of these headers: a library made for others is refused instead of crashing.
#define LATHE_MODELS_ABI "lathe_models_1"
#define LATHE_MODELS(registry)                                                                               \
    extern "C" __attribute__((visibility("default"))) lathe::Result<> lathe_models_1(                        \
        [[maybe_unused]] lathe::nn::ModelRegistry& registry)
