"""The slow work of a server: a child process a job, a queue, identical tasks joined, results kept for a while."""

from __future__ import annotations

import atexit
import secrets
import shutil
import tempfile
import threading
import time
import traceback
from collections import OrderedDict
from pathlib import Path

from hpi.child import Child, End, Ending
from hpi.errors import JobError
from hpi.jobs.failures import error_of
from hpi.jobs.files import key_of, load_answer, save_task
from hpi.jobs.job import Job, Phase, Status
from hpi.jobs.limits import JobLimits
from hpi.jobs.log import Log
from hpi.jobs.tasks import Task

WORKER = "hpi.jobs.worker"
PREFIX = "hpi-job-"
LOOK_EVERY = 1.0  # seconds between two looks at who still waits
ABANDONED = 2 * 86_400  # seconds: no job lasts as long, so a folder so old belongs to no server


class Jobs:
    """All jobs of one server process; every method may be called from any thread.

    Parameters
    ----------
    limits
        What they may take; as the environment says where none are given.
    worker
        The module that runs in a child.
    log
        Where events are written; as the environment says where none is given.

    Raises
    ------
    SettingsError
        If the environment sets a limit that makes no sense.
    """

    def __init__(self, limits: JobLimits | None = None, worker: str = WORKER, log: Log | None = None) -> None:
        self.limits = limits or JobLimits.from_environment()
        self._worker, self._log = worker, log or Log()
        self._lock = threading.RLock()
        self._waiting: list[Job] = []
        self._running: list[Job] = []
        self._kept: OrderedDict[str, Job] = OrderedDict()
        _sweep()
        atexit.register(self.close)

    def submit(self, task: Task, visitor: str) -> Job:
        """Return the job of a task, which the visitor waits for from now on: a new one, or that of an equal task.

        Raises
        ------
        HpiError
            If the task cannot be answered.
        JobError
            If too many jobs wait.
        """
        task.refuse()
        key = key_of(task)
        with self._lock:
            job = self._known(key)
            if job is None:
                if len(self._waiting) >= self.limits.waiting and len(self._running) >= self.limits.running:
                    raise JobError(f"{len(self._waiting)} calculations wait already; try again in a minute.")
                job = Job(key, task, Child(self._worker, self.limits.of_child(task.reads_all)))
                self._waiting.append(job)
                self._note("submitted", job, **task.size)
            job.visitors[visitor] = time.monotonic()
            self._start_next()
        return job

    def status(self, job: Job, visitor: str) -> Status:
        """Return where a job stands; whoever asks still waits for it."""
        with self._lock:
            if visitor in job.visitors:
                job.visitors[visitor] = time.monotonic()
            return job.status(self._waiting.index(job) if job in self._waiting else 0)

    def let_go(self, job: Job, visitor: str) -> None:
        """Take a visitor away from a job; when nobody is left it ends, within a second."""
        with self._lock:
            job.visitors.pop(visitor, None)
            ends = not job.visitors and not job.ended.is_set() and job.phase is not Phase.LET_GO
            if ends:
                self._note("let go", job)
                was_waiting = job in self._waiting
                job.phase = Phase.LET_GO
                if was_waiting:
                    self._waiting.remove(job)
                    job.ended.set()
        if ends:
            job.child.stop()

    def close(self) -> None:
        """End everything."""
        with self._lock:
            jobs = [*self._waiting, *self._running]
            for job in jobs:
                job.visitors.clear()
        for job in jobs:
            self.let_go(job, "")
        for job in jobs:
            job.ended.wait(1)
        self._log.close()
        atexit.unregister(self.close)

    def _known(self, key: str) -> Job | None:
        """Return the job of a key that is open, or whose result is kept."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        joined = (job for job in (*self._waiting, *self._running) if job.key == key and job.phase is not Phase.LET_GO)
        return next(joined, None)

    def _start_next(self) -> None:
        """Start what waits, as far as there is room; only under the lock."""
        while self._waiting and len(self._running) < self.limits.running:
            job = self._waiting.pop(0)
            job.phase = Phase.RUNNING
            self._running.append(job)
            for work in (self._run, self._mind):
                threading.Thread(target=work, args=(job,), daemon=True).start()

    def _run(self, job: Job) -> None:
        """Run a job to its end, whatever that is, and make room for the next."""
        begun = time.monotonic()
        try:
            ending = self._in_child(job)
        except Exception as error:  # nobody above this thread would see it, and the visitor must not wait for ever
            where = tuple(f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__))
            ending = Ending(End.CRASH, None, (("kind", type(error).__name__), ("where", where)))
        self._end(job, ending, time.monotonic() - begun)

    def _in_child(self, job: Job) -> Ending:
        assert job.task is not None
        with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
            save_task(Path(folder), job.task)
            ending = job.child.run({"folder": folder}, job.hear)
            if ending.end is End.DONE:
                job.found = load_answer(Path(folder))
        return ending

    def _end(self, job: Job, ending: Ending, seconds: float) -> None:
        """Write down how a job ended, and start the next."""
        assert job.task is not None
        with self._lock:
            self._running.remove(job)
            error_id = secrets.token_hex(4)
            if ending.end is End.DONE:
                job.phase = Phase.DONE
                self._keep(job)
            elif job.phase is not Phase.LET_GO:
                job.phase = Phase.FAILED
                job.error = error_of(ending, job.task, self.limits, error_id)
            failed = {"error": error_id} if job.phase is Phase.FAILED else {}
            facts = {"outcome": str(ending.end), "seconds": round(seconds, 3)} | dict(ending.details)
            self._note("ended", job, **(failed | facts))
            job.task = None
            job.ended.set()
            self._start_next()

    def _keep(self, job: Job) -> None:
        if job.task is not None and job.task.reads_all:  # large, and held by those who waited for it
            return
        self._kept[job.key] = job
        while len(self._kept) > self.limits.kept:
            self._kept.popitem(last=False)

    def _mind(self, job: Job) -> None:
        """Let go in the name of those who have not been seen for too long."""
        while not job.ended.wait(min(LOOK_EVERY, self.limits.patience / 2)):
            long_ago = time.monotonic() - self.limits.patience
            with self._lock:
                known = [(other, *one) for other in (job, *self._waiting) for one in other.visitors.items()]
            for other, visitor, seen in known:
                if seen < long_ago:
                    self.let_go(other, visitor)

    def _note(self, event: str, job: Job, **facts: object) -> None:
        assert job.task is not None
        self._log.write(event, job=job.key[:8], task=job.task.name, title=job.task.title, **facts)


def _sweep() -> None:
    """Remove the folders of jobs whose server was ended before it could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime > ABANDONED:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue
