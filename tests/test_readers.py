"""Readers: the contract that each entry of READERS keeps, and the odd files that people do have."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hpi
from hpi.errors import HpiError, TableError
from hpi.readers import READERS, Opened, Reader, ReadLimits, Wanted, read
from hpi.readers.loading import load_opened
from hpi.readers.origin import Several
from hpi.roles import Reading
from hpi.table import build
from tests.readers.samples import SAMPLES

N = 24
RNG = np.random.default_rng(7)
LR = [f"{value:.6g}" for value in 10 ** RNG.uniform(-4, -1, N)]
OPTIMIZER = [str(level) for level in RNG.choice(["adam", "sgd"], N)]
LOSS = [f"{value:.6f}" for value in RNG.random(N)]
ROWS = [list(cells) for cells in zip(LR, OPTIMIZER, LOSS, strict=True)]
HEADER = ["lr", "optimizer", "loss"]


def written(rows: list[list[str]] = ROWS, header: list[str] = HEADER, sep: str = ",", end: str = "\n") -> str:
    return end.join(sep.join(cells) for cells in [header, *rows]) + end


PLAIN = written()


def same(source: object) -> hpi.TrialTable:
    """Read a source that must give the plain table."""
    table = read(source)
    expected = read(PLAIN.encode())
    assert table.fingerprint == expected.fingerprint
    assert [column.role for column in table.columns] == [column.role for column in expected.columns]
    return table


def said(table: hpi.TrialTable, *words: str) -> None:
    assert any(all(word in notice for word in words) for notice in table.notices), table.notices


class Upload(io.BytesIO):
    """What a page's uploader gives: bytes with a name."""

    name = "search.csv"


# ---------------------------------------------------------------- the contract of every reader

STRANGERS = (Opened("nothing", b"", Several({})), Opened("odd.bin", b"", Several({"a.bin": b"\x00\x01"})))


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
class TestEveryReader:
    def test_is_a_reader_and_says_its_name(self, reader: Reader) -> None:
        assert isinstance(reader, Reader)
        assert reader.name
        assert reader.name in SAMPLES, "a new reader brings a sample of its source"

    def test_accepts_its_own_and_nothing_strange(self, reader: Reader) -> None:
        assert reader.accepts(SAMPLES[reader.name])
        assert not any(reader.accepts(stranger) for stranger in STRANGERS)

    def test_gives_a_frame_with_plain_different_names(self, reader: Reader) -> None:
        loaded = reader.load(SAMPLES[reader.name], Wanted(), ReadLimits())
        names = list(loaded.frame.columns)
        assert all(isinstance(name, str) for name in names)
        assert len(set(names)) == len(names) >= 2
        assert len(loaded.frame) == 3
        assert isinstance(loaded.name, str)
        assert all(isinstance(notice, str) for notice in loaded.reading.notices)

    def test_what_it_reads_can_be_analysed(self, reader: Reader) -> None:
        loaded = load_opened(SAMPLES[reader.name], Wanted(), ReadLimits())
        table = build(loaded.frame, loaded.name, reading=loaded.reading)
        assert loaded.reading.reader == table.reading.reader == reader.name
        assert table.metric is not None
        assert table.hyperparameters

    def test_what_it_says_survives_json(self, reader: Reader) -> None:
        reading = load_opened(SAMPLES[reader.name], Wanted(), ReadLimits()).reading
        assert Reading.parse(json.loads(json.dumps(reading.plain()))) == reading


def test_names_are_different() -> None:
    assert len({reader.name for reader in READERS}) == len(READERS)


def test_a_frame_is_the_same_table_and_stays_as_it_was() -> None:
    frame = pd.DataFrame({"lr": [0.1, 0.2, 0.3], "loss": [1.0, 2.0, 3.0]})
    before = frame.copy()
    assert read(frame).fingerprint == read(b"lr,loss\n0.1,1\n0.2,2\n0.3,3\n").fingerprint
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("part", ["study", "sheet", "table"])
@pytest.mark.parametrize("source", [PLAIN.encode(), pd.DataFrame({"lr": [1.0, 2.0], "loss": [3.0, 4.0]})])
def test_a_part_that_such_a_source_does_not_have_is_refused(part: str, source: object) -> None:
    several = {"study": "studies", "sheet": "sheets", "table": "tables"}[part]
    with pytest.raises(TableError, match=f"The {part} 'x' was asked for, but .* has no {several}"):
        read(source, **{part: "x"})  # type: ignore[arg-type]


def test_a_source_that_nobody_reads_is_refused_by_name() -> None:
    with pytest.raises(TableError, match=r"dict cannot be read.*DataFrame"):
        read({1: 2})


# ---------------------------------------------------------------- where the bytes come from


def test_path_string_open_files_bytes_and_upload_are_one_table(tmp_path: Path) -> None:
    path = tmp_path / "search.csv"
    path.write_text(PLAIN)
    assert same(path).name == "search.csv"
    assert same(str(path)).name == "search.csv"
    with path.open("rb") as file:
        assert same(file).name == "search.csv"
    with path.open() as text:
        assert same(text).name == "search.csv"
    assert same(Upload(PLAIN.encode())).name == "search.csv"
    assert same(bytearray(PLAIN.encode())).name == "table"
    assert same(io.StringIO(PLAIN)).name == "table"
    assert read(path, name="mine").name == "mine"


@pytest.mark.parametrize("source", ["/no/such/file.csv", "a\0b", "lr,loss\n1,2\n3,4\n", ""])
def test_a_path_that_leads_nowhere_is_refused(source: str) -> None:
    with pytest.raises(TableError, match="cannot be read|folder"):
        read(source)


def test_a_folder_without_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="none is a table"):
        read(tmp_path)


def test_a_text_file_opened_in_the_wrong_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "search.csv"
    path.write_bytes(b"lr,loss\n\xff\xfe,1\n")
    with path.open(encoding="utf-8") as file, pytest.raises(TableError, match="cannot be read"):
        read(file)


# ---------------------------------------------------------------- encodings (F01 to F08, F58, F59)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_with_its_mark_is_read(encoding: str) -> None:
    assert same(PLAIN.encode(encoding)).columns[0].name == "lr"


@pytest.mark.parametrize(("mark", "encoding"), [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
def test_both_orders_of_utf_16_are_read(mark: bytes, encoding: str) -> None:
    same(mark + PLAIN.encode(encoding))


@pytest.mark.parametrize("word", ["réseau", "großes Netz", "“quoted”", "Ångström", "€uro"])
def test_western_letters_are_read_and_said(word: str) -> None:
    table = read(
        written([[lr, word, loss] if i % 2 else [lr, "sgd", loss] for i, (lr, _, loss) in enumerate(ROWS)]).encode(
            "cp1252"
        )
    )
    assert table.hyperparameters[1].levels == tuple(sorted([word, "sgd"]))
    said(table, "cp1252", "line 3")


def test_lone_odd_bytes_are_named_by_line() -> None:
    data = PLAIN.encode().splitlines()
    data[9] = data[9].replace(b"a", b"\xff\xfe").replace(b"s", b"\xff\xfe")
    said(read(b"\n".join(data)), "not UTF-8", "line 10")


@pytest.mark.parametrize("encoding", ["shift_jis", "gbk", "euc_kr"])
def test_other_encodings_are_refused_with_the_byte(encoding: str) -> None:
    word = {"shift_jis": "学習率テスト", "gbk": "学习率参数", "euc_kr": "학습률"}[encoding]
    with pytest.raises(TableError, match=r"Byte \d+ .* is not UTF-8"):
        read(written([[lr, word, loss] for lr, _, loss in ROWS]).encode(encoding))


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode("utf-16-le"),
        PLAIN.replace("adam", "ad\0m").encode(),
        b"\0" * 10_000,
        b"lr,loss\n1,\x002\n",
        b"\xff\xfelr,loss\n1",
    ],
)
def test_nul_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(TableError, match=r"NUL byte at character [\d,]+|is not; save it as UTF-8"):
        read(data)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"PK\x03\x04" + b"x" * 50, "Excel|zip"),
        (b"\x1f\x8b" + b"x" * 50, "gzip"),
        (b"\x89PNG" + b"x" * 50, "picture"),
        (b"PAR1" + b"x" * 50, "Parquet"),
        (b"SQLite format 3\x00" + b"x" * 50, "database"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94.", "pickle"),
    ],
)
def test_what_is_no_text_table_is_called_by_its_name(data: bytes, word: str) -> None:
    with pytest.raises(TableError, match=word):
        read(data)


# ---------------------------------------------------------------- separators and line ends (F09 to F15, F60, F61)


@pytest.mark.parametrize("sep", [",", ";", "\t", "|", " ", "   ", ", ", ";\t"[:1]])
def test_separators_are_recognised(sep: str) -> None:
    same(written(sep=sep).encode())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_are_recognised(end: str) -> None:
    same(written(end=end).encode())


def test_mixed_line_ends_and_blank_lines_are_read() -> None:
    lines = PLAIN.splitlines()
    same(("\n\n" + "\r\n".join(lines[:9]) + "\n\n" + "\n".join(lines[9:])).encode())


def test_the_separator_that_excel_names_is_taken() -> None:
    same(("sep=;\n" + written(sep=";")).encode())
    same(('"sep=|"\r\n' + written(sep="|", end="\r\n")).encode())


def test_decimal_commas_are_read_and_said() -> None:
    rows = [[lr.replace(".", ","), optimizer, loss.replace(".", ",")] for lr, optimizer, loss in ROWS]
    said(same(written(rows, sep=";").encode()), "decimal point", "lr")


def test_a_comma_in_words_is_no_decimal_comma() -> None:
    rows = [[lr, f"{optimizer},nesterov", loss] for lr, optimizer, loss in ROWS]
    assert read(written(rows, sep=";").encode()).hyperparameters[1].levels == ("adam,nesterov", "sgd,nesterov")


def test_thousands_are_kept_as_text_and_said() -> None:
    rows = [[f'"{(i % 3 + 1)},024"', optimizer, loss] for i, (_, optimizer, loss) in enumerate(ROWS)]
    table = read(written(rows, ["width", "optimizer", "loss"]).encode())
    assert table.hyperparameters[0].levels == ("1,024", "2,024", "3,024")
    said(table, "width", "1,024")


def test_quotes_hold_separators_quotes_and_line_ends() -> None:
    words = ['"a, b"', '"say ""hi"""', '"two\nlines"']
    rows = [[lr, words[i % 3], loss] for i, (lr, _, loss) in enumerate(ROWS)]
    table = read(written(rows).encode())
    assert table.hyperparameters[1].levels == ("a, b", 'say "hi"', "two lines")
    assert len(table.frame) == N


def test_blanks_around_cells_and_names_do_not_count() -> None:
    same(written([[f" {cell} " for cell in row] for row in ROWS], [" lr", "optimizer ", " loss "]).encode())


def test_a_preamble_of_comments_is_skipped_and_said() -> None:
    said(same(("# made by hand\n# on Sunday\n" + PLAIN).encode()), "2 comment lines")


def test_a_header_after_a_hash_is_a_header() -> None:
    assert [column.name for column in read(("#" + PLAIN).encode()).columns] == ["#lr", "optimizer", "loss"]


# ---------------------------------------------------------------- ragged lines (F16 to F20)


def test_one_long_line_is_refused_with_its_number() -> None:
    lines = PLAIN.splitlines()
    lines[4] += ",1,2"
    with pytest.raises(TableError, match="Line 5 has 5 cells, but the header has 3"):
        read("\n".join(lines).encode())
    with pytest.raises(TableError, match="Line 7 has 5 cells"):
        read(("# one\n# two\n" + "\n".join(lines)).encode())


def test_a_cell_too_many_in_every_line_is_refused_not_taken_for_an_index() -> None:
    with pytest.raises(TableError, match="Line 2 has 4 cells, but the header has 3"):
        read(written([[*row, "7"] for row in ROWS]).encode())


def test_a_separator_at_the_end_of_every_line_shifts_nothing() -> None:
    same(written([[*row, ""] for row in ROWS]).encode())
    same(written([[*row, ""] for row in ROWS], [*HEADER, ""]).encode())
    same(written([[*row, "", " "] if i % 2 else row for i, row in enumerate(ROWS)]).encode())


def test_short_lines_are_filled_and_said() -> None:
    rows = [row[:2] if i in (3, 5) else row for i, row in enumerate(ROWS)]
    table = read(written(rows).encode())
    said(table, "2 lines shorter", "line 5")
    assert dict(table.excluded) == {"no finite value of loss": 2}


# ---------------------------------------------------------------- headers (F21 to F26, F49, F53, F54)


@pytest.mark.parametrize("header", [["lr", "lr", "loss"], ["lr", " lr", "loss"], ["loss", "lr", '"loss "']])
def test_a_name_that_comes_twice_is_refused(header: list[str]) -> None:
    with pytest.raises(TableError, match="appears twice"):
        read(written(header=header).encode())


def test_pandas_names_for_twins_do_not_clash() -> None:
    with pytest.raises(TableError, match="'lr' appears twice"):
        read(written([[*row, "1"] for row in ROWS], ["lr", "lr", "lr.1", "loss"]).encode())


def test_names_that_differ_in_capitals_are_kept_and_said() -> None:
    said(read(written(header=["LR", "lr", "loss"]).encode()), "capital letters", "LR, lr")


def test_a_nameless_index_is_left_out_and_a_nameless_column_of_values_is_not() -> None:
    table = read(written([[str(i), *row] for i, row in enumerate(ROWS)], ["", *HEADER]).encode())
    assert table.columns[0].name == "Unnamed: 0"
    assert table.columns[0].role is hpi.Role.LEFT_OUT
    table = read(written(header=["lr", "", "loss"]).encode())
    assert table.columns[1].name == "Unnamed: 1"
    assert table.columns[1].role is hpi.Role.HYPERPARAMETER


def test_a_missing_header_is_said() -> None:
    said(
        read(written([["0.5", "7", "1"], *[[lr, "1", loss] for lr, _, loss in ROWS]], ["0.25", "2", "0.5"]).encode()),
        "first line holds numbers",
    )


def test_too_many_columns_are_refused_with_the_limit() -> None:
    header = [f"x{i}" for i in range(10_000)]
    with pytest.raises(TableError, match=r"10,000 columns; at most 1,000 are read \(HPI_READ_COLUMNS\)"):
        read(written([["1"] * 10_000] * 3, header).encode())


def test_a_long_name_is_refused() -> None:
    with pytest.raises(TableError, match="10,000 characters; at most 200"):
        read(written(header=["x" * 10_000, "optimizer", "loss"]).encode())


@pytest.mark.parametrize(
    "text", ["x" * 1_000_001, "lr,loss\n" + "1" * 1_000_001 + ",2\n3,4\n", ",".join(["x"] * 600_000)]
)
def test_a_line_without_end_is_refused(text: str) -> None:
    with pytest.raises(TableError, match=r"Line \d has over 1,000,000 characters"):
        read(text.encode())


# ---------------------------------------------------------------- too little (F27 to F31), quotes (F56)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("\n\n\n", "empty"),
        ("  \r\n ", "empty"),
        ("lr,loss\n", "a header and no rows"),
        ("lr,loss", "a header and no rows"),
        ("lr,loss\n1,2\n", "1 row and 2 columns"),
        ("loss\n1\n2\n", "one column only"),
        ("# only\n# comments\n", "empty|one column"),
    ],
)
def test_too_little_is_refused(text: str, words: str) -> None:
    with pytest.raises(TableError, match=words):
        read(text.encode())


def test_a_quote_that_never_closes_is_refused() -> None:
    with pytest.raises(TableError, match="quote is opened in line 2 and never closed"):
        read(b'lr,optimizer,loss\n0.1,"adam,1\n0.2,sgd,2\n')


# ---------------------------------------------------------------- frames


def test_a_tall_header_becomes_one_name() -> None:
    frame = pd.DataFrame(
        [[1, 0.5, 0.1], [2, 0.4, 0.2]],
        columns=pd.MultiIndex.from_tuples([("number", ""), ("value", ""), ("params", "lr")]),
    )
    assert [column.name for column in read(frame).columns] == ["number", "value", "params_lr"]


def test_named_levels_of_an_index_become_columns() -> None:
    frame = pd.DataFrame({"seed": [0, 1] * 10, "lr": LR[:20], "loss": LOSS[:20]}).set_index("seed")
    assert read(frame).columns[0].context is hpi.roles.ContextKind.REPEAT


def test_a_frame_is_copied_not_changed() -> None:
    frame = pd.DataFrame({"lr": [1.0, 2.0, 3.0], "loss": [1.0, 2.0, 3.0]})
    table = read(frame)
    frame.loc[0, "loss"] = 9.0
    assert table.trials["loss"].tolist() == [1.0, 2.0, 3.0]


def test_a_frame_of_all_dtypes_is_read() -> None:
    rng = np.random.default_rng(0)
    n, pick = 30, lambda *cells: [cells[i] for i in rng.integers(0, len(cells), 30)]  # noqa: E731
    frame = pd.DataFrame(
        {
            "flag": pd.array(pick(True, False, None), dtype="boolean"),
            "size": pd.array(pick(1, 2, None), dtype="Int64"),
            "kind": pd.Categorical(pick("a", "b", "c")),
            "shape": pick([1, 2], [3], None),
            "when": pd.date_range("2026-01-01", periods=n),
            "took": pd.to_timedelta(np.arange(n), unit="s"),
            "z": np.arange(n) * 1j,
            3: np.sin(np.arange(n)),
            "accuracy": np.linspace(0, 1, n),
        }
    )
    kinds = {h.name: h.kind.value for h in read(frame).hyperparameters}
    assert kinds == {"flag": "bool", "size": "int", "kind": "category", "shape": "category", "3": "float"}


# ---------------------------------------------------------------- whatever comes

CELL = st.one_of(
    st.sampled_from(
        [
            "",
            "1",
            "0.5",
            "1e400",
            "-inf",
            "nan",
            "None",
            "True",
            "adam",
            "5%",
            "1,5",
            "2026-01-01",
            '"',
            "'",
            "#",
            "[1]",
            "é",
        ]
    ),
    st.text(max_size=6),
    st.floats(allow_nan=True).map(str),
)
NAME = st.one_of(
    st.sampled_from(
        [
            "",
            "lr",
            "loss",
            "seed",
            "epoch",
            "task",
            "state",
            "status",
            "params_x",
            "value",
            "metric:a",
            "id",
            "time",
            "y",
            "config/x",
        ]
    ),
    st.text(max_size=8),
)


@st.composite
def odd_text(draw: st.DrawFn) -> bytes:
    width = draw(st.integers(1, 5))
    sep = draw(st.sampled_from([",", ";", "\t", "|", " "]))
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width + 1), max_size=12))
    header = draw(st.lists(NAME, min_size=width, max_size=width))
    text = draw(st.sampled_from(["\n", "\r\n", "\r"])).join(sep.join(cells) for cells in [header, *rows])
    return text.encode(draw(st.sampled_from(["utf-8", "utf-16", "cp1252"])), "replace")


def reads_or_refuses(source: object) -> None:
    try:
        table = read(source)
    except HpiError:
        return
    assert len(table.frame) == len(table.trials) + sum(n for _, n in table.excluded)
    assert [column.name for column in table.columns] == list(table.frame.columns)
    if table.metric is not None and table.direction is not None and table.hyperparameters:
        x = table.design.x
        assert np.all(np.isnan(x) | ((x >= 0) & (x <= 1)))


@given(odd_text())
def test_any_odd_text_gives_a_table_or_a_refusal(data: bytes) -> None:
    reads_or_refuses(data)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_table_or_a_refusal(data: bytes) -> None:
    reads_or_refuses(data)


OBJECTS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.lists(st.integers(), max_size=2)
)


@given(st.dictionaries(NAME, st.lists(OBJECTS, min_size=6, max_size=6), min_size=1, max_size=5))
def test_any_odd_frame_gives_a_table_or_a_refusal(columns: dict[str, list[object]]) -> None:
    reads_or_refuses(pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()}))
