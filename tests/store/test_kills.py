"""Writers that are killed at any point lose nothing that was acknowledged and leave nothing half done.

kill -9 ends a process, not the machine: what a power cut does to a disk is not tested here.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hpi.store import Store, StoreSettings
from tests.store.making import assert_gone, hours_pass_for_files, lying, parts, rows
from tests.store.writer import content_of

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="writers are forked")
ROOT = Path(__file__).resolve().parents[2]
KILLED = -signal.SIGKILL
SAVING, BLOBS, INDEX = "hpi.store.saving", "hpi.store.blobs", "hpi.store.index"
# every step of saving, in the order in which they come
STEPS = [
    f"before {SAVING}:_try_claim",
    "commit 1",
    f"after {SAVING}:_try_claim",
    f"before {BLOBS}:_have",
    f"before {BLOBS}:tempfile.mkstemp",
    f"after {BLOBS}:tempfile.mkstemp",
    "half written",
    f"before {BLOBS}:os.fsync",
    f"after {BLOBS}:os.fsync",
    f"before {BLOBS}:os.replace",
    f"after {BLOBS}:os.replace",
    f"before {BLOBS}:_sync",
    f"after {BLOBS}:_sync",
    f"after {BLOBS}:Folder.put",
    f"before {SAVING}:_enter",
    f"before {SAVING}:shares_where",
    "commit 2",
    f"after {SAVING}:_enter",
]
OF_THE_FIRST = [
    f"before {INDEX}:_make_file",
    f"after {INDEX}:_make_file",
    f"after {INDEX}:TABLES.create_all",
    "commit 1",
    f"after {INDEX}:Index._make",
    f"after {BLOBS}:Path.mkdir",
]
OF_DELETING = [
    "commit 3",
    "after hpi.store.changing:drop_shares",
    f"before {BLOBS}:Folder.remove",
    f"after {BLOBS}:Folder.remove",
    "commit 4",
    "after hpi.store.store:changing.delete",
]
OF_A_TEAM = [
    "commit 1",
    f"after {SAVING}:_try_claim",
    "before hpi.store.remote:Remote.put",
    "after hpi.store.remote:Remote.put",
    f"before {SAVING}:_enter",
    f"before {SAVING}:shares_where",
    "commit 2",
    f"after {SAVING}:_enter",
]


class Writers:
    """The process that begins writers, and what it is told."""

    def __init__(self, modules: tuple[str, ...]) -> None:
        command = [sys.executable, "-m", "tests.store.writer", *modules]
        self._process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._seeds = itertools.count(1, 1_000)

    def run(self, folder: Path, places: dict[str, str], *orders: dict[str, Any]) -> list[int]:
        """Have writers write at once; return how each ended."""
        about = {"folder": str(folder), "places": places, "acknowledged": str(folder) + ".acknowledged", "saves": 1}
        writers = [about | {"seed": next(self._seeds)} | order for order in orders]
        print(json.dumps({"writers": writers}), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()


@pytest.fixture(scope="module")
def writers() -> Iterator[Writers]:
    begun = Writers(())
    yield begun
    begun.close()


@pytest.fixture(scope="module")
def team_writers(object_store) -> Iterator[Writers]:
    begun = Writers(("s3fs", "psycopg", "sqlalchemy.dialects.postgresql.psycopg"))
    yield begun
    begun.close()


def acknowledged(folder: Path) -> tuple[dict[str, dict], set[str]]:
    """What was acknowledged: lines by token, and the tokens that were deleted."""
    file = Path(str(folder) + ".acknowledged")
    lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return {line["token"]: line for line in lines if "token" in line}, {
        line["deleted"] for line in lines if "deleted" in line
    }


def look(store: Store, folder: Path) -> int:
    """Return how many acknowledged shares there are; each must be there as it was stored, and nothing else be torn."""
    made, deleted = acknowledged(folder)
    for token, line in made.items():
        if token in deleted:
            assert_gone(lambda token=token: store.open(token))
        elif "secret" not in line:
            share = store.open(token)
            assert share.record == {"seed": line["seed"]}
            assert store.load(share, "table") == content_of(line["seed"])
            assert store.load(share, "same") == b"same"
    if store.check().exists:
        found = store.check()
        assert found.sound, found
        assert found.shares >= len(made.keys() - deleted) - sum("secret" in line for line in made.values())
    return len(made)


def look_and_sweep(settings: StoreSettings, folder: Path, patch: pytest.MonkeyPatch) -> int:
    """Look, sweep an hour later, look again: what killed writers left is gone then."""
    store = Store(settings, now=lambda: datetime_now() + timedelta(hours=2))
    number = look(store, folder)
    with patch.context() as later:
        hours_pass_for_files(later, 2)
        store.gc()
        assert parts(store).blobs.leftovers(0) == []
    look(store, folder)
    if store.check().exists:
        assert rows(store)["hpi_claims"] == 0
        with parts(store).index.reading() as connection:
            needed = {row[0] for row in connection.exec_driver_sql("SELECT DISTINCT sha256 FROM hpi_held")}
        assert lying(store) == needed
    store.close()
    return number


def datetime_now():
    from datetime import UTC, datetime

    return datetime.now(UTC)


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_a_step_of_saving(writers, tmp_path, monkeypatch, step):
    folder = tmp_path / "store"
    assert writers.run(folder, {}, {"saves": 2}) == [0]
    # new content, and content that lies there already (seeds begin anew)
    assert writers.run(folder, {}, {"saves": 2, "step": step}) == [KILLED]
    seed = next(iter(acknowledged(folder)[0].values()))["seed"]
    again = writers.run(folder, {}, {"saves": 1, "step": step, "seed": seed})
    # where the blob lies there, nothing is written into tmp/ again
    assert again == ([0] if any(word in step for word in ("_have", "mkstemp", "half", "replace")) else [KILLED])
    assert look_and_sweep(StoreSettings(folder), folder, monkeypatch) == 3 + again.count(0)
    assert writers.run(folder, {}, {"saves": 1}) == [0]


@pytest.mark.parametrize("step", OF_THE_FIRST)
def test_a_kill_while_the_store_is_made(writers, tmp_path, monkeypatch, step):
    folder = tmp_path / "store"
    assert writers.run(folder, {}, {"step": step}) == [KILLED]
    store = Store(StoreSettings(folder))
    assert look(store, folder) == 0
    store.close()
    assert writers.run(folder, {}, {"saves": 2}) == [0]
    assert look_and_sweep(StoreSettings(folder), folder, monkeypatch) == 2


@pytest.mark.parametrize("step", OF_DELETING)
def test_a_kill_while_something_is_deleted(writers, tmp_path, monkeypatch, step):
    folder = tmp_path / "store"
    assert writers.run(folder, {}, {"saves": 2}) == [0]
    assert writers.run(folder, {}, {"saves": 2, "deletes": True, "step": step}) == [KILLED]
    look_and_sweep(StoreSettings(folder), folder, monkeypatch)


def test_a_hundred_kills_at_any_time(writers, tmp_path, monkeypatch):
    """Two writers at a time, each killed at a time drawn at random."""
    folder, draw = tmp_path / "store", random.Random(5)
    ended: list[int] = []
    # a slow machine kills many before they have saved anything, so it goes on until enough was saved, too
    while len(ended) < 110 or (len(acknowledged(folder)[0]) < 100 and len(ended) < 1_000):
        kills = [{"saves": 1_000, "seconds": draw.uniform(0.002, 0.12)} for _ in range(2)]
        ended += writers.run(folder, {}, *kills)
    assert set(ended) == {KILLED}
    assert look_and_sweep(StoreSettings(folder), folder, monkeypatch) >= 100
    assert writers.run(folder, {}, {"saves": 3}) == [0]


def test_kills_of_a_team(team_writers, team_places, tmp_path, monkeypatch):
    """PostgreSQL and an object store: at each step, and twelve at any time."""
    folder, draw = tmp_path / "store", random.Random(6)
    settings = StoreSettings(folder, **team_places)
    ended = []
    for step in OF_A_TEAM:
        ended += team_writers.run(folder, team_places, {"saves": 2, "step": step})
    for _ in range(6):
        kills = [{"saves": 1_000, "seconds": draw.uniform(0.15, 0.6)} for _ in range(2)]
        ended += team_writers.run(folder, team_places, *kills)
    assert ended == [KILLED] * 20
    assert look_and_sweep(settings, folder, monkeypatch) >= len(OF_A_TEAM)
    assert team_writers.run(folder, team_places, {"saves": 1}) == [0]
    store = Store(settings)
    look(store, folder)
    store.close()


@pytest.mark.parametrize("kind", ["folder", "team"])
def test_eight_writers_at_once_lose_nothing(request, tmp_path, kind):
    """From nothing: they also make the store at the same time."""
    places = request.getfixturevalue("team_places") if kind == "team" else {}
    writers: Callable = request.getfixturevalue("team_writers" if kind == "team" else "writers")
    folder = tmp_path / "store"
    saves = 4 if kind == "team" else 20
    deletes = [{"saves": saves, "deletes": True}] * 2
    assert writers.run(folder, places, *[{"saves": saves}] * 6, *deletes) == [0] * 8
    store = Store(StoreSettings(folder, **places))
    assert look(store, folder) == 8 * saves
    assert store.check().shares == 6 * saves
    assert store.check().unheld == 0
    store.close()
