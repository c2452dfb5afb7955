"""Work in a child process with limits on time and memory: a module, what it tells as JSON lines, and why it ended.

In the parent `Child(module, limits).run(request, heard)` starts `python -m module` and blocks until it has ended; the
thread that calls it must outlive the child, since on Linux the child dies with it. In the child `with attended() as
(request, tell)` takes the request, keeps the limits and says how it ended. The child leads a process group of its own,
so that ending it ends everything it has started, and it ends itself when its parent is gone.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Protocol

from hpi import errors
from hpi.errors import HpiError

Message = dict[str, Any]

GRACE = 0.5  # seconds between asking a child to end and ending it
LONGEST = 1 << 20  # bytes of a line
MEGABYTE = 1 << 20
NICE = 5
# What C++, Python and Arrow say of memory that ran out, for a thread as well.
LACKS_MEMORY = (
    "bad_alloc",
    "MemoryError",
    "Out of memory",
    "can't start new thread",
    "Failed to launch worker thread",
    "Resource temporarily unavailable",
)
FRAME = re.compile(r'File "([^"]*)", line (\d+) in (\S+)')
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Limits:
    """What a child may use: seconds by the clock, and memory beyond what its libraries take."""

    seconds: float
    memory_mb: int


class End(StrEnum):
    """Why a child ended."""

    DONE = "done"
    REFUSED = "refused"
    STOPPED = "stopped"
    TIME = "time"
    MEMORY = "memory"
    KILLED = "killed"
    CRASH = "crash"


@dataclass(frozen=True)
class Ending:
    """How a child ended: `error` where it refused; `details` for a log, without a word of the data."""

    end: End
    error: HpiError | None = None
    details: tuple[tuple[str, Any], ...] = ()


class Tell(Protocol):
    """Tells the parent something."""

    def __call__(self, **message: object) -> None:
        """Send a message."""


class Child:
    """A module that runs once in a process of its own."""

    def __init__(self, module: str, limits: Limits) -> None:
        self._module, self._limits = module, limits
        self._process: subprocess.Popen[bytes] | None = None
        self._why: End | None = None
        self._lock = threading.Lock()
        self._gone = threading.Event()

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        process = self._process
        return None if process is None else process.pid

    def run(self, request: Message, heard: Callable[[Message], None]) -> Ending:
        """Start the module, hand it the request, pass on each of its messages, and return how it ended."""
        with tempfile.TemporaryFile() as said:
            process = self._start(said)
            if process is None:
                return Ending(End.STOPPED)
            timer = threading.Timer(self._limits.seconds, self._end, (End.TIME,))
            timer.daemon = True
            timer.start()
            try:
                last = self._listen(process, request, heard)
            finally:
                timer.cancel()
                code = self._reap(process)
            return self._ending(last, code, said)

    def stop(self) -> None:
        """End the child and everything it has started, within a second; one that has not begun never will."""
        self._end(End.STOPPED)

    def _start(self, said: IO[bytes]) -> subprocess.Popen[bytes] | None:
        # the child finds the modules that its parent finds, wherever that was started
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        with self._lock:
            if self._why is not None:
                return None
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                env=environment,
                start_new_session=True,
            )
            return self._process

    def _listen(
        self, process: subprocess.Popen[bytes], request: Message, heard: Callable[[Message], None]
    ) -> Message | None:
        """Return the last message, which says how the child ended; None where it could not say so."""
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps({"memory_mb": self._limits.memory_mb, "request": request}).encode() + b"\n")
            process.stdin.flush()  # and never closed: its end tells the child that its parent is gone
        last = None
        while line := process.stdout.readline(LONGEST):
            message = json.loads(line)
            if "end" in message:
                last = message
            else:
                heard(message)
        return last

    def _reap(self, process: subprocess.Popen[bytes]) -> int:
        """End what is left of the group while its leader still holds the number, and return the leader's code."""
        with self._lock:
            _signal(process, signal.SIGKILL)
            code = process.wait()
            self._process = None
        self._gone.set()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(BrokenPipeError):
                assert pipe is not None
                pipe.close()
        return code

    def _end(self, why: End) -> None:
        with self._lock:
            self._why = self._why or why
            if self._process is None:
                return
            _signal(self._process, signal.SIGTERM)
        if not self._gone.wait(GRACE):
            with self._lock:
                if self._process is not None:
                    _signal(self._process, signal.SIGKILL)

    def _ending(self, last: Message | None, code: int, said: IO[bytes]) -> Ending:
        if last is not None and (last["end"] == End.DONE or self._why is None):
            kind = getattr(errors, str(last.get("kind")), HpiError)
            error = kind(last["text"]) if last["end"] == End.REFUSED else None
            known = ("peak_mb", "where") if error else ("peak_mb", "where", "kind")
            return Ending(End(last["end"]), error, tuple((key, last[key]) for key in known if key in last))
        if self._why is not None:
            return Ending(self._why)
        said.seek(0)
        text = said.read(LONGEST).decode(errors="replace")
        if any(words in text for words in LACKS_MEMORY):
            return Ending(End.MEMORY)
        where = [f"{Path(file).name}:{line} {function}" for file, line, function in FRAME.findall(text)]
        return Ending(
            End.KILLED if code == -signal.SIGKILL else End.CRASH, None, (("exit", code), ("where", where[:9]))
        )


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to a child that was not waited for yet and to all of its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS forbids it where only a zombie is left
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.kill()


@contextlib.contextmanager
def attended() -> Iterator[tuple[Message, Tell]]:
    """Give the parent's request and a function that tells it something; how the block ends is told by itself."""
    tell = _own_output()
    line = sys.stdin.buffer.readline()
    if not line:
        raise SystemExit(0)  # the parent was gone before it asked
    asked = json.loads(line)
    _die_with_parent()
    _limit(asked["memory_mb"])
    faulthandler.enable()
    try:
        yield asked["request"], tell
    except HpiError as error:
        tell(end=End.REFUSED, kind=type(error).__name__, text=str(error), peak_mb=_peak_mb())
    except Exception as error:
        end = End.MEMORY if _lacks_memory(error) else End.CRASH
        tell(end=end, kind=type(error).__name__, where=_where(error), peak_mb=_peak_mb())
    else:
        tell(end=End.DONE, peak_mb=_peak_mb())


def _own_output() -> Tell:
    """Keep standard output for messages; what anything else prints goes to standard error."""
    sys.stdout.flush()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def tell(**message: object) -> None:
        out.write(json.dumps(message).encode() + b"\n")
        out.flush()

    return tell


def _die_with_parent() -> None:
    """End the group when standard input ends; Linux does it also where Python cannot, in code that keeps the lock."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        if hasattr(os, "killpg"):
            os.killpg(os.getpgid(0), signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _limit(memory_mb: int) -> None:
    """Limit memory beyond what is in use now, as far as the system can; leave no core file; let the pages go first."""
    try:
        import resource
    except ImportError:  # Windows
        return
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    status = Path("/proc/self/statm")
    if not status.is_file():  # macOS takes the limit and does not keep it
        return
    size = int(status.read_text().split()[0]) * resource.getpagesize()
    budget = memory_mb * MEGABYTE
    with contextlib.suppress(ValueError, OSError):  # a tighter limit holds already
        resource.setrlimit(resource.RLIMIT_AS, (size + budget, size + budget))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_FSIZE, (budget, budget))


def _lacks_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or any(words in str(error) for words in LACKS_MEMORY)


def _where(error: BaseException) -> list[str]:
    """Where it happened: lines of code, which hold nothing of the data."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames][-9:]


def _peak_mb() -> int | None:
    try:
        import resource
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // MEGABYTE
