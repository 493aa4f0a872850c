# SPDX-License-Identifier: Apache-2.0
"""Record a training run with Lathe.

    import lathe

    lathe.params({"lr": 3e-4, "batch": 64})
    for step in range(1000):
        lathe.log({"train/loss": loss}, step=step)
    lathe.summary({"test/acc": 0.93})
    lathe.artifact("model", "checkpoints/last")

In a run started by Lathe this appends to the run's journal. Anywhere else the first call makes a run folder in
the store, so the run is found later all the same. There is nothing to set up, no server and no account.

Nothing here raises into the training loop or waits for anything but the local disk. What cannot be written is said
once on stderr, and the training goes on. The files are described in Lathe's engine/record/FORMAT.md.

One file, so that it can be copied to any machine; standard library only; Python 3.8 or newer.
"""

import atexit
import functools
import json
import math
import os
import sys
import threading
import time

try:
    import fcntl
except ImportError:  # not on Windows; a writer then goes without its lock
    fcntl = None

__all__ = ["init", "log", "params", "summary", "goal", "image", "histogram", "table", "audio", "text", "artifact",
           "use_artifact", "tag", "note", "alert", "group", "progress", "checkpoint", "finish", "run_dir",
           "resume_from", "Run", "Artifact"]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_RETRY_SECONDS = 10.0
_SYNC_SECONDS = 1.0
_LARGE_TABLE = 1 << 20  # beyond this many bytes of JSON the rows go into a file of their own
_SAMPLE_ABOVE = 64 << 20  # a referenced file larger than this is fingerprinted by samples of it
_write = os.write
_now = time.time


def _safe(method):
    """A method that warns instead of raising: the training loop must not see it."""

    @functools.wraps(method)
    def guarded(self, *args, **kwargs):
        try:
            return method(self, *args, **kwargs)
        except Exception as problem:  # noqa: BLE001
            _warn(method.__name__, "%s() failed: %s; the program goes on"
                  % (method.__name__, _describe(type(problem), problem)))
            return self if method.__name__ == "init" else None

    return guarded


class Run:
    """The run of this process, as init() returns it. There is one; the module's functions are its methods."""

    def __init__(self):
        self.folder = None  # of the run
        self.finished = False
        self._owned = False  # made here: this process tells its state
        self._inherited = False  # made by a parent that is this process before a fork
        self._fd = -1
        self._torn = False
        self._retry_at = 0.0
        self._step = -1
        self._keys = {}
        self._lock = threading.Lock()
        self._sync = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            self._finish(None)
        else:
            self._finish(*_ending(kind, error))
        return False

    @_safe
    def init(self, name=None, experiment=None, params=None, tags=None, note=None, store=None, resume=None):
        """Opens the run of this process; optional, since every other call does it when needed.

        `experiment`, `store` and `resume` (the id or folder of a run to go on with) count only where the run is made
        here, not by Lathe. Returns the run, which may be used in a `with` statement: leaving it finishes the run, as
        failed if by an exception.
        """
        self._init(name, experiment, params, tags, note, store, resume)
        return self

    def log(self, values=None, step=None, *_, **more):
        """log({"loss": 0.3}, step=12), log(12, {"loss": 0.3}) or log(loss=0.3): appends metric values at a step.

        Values are numbers, or scalars of NumPy and PyTorch; nested dicts become names with slashes. Without a step,
        each call counts one up. Returns at once, never raises.
        """
        try:
            if type(values) is not dict:
                values, step = _log_arguments(values, step, more)
                if values is None:
                    return
            elif more:
                values = dict(values, **more)
            if step is None:
                step = self._step + 1
            elif type(step) is not int:
                step = int(step)
            self._step = step
            parts = []
            keys = self._keys
            for name, value in values.items():
                if type(value) is float and value - value == 0.0:
                    try:
                        parts.append(keys[name] + repr(value))
                    except KeyError:
                        parts.append(self._key(name) + repr(value))
                else:
                    self._add(parts, name, value)
            if parts:
                self._append('{"t":%.4f,"e":"metrics","s":%d,"v":{%s}}\n' % (_now(), step, ",".join(parts)))
        except Exception as problem:  # noqa: BLE001 - the training loop must not see it
            _warn("log", "log() failed: %s" % _describe(type(problem), problem))

    @_safe
    def params(self, values=None, **more):
        """params({"optim": {"lr": 3e-4}}) or params(lr=3e-4): records parameters, under dotted names."""
        self._params(values, more)

    @_safe
    def summary(self, values=None, **more):
        """summary({"test/acc": 0.93}): what the run comes to; wins over what is computed from the series."""
        values = dict(_as_dict(values), **more)
        if values:
            self._event("summary", {"v": {str(name): _plain(value) for name, value in values.items()}})

    @_safe
    def goal(self, metric, direction=None):
        """goal("val/acc", "max") or goal({"val/loss": "min"}): which way is better, and so which point is the best."""
        goals = metric if isinstance(metric, dict) else {metric: direction}
        for name, way in goals.items():
            if way not in ("min", "max"):
                raise ValueError("the goal of %s is 'min' or 'max', not %r" % (name, way))
        self._event("goal", {"v": {str(name): way for name, way in goals.items()}})

    @_safe
    def tag(self, *tags):
        """Adds tags to the run."""
        self._event("tags", {"add": [str(item) for item in tags], "remove": []})

    @_safe
    def note(self, text):
        """Replaces the run's note."""
        self._event("note", {"text": str(text)})

    @_safe
    def group(self, name):
        """Puts the run into a group, such as the seeds of one setting."""
        self._event("group", {"group": str(name)})

    @_safe
    def alert(self, title, text="", level="info"):
        """Tells the user: shown as a notification where the run is watched. `level` is info, warn or error."""
        level = {"warning": "warn"}.get(str(level).lower(), str(level).lower())
        self._event("alert", {"level": level, "title": str(title), "text": str(text)})

    @_safe
    def progress(self, done, total):
        """How far the run is, where steps alone do not say."""
        self._event("progress", {"s": int(done), "total": int(total)})

    @_safe
    def checkpoint(self, path, step=None):
        """Says that a checkpoint was written, so that the run can be resumed or forked from it."""
        self._event("checkpoint", {"s": self._at(step), "path": os.path.abspath(os.fspath(path))})

    @_safe
    def text(self, name, value, step=None):
        """Records a sample of text, such as what a language model wrote at this step."""
        self._event("text", {"s": self._at(step), "name": str(name), "text": str(value)})

    @_safe
    def image(self, name, data, step=None, caption=None):
        """Records a picture, or a list of them.

        `data` is an array or tensor of H×W, H×W×C or C×H×W with 1 to 4 channels, a PIL image, a matplotlib figure,
        or the path or bytes of a PNG, JPEG, GIF, WebP or SVG file. Floats within 0…1 span black to white, those within
        0…255 and integers are taken as they are, anything else is stretched between its least and greatest value.
        """
        several = isinstance(data, (list, tuple)) and data and not isinstance(data[0], (list, tuple, int, float))
        for index, item in enumerate(data if several else [data]):
            content, extension, width, height = _image(item)
            fields = {"s": self._at(step), "name": str(name), "file": self._media(content, extension),
                      "width": width, "height": height}
            text = caption[index] if isinstance(caption, (list, tuple)) else caption
            if text is not None:
                fields["caption"] = str(text)
            if several:
                fields["index"] = index
            self._event("image", fields)

    @_safe
    def audio(self, name, data, rate=None, step=None, caption=None):
        """Records sound: samples within -1…1 (or 16-bit integers) of N or N×channels with their rate in Hz, or the path
        or bytes of a WAV, MP3, FLAC or OGG file."""
        content, extension, rate, seconds = _audio(data, rate)
        fields = {"s": self._at(step), "name": str(name), "file": self._media(content, extension), "rate": rate,
                  "seconds": seconds}
        if caption is not None:
            fields["caption"] = str(caption)
        self._event("audio", fields)

    @_safe
    def histogram(self, name, values=None, step=None, bins=64, edges=None, counts=None):
        """Records how numbers are spread: of an array or tensor, or counted already (`edges` is one longer)."""
        if counts is None:
            edges, counts = _count(values, bins)
        edges, counts = [_number(item) for item in edges], [_number(item) for item in counts]
        if len(edges) != len(counts) + 1:
            raise ValueError("%d edges for %d counts; one more is needed" % (len(edges), len(counts)))
        self._event("histogram", {"s": self._at(step), "name": str(name), "edges": edges, "counts": counts})

    @_safe
    def table(self, name, columns=None, rows=None, step=None):
        """Records a table: column names and rows, a data frame, or a list of dicts."""
        columns, rows = _table(columns, rows)
        fields = {"s": self._at(step), "name": str(name), "columns": columns}
        content = json.dumps(rows, separators=(",", ":"))
        if len(content) <= _LARGE_TABLE:
            fields["rows"] = rows
        else:
            fields["count"] = len(rows)
            fields["file"] = self._media(
                ('{"columns":%s,"rows":%s}' % (json.dumps(columns), content)).encode(), "json")
        self._event("table", fields)

    @_safe
    def artifact(self, name, path=None, type="", aliases=(), metadata=None, files=None, reference=False):
        """Keeps files that the run made: a file, a folder, or `files` {name in the artifact: path}.

        The content goes into the store, each file once however often it is kept. With `reference` only its path, size
        and fingerprint are kept, which suits huge data; a `path` with "://" is always kept so. Returns the Artifact,
        whose manifest names this version for good.
        """
        return self._artifact("output", name, path, type, aliases, metadata, files, reference)

    @_safe
    def use_artifact(self, name, path=None, type="", aliases=(), metadata=None):
        """Says what the run reads, and returns the Artifact.

        `name` is "data", "data:latest", "data:v3" or "data:best". With `path`, the file or folder there is taken as the
        artifact of that name: fingerprinted, not copied.
        """
        if path is not None:
            return self._artifact("input", name, path, type, aliases, metadata, None, True)
        self._ready()
        found = _find_artifact(self._store(), str(name))
        self._event("artifact", found._event("input", ()))
        return found

    @_safe
    def finish(self, exit_code=None):
        """Ends recording in this process. Not needed: leaving the program does the same."""
        self._finish(exit_code)

    # What the public methods are made of; these raise.

    def _init(self, name, experiment, values, tags, note_text, store, resume):
        def begin():
            if self.finished:
                self._reset()
            with self._lock:
                if self.folder is None:
                    self._begin(name, experiment, store, resume)
                elif name:
                    self._put(_line("name", {"name": str(name)}))

        _guard(begin)
        if values:
            self.params(values)
        if tags:
            self.tag(*([tags] if isinstance(tags, str) else tags))
        if note_text:
            self.note(note_text)

    def _params(self, values, more):
        flat = {}
        _flatten(flat, "", _as_dict(values))
        _flatten(flat, "", more)
        if flat:
            self._event("params", {"v": flat})

    def _event(self, kind, fields):
        self._append(_line(kind, fields))

    def _at(self, step):
        return max(self._step, 0) if step is None else int(step)

    def _store(self):
        return os.path.dirname(os.path.dirname(self.folder))

    def _media(self, content, extension):
        """Writes a file of the run before the event that names it; the same content is one file."""
        import hashlib

        if not self._ready():
            raise OSError("there is no run to record into")
        name = "media/%s.%s" % (hashlib.sha256(content).hexdigest(), extension)
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            _place(path, content)
            if self._sync:
                self._sync.fresh.append(path)
        return name

    def _artifact(self, role, name, path, kind, aliases, metadata, files, reference):
        name = str(name)
        if not name or "/" in name or ":" in name or len(name) > 256:
            raise ValueError("an artifact's name is 1 to 256 characters without / and :, not %r" % name)
        if not self._ready():
            raise OSError("there is no run to record into")
        store = self._store()
        entries = []
        with _Writing(store) as writing:
            for inner, source in _sources(path, files):
                entries.append(_reference(inner, source) if reference or "://" in source
                               else writing.keep(inner, source))
            entries.sort(key=lambda entry: entry["path"])
            manifest = writing.keep_bytes(_manifest_text(entries))
            writing.settle()
            made = Artifact(store, name, str(kind), manifest, entries, metadata)
            self._event("artifact", made._event(role, [aliases] if isinstance(aliases, str) else aliases))
        return made

    def _finish(self, exit_code=None, reason="", state=None):
        with self._lock:
            if self.finished or self.folder is None:
                return
            if self._owned:
                fields = {"state": state or ("failed" if exit_code else "finished")}
                if exit_code is not None:
                    fields["exit"] = int(exit_code)
                if reason:
                    fields["reason"] = reason
                if self._fd < 0:
                    self._open()
                self._put(_line("state", fields))
                for name in ("LATHE_RUN_DIR", "LATHE_RUN_ID", "LATHE_SELF_MADE"):
                    os.environ.pop(name, None)
            if self._sync:
                self._sync.stop()
                self._sync = None
                _quietly(os.fsync, self._fd)
            self._close()
            self.finished = True

    # What follows is called with the lock held, but for _append.

    def _begin(self, name, experiment, store, resume=None):
        folder = os.environ.get("LATHE_RUN_DIR")
        if folder:
            self.folder = folder
            self._open()
            if name:
                self._put(_line("name", {"name": str(name)}))
            return
        store = store or _store_path()
        if resume:
            self._resume(store, resume)
            return
        run_id, join_file = _join(store)
        mine = run_id is None
        if mine:
            run_id = _new_id()
        folder = os.path.join(store, "runs", run_id)
        if mine:
            os.makedirs(folder)
            try:
                _describe_run(folder, run_id, name, experiment)
            except Exception:
                _quietly(os.unlink, os.path.join(folder, "run.json.new"))
                _quietly(os.rmdir, folder)
                raise
            if join_file and not _publish(join_file, run_id):
                # Another rank was first: take its run, and leave no empty one behind.
                _quietly(os.unlink, os.path.join(folder, "run.json"))
                _quietly(os.rmdir, folder)
                mine = False
                run_id = _read(join_file)
                folder = os.path.join(store, "runs", run_id)
        self._enter(folder, run_id, mine)
        if mine:
            _capture(folder)

    def _resume(self, store, resume):
        resume = os.fspath(resume)
        folder = os.path.abspath(resume) if os.path.isdir(resume) else os.path.join(store, "runs", resume)
        if not os.path.isfile(os.path.join(folder, "run.json")):
            raise OSError("there is no run %s to resume in %s" % (resume, store))
        self._enter(folder, os.path.basename(folder), True)

    def _enter(self, folder, run_id, mine):
        self.folder = folder
        self._owned = mine
        os.environ["LATHE_RUN_DIR"] = folder
        os.environ["LATHE_RUN_ID"] = run_id
        os.environ["LATHE_SELF_MADE"] = "1"
        self._open()
        if self._owned:
            self._put(_line("state", {"state": "running"}))

    def _open(self):
        rank = os.environ.get("RANK", "0")
        rank = rank if rank.isdigit() else "0"
        names = ["journal.%s.jsonl" % rank, "journal.%s-%d.jsonl" % (rank, os.getpid())]
        if self._owned:
            names.insert(0, "journal.jsonl")
        for name in names:
            fd = os.open(os.path.join(self.folder, name), os.O_RDWR | os.O_CREAT | os.O_APPEND | _CLOEXEC, 0o644)
            if _lock(fd):
                self._fd = fd
                self._owned = name == "journal.jsonl"
                size = os.fstat(fd).st_size
                self._torn = size > 0 and os.pread(fd, 1, size - 1) != b"\n"
                # A supervisor syncs the journals of its run; here nobody else does.
                if os.environ.get("LATHE_SELF_MADE") and not self._sync:
                    self._sync = _Sync(self)
                return
            os.close(fd)
        raise OSError("the journal is held by another process")

    def _ready(self):
        if self._fd >= 0:
            return True
        with self._lock:
            if self._fd >= 0:
                return True
            if self.finished:
                _warn("finished", "the run is finished; call lathe.init() to begin another")
                return False
            if _now() < self._retry_at:
                return False
            try:
                if self.folder is None:
                    self._begin(None, None, None)
                else:
                    self._open()
            except Exception as problem:  # noqa: BLE001
                if self._fd < 0:
                    self.folder = self.folder if self._inherited else None
                    self._retry_at = _now() + _RETRY_SECONDS
                    _warn("open", "cannot record this run: %s; the program goes on" % problem)
            return self._fd >= 0

    def _append(self, line):
        if self._fd >= 0 or self._ready():
            self._put(line)

    def _put(self, line):
        data = line.encode("utf-8", "replace")
        if self._torn:
            data = b"\n" + data
        try:
            wrote = _write(self._fd, data)
        except OSError as problem:
            _warn("write", "cannot write to %s: %s; the program goes on" % (self.folder, problem))
            return
        self._torn = wrote != len(data) and (wrote > 1 or not self._torn)
        if wrote != len(data):
            _warn("write", "cannot write to %s: no space; the program goes on" % self.folder)

    def _key(self, name):
        key = json.dumps(str(name)) + ":"
        if len(self._keys) < 100000:
            self._keys[name] = key
        return key

    def _add(self, parts, name, value):
        if isinstance(value, dict):
            for inner, item in value.items():
                self._add(parts, "%s/%s" % (name, inner), item)
            return
        if value is None:
            return
        try:
            number = float(value.item() if hasattr(value, "item") else value)
        except Exception as problem:  # noqa: BLE001 - whatever a foreign scalar raises
            if isinstance(value, int):
                number = math.inf if value > 0 else -math.inf
            else:
                _warn("value " + str(name), "%s is no number (%s) and is not recorded" % (name, problem))
                return
        parts.append(self._key(name) + _number_text(number))

    def _close(self):
        if self._fd >= 0:
            _quietly(os.close, self._fd)
        self._fd = -1

    def _reset(self):
        self._close()
        keys = self._keys
        self.__init__()
        self._keys = keys

    def _before_fork(self):
        # Python warns of a fork beside threads, and rightly: the child would inherit what the thread holds.
        if self._sync:
            self._sync.stop()

    def _after_fork_here(self):
        if self._sync and self._fd >= 0:
            fresh = self._sync.fresh
            self._sync = _guard(_Sync, self)
            if self._sync:
                self._sync.fresh.extend(fresh)

    def _after_fork(self):
        # The lock belongs to the parent's open file: this copy of it is dropped, and the next call opens a file
        # of this process's own.
        self._lock = threading.Lock()
        self._sync = None
        self._close()
        self._torn = False
        self._inherited = self.folder is not None
        self._owned = False


class Artifact:
    """One version of an artifact: named files that never change."""

    def __init__(self, store, name, type, manifest, files, metadata=None):
        self.name, self.type, self.manifest = name, type, manifest
        self.files = files  # [{"path", "sha256", "bytes"} or {"path", "ref", "bytes", "digest"}]
        self.metadata = dict(metadata or {})
        self._store = store

    @property
    def bytes(self):
        return sum(entry.get("bytes", 0) for entry in self.files)

    @property
    def version(self):
        """Its number among the versions of its name, as in "v3"; None if it cannot be told."""
        versions = _guard(_versions, self._store, self.name) or []
        return "v%d" % versions.index(self.manifest) if self.manifest in versions else None

    def path(self, name=None):
        """Where the content of one of its files lies, to be read only. Without a name: of its only file."""
        for entry in self.files:
            if entry["path"] == name or (name is None and len(self.files) == 1):
                if "ref" in entry:
                    return entry["ref"][7:] if entry["ref"].startswith("file://") else entry["ref"]
                return _object(self._store, entry["sha256"])
        raise KeyError("%s holds no file %s" % (self.name, name))

    def get(self, folder):
        """Copies its files into a folder, and returns the folder. References are left where they are."""
        import shutil

        folder = os.path.abspath(os.fspath(folder))
        for entry in self.files:
            if "sha256" in entry:
                target = os.path.normpath(os.path.join(folder, entry["path"]))
                if not target.startswith(os.path.join(folder, "")):
                    raise ValueError("%s would be written outside of %s" % (entry["path"], folder))
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copyfile(_object(self._store, entry["sha256"]), target)
                if entry.get("exec"):
                    os.chmod(target, 0o755)
        return folder

    def _event(self, role, aliases):
        return {"name": self.name, "type": self.type, "manifest": self.manifest, "role": role,
                "aliases": [str(alias) for alias in aliases], "files": len(self.files), "bytes": self.bytes,
                "metadata": _plain(self.metadata)}

    def __repr__(self):
        return "Artifact(%r, %d files, %d bytes, %s)" % (self.name, len(self.files), self.bytes, self.manifest[:12])


class _Sync:
    """Brings the journal to the disk once a second, so that a power cut loses no more than that."""

    def __init__(self, run):
        self.fresh = []  # files of the run that are not on the disk yet
        self._fd = os.dup(run._fd)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._work, name="lathe-sync", daemon=True)
        self._thread.start()

    def _work(self):
        synced = -1
        while True:
            over = self._end.wait(_SYNC_SECONDS)
            if over:
                break
            try:
                size = os.fstat(self._fd).st_size
                if size != synced:
                    _fdatasync(self._fd)
                    synced = size
                while self.fresh:
                    file = os.open(self.fresh.pop(), os.O_RDONLY)
                    _quietly(_fdatasync, file)
                    os.close(file)
            except OSError:
                pass  # what cannot be written is told by the writer
        _quietly(os.close, self._fd)

    def stop(self):
        self._end.set()
        self._thread.join(0.05)  # a disk that hangs is not waited for


_fdatasync = getattr(os, "fdatasync", getattr(os, "fsync", None))
_CLOEXEC = getattr(os, "O_CLOEXEC", 0)
_current = Run()
_warned = set()

init = _current.init
log = _current.log
params = _current.params
summary = _current.summary
goal = _current.goal
image = _current.image
histogram = _current.histogram
table = _current.table
audio = _current.audio
text = _current.text
artifact = _current.artifact
use_artifact = _current.use_artifact
tag = _current.tag
note = _current.note
alert = _current.alert
group = _current.group
progress = _current.progress
checkpoint = _current.checkpoint
finish = _current.finish


def run_dir():
    """The folder of this process's run, or None if there is none."""
    return _current.folder


def resume_from():
    """The checkpoint that this run is to go on from, or None: set when it was resumed or forked."""
    return os.environ.get("LATHE_RESUME_FROM") or None


def _log_arguments(values, step, more):
    if isinstance(step, dict):
        values, step = step, values
    if values is None and more:
        values = {}
    if not isinstance(values, dict):
        _warn("log", "log() takes a dict of values and a step: log({'loss': 0.3}, step=12)")
        return None, None
    return dict(values, **more), step


def _guard(call, *args):
    try:
        return call(*args)
    except Exception as problem:  # noqa: BLE001 - the training loop must not see it
        _warn(str(call), "%s; the program goes on" % _describe(type(problem), problem))
        return None


def _quietly(call, *args):
    try:
        call(*args)
    except OSError:
        pass


def _warn(kind, message):
    if kind in _warned or len(_warned) > 100:
        return
    _warned.add(kind)
    try:
        sys.stderr.write("lathe: %s\n" % message)
        sys.stderr.flush()
    except Exception:  # noqa: BLE001 - stderr may be closed
        pass


def _describe(kind, error):
    message = str(error).strip()
    return "%s: %s" % (kind.__name__, message) if message else kind.__name__


def _ending(kind, error):
    """Exit code, reason and state of a run that an exception ends."""
    if issubclass(kind, KeyboardInterrupt):
        return 130, "interrupted from the keyboard", "stopped"
    if issubclass(kind, SystemExit) and not error.code:
        return 0, "", "finished"
    return 1, _describe(kind, error), "failed"


def _number_text(number):
    if number != number:
        return '"nan"'
    if number in (float("inf"), float("-inf")):
        return '"inf"' if number > 0 else '"-inf"'
    return repr(number)


def _plain(value):
    """What JSON can hold, for anything."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**63 else str(value)
    if isinstance(value, float):
        return float(value) if value - value == 0.0 else _number_text(value).strip('"')
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        try:
            return _plain(value.item())
        except Exception:  # noqa: BLE001 - whatever a foreign scalar raises
            pass
    return str(value)


def _as_dict(values):
    if values is None:
        return {}
    if isinstance(values, dict):
        return values
    if hasattr(values, "_asdict"):
        return values._asdict()
    return vars(values)  # argparse.Namespace, dataclass


def _flatten(flat, prefix, values):
    for key, value in values.items():
        name = "%s.%s" % (prefix, key) if prefix else str(key)
        if isinstance(value, dict) and value:
            _flatten(flat, name, value)
        else:
            flat[name] = _plain(value)


def _line(kind, fields):
    record = {"t": round(_now(), 4), "e": kind}
    record.update(fields)
    return json.dumps(record, separators=(",", ":")) + "\n"


def _lock(fd):
    if fcntl is None:
        return True
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True


def _read(path):
    with open(path, encoding="utf-8") as file:
        return file.read().strip()


def _new_id():
    """26 characters of Crockford base32: 48 bits of milliseconds, then 80 random ones."""
    number = (int(_now() * 1000) & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def _store_path():
    store = os.environ.get("LATHE_STORE")
    if store:
        return os.path.abspath(os.path.expanduser(store))
    folder = os.getcwd()
    while True:
        config = os.path.join(folder, ".lathe", "config.yaml")
        if os.path.isfile(config):
            with open(config, encoding="utf-8") as file:
                for line in file:
                    if line.startswith("store:"):
                        path = line[len("store:") :].split(" #")[0].strip().strip("'\"")
                        if path:
                            return os.path.join(folder, os.path.expanduser(path))
        parent = os.path.dirname(folder)
        if parent == folder:
            break
        folder = parent
    data = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return os.path.join(data, "lathe", "store")


def _describe_run(folder, run_id, name, experiment):
    import getpass
    import socket

    try:
        user = getpass.getuser()
    except Exception:  # noqa: BLE001 - a user id without a name
        user = str(os.getuid())
    argv = [sys.executable or "python3"] + (getattr(sys, "orig_argv", None) or [""] + sys.argv)[1:]
    spec = {
        "format": 1,
        "id": run_id,
        "name": str(name) if name else "",
        "experiment": str(experiment or os.environ.get("LATHE_EXPERIMENT") or "default"),
        "kind": "command",
        "argv": argv,
        "cwd": os.getcwd(),
        "ranks": int(os.environ.get("WORLD_SIZE") or 1),
        "host": "local",
        "host_name": socket.gethostname(),
        "user": user,
        "created": round(_now(), 4),
    }
    temporary = os.path.join(folder, "run.json.new")
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(spec, file, indent=2)
        file.write("\n")
    os.replace(temporary, os.path.join(folder, "run.json"))


def _join(store):
    """Ranks that a launcher other than Lathe started are one run: (its id if it is there, the file that tells it)."""
    if "RANK" not in os.environ or os.environ.get("WORLD_SIZE", "1") in ("", "1"):
        return None, None
    import hashlib

    parts = [os.environ.get(name, "") for name in ("TORCHELASTIC_RUN_ID", "MASTER_ADDR", "MASTER_PORT")]
    parts.append(str(os.getppid()))
    try:
        with open("/proc/%d/stat" % os.getppid(), "rb") as file:
            parts.append(str(file.read().rsplit(b")", 1)[1].split()[19]))  # its start: process ids come again
    except OSError:
        pass
    folder = os.path.join(store, "joins")
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(folder):
        old = os.path.join(folder, name)
        try:
            if os.stat(old).st_mtime < _now() - 30 * 86400:
                os.unlink(old)
        except OSError:
            pass
    path = os.path.join(folder, hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32])
    try:
        return _read(path), path
    except OSError:
        return None, path


def _publish(path, run_id):
    temporary = "%s.%d" % (path, os.getpid())
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(run_id)
    try:
        os.link(temporary, path)  # fails if it is there, and is never seen half written
        return True
    except FileExistsError:
        return False
    finally:
        _quietly(os.unlink, temporary)


# Pictures, sound, counts and tables, as bytes and plain values.


def _array(data):
    """As a NumPy array, or None where that is no NumPy and nothing that becomes one."""
    if hasattr(data, "detach"):  # PyTorch
        data = data.detach()
        data = data.cpu() if hasattr(data, "cpu") else data
        data = data.float() if "float" in str(getattr(data, "dtype", "")) else data
    if hasattr(data, "numpy") and not hasattr(data, "__array_interface__"):
        data = data.numpy()
    if "numpy" in sys.modules or hasattr(data, "__array_interface__") or hasattr(data, "__array__"):
        import numpy

        return numpy.asarray(data)
    return None


def _nested(data):
    """(shape, flat list of numbers) of nested sequences or of anything with a buffer."""
    if not isinstance(data, (list, tuple)):
        try:
            data = memoryview(data).tolist()
        except TypeError:
            data = list(data)
    if not data or not isinstance(data[0], (list, tuple)):
        return (len(data),), [float(item) for item in data]
    parts = [_nested(item) for item in data]
    if any(shape != parts[0][0] for shape, _ in parts):
        raise ValueError("the rows are not of one length")
    return (len(data),) + parts[0][0], [number for _, flat in parts for number in flat]


def _channels_last(shape):
    """Whether the array is C×H×W, as PyTorch has it, and must be turned."""
    return len(shape) == 3 and shape[0] in (1, 2, 3, 4) and shape[2] not in (1, 2, 3, 4)


def _scale(least, greatest, floats):
    """(offset, factor) that bring values into 0…255."""
    if floats and 0 <= least and greatest <= 1:
        return 0.0, 255.0
    if 0 <= least and greatest <= 255:
        return 0.0, 1.0
    return least, 255.0 / (greatest - least) if greatest > least else 0.0


def _pixels(data):
    """(width, height, channels, bytes)"""
    array = _array(data)
    if array is not None:
        import numpy

        if array.ndim == 3 and _channels_last(array.shape):
            array = numpy.moveaxis(array, 0, 2)
        if array.dtype == bool:
            array = array.astype(numpy.uint8) * 255
        if array.dtype != numpy.uint8:
            floats = array.dtype.kind == "f"
            array = array.astype(numpy.float64)
            finite = array[numpy.isfinite(array)]
            if finite.size:
                offset, factor = _scale(finite.min(), finite.max(), floats)
                array = (numpy.nan_to_num(array, nan=offset, posinf=finite.max(), neginf=finite.min()) - offset) * factor
            array = numpy.clip(numpy.rint(numpy.nan_to_num(array)), 0, 255).astype(numpy.uint8)
        shape, content = array.shape, numpy.ascontiguousarray(array).tobytes()
    else:
        shape, flat = _nested(data)
        if len(shape) == 3 and _channels_last(shape):
            channels, height, width = shape
            flat = [flat[c * height * width + i] for i in range(height * width) for c in range(channels)]
            shape = (height, width, channels)
        finite = [number for number in flat if number - number == 0.0]
        least, greatest = (min(finite), max(finite)) if finite else (0.0, 0.0)
        offset, factor = _scale(least, greatest, any(number != int(number) for number in finite) or greatest <= 1)
        clean = [least if number != number else min(max(number, least), greatest) for number in flat]
        content = bytes(min(max(int(round((number - offset) * factor)), 0), 255) for number in clean)
    if len(shape) == 2:
        shape = tuple(shape) + (1,)
    if len(shape) != 3 or shape[2] not in (1, 2, 3, 4) or 0 in shape:
        raise ValueError("a picture is H×W, H×W×C or C×H×W with 1 to 4 channels, not %s" % "×".join(map(str, shape)))
    return int(shape[1]), int(shape[0]), int(shape[2]), content


def _png(width, height, channels, content):
    """PNG (ISO/IEC 15948): eight bits a channel, no filter."""
    import struct
    import zlib

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body) & 0xFFFFFFFF)

    stride = width * channels
    rows = b"".join(b"\0" + content[row * stride : (row + 1) * stride] for row in range(height))
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 3)) + chunk(b"IEND", b""))


def _image(data):
    """(content, extension, width, height); the size is 0 where the file does not say it simply."""
    import io

    if hasattr(data, "figure") and not hasattr(data, "savefig"):
        data = data.figure  # matplotlib's Axes
    if hasattr(data, "savefig"):
        buffer = io.BytesIO()
        data.savefig(buffer, format="png")
        data = buffer.getvalue()
    elif hasattr(data, "save") and hasattr(data, "mode") and hasattr(data, "size"):
        buffer = io.BytesIO()
        picture = data if data.mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16") else data.convert("RGB")
        picture.save(buffer, format="PNG")
        data = buffer.getvalue()
    elif isinstance(data, str) or hasattr(data, "__fspath__"):
        with open(data, "rb") as file:
            data = file.read()
    if isinstance(data, (bytes, bytearray)):
        data = bytes(data)
        return (data,) + _image_kind(data)
    width, height, channels, content = _pixels(data)
    return _png(width, height, channels, content), "png", width, height


def _image_kind(data):
    def big(at, size):
        return int.from_bytes(data[at : at + size], "big")

    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png", big(16, 4), big(20, 4)
    if data.startswith(b"GIF8"):
        return "gif", int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp", 0, 0
    if data.startswith(b"\xff\xd8"):
        at = 2
        while at + 9 < len(data) and data[at] == 0xFF:
            if data[at + 1] in (0xC0, 0xC1, 0xC2, 0xC3):  # the frame header
                return "jpg", big(at + 7, 2), big(at + 5, 2)
            at += 2 + big(at + 2, 2)
        return "jpg", 0, 0
    if b"<svg" in data[:4096]:
        return "svg", 0, 0
    raise ValueError("neither PNG, JPEG, GIF, WebP nor SVG")


def _audio(data, rate):
    """(content, extension, rate, seconds); what a file does not say simply is 0."""
    import io
    import struct
    import wave

    if isinstance(data, str) or hasattr(data, "__fspath__"):
        with open(data, "rb") as file:
            data = file.read()
    if isinstance(data, (bytes, bytearray)):
        data = bytes(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
            try:
                with wave.open(io.BytesIO(data)) as sound:
                    return data, "wav", sound.getframerate(), sound.getnframes() / max(1, sound.getframerate())
            except wave.Error:  # float samples
                return data, "wav", int(rate or 0), 0
        for start, extension in ((b"OggS", "ogg"), (b"fLaC", "flac"), (b"ID3", "mp3"), (b"\xff\xfb", "mp3"),
                                 (b"\xff\xf3", "mp3")):
            if data.startswith(start):
                return data, extension, int(rate or 0), 0
        raise ValueError("neither WAV, MP3, FLAC nor OGG")
    if not rate:
        raise ValueError("samples need their rate in Hz")
    array = _array(data)
    if array is not None:
        import numpy

        if array.ndim == 2 and array.shape[0] <= 8 < array.shape[1]:
            array = array.T
        shape, whole = array.shape, array.dtype.kind in "iu"
        if not whole:
            array = numpy.rint(numpy.clip(numpy.nan_to_num(array.astype(numpy.float64)), -1, 1) * 32767)
        content = numpy.clip(array, -32768, 32767).astype("<i2").tobytes()
    else:
        shape, flat = _nested(data)
        if len(shape) == 2 and shape[0] <= 8 < shape[1]:
            flat = [flat[c * shape[1] + i] for i in range(shape[1]) for c in range(shape[0])]
            shape = (shape[1], shape[0])
        whole = any(abs(number) > 1 for number in flat)
        flat = [0.0 if number != number else number if whole else number * 32767 for number in flat]
        content = struct.pack("<%dh" % len(flat), *(int(round(min(max(n, -32768), 32767))) for n in flat))
    if len(shape) not in (1, 2) or 0 in shape:
        raise ValueError("sound is N or N×channels, not %s" % "×".join(map(str, shape)))
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(int(shape[1]) if len(shape) == 2 else 1)
        sound.setsampwidth(2)
        sound.setframerate(int(rate))
        sound.writeframes(content)
    return buffer.getvalue(), "wav", int(rate), shape[0] / float(rate)


def _count(values, bins):
    """(edges, counts) of the finite ones among the values."""
    if values is None:
        raise ValueError("histogram() takes values, or edges and counts")
    array = _array(values)
    if array is not None:
        import numpy

        flat = array.astype(numpy.float64).ravel()
        flat = flat[numpy.isfinite(flat)]
        if not flat.size:
            raise ValueError("no finite value")
        counts, edges = numpy.histogram(flat, bins=int(bins))
        return edges.tolist(), counts.tolist()
    flat = [number for number in _nested(values)[1] if number - number == 0.0]
    if not flat:
        raise ValueError("no finite value")
    least, greatest = min(flat), max(flat)
    if least == greatest:
        least, greatest = least - 0.5, greatest + 0.5
    bins = max(1, int(bins))
    counts = [0] * bins
    for number in flat:
        counts[min(int((number - least) / (greatest - least) * bins), bins - 1)] += 1
    return [least + (greatest - least) * i / bins for i in range(bins)] + [greatest], counts


def _number(value):
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, int):
        return value
    return float(value) if value - value == 0.0 else _number_text(value).strip('"')


def _table(columns, rows):
    if rows is None and hasattr(columns, "columns"):  # a data frame of pandas or polars
        frame = columns
        columns = list(frame.columns)
        rows = frame.itertuples(index=False, name=None) if hasattr(frame, "itertuples") else frame.rows()
    elif rows is None and isinstance(columns, (list, tuple)) and all(isinstance(row, dict) for row in columns):
        dicts = columns
        columns = list(dict.fromkeys(key for row in dicts for key in row))
        rows = [[row.get(key) for key in columns] for row in dicts]
    columns = [str(name) for name in columns or []]
    rows = [[_plain(cell) for cell in row] for row in (rows if rows is not None else [])]
    for index, row in enumerate(rows):
        if len(row) != len(columns):
            raise ValueError("row %d has %d cells for %d columns" % (index, len(row), len(columns)))
    return columns, rows


# Artifacts: objects by the hash of their content, manifests that name them, events that name the manifests.


def _object(store, digest):
    return os.path.join(store, "objects", digest[:2], digest)


def _sources(path, files):
    """(name within the artifact, where it is now) of every file."""
    if files is not None:
        for inner, source in (files.items() if isinstance(files, dict) else ((None, item) for item in files)):
            source = os.fspath(source)
            yield _inner(inner or os.path.basename(source)), source
        if path is None:
            return
    if path is None:
        raise ValueError("artifact() takes a path or files")
    path = os.fspath(path)
    if "://" in path:
        yield _inner(path.rstrip("/").rsplit("/", 1)[1] or "data"), path
    elif os.path.isdir(path):
        for folder, folders, names in os.walk(path):
            folders.sort()
            for name in sorted(names):
                full = os.path.join(folder, name)
                if os.path.isfile(full):
                    yield _inner(os.path.relpath(full, path)), full
                else:
                    _warn("skip", "%s is no plain file and not kept" % full)
    elif os.path.isfile(path):
        yield _inner(os.path.basename(path)), path
    else:
        raise FileNotFoundError("there is no file or folder %s" % path)


def _inner(name):
    name = os.fsencode(name).decode("utf-8", "backslashreplace").replace(os.sep, "/")
    if name.startswith("/") or ".." in name.split("/"):
        raise ValueError("%s points outside of the artifact" % name)
    return name


def _hash_file(path):
    import hashlib

    digest = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()


def _fingerprint(path, size):
    """Of the whole file where it is small, else of its size and sixteen pieces spread over it."""
    import hashlib

    if size <= _SAMPLE_ABOVE:
        return "sha256:" + _hash_file(path)
    piece = 1 << 20
    digest = hashlib.sha256(b"%d\n" % size)
    with open(path, "rb", buffering=0) as file:
        for index in range(16):
            file.seek((size - piece) * index // 15)
            digest.update(file.read(piece))
    return "sampled-sha256:" + digest.hexdigest()


def _reference(inner, source):
    if "://" in source:
        return {"path": inner, "ref": source}
    source = os.path.abspath(source)
    size = os.stat(source).st_size
    return {"path": inner, "ref": "file://" + source, "bytes": size, "digest": _fingerprint(source, size)}


def _manifest_text(entries):
    return json.dumps({"files": entries}, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def _place(path, content):
    """A whole file under its name, or none."""
    temporary = "%s.%d-%d.new" % (path, os.getpid(), threading.get_ident())
    try:
        with open(temporary, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        _quietly(os.unlink, temporary)
        raise


class _Writing:
    """While it is entered, `lathe gc` deletes no object. It holds its lock for moments only, so the wait is short."""

    def __init__(self, store):
        self._store = store
        self._fresh = []
        self._fd = -1

    def __enter__(self):
        folder = os.path.join(self._store, "objects")
        os.makedirs(folder, exist_ok=True)
        self._fd = os.open(os.path.join(folder, ".lock"), os.O_RDWR | os.O_CREAT | _CLOEXEC, 0o644)
        for _ in range(200):
            if fcntl is None or self._try():
                return self
            time.sleep(0.05)
        os.close(self._fd)
        raise OSError("the store is being cleaned; the artifact is not kept")

    def _try(self):
        try:
            fcntl.flock(self._fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks
            return True

    def __exit__(self, kind, error, trace):
        os.close(self._fd)
        return False

    def _have(self, digest):
        # The new time keeps an old object from being taken for garbage before the event that names it is written.
        try:
            os.utime(_object(self._store, digest))
            return True
        except PermissionError:
            return True
        except OSError:
            return False

    def keep_bytes(self, content):
        import hashlib

        digest = hashlib.sha256(content).hexdigest()
        if not self._have(digest):
            path = _object(self._store, digest)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            _place(path, content)
            self._fresh.append(path)
        return digest

    def keep(self, inner, source):
        import shutil

        info = os.stat(source)
        if info.st_size <= 1 << 20:
            with open(source, "rb") as file:
                content = file.read()
            digest, size = self.keep_bytes(content), len(content)
        else:
            digest, size = _hash_file(source), info.st_size
            if not self._have(digest):
                temporary = os.path.join(self._store, "objects", "%d-%d.new" % (os.getpid(), threading.get_ident()))
                try:
                    if not _clone(source, temporary):
                        shutil.copyfile(source, temporary)
                    digest, size = _hash_file(temporary), os.stat(temporary).st_size  # it may have changed meanwhile
                    path = _object(self._store, digest)
                    os.makedirs(os.path.dirname(path), exist_ok=True)
                    os.replace(temporary, path)
                    self._fresh.append(path)
                finally:
                    _quietly(os.unlink, temporary)
        entry = {"path": inner, "sha256": digest, "bytes": size}
        if info.st_mode & 0o100:
            entry["exec"] = True
        return entry

    def settle(self):
        """To the disk, before the event that names them."""
        if len(self._fresh) > 64:
            os.sync()
            return
        for path in self._fresh:
            fd = os.open(path, os.O_RDONLY)
            _quietly(os.fsync, fd)
            os.close(fd)


def _clone(source, target):
    """A copy that shares its blocks, where the file system can (ioctl_ficlone(2))."""
    if fcntl is None or not sys.platform.startswith("linux"):
        return False
    try:
        with open(source, "rb") as old, open(target, "wb") as new:
            fcntl.ioctl(new.fileno(), 0x40049409, old.fileno())
        return True
    except OSError:
        return False


def _artifact_events(store):
    """Every artifact event of the store, oldest first. Journals only grow, so artifacts.cache says how far each was
    read; it may be deleted at any time."""
    path = os.path.join(store, "artifacts.cache")
    try:
        with open(path, encoding="utf-8") as file:
            cache = json.load(file)
        known = cache["files"] if cache["format"] == 1 else {}
    except (OSError, ValueError, KeyError, TypeError):
        known = {}
    files = {}
    changed = False
    for folder in sorted("runs/" + run for run in _listed(os.path.join(store, "runs"))):
        for name in _listed(os.path.join(store, folder)):
            if not (name.startswith("journal") and name.endswith(".jsonl")):
                continue
            key = folder + "/" + name
            offset, events = known.get(key, (0, []))
            size = os.stat(os.path.join(store, key)).st_size
            if size < offset:
                offset, events = 0, []
            if size > offset:
                offset, events = _scan(os.path.join(store, key), offset, list(events))
                changed = True
            files[key] = [offset, events]
    if changed or len(files) != len(known):
        content = json.dumps({"format": 1, "files": files}, separators=(",", ":")).encode()
        _quietly(_place, path, content)
    found = [event for _, events in files.values() for event in events]
    found.sort(key=lambda event: (event["t"], event["manifest"]))
    return found


def _listed(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _scan(path, offset, events):
    with open(path, "rb") as file:
        file.seek(offset)
        rest = b""
        for piece in iter(lambda: file.read(4 << 20), b""):
            rest += piece
            end = rest.rfind(b"\n") + 1
            whole, rest = rest[:end], rest[end:]
            offset += end
            if b'"artifact"' not in whole:
                continue
            for line in whole.split(b"\n"):
                if b'"artifact"' in line:
                    try:
                        event = json.loads(line)
                    except ValueError:
                        continue
                    if (isinstance(event, dict) and event.get("e") == "artifact" and event.get("name")
                            and event.get("manifest")):
                        event.pop("e")
                        event["t"] = float(event.get("t") or 0)
                        events.append(event)
    return offset, events


def _versions(store, name):
    """The manifests of a name in the order in which they came to be; v0 is the first."""
    return list(dict.fromkeys(e["manifest"] for e in _artifact_events(store) if e["name"] == name))


def _find_artifact(store, spec):
    name, _, want = spec.partition(":")
    events = [event for event in _artifact_events(store) if event["name"] == name]
    versions = list(dict.fromkeys(event["manifest"] for event in events))
    if not versions:
        raise KeyError("there is no artifact %s in %s" % (name, store))
    if want in ("", "latest"):
        manifest = versions[-1]
    elif want[:1] == "v" and want[1:].isdigit() and int(want[1:]) < len(versions):
        manifest = versions[int(want[1:])]
    else:
        aliased = [event["manifest"] for event in events if want in event.get("aliases", ())]
        matching = [manifest for manifest in versions if len(want) >= 8 and manifest.startswith(want)]
        if not aliased and not matching:
            raise KeyError("%s has versions v0 to v%d and no %s" % (name, len(versions) - 1, want))
        manifest = (aliased or matching)[-1]
    with open(_object(store, manifest), encoding="utf-8") as file:
        files = json.load(file)["files"]
    first = next(event for event in events if event["manifest"] == manifest)
    return Artifact(store, name, first.get("type", ""), manifest, files, first.get("metadata"))


def _capture(folder):
    """Asks Lathe's agent, where there is one, to describe code and machine; in a process that is nobody's child."""
    import shutil

    here = os.path.dirname(os.path.abspath(__file__))
    program = os.path.normpath(os.path.join(here, "..", "..", "..", "bin", "lathe-agent"))
    if not os.access(program, os.X_OK):
        program = shutil.which("lathe-agent")
    if program and hasattr(os, "posix_spawn"):
        script = '"$0" capture "$1" --process "$2" </dev/null >/dev/null 2>&1 &'
        child = os.posix_spawn("/bin/sh", ["sh", "-c", script, program, folder, str(os.getpid())], os.environ)
        os.waitpid(child, 0)


def _at_exception(kind, error, trace):
    if _current._owned:
        _guard(_current._finish, *_ending(kind, error))
    _previous_hook(kind, error, trace)


_previous_hook = sys.excepthook
sys.excepthook = _at_exception
atexit.register(_current.finish)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_current._before_fork, after_in_parent=_current._after_fork_here,
                        after_in_child=_current._after_fork)
