// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tensor/backend_abi.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace lathe::tensor::cpu {

// Sets what lastError() of this thread returns.
int refuse(LatheStatus status, std::string why);

// A kernel's arguments, read without ceremony. The caller (runKernel) has the shapes right: the op table
// checks them.
class Call {
public:
    explicit Call(const LatheCall* call) : m_call(*call) {}

    const LatheTensor* tensor(int i) const { return i < m_call.tensorCount ? m_call.tensors[i] : nullptr; }
    bool has(int i) const { return tensor(i) != nullptr; }
    template <class T = float> T* data(int i) const {
        return has(i) ? static_cast<T*>(tensor(i)->data) : nullptr;
    }
    std::int64_t size(int i, int dim) const { return tensor(i)->shape[dim]; }
    std::int64_t last(int i) const { return tensor(i)->shape[tensor(i)->rank - 1]; }
    std::int64_t elements(int i) const;
    std::int64_t rows(int i) const { return last(i) == 0 ? 0 : elements(i) / last(i); }
    double number(int i) const { return m_call.numbers[i]; }
    float single(int i) const { return static_cast<float>(m_call.numbers[i]); }
    std::int64_t integer(int i) const { return m_call.integers[i]; }
    int activation(int i) const { return static_cast<int>(m_call.integers[i]); }

    // All floating tensors are of one type, F32 or F64, and contiguous; sets the error if not.
    int check(LatheDType* type) const;

private:
    const LatheCall& m_call;
};

bool isContiguous(const LatheTensor& tensor);
std::int64_t elementsOf(const LatheTensor& tensor);

// Cut an fp32 buffer of `floats` that belongs to this thread and stays until its next call with the same slot
// (below 4). Its memory is counted as workspace. Null when memory is out.
float* scratch(int slot, std::int64_t floats);

// Kernels of the ABI, fp32 and fp64.
int fill(const LatheCall* call);
int copy(const LatheCall* call);
int add(const LatheCall* call);
int scale(const LatheCall* call);
int linear(const LatheCall* call);
int linearBackward(const LatheCall* call);
int layerNorm(const LatheCall* call);
int layerNormBackward(const LatheCall* call);
int activation(const LatheCall* call);
int activationBackward(const LatheCall* call);
int attention(const LatheCall* call);
int attentionBackward(const LatheCall* call);
int embedding(const LatheCall* call);
int embeddingBackward(const LatheCall* call);
int crossEntropy(const LatheCall* call);
int crossEntropyBackward(const LatheCall* call);
int sumSquares(const LatheCall* call);
int adamw(const LatheCall* call);
int randomNormal(const LatheCall* call);
int randomUniform(const LatheCall* call);

// The same in fp64, plainly and on one thread: for gradient checks.
namespace plain {
int linear(const Call& c);
int linearBackward(const Call& c);
int layerNorm(const Call& c);
int layerNormBackward(const Call& c);
int activation(const Call& c);
int activationBackward(const Call& c);
int attention(const Call& c);
int attentionBackward(const Call& c);
int crossEntropy(const Call& c, double denominator);
int crossEntropyBackward(const Call& c, double denominator);
int adamw(const Call& c);
}  // namespace plain

}  // namespace lathe::tensor::cpu
