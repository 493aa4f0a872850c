# SPDX-License-Identifier: Apache-2.0
"""Uses the stock MLflow client against the endpoint that MLFLOW_TRACKING_URI names, as scripts do. Prints what it left behind
as JSON. Run by test_mlflow.py with an interpreter that has mlflow."""

import json
import math
import os
import sys
import tempfile
import time

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

client = MlflowClient()
left = {}


def check(what, why=""):
    if not what:
        raise AssertionError(why or "see the line above")


def refused(call, *codes):
    try:
        call()
    except MlflowException as problem:
        check(not codes or problem.error_code in codes, f"{problem.error_code}: {problem}")
        return str(problem)
    raise AssertionError("this should have been refused")


def experiments():
    made = mlflow.set_experiment("Vision 1")
    check(mlflow.get_experiment_by_name("Vision 1").experiment_id == made.experiment_id)
    check(mlflow.get_experiment("0").name == "Default")
    check(mlflow.get_experiment_by_name("nothing") is None)
    refused(lambda: client.create_experiment("Vision 1"), "RESOURCE_ALREADY_EXISTS")
    other = client.create_experiment("temporary", tags={"team": "nlp"})
    client.set_experiment_tag(other, "stage", "draft")
    check(client.get_experiment(other).tags == {"team": "nlp", "stage": "draft"})
    client.delete_experiment_tag(other, "stage")
    client.rename_experiment(other, "renamed")
    check(client.get_experiment_by_name("renamed").experiment_id == other)
    check(client.get_experiment_by_name("temporary") is None)
    names = [e.name for e in client.search_experiments(filter_string="name ILIKE 'REN%'")]
    check(names == ["renamed"], names)
    names = [e.name for e in client.search_experiments(filter_string="tags.team = 'nlp'", order_by=["name DESC"])]
    check(names == ["renamed"], names)
    client.delete_experiment(other)
    check(other not in [e.experiment_id for e in client.search_experiments()])
    check(client.get_experiment(other).lifecycle_stage == "deleted")
    refused(lambda: client.create_run(other))
    client.restore_experiment(other)
    check(client.get_experiment(other).lifecycle_stage == "active")
    page = client.search_experiments(max_results=1, view_type=ViewType.ALL)
    check(len(page) == 1 and page.token)
    check(len(client.search_experiments(max_results=1, page_token=page.token)) == 1)
    return made.experiment_id


def one_run(experiment):
    with mlflow.start_run(run_name="first", tags={"kind": "baseline", "debug": "true"}, description="what it is for") as run:
        mlflow.log_param("lr", 1e-3)
        mlflow.log_params({"depth": 4, "name": "resnet", "augment": True, "betas": (0.9, 0.999)})
        mlflow.log_param("lr", 1e-3)
        refused(lambda: mlflow.log_param("lr", 2e-3), "INVALID_PARAMETER_VALUE")
        for step in range(20):
            mlflow.log_metrics({"train/loss": 1 / (step + 1), "train/acc": step / 20}, step=step)
        mlflow.log_metric("odd", math.nan, step=0)
        mlflow.log_metric("odd", math.inf, step=1)
        mlflow.log_metric("odd", -math.inf, step=2)
        mlflow.log_metric("no step", 5)
        mlflow.set_tag("kind", "improved")
        mlflow.set_tags({"long": "x" * 3000, "empty": "", "lines": "a\nb"})
        mlflow.set_tag("passing", "by")
        mlflow.delete_tag("passing")
        refused(lambda: mlflow.delete_tag("never was"), "RESOURCE_DOES_NOT_EXIST")
        mlflow.log_metric("asynchronous", 7, step=1, synchronous=False)
        mlflow.flush_async_logging()
        with mlflow.start_run(run_name="inner", nested=True) as inner:
            mlflow.log_metric("train/loss", 0.25, step=3)
        # A client that thinks an answer lost sends the same rows again.
        row = Metric("repeated", 1.5, 1_700_000_000_000, 3)
        for _ in range(2):
            client.log_batch(run.info.run_id, metrics=[row, row], params=[Param("batch", "1")], tags=[RunTag("batch", "b")])
    left["first"], left["inner"] = run.info.run_id, inner.info.run_id
    seen = client.get_run(run.info.run_id)
    check(seen.info.status == "FINISHED" and seen.info.end_time >= seen.info.start_time > 1e12, seen.info)
    check(seen.info.run_name == "first" and seen.info.experiment_id == experiment, seen.info)
    check(seen.data.params == {"lr": "0.001", "depth": "4", "name": "resnet", "augment": "True", "betas": "(0.9, 0.999)",
                               "batch": "1"}, seen.data.params)
    check(seen.data.metrics["train/loss"] == 1 / 20 and seen.data.metrics["asynchronous"] == 7, seen.data.metrics)
    tags = seen.data.tags
    check(tags["kind"] == "improved" and tags["debug"] == "true" and tags["long"] == "x" * 3000, tags)
    check(tags["lines"] == "a\nb" and tags["empty"] == "" and "passing" not in tags, tags)
    check(tags["mlflow.runName"] == "first" and tags["mlflow.note.content"] == "what it is for", tags)
    check(client.get_run(inner.info.run_id).data.tags["mlflow.parentRunId"] == run.info.run_id)
    history = client.get_metric_history(run.info.run_id, "train/loss")
    check([(m.step, m.value) for m in history] == [(s, 1 / (s + 1)) for s in range(20)], history)
    odd = client.get_metric_history(run.info.run_id, "odd")
    check(math.isnan(odd[0].value) and odd[1].value == math.inf and odd[2].value == -math.inf, odd)
    repeated = client.get_metric_history(run.info.run_id, "repeated")
    check([(m.timestamp, m.step, m.value) for m in repeated] == [(1_700_000_000_000, 3, 1.5)], repeated)
    check(client.get_metric_history(run.info.run_id, "never logged") == [])
    refused(lambda: client.get_run("f" * 32), "RESOURCE_DOES_NOT_EXIST")
    return run.info.run_id


def resume(run_id):
    with mlflow.start_run(run_id=run_id):
        check(client.get_run(run_id).info.status == "RUNNING")
        mlflow.log_metric("train/loss", 0.01, step=20)
    seen = client.get_run(run_id)
    check(seen.info.status == "FINISHED" and seen.data.metrics["train/loss"] == 0.01)
    try:
        with mlflow.start_run(run_name="broken") as run:
            raise RuntimeError("out of memory")
    except RuntimeError:
        pass
    check(client.get_run(run.info.run_id).info.status == "FAILED")
    client.update_run(run.info.run_id, name="renamed run")
    check(client.get_run(run.info.run_id).info.run_name == "renamed run")
    client.delete_run(run.info.run_id)
    check(client.get_run(run.info.run_id).info.lifecycle_stage == "deleted")
    refused(lambda: client.log_metric(run.info.run_id, "late", 1))
    client.restore_run(run.info.run_id)
    client.set_terminated(run.info.run_id, "KILLED")
    check(client.get_run(run.info.run_id).info.status == "KILLED")


def search(experiment):
    for lr in (0.1, 0.01, 0.001):
        with mlflow.start_run(run_name=f"sweep {lr}") as run:
            mlflow.log_param("lr", lr)
            mlflow.log_metric("val loss", lr * 10)
            mlflow.set_tag("group", "sweep")
    found = client.search_runs([experiment], "metrics.`val loss` < 0.5 and tags.group = 'sweep'", order_by=["metrics.`val loss` ASC"])
    check([r.data.params["lr"] for r in found] == ["0.001", "0.01"], found)
    found = client.search_runs([experiment], "params.lr = '0.1'")
    check(len(found) == 1)
    found = client.search_runs([experiment], "attributes.run_name LIKE 'sweep%' and attributes.status = 'FINISHED'",
                               order_by=["attributes.start_time DESC"])
    check([r.info.run_name for r in found] == ["sweep 0.001", "sweep 0.01", "sweep 0.1"], [r.info.run_name for r in found])
    ids = [r.info.run_id for r in found[:2]]
    check(len(client.search_runs([experiment], "attributes.run_id IN ('%s', '%s')" % tuple(ids))) == 2)
    check(len(client.search_runs([experiment], f"attributes.start_time > {int(time.time() * 1000) - 600_000}")) >= 5)
    pages, token = [], None
    while True:
        page = client.search_runs([experiment], "tags.group = 'sweep'", max_results=2, page_token=token)
        pages += [r.info.run_id for r in page]
        token = page.token
        if not token:
            break
    check(len(pages) == 3 and len(set(pages)) == 3, pages)
    refused(lambda: client.search_runs([experiment], "metrics.loss <"), "INVALID_PARAMETER_VALUE")
    refused(lambda: client.search_runs([experiment], "nonsense"), "INVALID_PARAMETER_VALUE")
    refused(lambda: client.search_runs([experiment], "params.lr > 3"), "INVALID_PARAMETER_VALUE")
    listed = mlflow.search_runs(experiment_names=["Vision 1"], output_format="list", filter_string="tags.group = 'sweep'")
    check(len(listed) == 3)


def artifacts(run_id):
    big = os.environ.get("BIG_ARTIFACT_BYTES", "3000000")
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "weights.bin"), "wb") as file:
            file.truncate(int(big))
            file.seek(100)
            file.write(b"hello")
        with open(os.path.join(folder, "empty.txt"), "w"):
            pass
        os.mkdir(os.path.join(folder, "sub"))
        with open(os.path.join(folder, "sub", "name with blanks & ünï.txt"), "w") as file:
            file.write("text")
        client.log_artifacts(run_id, folder, "model")
    client.log_dict(run_id, {"a": 1}, "config/settings.json")
    client.log_text(run_id, "hello", "hello.txt")
    check([(f.path, f.is_dir) for f in client.list_artifacts(run_id)] ==
          [("config", True), ("hello.txt", False), ("model", True)], client.list_artifacts(run_id))
    inside = {f.path: f.file_size for f in client.list_artifacts(run_id, "model")}
    check(inside == {"model/empty.txt": 0, "model/sub": None, "model/weights.bin": int(big)}, inside)
    with tempfile.TemporaryDirectory() as folder:
        path = client.download_artifacts(run_id, "model", folder)
        with open(os.path.join(path, "weights.bin"), "rb") as file:
            content = file.read()
        check(len(content) == int(big) and content[100:105] == b"hello" and content[:100] == bytes(100))
        with open(os.path.join(path, "sub", "name with blanks & ünï.txt")) as file:
            check(file.read() == "text")
    refused_or_missing = False
    try:
        client.download_artifacts(run_id, "not there.txt")
    except Exception:
        refused_or_missing = True
    check(refused_or_missing)


def registry(run_id):
    client.create_registered_model("net", tags={"a": "b"}, description="d")
    refused(lambda: client.create_registered_model("net"), "RESOURCE_ALREADY_EXISTS")
    one = client.create_model_version("net", f"runs:/{run_id}/model", run_id, tags={"x": "y"})
    two = client.create_model_version("net", f"runs:/{run_id}/model", run_id, description="second")
    check((one.version, two.version) in ((1, 2), ("1", "2")), one)
    check(two.status == "READY" and two.run_id == run_id)
    client.set_registered_model_alias("net", "champion", "2")
    check(str(client.get_model_version_by_alias("net", "champion").version) == "2")
    refused(lambda: client.set_registered_model_alias("net", "v1", "1"))
    check(client.get_registered_model("net").aliases == {"champion": "2"})
    client.set_model_version_tag("net", "1", "checked", "yes")
    check(client.get_model_version("net", "1").tags == {"x": "y", "checked": "yes"})
    client.delete_model_version_tag("net", "1", "checked")
    client.update_model_version("net", "1", "better words")
    check(client.get_model_version("net", "1").description == "better words")
    client.set_registered_model_tag("net", "k", "v")
    client.delete_registered_model_tag("net", "k")
    client.update_registered_model("net", "described")
    check([m.name for m in client.search_registered_models("name LIKE 'n%'")] == ["net"])
    check(sorted(str(v.version) for v in client.search_model_versions("name = 'net'")) == ["1", "2"])
    check(len(client.search_model_versions(f"run_id = '{run_id}'")) == 2)
    client.transition_model_version_stage("net", "1", "Production")
    client.transition_model_version_stage("net", "2", "production", archive_existing_versions=True)
    check(client.get_model_version("net", "1").current_stage == "Archived")
    check([str(v.version) for v in client.get_latest_versions("net", ["Production"])] == ["2"])
    check(client.get_model_version_download_uri("net", "2"))
    client.delete_registered_model_alias("net", "champion")
    client.delete_model_version("net", "1")
    refused(lambda: client.get_model_version("net", "1"), "RESOURCE_DOES_NOT_EXIST")
    client.rename_registered_model("net", "network")
    check(client.get_registered_model("network").description == "described")
    client.delete_registered_model("network")
    refused(lambda: client.get_registered_model("network"), "RESOURCE_DOES_NOT_EXIST")


def logged_models(experiment, run_id):
    if not hasattr(client, "create_logged_model"):
        left["logged_models"] = "not in this client"
        return
    model = client.create_logged_model(experiment, name="net", source_run_id=run_id, tags={"t": "1"}, params={"p": "2"})
    check(model.model_id.startswith("m-"))
    client.log_metric(run_id, "model metric", 0.5, step=1, model_id=model.model_id)
    client.set_logged_model_tags(model.model_id, {"u": "3"})
    client.delete_logged_model_tag(model.model_id, "t")
    client.log_model_params(model.model_id, {"q": "4"})
    client.log_outputs(run_id, [__import__("mlflow").entities.LoggedModelOutput(model.model_id, 3)])
    client.finalize_logged_model(model.model_id, "READY")
    seen = client.get_logged_model(model.model_id)
    check(seen.status == "READY" and seen.tags == {"u": "3"} and seen.params == {"p": "2", "q": "4"}, seen)
    check([m.value for m in seen.metrics] == [0.5], seen)
    found = client.search_logged_models([experiment], filter_string="params.p = '2'")
    check([m.model_id for m in found] == [model.model_id])
    check(client.get_run(run_id).outputs.model_outputs[0].model_id == model.model_id)
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "MLmodel"), "w") as file:
            file.write("flavors: {}")
        client.log_model_artifacts(model.model_id, folder)
        check([f.path for f in client.list_logged_model_artifacts(model.model_id)] == ["MLmodel"])
    client.delete_logged_model(model.model_id)
    refused(lambda: client.get_logged_model(model.model_id), "RESOURCE_DOES_NOT_EXIST")


def inputs(run_id):
    from mlflow.entities import Dataset, DatasetInput, InputTag
    dataset = Dataset("cifar", "abc123", "local", "{}", schema="{}", profile="p" * 100_000)
    for _ in range(2):
        client.log_inputs(run_id, datasets=[DatasetInput(dataset, [InputTag("mlflow.data.context", "train")])])
    seen = client.get_run(run_id).inputs.dataset_inputs
    check(len(seen) == 1 and seen[0].dataset.name == "cifar" and seen[0].tags[0].value == "train", seen)
    experiment = client.get_run(run_id).info.experiment_id
    check(len(client.search_runs([experiment], "dataset.name = 'cifar' and dataset.context = 'train'")) == 1)


def main():
    experiment = experiments()
    left["experiment"] = experiment
    run_id = one_run(experiment)
    resume(run_id)
    search(experiment)
    artifacts(run_id)
    registry(run_id)
    logged_models(experiment, run_id)
    inputs(run_id)
    print(json.dumps(left))


if __name__ == "__main__":
    sys.exit(main())
