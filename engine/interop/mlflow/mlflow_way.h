// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interop/collect_journal.h"
#include "interop/way_in.h"

#include <memory>

namespace lathe::interop::mlflow {

// The way in of scripts that log to MLflow: an endpoint (endpoint.h) on loopback that only the run knows the
// token of, announced by MLFLOW_TRACKING_URI. The first run that the script starts is the launched one;
// further and nested ones become runs of their own, with it as their parent. A collector that replaces a dead
// one opens the same port with the same token.
//
// Where the user has named a server of their own (http or https), all that is accepted is passed on to it
// (forwarder.h). With any other address (a folder, a database) the script is left to log there, and start()
// says so.
std::unique_ptr<WayIn> makeMlflowWay(const RunEnvironment& environment, CollectJournal& journal);

}  // namespace lathe::interop::mlflow
