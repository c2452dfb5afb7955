"""Work over blocks on any executor: merged as it comes, handed in again where a worker was lost, ended on cancel.

Nothing here knows what is read or counted, so threads, processes and a Dask cluster give the numbers of one thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Generic, TypeVar

from hpi.blocks import cluster
from hpi.blocks.chunks import Chunk, chunked, named
from hpi.blocks.executors import Place, Serial, threads
from hpi.errors import BlockError

if TYPE_CHECKING:
    from hpi.blocks.source import Block

__all__ = ["Report", "Serial", "quiet", "run", "threads"]

T = TypeVar("T")
Report = Callable[[float, str], None]

AGAIN = 3  # times that a chunk is handed in again after its worker was lost
ALONE = 2  # losses after which a chunk runs with nothing beside it: a loss is put down to all that ran on the worker
EACH = 8  # chunks for each worker, so that the last one does not keep the others waiting for long
MOST_ROWS = 8_000_000  # of a chunk: some seconds of work, which is what a lost worker costs
PATIENCE = 2.0  # seconds to cancel
BEAT = 0.25  # seconds between two looks at how far it is, and so until a cancel is seen


def quiet(done: float, doing: str) -> None:
    """Report nothing."""


def run(
    work: Callable[[Sequence[Block]], T],
    blocks: Sequence[Block],
    merge: Callable[[T, T], T],
    *,
    executor: Executor | Callable[[], Executor] | None = None,
    report: Report = quiet,
    doing: str = "reading",
    files: Sequence[str] = (),
    workers: int | None = None,
    rows: int | None = None,
) -> T:
    """Return what `work` makes of all blocks: of each chunk of neighbours, merged in any order, each exactly once.

    Parameters
    ----------
    work, merge
        `work` goes through the blocks of a chunk once and returns their result; it travels with each chunk to where it
        runs, so for processes and clusters it is a function of a module, or a functools.partial of one with frozen
        dataclasses, and small. `merge` runs here and may not care about order.
    executor
        Where it runs. None: threads, see `threads`. An executor is used and left open, it can take other work
        afterwards. A function without arguments that makes one: it is closed at the end, and a new one is made where
        it broke, so a pool of processes wants to be given like this: once one of them has died a pool takes no work.
    report
        Called in this thread at least every `BEAT` seconds with the share of rows that is done and "<doing>, 12 of 100
        blocks". If it raises, nothing more is begun; chunks that run in threads end at their next block, those in
        other processes run to their end unheard, and the exception goes up. KeyboardInterrupt likewise.
    files
        Names of the files by Block.file, for errors.
    workers, rows
        How many chunks run at once (at most twice as many are handed in), and how many rows a chunk has; None: what the
        executor says, and an `EACH`-th of what a worker gets, at most `MOST_ROWS`.

    Raises
    ------
    BlockError
        If a chunk loses its worker again and again (at most `AGAIN` times more), or the executor takes no more work.
    HpiError
        What `work` raises, a damaged block for example, at once.
    """
    if not blocks:
        raise ValueError("no blocks")
    made = partial(ThreadPoolExecutor, threads(), "hpi-blocks") if executor is None else executor
    with Place(made) as place:
        size = workers or max(1, place.workers())
        limit = rows or min(MOST_ROWS, -(-sum(block.rows for block in blocks) // (EACH * size)))
        return _Run(work, merge, chunked(blocks, limit), place, report, doing, files, workers).result()


class _Run(Generic[T]):
    """One run: what waits, what flies, what is merged."""

    def __init__(
        self,
        work: Callable[[Sequence[Block]], T],
        merge: Callable[[T, T], T],
        chunks: list[Chunk],
        place: Place,
        report: Report,
        doing: str,
        files: Sequence[str],
        workers: int | None,
    ) -> None:
        self.work, self.merge, self.place = work, merge, place
        self.report, self.doing, self.files, self.workers = report, doing, files, workers
        self.waiting = deque(chunks)
        self.flying: dict[Future[T], Chunk] = {}
        self.n_blocks, self.n_rows = sum(map(len, chunks)), sum(chunk.rows for chunk in chunks)
        self.merged_blocks = self.merged_rows = 0
        self.told = 0.0
        self.parts: list[T] = []  # one, once something has ended
        self.broke: BaseException | None = None

    def result(self) -> T:
        """Return what all chunks give."""
        try:
            self._tell()
            while self.waiting or self.flying:
                self._hand_in()
                ended, _ = wait(self.flying, BEAT, FIRST_COMPLETED)
                if not ended and cluster.is_closed(self.place.pool):
                    self._dropped(ConnectionError("the scheduler cannot be reached"))
                for future in ended:
                    self._take(future, self.flying.pop(future))
                self._tell()
        except BaseException:
            self._cancel()
            raise
        return self.parts[0]

    def _cancel(self) -> None:
        """End what flies, as far as that can be done in `PATIENCE` seconds: Dask asks a scheduler that may be gone."""
        self.place.stop.set()
        flying = [] if cluster.is_closed(self.place.pool) else list(self.flying)
        asking = Thread(target=lambda: [future.cancel() for future in flying], daemon=True)
        asking.start()
        asking.join(PATIENCE)

    def _room(self) -> int:
        """Return how many chunks may fly with the next one: it alone where it is under suspicion."""
        if self.broke is not None or any(chunk.losses >= ALONE for chunk in self.flying.values()):
            return 0
        if self.waiting[0].losses >= ALONE:
            return 1
        workers = self.workers or max(1, self.place.workers())
        return workers + 1 if self.place.shares_memory else 2 * workers  # more would only hold what waits to be merged

    def _hand_in(self) -> None:
        """Let fly what may."""
        if self.broke is not None and not self.flying:
            self.place.renew()
            self.broke = None
        while self.waiting and len(self.flying) < self._room():
            chunk = self.waiting.popleft()
            blocks: Sequence[Block] = tuple(chunk[:])
            if self.place.shares_memory:
                chunk.stop, blocks = self.place.stop, chunk
            try:
                self.flying[self.place.submit(self.work, blocks)] = chunk
            except cluster.closed() as error:
                self._lost(chunk, error, 1)
                self._broken(error)

    def _take(self, future: Future[T], chunk: Chunk) -> None:
        """Merge what a chunk gave, or see why it gave nothing."""
        try:
            part = future.result()
        except Exception as error:
            losses = cluster.losses(error)
            if not losses:
                raise
            self._lost(chunk, error, losses)
            if isinstance(error, BrokenExecutor):
                self._broken(error)
        else:
            self.parts = [self.merge(self.parts[0], part) if self.parts else part]
            self.merged_blocks += len(chunk)
            self.merged_rows += chunk.rows

    def _lost(self, chunk: Chunk, error: BaseException, losses: int) -> None:
        """Let a chunk wait again, behind the others; raises BlockError where that was done too often."""
        chunk.losses += losses
        chunk.passed = 0
        if chunk.losses > AGAIN:
            raise BlockError(
                f"Each worker that was given {named(chunk, self.files)} was lost ({type(error).__name__}). The usual "
                "reason is memory: give each worker more, or write the table again with smaller row groups."
            ) from error
        self.waiting.append(chunk)

    def _broken(self, error: BaseException) -> None:
        """Remember that a new executor is due, once all that flew in this one came down; raises BlockError if none is.

        What flies in a broken pool comes down at once.
        """
        if not self.place.is_ours:
            raise BlockError(
                f"The executor takes no more work ({cluster.said(error)}). Start another one; a pool of processes "
                "takes none once one of them has died. Given as a function that makes one, a new one is made where it "
                "breaks."
            ) from error
        self.broke = error

    def _dropped(self, error: BaseException) -> None:
        """Let all wait again that flew: nothing will come of it."""
        self._broken(error)
        for chunk in self.flying.values():
            self._lost(chunk, error, 1)
        self.flying.clear()

    def _tell(self) -> None:
        gone = [chunk.gone for chunk in self.flying.values()]
        blocks = self.merged_blocks + sum(map(len, gone))
        rows = self.merged_rows + sum(chunk.rows for chunk in gone)
        self.told = max(self.told, rows / self.n_rows if self.n_rows else blocks / self.n_blocks)
        waits = "" if self.place.workers() else ", waiting for a worker"
        self.report(self.told, f"{self.doing}, {blocks:,} of {self.n_blocks:,} blocks{waits}")
