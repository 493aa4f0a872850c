// SPDX-License-Identifier: Apache-2.0
#include "optim/sam.h"

namespace lathe::optim {

Result<Sam> Sam::create(const nn::ParameterStore& store, double rho) {
    if (!(rho > 0))
        return fail(ErrorCode::Invalid, "the radius must be above 0", "sam");
    Sam sam;
    sam.m_store = &store;
    sam.m_rho = rho;
    LATHE_TRY_ASSIGN(sam.m_weights, store.masters().clone(tensor::MemoryClass::Optimizer));
    return sam;
}

Result<> Sam::climb(double gradNorm) {
    LATHE_TRY(m_weights.copyFrom(m_store->masters()));
    LATHE_TRY(tensor::runKernel(LATHE_OP_BLEND, {m_store->grads(), m_store->masters()},
                                {m_rho / (gradNorm + 1e-12), 1.0}));
    return m_store->roundValues();
}

Result<> Sam::descend() {
    LATHE_TRY(m_store->masters().copyFrom(m_weights));
    return m_store->roundValues();
}

}  // namespace lathe::optim
