// SPDX-License-Identifier: Apache-2.0
#include "launch/command_params.h"

#include <doctest/doctest.h>

using namespace lathe;
using launch::paramsOfCommand;

TEST_CASE("the flags of a script are its parameters") {
    const Json params =
        paramsOfCommand({"python3", "train.py", "--lr", "0.2", "--batch-size=32", "--amp", "--name", "a b",
                         "--shift", "-3", "--optim.betas", "0.9,0.95", "-v", "data/", "--last"});
    CHECK(params["lr"] == 0.2);
    CHECK(params["batch_size"] == 32);
    CHECK(params["batch_size"].is_number_integer());
    CHECK(params["amp"] == true);
    CHECK(params["name"] == "a b");
    CHECK(params["shift"] == -3);
    CHECK(params["optim.betas"] == "0.9,0.95");
    CHECK(params["last"] == true);
    CHECK(params.size() == 7);
}

TEST_CASE("what is no flag is none, and odd flags do no harm") {
    CHECK(paramsOfCommand({}).empty());
    CHECK(paramsOfCommand({"--lr", "1"}).empty());  // the program itself
    CHECK(paramsOfCommand({"sh", "-c", "train --lr 1"}).empty());
    CHECK(paramsOfCommand({"x", "--", "--1", "--=", "--a b=1", "--\xff"}).empty());
    CHECK(paramsOfCommand({"x", "--lr", "1", "--lr", "2"})["lr"] == 2);
    CHECK(paramsOfCommand({"x", "--tag=inf", "--n=nan"})["tag"] == "inf");  // JSON has no such number
    CHECK(paramsOfCommand({"x", "--empty="})["empty"] == "");
}
