"""HPI_TABLES: which tables a server opens by a name, and how what makes no sense stops it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.errors import SettingsError
from hpi.serving import checked, tables_from


def of(text: str) -> dict[str, str]:
    return tables_from({"HPI_TABLES": text})


def test_names_and_addresses_are_read_in_their_order():
    text = " sweeps = /data/sweeps ;nightly=s3://bucket/nightly/*.parquet;\n one-file=/data/a b/one.parquet\n"
    assert of(text) == {
        "sweeps": "/data/sweeps",
        "nightly": "s3://bucket/nightly/*.parquet",
        "one-file": "/data/a b/one.parquet",
    }
    assert list(of(text)) == ["sweeps", "nightly", "one-file"]


def test_a_folder_may_have_an_equals_sign_in_its_name():
    assert of("sweeps=/data/year=2026/*.parquet") == {"sweeps": "/data/year=2026/*.parquet"}


def test_none_are_given_where_nothing_is_set():
    assert tables_from({}) == {}
    assert of("  ") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/data/sweeps", "NAME=ADDRESS"),
        ("sweeps", "NAME=ADDRESS"),
        ("=/data", "1 to 40 letters"),
        ("a b=/data", "1 to 40 letters"),
        ("../x=/data", "1 to 40 letters"),
        ("ä=/data", "1 to 40 letters"),
        ("n" * 41 + "=/data", "1 to 40 letters"),
        ("sweeps=", "full path"),
        ("sweeps=data/sweeps", "full path"),
        ("sweeps=./data", "full path"),
        ("sweeps=https://example.org/a.parquet", "full path"),
        ("sweeps=file:///data", "full path"),
        ("sweeps=s3://", "full path"),
        ("sweeps=s3://key:secret@bucket/a", "full path"),
        ("sweeps=/data\x00/a", "full path"),
        ("sweeps=/" + "d" * 1000, "full path"),
        ("a=/data; a=/other", "twice"),
        (";".join(f"t{i}=/data" for i in range(101)), "at most 100"),
    ],
)
def test_what_makes_no_sense_stops_the_server_with_the_name_of_the_setting(text, said):
    with pytest.raises(SettingsError, match="^HPI_TABLES ") as refused:
        checked({"HPI_TABLES": text})
    assert said in str(refused.value)


def test_what_lies_there_is_not_looked_at_before_somebody_opens_it():
    assert of("away=/no/such/folder") == {"away": "/no/such/folder"}


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_by_name(text):
    try:
        found = of(text)
    except SettingsError as error:
        assert str(error).startswith("HPI_TABLES ")  # noqa: PT017
    else:
        assert all(name.isascii() and address.startswith(("/", "s3://")) for name, address in found.items())
