#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Passes on to an MLflow server what Lathe's endpoint accepted, or what is to be exported: reads queue.jsonl of each folder given,
one request a line, and sends it, in order. Standard library only, Python 3.8+.

A folder holds queue.jsonl, state.json (how far, and which id of here is which id there), `lock`, and at the end of the queue a
file `end`, which becomes `done` when all of it was sent. A line is one of
  {"call":"runs/create","method":"POST","request":{…},"answer":{…},"experiment":"name"}
  {"artifact":"PUT","path":"<experiment>/<run>/artifacts/<name>","file":"/where/it/lies"}
Exit codes: 0 all was sent, 3 the server was out of reach for too long, 4 it does not let us in, 5 another sender is at work."""

import argparse
import base64
import configparser
import fcntl
import json
import os
import shutil
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

API = "/api/2.0/mlflow/"
MOST_METRICS, MOST_PAIRS, MOST_BYTES = 1000, 100, 700_000
LONGEST_WAIT = 60.0


class Outage(Exception):
    """The server cannot be reached now, or says so; try again later."""


class Locked(Exception):
    """The server does not let us in."""


class Refused(Exception):
    """The server understood and said no: trying again is of no use."""

    def __init__(self, status, text):
        super().__init__(f"{status}: {text}")
        self.status = status


class Server:
    def __init__(self, uri):
        self.uri = uri.rstrip("/")
        self.headers = {"User-Agent": "lathe"}
        credentials = self.credentials()
        if credentials:
            self.headers["Authorization"] = credentials
        self.context = ssl.create_default_context(
            cafile=os.environ.get("MLFLOW_TRACKING_SERVER_CERT_PATH") or os.environ.get("REQUESTS_CA_BUNDLE") or None)
        client = os.environ.get("MLFLOW_TRACKING_CLIENT_CERT_PATH")
        if client:
            self.context.load_cert_chain(client)
        if os.environ.get("MLFLOW_TRACKING_INSECURE_TLS", "").lower() in ("1", "true", "yes"):
            self.context.check_hostname = False
            self.context.verify_mode = ssl.CERT_NONE

    @staticmethod
    def credentials():
        """As the client finds them: name and password of the environment or of ~/.mlflow/credentials, else a token."""
        name, password = os.environ.get("MLFLOW_TRACKING_USERNAME"), os.environ.get("MLFLOW_TRACKING_PASSWORD")
        if not (name and password):
            kept = configparser.ConfigParser()
            try:
                kept.read(os.path.expanduser("~/.mlflow/credentials"))
                name = name or kept.get("mlflow", "mlflow_tracking_username", fallback=None)
                password = password or kept.get("mlflow", "mlflow_tracking_password", fallback=None)
            except configparser.Error:
                pass
        if name and password:
            return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
        token = os.environ.get("MLFLOW_TRACKING_TOKEN")
        return "Bearer " + token if token else None

    def send(self, method, path, fields=None, data=None, length=None):
        url = self.uri + path
        headers = dict(self.headers)
        if fields is not None and method == "GET":
            url += "?" + urllib.parse.urlencode(fields)
        elif fields is not None:
            data = json.dumps(fields).encode()
            headers["Content-Type"] = "application/json"
        if length is not None:
            headers["Content-Length"] = str(length)
            headers["Content-Type"] = "application/octet-stream"
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        try:
            options = {"context": self.context} if url.startswith("https:") else {}
            with urllib.request.urlopen(request, timeout=60, **options) as answer:
                text = answer.read()
        except urllib.error.HTTPError as problem:
            text = problem.read(4096).decode("utf-8", "replace")
            if problem.code in (401, 403):
                raise Locked(f"{problem.code}: {text[:300]}") from None
            if problem.code in (408, 425, 429) or problem.code >= 500 and problem.code != 501:
                raise Outage(f"{problem.code}: {text[:300]}") from None
            raise Refused(problem.code, text[:500]) from None
        except (OSError, ValueError) as problem:
            raise Outage(str(problem)) from None
        try:
            return json.loads(text) if text else {}
        except ValueError:
            return {}

    def call(self, method, call, fields):
        return self.send(method, API + call, fields)


def write_json(path, value):
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


class Queue:
    def __init__(self, folder, server):
        self.folder, self.server = folder, server
        self.lock = open(self.path("lock"), "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self.state = {"offset": 0, "sent": 0, "refused": 0, "problems": [], "runs": {}, "experiments": {}, "models": {}, "making": None}
        try:
            with open(self.path("state.json"), encoding="utf-8") as file:
                self.state.update(json.load(file))
        except (OSError, ValueError):
            pass
        self.made = bool(self.state["offset"])

    def path(self, name):
        return os.path.join(self.folder, name)

    def keep(self):
        write_json(self.path("state.json"), self.state)

    def lines(self):
        """Whole lines from where we are: [(line, offset behind it)], a bounded stretch."""
        found = []
        try:
            with open(self.path("queue.jsonl"), "rb") as file:
                file.seek(self.state["offset"])
                at = self.state["offset"]
                for raw in file:
                    if not raw.endswith(b"\n"):
                        break
                    at += len(raw)
                    try:
                        line = json.loads(raw)
                    except ValueError:
                        line = {}
                    found.append((line if isinstance(line, dict) else {}, at))
                    if at - self.state["offset"] > 4 << 20:
                        break
        except FileNotFoundError:
            pass
        return found

    def is_over(self):
        try:
            return os.path.exists(self.path("end")) and os.path.getsize(self.path("queue.jsonl")) <= self.state["offset"]
        except OSError:
            return True

    def finish(self):
        os.replace(self.path("end"), self.path("done"))

    def complain(self, text):
        self.state["refused"] += 1
        self.state["problems"] = (self.state["problems"] + [text])[-20:]
        print(text, file=sys.stderr, flush=True)

    # Ids of here as ids of there.

    def run(self, local):
        return self.state["runs"].get(local, local)

    def experiment(self, local, name):
        known = self.state["experiments"].get(local)
        if known is None:
            try:
                found = self.server.call("GET", "experiments/get-by-name", {"experiment_name": name})
                known = found["experiment"]["experiment_id"]
            except Refused as problem:
                if problem.status != 404:
                    raise
                known = self.server.call("POST", "experiments/create", {"name": name})["experiment_id"]
            self.state["experiments"][local] = known
        return known

    def translated(self, fields):
        fields = dict(fields)
        for key in ("run_id", "run_uuid", "source_run_id"):
            if key in fields:
                fields[key] = self.run(fields[key])
        if "experiment_id" in fields:
            fields["experiment_id"] = self.state["experiments"].get(fields["experiment_id"], fields["experiment_id"])
        if "model_id" in fields:
            fields["model_id"] = self.state["models"].get(fields["model_id"], fields["model_id"])
        for key in ("metrics", "models"):
            if isinstance(fields.get(key), list):
                fields[key] = [self.translated(item) if isinstance(item, dict) else item for item in fields[key]]
        if isinstance(fields.get("tags"), list):
            fields["tags"] = [self.tag(tag) for tag in fields["tags"]]
        if "key" in fields and "value" in fields:
            fields = self.tag(fields)
        return fields

    def tag(self, tag):
        if isinstance(tag, dict) and tag.get("key") in ("mlflow.parentRunId", "mlflow.rootRunId"):
            return dict(tag, value=self.run(tag.get("value")))
        return tag

    # Sending.

    def make_run(self, line):
        request, local = dict(line["request"]), line["answer"]["run_id"]
        request["experiment_id"] = self.experiment(request.get("experiment_id", "0"), line.get("experiment", "Default"))
        again = self.state["making"] == local
        self.state["making"] = local
        self.keep()
        if again:  # we were ended while we made it
            found = self.server.call("POST", "runs/search", {"experiment_ids": [request["experiment_id"]], "max_results": 1,
                                                             "run_view_type": "ALL", "filter": f"tags.`lathe.run` = '{local}'"})
            if found.get("runs"):
                self.state["runs"][local] = found["runs"][0]["info"]["run_id"]
                return
        request = {**self.translated({key: value for key, value in request.items() if key != "experiment_id"}),
                   "experiment_id": request["experiment_id"]}
        request["tags"] = list(request.get("tags") or []) + [{"key": "lathe.run", "value": local}]
        made = self.server.call("POST", "runs/create", request)
        self.state["runs"][local] = made["run"]["info"]["run_id"]

    def put(self, line):
        parts = line["path"].split("/")
        at = next((i for i in range(len(parts) - 1) if parts[i + 1] == "artifacts" and
                   (parts[i] in self.state["runs"] or parts[i] in self.state["models"])), None)
        if at is None:
            raise Refused(0, f"whose file is {line['path']}?")
        owner, name = parts[at], "/".join(parts[at + 2:])
        if owner in self.state["runs"]:
            info = self.server.call("GET", "runs/get", {"run_id": self.run(owner)})["run"]["info"]
        else:
            info = self.server.call("GET", "logged-models/" + self.state["models"][owner], {})["model"]["info"]
        root = info["artifact_uri"]
        where = urllib.parse.urlparse(root)
        if where.scheme in ("", "file"):
            target = os.path.join(urllib.parse.unquote(where.path), name)
            if line["artifact"] == "PUT":
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copyfile(line["file"], target)
            return
        if where.scheme != "mlflow-artifacts":
            raise Refused(0, f"files cannot be passed on to {where.scheme}: {line['path']}")
        url = "/api/2.0/mlflow-artifacts/artifacts/" + urllib.parse.quote(where.path.strip("/") + "/" + name)
        if line["artifact"] == "DELETE":
            self.server.send("DELETE", url)
            return
        with open(line["file"], "rb") as file:
            self.server.send("PUT", url, data=file, length=os.fstat(file.fileno()).st_size)

    def one(self, line):
        if "artifact" in line:
            try:
                self.put(line)
            except FileNotFoundError:
                raise Refused(0, f"{line.get('file')} is gone") from None
            return
        if "call" not in line:
            return
        call, method, request = line["call"], line.get("method", "POST"), line.get("request") or {}
        answer = line.get("answer") or {}
        if call == "runs/create":
            self.make_run(line)
        elif call == "experiments/create":
            local = answer["experiment_id"]
            self.experiment(local, request["name"])
        elif call == "logged-models":
            if "experiment" in line:
                self.experiment(request.get("experiment_id"), line["experiment"])
            made = self.server.call("POST", call, self.translated(request))
            self.state["models"][answer["model_id"]] = made["model"]["info"]["model_id"]
        else:
            parts = [self.state["models"].get(part, part) for part in call.split("/")]
            self.server.call(method, "/".join(parts), self.translated(request))

    def batch(self, lines):
        """As many lines of one run from the first on as one log-batch takes: (request, how many)."""
        together = {"runs/log-metric": "metrics", "runs/log-parameter": "params", "runs/set-tag": "tags", "runs/log-batch": None}
        request, count, size = {"run_id": None, "metrics": [], "params": [], "tags": []}, 0, 0
        for line, _ in lines:
            call, fields = line.get("call"), line.get("request") or {}
            run = fields.get("run_id") or fields.get("run_uuid")
            if call not in together or not run or request["run_id"] not in (None, run):
                break
            more = {"metrics": [], "params": [], "tags": []}
            if call == "runs/log-batch":
                for kind in more:
                    more[kind] = list(fields.get(kind) or [])
            else:
                row = {key: value for key, value in fields.items() if key not in ("run_id", "run_uuid")}
                row.setdefault("step", 0) if call == "runs/log-metric" else None
                more[together[call]].append(row)
            size += len(json.dumps(more))
            fits = all(len(request[kind]) + len(more[kind]) <= (MOST_METRICS - 2 * MOST_PAIRS if kind == "metrics" else MOST_PAIRS)
                       for kind in more)
            names = [param.get("key") for param in request["params"] + more["params"]]
            if count and (not fits or size > MOST_BYTES or len(set(names)) != len(names)):
                break
            request["run_id"] = run
            for kind in more:
                request[kind] += more[kind]
            count += 1
        return request, count

    def forward(self):
        """Sends what there is. Returns how many lines went."""
        went = 0
        lines = self.lines()
        while lines:
            request, count = self.batch(lines)
            try:
                if count > 1:
                    try:
                        self.server.call("POST", "runs/log-batch", self.translated(request))
                    except Refused:
                        count = 1  # one of them is to blame: each alone
                        self.one(lines[0][0])
                else:
                    count = 1
                    self.one(lines[0][0])
                self.state["sent"] += count
            except Refused as problem:
                self.complain(f"{lines[0][0].get('call') or lines[0][0].get('path')}: {problem}")
            except (KeyError, TypeError) as problem:
                self.complain(f"{lines[0][0].get('call')}: the server's answer is not understood: {problem!r}")
            self.state["offset"] = lines[count - 1][1]
            self.state["making"] = None
            self.keep()
            went += count
            lines = lines[count:]
        return went


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--uri", required=True)
    parser.add_argument("--dir", action="append", required=True)
    parser.add_argument("--patience", type=float, default=86400, help="seconds out of reach before giving up")
    parser.add_argument("--report", action="store_true", help="tell the outcome on standard output, as JSON")
    arguments = parser.parse_args()
    server = Server(arguments.uri)
    queues = []
    for folder in arguments.dir:
        try:
            queues.append(Queue(folder, server))
        except OSError as problem:
            print(f"{folder}: {problem}", file=sys.stderr)
    if not queues:
        return 5
    wait, trouble_since, trouble, code = 0.5, None, "", 0
    first = queues[0]
    while queues:
        try:
            went = 0
            for queue in list(queues):
                went += queue.forward()
                if queue.is_over():
                    queue.finish()
                    queues.remove(queue)
            wait, trouble_since = 0.5, None
            if queues and not went:
                time.sleep(0.3)
        except (Outage, Locked) as problem:
            if str(problem) != trouble:
                trouble = str(problem)
                print(f"{arguments.uri}: {trouble}", file=sys.stderr, flush=True)
            trouble_since = trouble_since or time.monotonic()
            if time.monotonic() - trouble_since >= arguments.patience:
                code = 4 if isinstance(problem, Locked) else 3
                break
            time.sleep(min(wait, max(0.05, arguments.patience)))
            wait = min(wait * 2, LONGEST_WAIT)
    if arguments.report:
        print(json.dumps({"sent": first.state["sent"], "refused": first.state["refused"], "problems": first.state["problems"],
                          "runs": first.state["runs"], "experiments": first.state["experiments"], "problem": trouble if code else ""}))
    return code


if __name__ == "__main__":
    sys.exit(main())
