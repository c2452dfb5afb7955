"""Where chunks run: one thread, threads, a pool of processes, a cluster; and who closes it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from threading import Event
from time import monotonic
from typing import ParamSpec, TypeVar

from hpi.blocks import cluster
from hpi.environment import number

R = TypeVar("R")
A = TypeVar("A")
P = ParamSpec("P")

ASK_AGAIN = 5.0  # seconds until a cluster is asked again how many workers it has


def threads(environment: Mapping[str, str] = os.environ) -> int:
    """Return how many threads read blocks where no executor is given: HPI_BLOCK_THREADS, else one for each core.

    Raises
    ------
    SettingsError
        If the variable is no whole number from 1 to 256.
    """
    text = environment.get("HPI_BLOCK_THREADS")
    return (os.cpu_count() or 1) if text is None else number("HPI_BLOCK_THREADS", text, 1, 256)


class Serial(Executor):
    """Does at once what it is given, in the thread that gives it."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Return a future that has ended."""
        future: Future[R] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Place:
    """An executor, and who closes it: we those that we made."""

    def __init__(self, made: Executor | Callable[[], Executor]) -> None:
        self.make = None if isinstance(made, Executor) else made
        self.pool = made if isinstance(made, Executor) else made()
        self.stop = Event()
        self.asked = -ASK_AGAIN
        self.known = 1

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.close()

    @property
    def shares_memory(self) -> bool:
        """Whether work runs in this process."""
        return isinstance(self.pool, ThreadPoolExecutor | Serial)

    @property
    def is_ours(self) -> bool:
        """Whether we made it, close it and can make another one."""
        return self.make is not None

    def submit(self, work: Callable[[A], R], given: A) -> Future[R]:
        """Return what will come of work; raises one of `cluster.closed()` where nothing is taken any more."""
        if cluster.is_one(self.pool):
            return cluster.submit(self.pool, work, given)
        return self.pool.submit(work, given)

    def workers(self) -> int:
        """Return how many chunks run at once; 0 where a cluster has no worker yet."""
        if monotonic() - self.asked >= ASK_AGAIN:
            self.asked, self.known = monotonic(), self._workers()
        return self.known

    def _workers(self) -> int:
        if isinstance(self.pool, Serial):
            return 1
        if cluster.is_one(self.pool):
            found = cluster.workers(self.pool)
            return self.known if found is None else found
        return int(getattr(self.pool, "_max_workers", threads()))

    def close(self) -> None:
        """Close what we made; threads have ended then, processes end after their chunk."""
        if self.is_ours and cluster.is_one(self.pool):
            cluster.close(self.pool)
        elif self.is_ours:
            self.pool.shutdown(wait=self.shares_memory, cancel_futures=True)

    def renew(self) -> None:
        """Put a new executor in the place of a broken one."""
        self.close()
        if self.make is not None:
            self.pool = self.make()
            self.asked = -ASK_AGAIN
