"""Reads mutated files until the time is up: python -m tests.corpus.fuzz --minutes 10 [--seed N]."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import random
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

import hpi
from hpi.errors import HpiError
from tests.corpus.case import Upload
from tests.corpus.mutations import bases, mutated

HANGS = 10  # seconds of one file after which nothing more is expected
FOUND = Path("test-results/fuzz")


class Hang(BaseException):
    """A file is still being read; nothing that catches Exception catches this."""


@contextlib.contextmanager
def watched(seconds: int = HANGS) -> Iterator[None]:
    """Raise Hang in the block where it takes longer; without signals (Windows) nothing is watched."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def bark(number: int, frame: FrameType | None) -> None:
        raise Hang(f"still reading after {seconds} s")

    before = signal.signal(signal.SIGALRM, bark)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def broken(name: str, data: bytes) -> BaseException | None:
    """Return what is raised beside an HpiError, None where the file gives a table or a refusal.

    A table is also asked for what decides it, as the page does that shows it.
    """
    try:
        with watched():
            hpi.importance(hpi.read(Upload(data, name)))
    except HpiError as error:
        return None if str(error) and "\n" not in str(error) else error
    except (Exception, Hang, SystemExit) as error:
        return error
    return None


def kept(name: str, data: bytes, seed: str, error: BaseException, folder: Path = FOUND) -> Path:
    """Write a file that breaks reading, and beside it why; return where."""
    folder.mkdir(parents=True, exist_ok=True)
    at = folder / hashlib.sha256(data).hexdigest()[:16]
    at.with_suffix(".bin").write_bytes(data)
    why = "".join(traceback.format_exception(error))
    at.with_suffix(".txt").write_text(f"{name!r}, seed {seed}\n{why}", "utf-8", "backslashreplace")
    return at.with_suffix(".bin")


def failures(among: Sequence[tuple[str, bytes]], seeds: Sequence[str]) -> list[str]:
    """Return a line for each mutated file that breaks reading."""
    found = []
    for seed in seeds:
        name, data = mutated(among, seed)
        error = broken(name, data)
        if error is not None:
            found.append(f"{kept(name, data, seed, error)}: {type(error).__name__}: {error!s:.200}")
    return found


def main() -> int:
    """Exit code: 0 where nothing broke."""
    parser = argparse.ArgumentParser(description="Read mutated files until the time is up.")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    asked = parser.parse_args()
    print(f"seed {asked.seed}: the same files again with --seed {asked.seed}", flush=True)
    end, n, found = time.monotonic() + 60 * asked.minutes, 0, []
    FOUND.mkdir(parents=True, exist_ok=True)
    last = FOUND / "last.bin"  # what is there when even the interpreter does not survive
    while time.monotonic() < end:
        name, data = mutated(bases(), f"{asked.seed}-{n}")
        last.write_bytes(data)
        error = broken(name, data)
        if error is not None:
            found.append(kept(name, data, f"{asked.seed}-{n}", error))
            print(f"{found[-1]}: {type(error).__name__}: {error!s:.200}", flush=True)
        n += 1
    last.unlink(missing_ok=True)
    print(f"{n:,} files, {len(found)} of them broke reading")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
