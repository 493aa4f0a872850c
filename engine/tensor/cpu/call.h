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
    // Those beyond what the caller gave are 0.
    double number(int i) const { return i < m_call.numberCount ? m_call.numbers[i] : 0; }
    float single(int i) const { return static_cast<float>(number(i)); }
    std::int64_t integer(int i) const { return i < m_call.integerCount ? m_call.integers[i] : 0; }
    int activation(int i) const { return static_cast<int>(integer(i)); }

    // All floating tensors but `exempt` are of one type, F32 or F64; sets the error if not.
    int checkTypes(LatheDType* type, int exempt = -1) const;
    // The same, and all are contiguous.
    int check(LatheDType* type) const;
    // The same, and those of four dimensions (but the bits of `weights`) all channels-last if not all
    // contiguous.
    int checkImages(LatheDType* type, bool* channelsLast, unsigned weights = 0) const;

private:
    const LatheCall& m_call;
};

// [B, T, H, D] in rows of D that lie densely; anything else strided.
template <class T> struct Heads {
    Heads(const Call& c, int i)
        : data(c.data<T>(i)), batch(c.tensor(i)->stride[0]), row(c.tensor(i)->stride[1]),
          head(c.tensor(i)->stride[2]) {}
    T* at(std::int64_t b, std::int64_t t, std::int64_t h) const {
        return data + b * batch + t * row + h * head;
    }

    T* data;
    std::int64_t batch, row, head;
};

std::uint16_t toHalf(double value);
std::uint16_t toBfloat(float value);

bool isContiguous(const LatheTensor& tensor);
bool isChannelsLast(const LatheTensor& tensor);
std::int64_t elementsOf(const LatheTensor& tensor);

// Cut an fp32 buffer of `floats` that belongs to this thread and stays until its next call with the same slot
// (below 4). Its memory is counted as workspace. Null when memory is out.
float* scratch(int slot, std::int64_t floats);

// Kernels of the ABI, fp32 and fp64.
int fill(const LatheCall* call);
int copy(const LatheCall* call);
int add(const LatheCall* call);
int multiply(const LatheCall* call);
int scale(const LatheCall* call);
int blend(const LatheCall* call);
int sum(const LatheCall* call);
int linear(const LatheCall* call);
int linearBackward(const LatheCall* call);
int layerNorm(const LatheCall* call);
int layerNormBackward(const LatheCall* call);
int rmsNorm(const LatheCall* call);
int rmsNormBackward(const LatheCall* call);
int groupNorm(const LatheCall* call);
int groupNormBackward(const LatheCall* call);
int batchNorm(const LatheCall* call);
int batchNormBackward(const LatheCall* call);
int conv2d(const LatheCall* call);
int conv2dBackward(const LatheCall* call);
int pool2d(const LatheCall* call);
int pool2dBackward(const LatheCall* call);
int activation(const LatheCall* call);
int activationBackward(const LatheCall* call);
int swiglu(const LatheCall* call);
int swigluBackward(const LatheCall* call);
int dropout(const LatheCall* call);
int matmul(const LatheCall* call);
int meanSquaredError(const LatheCall* call);
int meanSquaredErrorBackward(const LatheCall* call);
int binaryCrossEntropy(const LatheCall* call);
int binaryCrossEntropyBackward(const LatheCall* call);
int lstm(const LatheCall* call);
int lstmBackward(const LatheCall* call);
int attention(const LatheCall* call);
int attentionBackward(const LatheCall* call);
int rope(const LatheCall* call);
int embedding(const LatheCall* call);
int embeddingBackward(const LatheCall* call);
int crossEntropy(const LatheCall* call);
int crossEntropyBackward(const LatheCall* call);
int sumSquares(const LatheCall* call);
int adamw(const LatheCall* call);
int sgd(const LatheCall* call);
int lion(const LatheCall* call);
int randomNormal(const LatheCall* call);
int randomUniform(const LatheCall* call);

// The same in fp64, plainly and on one thread: for gradient checks.
namespace plain {
int linear(const Call& c);
int linearBackward(const Call& c);
int layerNorm(const Call& c);
int layerNormBackward(const Call& c);
int rmsNorm(const Call& c);
int rmsNormBackward(const Call& c);
int activation(const Call& c);
int activationBackward(const Call& c);
int swiglu(const Call& c);
int swigluBackward(const Call& c);
int conv2d(const Call& c);
int conv2dBackward(const Call& c);
int lstm(const Call& c);
int lstmBackward(const Call& c);
int attention(const Call& c);
int attentionBackward(const Call& c);
int crossEntropy(const Call& c, double denominator);
int crossEntropyBackward(const Call& c, double denominator);
}  // namespace plain

}  // namespace lathe::tensor::cpu
