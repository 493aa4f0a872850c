// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "optim/adamw.h"

#include <vector>

namespace lathe::optim {

struct MuonConfig {
    double momentum = 0.95;
    bool nesterov = true;
    AdamWConfig rest;  // for what is no hidden matrix; its weight decay serves the matrices too
};

// Momentum whose matrices are made nearly orthogonal by five steps of a quintic Newton–Schulz iteration
// (Jordan et al. 2024, "Muon"), scaled by 0.2·√(larger side) so that AdamW's learning rates serve (Liu et al.
// 2025, arXiv:2502.16982). Vectors, embeddings and heads are left to AdamW. Weights of more than two
// dimensions count as [first, rest].
class Muon final : public Optimizer {
public:
    static Result<Muon> create(const nn::ParameterStore& store, const std::set<const nn::Parameter*>& hidden,
                               const MuonConfig& config);

    Result<> step(double learningRate, double gradScale = 1.0) override;
    std::vector<NamedShard> state() const override;
    void setSteps(std::int64_t steps) override;

private:
    struct Matrix {
        nn::Parameter* parameter;
        tensor::Tensor value, momentum;  // [rows, columns]
    };

    Muon() = default;
    Result<> update(const Matrix& matrix, double learningRate, double gradScale);

    const nn::ParameterStore* m_store = nullptr;
    MuonConfig m_config;
    std::vector<Matrix> m_matrices;
    std::vector<AdamW> m_rest;  // one for each stretch between matrices
};

// The nearly orthogonal matrix next to `x` [rows, columns]: its singular values end between about 0.7
// and 1.2.
Result<tensor::Tensor> orthogonalised(const tensor::Tensor& x);

}  // namespace lathe::optim
