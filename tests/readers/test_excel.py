"""Excel workbooks: cells as they were saved, the sheet that is meant, and what no workbook may do."""

from __future__ import annotations

import datetime
import io
import random
import zipfile
from collections.abc import Callable, Sequence

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.chart import BarChart, Reference

import hpi
from hpi.errors import TableError
from hpi.readers import Loaded, ReadLimits, Wanted, load
from hpi.readers.workbook import letters_of

N = 24
HEADER = ["lr", "opt", "loss"]
# eighths, as openpyxl writes 16 digits of a double, of which some need 17
BODY: list[list[object]] = [[k / 8, "ab"[k % 2], k * k] for k in range(N)]
ROWS = [HEADER, *BODY]


def book(*sheets: Sequence[Sequence[object]], edit: Callable[[openpyxl.Workbook], object] = lambda made: None) -> bytes:
    """A workbook of sheets called S1, S2..., changed by `edit` before it is saved."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number, rows in enumerate(sheets, 1):
        page = made.create_sheet(f"S{number}")
        for row in rows:
            page.append(list(row))
    edit(made)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def repacked(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part of it changed."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        assert part in old.namelist()
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return written.getvalue()


def of_xml(rows: str, after: str = "") -> bytes:
    """A workbook whose only sheet has these rows, in its own XML."""
    return repacked(
        book(ROWS),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.split(b"<sheetData>")[0]
        + f"<sheetData>{rows}</sheetData>{after}</worksheet>".encode(),
    )  # fmt: skip


def xml_rows(cells: str, n: int = 3) -> str:
    return "".join(f'<row r="{k}">{cells.replace("#", str(k))}</row>' for k in range(2, n + 2))


NAMES = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>lr</t></is></c><c r="B1" t="inlineStr"><is><t>loss</t></is></c></row>'
)


def notices(data: bytes) -> str:
    return " | ".join(load(data).reading.notices)


# ---------------------------------------------------------------- cells


def test_a_plain_sheet_comes_out_as_it_went_in() -> None:
    loaded = load(book(ROWS))
    assert list(loaded.frame.columns) == HEADER
    assert loaded.frame.to_numpy(dtype=object).tolist() == BODY
    assert loaded.reading.notices == ()
    assert (loaded.reading.part_is, loaded.reading.parts) == ("sheet", ("S1",))


CELLS = st.one_of(
    st.none(),
    st.integers(-(10**6), 10**6).map(lambda n: (2 * n + 1) / 8),
    st.integers(-(2**53), 2**53),
    st.booleans(),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=8).filter(
        lambda text: text.strip() and text[0] not in "=#" and "\ufffe" not in text and "\uffff" not in text
    ),
)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=2, max_size=12))
def test_any_cells_are_what_the_writer_wrote(rows: list[tuple[object, object]]) -> None:
    rows = [("first", "second"), *rows, (1.5, "end")]
    frame = load(book(rows)).frame
    expected = [row for row in rows[1:] if any(cell is not None for cell in row)]
    assert len(frame) == len(expected)
    for position, name in enumerate(frame.columns):
        numbers = [row[position] for row in expected if row[position] is not None]
        is_text = any(isinstance(cell, bool | str) for cell in numbers)
        for was, now in zip(expected, frame[name], strict=True):
            if was[position] is None:
                assert now != now
            else:
                assert now == (str(was[position]) if is_text else was[position])


def test_moments_spans_and_truth_are_text() -> None:
    moment, day = datetime.datetime(2026, 3, 1, 10, 30), datetime.datetime(2026, 3, 2)
    row = [moment, day, datetime.time(9, 5), datetime.timedelta(hours=30), True, 1.5]
    frame = load(book([["at", "day", "time", "took", "on", "loss"], row, row])).frame
    assert frame.iloc[0].tolist() == [
        *("2026-03-01 10:30:00", "2026-03-02", "09:05:00", "1 days 06:00:00", "True", 1.5),
    ]  # fmt: skip


def test_integers_beyond_what_a_double_holds_stay_exact() -> None:
    rows = xml_rows('<c r="A#"><v>900719925474099300#</v></c><c r="B#"><v>#</v></c>')
    frame = load(of_xml(NAMES + rows)).frame
    assert list(frame["lr"]) == ["9007199254740993002", "9007199254740993003", "9007199254740993004"]
    assert list(frame["loss"]) == [2, 3, 4]


def test_decimal_commas_in_cells_of_text_are_read_and_said() -> None:
    table = hpi.read(book([HEADER, *([lr, opt, f"{loss // 8},{loss % 8}5"] for lr, opt, loss in BODY)]))
    assert table.metric == "loss"
    assert sum("comma was read as the decimal point" in notice for notice in table.notices) == 1


def test_errors_of_excel_are_empty_and_counted() -> None:
    loaded = load(book([*ROWS, ["#N/A", "#DIV/0!", 7], ["NA", "None", 8]]))
    assert loaded.frame.iloc[-2].isna().tolist() == [True, True, False]
    assert loaded.frame.iloc[-1].tolist() == ["NA", "None", 8]
    assert "2 cells with an error of Excel" in " ".join(loaded.reading.notices)


def test_formulas_without_a_saved_result_are_empty_and_said() -> None:
    rows = [["lr", "double", "loss"], *([k / 7, f"=A{k + 2}*2", k] for k in range(N))]
    loaded = load(book(rows))
    assert loaded.frame["double"].isna().all()
    assert any(
        "24 formulas without a saved result" in one and "the first in B2" in one for one in loaded.reading.notices
    )


def test_formulas_with_a_saved_result_are_that_result() -> None:
    cells = '<c r="A#"><f>B#*2</f><v>0.5</v></c><c r="B#"><v>#</v></c><c r="C#" t="str"><f>""</f><v></v></c>'
    loaded = load(of_xml(NAMES + xml_rows(cells)))
    assert list(loaded.frame["lr"]) == [0.5] * 3
    assert loaded.reading.notices == ()


def shared(words: str, rows: str = "") -> bytes:
    """A workbook whose cells point into a list of words, as Excel writes them."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'.encode()
    rows = rows or xml_rows('<c r="A#" t="s"><v>#</v></c><c r="B#"><v>#</v></c>')
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>' + rows
    data = repacked(of_xml(rows), "[Content_Types].xml", lambda xml: xml.replace(b"</Types>", override))
    written = io.BytesIO(data)
    with zipfile.ZipFile(written, "a") as archive:
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{space}">{words}</sst>')
    return written.getvalue()


def test_words_of_the_shared_list_are_put_together_from_their_runs() -> None:
    runs = "<si><r><t>ad</t></r><r><rPr><b/></rPr><t>am</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>"
    words = f"<si><t>opt</t></si><si><t>loss</t></si>{runs}<si><t> sgd </t></si><si><t/></si>"
    loaded = load(shared(words))
    assert list(loaded.frame.columns) == ["opt", "loss"]
    assert [cell if isinstance(cell, str) else None for cell in loaded.frame["opt"]] == ["adam", " sgd ", None]


def test_one_long_word_in_many_cells_is_refused_before_it_is_written_out() -> None:
    rows = xml_rows('<c r="A#" t="s"><v>2</v></c><c r="B#"><v>#</v></c>', 40)
    data = shared(f"<si><t>opt</t></si><si><t>loss</t></si><si><t>{'x' * 100_000}</t></si>", rows)
    assert load(data).frame["opt"].str.len().eq(100_000).all()
    with pytest.raises(TableError, match=r"text in sheet 'S1' unpacks to more than 3 MB \(HPI_READ_UNPACKED_MB\)"):
        load(data, limits=ReadLimits(unpacked_mb=3))


@pytest.mark.parametrize("words", ["<si><t>opt</t></si>", "<si><t>opt</t>"])
def test_a_list_of_words_that_is_cut_is_refused(words: str) -> None:
    with pytest.raises(TableError, match="damaged"):
        load(shared(words))


def test_rows_and_cells_without_their_places_follow_each_other() -> None:
    rows = "<row><c t='inlineStr'><is><t>lr</t></is></c><c t='inlineStr'><is><t>loss</t></is></c></row>"
    frame = load(of_xml(rows + "<row><c><v>0.5</v></c><c><v>1</v></c></row>" * 3)).frame
    assert frame.to_numpy().tolist() == [[0.5, 1.0]] * 3


# ---------------------------------------------------------------- where the table stands


def test_empty_rows_and_columns_around_and_in_the_table_are_nothing() -> None:
    rows = [[], ["Results of March"], [], *([None, None, *row[:2], None, row[2]] for row in ROWS)]
    rows.insert(9, [])
    loaded = load(book(rows))
    assert list(loaded.frame.columns) == HEADER
    assert loaded.frame.to_numpy(dtype=object).tolist() == BODY
    assert loaded.reading.notices == ("Skipped before the header in row 4: 1 row.",)


def test_a_column_without_a_name_stays() -> None:
    frame = load(book([[None, *HEADER], *([k, *row] for k, row in enumerate(BODY))])).frame
    assert list(frame.columns) == ["Unnamed: 0", *HEADER]


def test_a_header_in_two_rows_is_joined() -> None:
    def merge(made: openpyxl.Workbook) -> None:
        made["S1"].merge_cells("A1:B1")
        made["S1"].merge_cells("C1:C2")

    loaded = load(book([["model", None, "loss"], ["lr", "opt"], *BODY], edit=merge))
    assert list(loaded.frame.columns) == ["model.lr", "model.opt", "loss"]
    assert loaded.frame.to_numpy(dtype=object).tolist() == BODY
    assert "header stands in two rows" in " ".join(loaded.reading.notices)


def test_merged_cells_in_a_header_of_one_row_are_said() -> None:
    data = book([["lr", None, "loss"], *BODY], edit=lambda made: made["S1"].merge_cells("A1:B1"))
    assert list(load(data).frame.columns) == ["lr", "Unnamed: 1", "loss"]
    assert "The header has merged cells (A1:B1)" in notices(data)


def test_merged_cells_below_the_header_hold_their_value_everywhere() -> None:
    rows = [
        HEADER,
        *([lr, "adam" if k == 0 else "sgd" if k == 12 else None, loss] for k, (lr, _, loss) in enumerate(BODY)),
    ]

    def merge(made: openpyxl.Workbook) -> None:
        made["S1"].merge_cells("B2:B13")
        made["S1"].merge_cells("B14:B25")

    loaded = load(book(rows, edit=merge))
    assert list(loaded.frame["opt"]) == ["adam"] * 12 + ["sgd"] * 12
    assert "Merged cells were filled with their value" in " ".join(loaded.reading.notices)


# ---------------------------------------------------------------- which sheet

NOTES = [["These are the results of March."], ["They are final."]]


def test_the_first_sheet_with_a_table_is_taken_and_the_others_are_named() -> None:
    reading = load(book([], NOTES, ROWS, [["a", "b"], [1, 2]])).reading
    assert (reading.part_is, reading.part, reading.parts) == ("sheet", "S3", ("S1", "S2", "S3", "S4"))
    assert any("4 sheets; S3 was taken" in one and "S1, S2, S4" in one for one in reading.notices)


def test_a_sheet_is_asked_for_by_name() -> None:
    loaded = load(book(ROWS, [["a", "b"], [1, 2], [3, 4]]), Wanted(sheet="S2"))
    assert list(loaded.frame.columns) == ["a", "b"]
    assert loaded.reading.part == "S2"
    with pytest.raises(TableError, match="no sheet 'S3'; it has S1, S2"):
        load(book(ROWS, ROWS), Wanted(sheet="S3"))


def test_hidden_sheets_come_last() -> None:
    def hide(made: openpyxl.Workbook) -> None:
        made["S1"].sheet_state = "hidden"

    reading = load(book(ROWS, [["a", "b"], [1, 2], [3, 4]], edit=hide)).reading
    assert (reading.part, reading.parts) == ("S2", ("S2", "S1"))


def test_sheets_of_charts_are_no_sheets() -> None:
    def draw(made: openpyxl.Workbook) -> None:
        chart = BarChart()
        chart.add_data(Reference(made["S1"], min_col=1, min_row=1, max_row=9))
        made.create_chartsheet("Chart", 0).add_chart(chart)

    loaded = load(book(ROWS, edit=draw))
    assert list(loaded.frame.columns) == HEADER
    assert loaded.reading.parts == ("S1",)


@pytest.mark.parametrize(
    ("sheets", "says"),
    [
        (([],), r"Every sheet is empty \(S1\)"),
        ((NOTES,), "one column only"),
        (([HEADER],), "a header and no rows"),
        (([["lr", "lr"], [1, 2], [3, 4]],), "'lr' appears twice"),
    ],
)
def test_sheets_without_a_table_are_refused(sheets: Sequence[Sequence[Sequence[object]]], says: str) -> None:
    with pytest.raises(TableError, match=says):
        load(book(*sheets))


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (1_048_576, 16_384, r"XFD1048576, 1,048,550 empty rows below the table; delete it"),
        (1_030, 2, r"B1030, 1,004 empty rows below"),
        (5, 16_384, "XFD5, far to the right of the table; delete it"),
        (1, 200, "GR1, far to the right"),
    ],
)
def test_cells_far_from_the_table_are_refused_by_their_place(row: int, column: int, says: str) -> None:
    with pytest.raises(TableError, match=f"Sheet 'S1' has 'x' in {says}"):
        load(book(ROWS, edit=lambda made: made["S1"].cell(row, column, "x")))


def test_the_size_that_a_sheet_states_is_not_believed() -> None:
    for stated in (b"A1:XFD1048576", b"A1:A1", b"nonsense"):
        data = repacked(
            book(ROWS),
            "xl/worksheets/sheet1.xml",
            lambda xml, ref=stated: xml.replace(b'ref="A1:C25"', b'ref="' + ref + b'"'),
        )  # fmt: skip
        try:
            assert load(data).frame.shape == (N, 3)
        except TableError:
            assert stated == b"nonsense"


def test_too_many_empty_cells_are_counted() -> None:
    rows = [HEADER, *([None] * 99 + [k] for k in range(200))]
    with pytest.raises(TableError, match=r"16,503 cells down to row 166, .* at most 16,484 .*HPI_READ_CELLS"):
        load(book(rows), limits=ReadLimits(cells=50))


def test_row_numbers_beyond_excel_do_not_keep_it_busy() -> None:
    with pytest.raises(TableError, match=r"below the last that Excel has|empty rows below"):
        load(of_xml(NAMES + xml_rows('<c r="A#"><v>1</v></c>') + '<row r="999999999"><c><v>1</v></c></row>'))


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="5"><c r="A5"><v>1</v></c></row><row r="3"><c r="A3"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>',
        '<row r="2"><c r="C2"><v>1</v></c><c r="A2"><v>2</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>',
    ],
)
def test_rows_and_cells_out_of_order_are_refused_and_not_lost(rows: str) -> None:
    with pytest.raises(TableError, match=r"damaged: .*order"):
        load(of_xml(NAMES + rows))


def test_a_sheet_that_unpacks_to_too_much_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    data = of_xml(NAMES + xml_rows('<c r="A#"><v>1</v></c>', 40_000))
    assert len(data) < 300_000
    monkeypatch.setattr("openpyxl.load_workbook", lambda *_, **__: pytest.fail("it was parsed"))
    with pytest.raises(TableError, match=r"The workbook unpacks to more than 1 MB \(HPI_READ_UNPACKED_MB\)"):
        load(data, limits=ReadLimits(unpacked_mb=1))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml"]
)
def test_entities_are_refused_in_any_part(part: str, encoding: str) -> None:
    laughs = '<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;">]>'
    data = repacked(book(ROWS), part, lambda xml: (laughs + xml.decode("utf-8")).encode(encoding))
    with pytest.raises(TableError, match=r"declares entities \(DOCTYPE\).*save the table as CSV"):
        load(data)


@pytest.mark.parametrize(
    ("part", "change", "says"),
    [
        ("xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2], r"sheet 'S1' cannot be read below row \d+"),
        ("xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v>4</v>", b"<v>four</v>"), "below row 3"),
        ("xl/workbook.xml", lambda xml: b"<", "list of sheets"),
        ("[Content_Types].xml", lambda xml: b"", "list of sheets"),
        (
            "xl/workbook.xml",
            lambda xml: xml.replace(
                b"schemas.openxmlformats.org/spreadsheetml/2006", b"purl.oclc.org/ooxml/spreadsheetml"
            ),
            "Strict",
        ),
    ],
)
def test_damaged_parts_are_refused_with_the_place(part: str, change: Callable[[bytes], bytes], says: str) -> None:
    with pytest.raises(TableError, match=says):
        load(repacked(book(ROWS), part, change))


def test_a_workbook_that_is_cut_is_refused() -> None:
    with pytest.raises(TableError, match="damaged or cut short"):
        load(book(ROWS)[:-200])


def test_rows_beyond_the_limit_are_refused_while_they_are_read() -> None:
    with pytest.raises(TableError, match=r"more than 23 rows \(HPI_READ_ROWS\)"):
        load(book(ROWS), limits=ReadLimits(rows=N - 1))
    assert len(load(book(ROWS), limits=ReadLimits(rows=N)).frame) == N


def test_other_members_of_the_archive_are_nothing() -> None:
    data = io.BytesIO(book(ROWS))
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr("../evil.txt", "evil")
    assert load(data.getvalue()).frame.shape == (N, 3)


def test_a_workbook_under_another_name_is_read_with_a_notice() -> None:
    class Upload(io.BytesIO):
        name = "a.csv"

    table = hpi.read(Upload(book(ROWS)))
    assert "The file is called a.csv and holds Excel; it was read as that." in table.notices


@pytest.mark.parametrize(
    ("column", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")]
)
def test_columns_have_the_letters_of_excel(column: int, letters: str) -> None:
    assert letters_of(column) == letters == openpyxl.utils.get_column_letter(column)


GOOD = book(ROWS, [["a"]])
PARTS = sorted(name for name in zipfile.ZipFile(io.BytesIO(GOOD)).namelist())


@pytest.mark.parametrize("seed", range(200))
def test_mutated_workbooks_give_a_table_or_a_refusal(seed: int) -> None:
    chance = random.Random(seed)

    def mutated(xml: bytes) -> bytes:
        bad = bytearray(xml)
        for _ in range(chance.choice((1, 1, 2, 4))):
            at = chance.randrange(len(bad) + 1)
            bad[at : at + chance.choice((0, 1, 1, 9))] = chance.choice(
                (b"", b"9", b"<", b"\xff", b"99999999", b"\x00", b"A")
            )
        return bytes(bad)

    try:
        loaded = load(repacked(GOOD, chance.choice(PARTS), mutated))
    except TableError:
        return
    assert isinstance(loaded, Loaded)
    assert loaded.frame.shape[0] >= 1


def test_the_only_sheet_can_be_asked_for_by_its_name() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Runs"
    for row in [["lr", "loss"], *([i / 10, i] for i in range(20))]:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    assert len(hpi.read(file.getvalue(), sheet="Runs").frame) == 20
    with pytest.raises(TableError, match="'x'"):
        hpi.read(file.getvalue(), sheet="x")
