// SPDX-License-Identifier: Apache-2.0
#include "core/clock.h"
#include "interop/mlflow/run_library.h"

#include <set>

namespace lathe::interop::mlflow {
namespace {

class StoreLibrary final : public RunLibrary {
public:
    explicit StoreLibrary(record::Store& store) : m_store(store) {}

    Result<std::vector<std::string>> changes() override {
        const std::lock_guard lock(m_mutex);
        LATHE_TRY(follow());
        if (!m_listed) {
            LATHE_TRY_ASSIGN(const auto all, m_store.runs());
            LATHE_TRY_ASSIGN(const auto trash, m_store.trash());
            for (const auto* list : {&all, &trash}) {
                for (const record::RunSummary& run : *list)
                    m_changed.insert(run.spec.id);
            }
            m_listed = true;
        }
        std::vector<std::string> changed(m_changed.begin(), m_changed.end());
        m_changed.clear();
        return changed;
    }

    Result<std::string> experimentOf(const std::string& id) override {
        LATHE_TRY_ASSIGN(const record::RunSummary summary, m_store.run(id));
        return summary.spec.experiment;
    }

    Result<record::RunSummary> run(const std::string& id) override {
        const std::lock_guard lock(m_mutex);
        LATHE_TRY(follow());
        return m_store.run(id);
    }

    Result<std::vector<record::Point>> points(const std::string& id, const std::string& metric) override {
        const std::lock_guard lock(m_mutex);
        LATHE_TRY(follow());
        return m_store.points(id, metric);
    }

private:
    // A client reads what it just wrote, so the index is brought up to date before each question.
    Result<> follow() {
        LATHE_TRY_ASSIGN(const auto changed, m_store.refresh());
        m_changed.insert(changed.begin(), changed.end());
        return {};
    }

    record::Store& m_store;
    std::mutex m_mutex;
    std::set<std::string> m_changed;
    bool m_listed = false;
};

}  // namespace

std::unique_ptr<RunLibrary> makeStoreLibrary(record::Store& store) {
    return std::make_unique<StoreLibrary>(store);
}

}  // namespace lathe::interop::mlflow
