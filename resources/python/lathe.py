# SPDX-License-Identifier: Apache-2.0
"""Record a training run with Lathe.

    import lathe

    lathe.params({"lr": 3e-4, "batch": 64})
    for step in range(1000):
        lathe.log({"train/loss": loss}, step=step)

In a run started by Lathe this appends to the run's journal. Anywhere else the first call makes a run folder in
the store, so the run is found later all the same. There is nothing to set up, no server and no account.

Nothing here raises into the training loop or waits for anything but one file append. What cannot be written is
said once on stderr, and the training goes on. One file, standard library only, Python 3.8 or newer. The files it
writes are described in Lathe's engine/record/FORMAT.md.
"""

import atexit
import json
import os
import sys
import threading
import time

try:
    import fcntl
except ImportError:  # not on Windows; a writer then goes without its lock
    fcntl = None

__all__ = ["init", "log", "params", "tag", "note", "text", "finish", "run_dir", "Run"]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_RETRY_SECONDS = 10.0
_write = os.write
_now = time.time


def init(name=None, experiment=None, params=None, tags=None, note=None, store=None):
    """Opens the run of this process; optional, since every other call does it when needed.

    `experiment` and `store` count only where the run is made here, not by Lathe. Returns the run, which may be used
    in a `with` statement: leaving it finishes the run, as failed if by an exception.
    """
    return _guard(_current.init, name, experiment, params, tags, note, store) or _current


def log(*args, **kwargs):
    """log({"loss": 0.3}, step=12) or log(12, {"loss": 0.3}): appends metric values at a step.

    Values are numbers, or scalars of NumPy and PyTorch; nested dicts become names with slashes. Without a step, each
    call counts one up. Returns at once, never raises.
    """
    _current.log(*args, **kwargs)


def params(values=None, **more):
    """params({"optim": {"lr": 3e-4}}) or params(lr=3e-4): records parameters, under dotted names."""
    _guard(_current.params, values, more)


def tag(*tags):
    """Adds tags to the run."""
    _guard(_current.event, "tags", {"add": [str(item) for item in tags], "remove": []})


def note(text):
    """Replaces the run's note."""
    _guard(_current.event, "note", {"text": str(text)})


def text(name, value, step=None):
    """Records a sample of text, such as what a language model wrote at this step."""
    _guard(_current.text, name, value, step)


def finish(exit_code=None):
    """Ends recording in this process. Not needed: leaving the program does the same."""
    _guard(_current.finish, exit_code)


def run_dir():
    """The folder of this process's run, or None if there is none."""
    return _current.folder


class Run:
    """The run of this process, as init() returns it. There is one; the module's functions act on it."""

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

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            _guard(self.finish, None)
        else:
            _guard(self.finish, *_ending(kind, error))
        return False

    def log(self, *args, **kwargs):
        try:
            step = kwargs.pop("step", None)
            values = kwargs.pop("values", None)
            for arg in args:
                if isinstance(arg, dict):
                    values = arg
                elif step is None:
                    step = arg
            if kwargs or values is None:
                _warn("log", "log() takes a dict of values and a step: log({'loss': 0.3}, step=12)")
                return
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

    def init(self, name, experiment, values, tags, note_text, store):
        if self.finished:
            self._reset()
        with self._lock:
            if self.folder is None:
                self._begin(name, experiment, store)
            elif name:
                self._event("name", {"name": str(name)})
        if values:
            self.params(values, {})
        if tags:
            self.event("tags", {"add": [tags] if isinstance(tags, str) else [str(t) for t in tags], "remove": []})
        if note_text:
            self.event("note", {"text": str(note_text)})
        return self

    def params(self, values=None, more=None):
        flat = {}
        _flatten(flat, "", _as_dict(values))
        _flatten(flat, "", more or {})
        if flat:
            self.event("params", {"v": flat})

    def event(self, kind, fields):
        self._append(_line(kind, fields))

    def text(self, name, value, step=None):
        step = max(self._step, 0) if step is None else int(step)
        self.event("text", {"s": step, "name": str(name), "text": str(value)})

    def finish(self, exit_code=None, reason="", state=None):
        with self._lock:
            if self.finished or self.folder is None:
                return
            if self._owned:
                fields = {"state": state or ("failed" if exit_code else "finished")}
                if exit_code is not None:
                    fields["exit"] = int(exit_code)
                if reason:
                    fields["reason"] = reason
                self._event("state", fields)
                for name in ("LATHE_RUN_DIR", "LATHE_RUN_ID"):
                    os.environ.pop(name, None)
            self._close()
            self.finished = True

    # What follows is called with the lock held, but for _append.

    def _begin(self, name, experiment, store):
        folder = os.environ.get("LATHE_RUN_DIR")
        if folder:
            self.folder = folder
            self._open()
            if name:
                self._event("name", {"name": str(name)})
            return
        store = store or _store_path()
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
        self.folder = folder
        self._owned = mine
        os.environ["LATHE_RUN_DIR"] = folder
        os.environ["LATHE_RUN_ID"] = run_id
        self._open()
        if mine:
            self._event("state", {"state": "running"})

    def _open(self):
        if self._owned:
            names = ["journal.jsonl"]
        else:
            rank = os.environ.get("RANK", "0")
            rank = rank if rank.isdigit() else "0"
            names = ["journal.%s.jsonl" % rank, "journal.%s-%d.jsonl" % (rank, os.getpid())]
        for name in names:
            fd = os.open(os.path.join(self.folder, name), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            if _lock(fd):
                self._fd = fd
                size = os.fstat(fd).st_size
                self._torn = size > 0 and os.pread(fd, 1, size - 1) != b"\n"
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

    def _event(self, kind, fields):
        if self._fd < 0:
            self._open()
        self._put(_line(kind, fields))

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
                number = float("inf") if value > 0 else float("-inf")
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

    def _after_fork(self):
        # The lock belongs to the parent's open file: this copy of it is dropped, and the next call opens a file
        # of this process's own.
        self._lock = threading.Lock()
        self._close()
        self._torn = False
        self._inherited = self.folder is not None
        self._owned = False


_current = Run()
_warned = set()


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


def _at_exception(kind, error, trace):
    if _current._owned:
        _guard(_current.finish, *_ending(kind, error))
    _previous_hook(kind, error, trace)


_previous_hook = sys.excepthook
sys.excepthook = _at_exception
atexit.register(_guard, _current.finish)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_current._after_fork)
