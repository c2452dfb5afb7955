"""Settings of a server: what is understood, and how what is not stops it."""

from __future__ import annotations

import re
import tokenize
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.errors import SettingsError
from hpi.serving import ServerSettings, checked, known
from hpi.serving.settings import NUMBERS
from hpi.serving.start import OF_TESTS

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "HPI_ALLOWED_HOSTS": "hpi.example.org, *.Lab.example.org",
    "HPI_SIGN_IN": "authors",
    "HPI_SECRET": "x" * 32,
    "HPI_FRAME_ANCESTORS": "self,https://wiki.example.org:8443",
    "HPI_ACCESS_LOG": "all",
    "HPI_REPLICA": "2",
    "HPI_MAX_QUERY": "8192",
}


def test_what_is_said_is_understood():
    settings = ServerSettings.from_environment(GOOD)
    assert settings.hosts == ("hpi.example.org", "*.lab.example.org")
    assert settings.frame_ancestors == ("'self'", "https://wiki.example.org:8443")
    assert (settings.sign_in, settings.secret, settings.replica) == ("authors", "x" * 32, "2")
    assert (settings.access_log, settings.max_query) == ("all", 8192)


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("127.0.0.1", ("localhost", "127.0.0.1", "::1")),
        ("localhost", ("localhost", "127.0.0.1", "::1")),
        ("::1", ("localhost", "127.0.0.1", "::1")),
        ("0.0.0.0", ("*",)),
        (None, ("*",)),
    ],
)
def test_a_server_for_this_machine_answers_to_its_names_alone(address, hosts):
    assert ServerSettings.from_environment({}, address).hosts == hosts


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HPI_ALLOWED_HOSTS", ""),
        ("HPI_ALLOWED_HOSTS", "https://hpi.example.org"),
        ("HPI_ALLOWED_HOSTS", "hpi.example.org:8080"),
        ("HPI_ALLOWED_HOSTS", "hpi.example.org/path"),
        ("HPI_ALLOWED_HOSTS", "a b"),
        ("HPI_ALLOWED_HOSTS", "*.*.example.org"),
        ("HPI_ALLOWED_HOSTS", ",".join(f"h{i}" for i in range(101))),
        ("HPI_FRAME_ANCESTORS", "none,self"),
        ("HPI_FRAME_ANCESTORS", "https://wiki.example.org; script-src *"),
        ("HPI_FRAME_ANCESTORS", "*"),
        ("HPI_SIGN_IN", "yes"),
        ("HPI_SIGN_IN_HOURS", "0"),
        ("HPI_SECRET", "short"),
        ("HPI_ACCESS_LOG", "1"),
        ("HPI_REPLICA", "one; Domain=example.org"),
        ("HPI_JOBS", "0"),
        ("HPI_SHARE_DAYS", "forever"),
        ("HPI_STORE_INDEX", "mysql://x"),
        ("HPI_COUNT_SECONDS", "0"),
        ("HPI_COUNT_SECONDS", "1e3"),
        ("HPI_BLOCK_THREADS", "0"),
        ("HPI_BLOCK_THREADS", "many"),
        ("HPI_DASK_SCHEDULER", "dask:8786"),
        ("HPI_DASK_SCHEDULER", "http://dask:8786"),
        *((variable, str(low - 1)) for _, variable, low, _ in NUMBERS),
        *((variable, str(high + 1)) for _, variable, _, high in NUMBERS),
        *((variable, wrong) for _, variable, _, _ in NUMBERS for wrong in ("", "1e3", " 4096", "٤٠٩٦", "-1", "nan")),
    ],
)
def test_nonsense_stops_the_server_with_the_name_of_the_setting(variable, value):
    with pytest.raises(SettingsError, match=rf"^{variable} "):
        checked({variable: value})


@pytest.mark.parametrize(
    ("unknown", "near"),
    [
        ("HPI_UPLOAD", "HPI_UPLOADS"),
        ("HPI_ALLOWED_HOST", "HPI_ALLOWED_HOSTS"),
        ("HPI_JOBS_KEEP", "HPI_JOBS_KEPT"),
        ("HPI_STORE_FOLDER", "HPI_STORE"),
        ("HPI_SHARES_DAYS", "HPI_SHARE_DAYS"),
        ("HPI_SIGNIN", "HPI_SIGN_IN"),
    ],
)
def test_an_unknown_setting_stops_the_server_and_the_nearest_is_named(unknown, near):
    with pytest.raises(SettingsError, match=rf"^{unknown} is no setting.*\b{near}\b"):
        checked({unknown: "1"})


@given(st.text(st.characters(categories=["Lu", "Nd"]), max_size=20))
def test_any_other_name_stops_the_server_with_at_least_one_that_there_is(name):
    variable = f"HPI_{name}"
    if variable in (*known(), *OF_TESTS):
        return
    with pytest.raises(SettingsError) as refused:
        checked({variable: "1"})
    assert str(refused.value).startswith(variable)
    assert any(one in str(refused.value) for one in known())


def test_a_secret_that_is_refused_is_not_repeated():
    with pytest.raises(SettingsError) as refused:
        checked({"HPI_SECRET": "hunter2-hunter2"})
    assert "hunter2" not in str(refused.value)


def test_a_secret_is_not_shown_with_the_settings():
    assert "x" * 32 not in repr(ServerSettings.from_environment(GOOD))


def test_what_others_and_the_tests_use_does_not_stop_the_server():
    checked({"PATH": "/bin", "STREAMLIT_SERVER_PORT": "1", **dict.fromkeys(OF_TESTS, "1")})


def test_every_variable_that_the_code_names_is_known():
    named = set()
    for path in [ROOT / "app.py", *(ROOT / "hpi").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]:
        with path.open("rb") as file:
            strings = [token.string for token in tokenize.tokenize(file.readline) if token.type == tokenize.STRING]
        named |= {name for text in strings for name in re.findall(r"^[\"'](HPI_[A-Z_]+)[\"']$", text)}
    beginnings = {name for name in named for one in known() if one.startswith(name) and one != name}
    assert named - beginnings <= {*known(), *OF_TESTS}
    assert set(known()) <= named
