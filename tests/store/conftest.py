"""Stores of three kinds, each new and empty: what the contract is asked of."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import psycopg
import pytest

from hpi.store import Store, StoreSettings
from tests.store import services
from tests.store.clock import Clock

NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with services.postgres() as address:
        yield address


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    with services.object_store() as address, pytest.MonkeyPatch.context() as patch:
        for name, value in services.s3_environment(address).items():
            patch.setenv(name, value)
        yield f"s3://{services.BUCKET}"


@pytest.fixture
def team_places(postgres, object_store) -> dict[str, str]:
    """Addresses of an index and of blobs that nobody else uses."""
    name = f"t{next(NUMBERS)}"
    with psycopg.connect(postgres.replace("+psycopg", "")) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return {"index": f"{postgres}&options=-csearch_path%3D{name}", "blobs": f"{object_store}/{name}"}


@pytest.fixture(params=["folder", "memory", "postgres and s3"])
def places(request, tmp_path) -> dict[str, str]:
    """Where index and blobs lie: what StoreSettings is given besides limits."""
    if request.param == "postgres and s3":
        return request.getfixturevalue("team_places")
    return {"blobs": f"memory://{tmp_path}"} if request.param == "memory" else {}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stores(places, tmp_path, clock) -> Iterator[Callable[..., Store]]:
    """Make a store on the places, with limits; asked again, one more on the same places."""
    made: list[Store] = []

    def make(**limits: int) -> Store:
        made.append(Store(StoreSettings(tmp_path / "store", **places, **limits), clock))
        return made[-1]

    yield make
    for store in made:
        store.close()


@pytest.fixture
def store(stores) -> Store:
    return stores()
