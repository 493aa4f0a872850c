// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/parameter.h"

namespace lathe::optim {

// Sharpness-aware minimisation (Foret et al. 2021, arXiv:2010.01412): the gradient is taken at the worst
// point nearby. climb() after the first backward moves the weights by rho along the gradient; after the
// second one, descend() puts them back, bit by bit, and the optimiser steps.
class Sam {
public:
    static Result<Sam> create(const nn::ParameterStore& store, double rho);
    Result<> climb(double gradNorm);
    Result<> descend();

private:
    const nn::ParameterStore* m_store = nullptr;
    double m_rho = 0;
    tensor::Tensor m_weights;
};

}  // namespace lathe::optim
