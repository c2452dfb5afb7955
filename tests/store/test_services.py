"""What the tests need besides Python: found, installed, or not wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import ensure_services


@pytest.fixture
def nothing(monkeypatch):
    """A machine without services, on which apt installs what it is asked for."""
    installed: list[str] = []
    monkeypatch.delenv("HPI_NO_SERVICES", raising=False)
    monkeypatch.setattr(ensure_services, "postgres", lambda: Path("/pg") if "postgresql" in installed else None)
    monkeypatch.setattr(ensure_services, "nginx", lambda: "/nginx" if "nginx-light" in installed else None)
    monkeypatch.setattr(ensure_services, "_install", installed.extend)
    monkeypatch.setattr(ensure_services.shutil, "which", lambda name, **given: "/usr/bin/apt-get")
    return installed


def test_what_lacks_is_installed(nothing, capsys):
    assert ensure_services.main() == 0
    assert nothing == ["postgresql", "nginx-light"]
    assert ensure_services.main() == 0
    assert nothing == ["postgresql", "nginx-light"]
    assert capsys.readouterr().err == ""


def test_without_apt_there_is_advice(nothing, monkeypatch, capsys):
    monkeypatch.setattr(ensure_services.shutil, "which", lambda name, **given: None)
    assert ensure_services.main() == 1
    said = capsys.readouterr().err
    assert said.startswith("hpi: no postgresql: `sudo apt-get install postgresql nginx-light`")
    assert "HPI_NO_SERVICES=1" in said
    assert nothing == []


def test_who_does_not_want_them_is_not_asked(nothing, monkeypatch, capsys):
    monkeypatch.setenv("HPI_NO_SERVICES", "1")
    assert ensure_services.main() == 0
    assert nothing == []


def test_the_newest_postgres_is_taken():
    folders = [Path(f"/usr/lib/postgresql/{version}/bin") for version in ("9.6", "15", "17", "16")]
    assert max(folders, key=ensure_services._version) == folders[2]
