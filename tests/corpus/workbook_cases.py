"""Workbooks: as Excel writes them, odd ones, and hostile ones that no program would write."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl

from hpi.roles import Role
from hpi.table import TrialTable
from tests.corpus.case import Case, Wanted, equal, labels, names, role, true
from tests.corpus.plain import LR, OPTIMIZER, PLAIN, N, is_plain

NOTICE, REFUSE = Wanted.NOTICE, Wanted.REFUSE
Cell = float | str | bool | None
BODY = [[float(lr), optimizer, float(loss)] for lr, optimizer, loss in zip(*PLAIN.values(), strict=True)]
ROWS: list[list[Cell]] = [list(PLAIN), *BODY]
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def cell(value: Cell) -> str:
    """One cell; text that begins with = is a formula without a saved result, with # an error."""
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, float):
        return f"<c><v>{value!r}</v></c>"
    if value.startswith("="):
        return f"<c><f>{escape(value[1:])}</f></c>"
    if value.startswith("#"):
        return f'<c t="e"><v>{value}</v></c>'
    return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def sheet(rows: Sequence[Sequence[Cell]], more: str = "", before: str = "") -> str:
    """The XML of a sheet."""
    body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    return f'{HEAD}{before}<worksheet xmlns="{SPREADSHEET}"><sheetData>{body}{more}</sheetData></worksheet>'


def book(sheets: Mapping[str, str], extra: Mapping[str, str] | None = None) -> bytes:
    """A workbook of these sheets, with nothing in it that is not needed."""
    n = range(1, len(sheets) + 1)
    listed = "".join(f'<sheet name="{name}" sheetId="{k}" r:id="rId{k}"/>' for k, name in zip(n, sheets, strict=True))
    linked = "".join(
        f'<Relationship Id="rId{k}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{k}.xml"/>' for k in n
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    typed = "".join(f'<Override PartName="/xl/worksheets/sheet{k}.xml" ContentType="{kind}.worksheet+xml"/>' for k in n)
    parts = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{kind}.sheet.main+xml"/>{typed}</Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{linked}</Relationships>',
        **{f"xl/worksheets/sheet{k}.xml": content for k, content in zip(n, sheets.values(), strict=True)},
        **(extra or {}),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def saved(rows: Sequence[Sequence[object]], merged: str | None = None) -> bytes:
    """A workbook as a library writes it, with shared strings and styles."""
    made = openpyxl.Workbook()
    page = made.active
    for row in rows:
        page.append(list(row))
    if merged:
        page.merge_cells(merged)
    written = io.BytesIO()
    made.save(written)
    made.close()
    return written.getvalue()


def plain_book() -> bytes:
    """The plain table."""
    return book({"Sheet1": sheet(ROWS)})


def sheet_bomb() -> bytes:
    """A sheet of 600 MB behind a megabyte."""
    small, written = io.BytesIO(plain_book()), io.BytesIO()
    with (
        zipfile.ZipFile(small) as parts,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        for name in parts.namelist():
            if "sheet1" not in name:
                archive.writestr(name, parts.read(name))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as out:
            head, _, tail = sheet(ROWS).partition("</sheetData>")
            out.write(head.encode())
            block = b"<row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>" * 20_000
            for _ in range(600_000_000 // len(block)):
                out.write(block)
            out.write(b"</sheetData>" + tail.encode())
    return written.getvalue()


def laughs() -> str:
    """Entities in entities: a billion laughs."""
    nested = "".join(f'<!ENTITY l{k} "{f"&l{k - 1};" * 10}">' for k in range(1, 10))
    return f'<!DOCTYPE lolz [<!ENTITY l0 "lol">{nested}]>'


def moments() -> bytes:
    """Dates and true or false beside the numbers."""
    header = ["lr", "optimizer", "nesterov", "made", "loss"]
    day = datetime.datetime(2026, 10, 1, 12)
    body = [[lr, opt, k % 2 == 0, day + datetime.timedelta(minutes=k), loss] for k, (lr, opt, loss) in enumerate(BODY)]
    return saved([header, *body])


def is_typed(table: TrialTable) -> None:
    """True and False are levels, the moment is no hyperparameter."""
    equal({level.lower() for level in labels(table, "nesterov")}, {"true", "false"}, "levels")
    role(table, "made", Role.LEFT_OUT)


def with_errors() -> bytes:
    """#N/A and #DIV/0! in two cells."""
    rows = [list(row) for row in ROWS]
    rows[4][2], rows[7][1] = "#DIV/0!", "#N/A"
    return book({"Sheet1": sheet(rows)})


def errors_missing(table: TrialTable) -> None:
    """Neither is a value."""
    equal(len(table.trials), N - 1, "trials")
    equal(labels(table, "optimizer"), {"adam", "sgd", "adamw"}, "levels")


def all_but_formulas(table: TrialTable) -> None:
    """The columns with results are as they were."""
    equal(table.frame["optimizer"].tolist(), OPTIMIZER, "optimizer")
    true(all(map(float.__eq__, table.frame["lr"].astype(float), map(float, LR))), "lr")
    true(table.metric == "loss", f"the metric is {table.metric}")


def two_headers(table: TrialTable) -> None:
    """Whatever was taken for the header, the numbers below are there."""
    equal(len(names(table)), 3, "columns")
    true(len(table.frame) in (N, N + 1), f"{len(table.frame)} rows")


def nothing_unpacked(table: TrialTable) -> None:
    """The other member is nowhere on the disk."""
    is_plain(table)
    true(not any((folder / "evil.txt").exists() for folder in (Path.cwd(), Path.cwd().parent)), "a member was unpacked")


def other_sheet(table: TrialTable) -> None:
    """The rows of the second sheet, and both names for whoever wants to choose."""
    is_plain(table)
    equal(table.reading.part_is, "sheet", "what a part is")
    equal(table.reading.part, "results", "part")
    true("results" in table.reading.parts, f"parts {table.reading.parts}")


CASES = (
    Case("X01", "xlsx baseline", "a.xlsx", lambda: saved(ROWS), holds=is_plain),
    Case("X02", "formulas no cached value", "a.xlsx",
         lambda: book({"Sheet1": sheet([[*ROWS[0][:2], "total", "loss"],
                                        *([lr, opt, f"=A{k}*2", loss] for k, (lr, opt, loss) in enumerate(BODY, 2))])}),
         NOTICE, says=("formula", "Excel|save"), holds=all_but_formulas),
    Case("X03", "empty first sheet, data 2nd", "a.xlsx", lambda: book({"Notes": sheet([]), "results": sheet(ROWS)}),
         holds=other_sheet),
    Case("X04", "merged header", "a.xlsx",
         lambda: saved([["setting", None, "loss"], ["lr", "optimizer", None], *BODY], merged="A1:B1"), NOTICE,
         says=("header|merged", "row|merged"), holds=two_headers, analysed=False),
    Case("X05", "error cells #N/A #DIV/0!", "a.xlsx", with_errors, holds=errors_missing),
    Case("X06", "cell at XFD1048576", "a.xlsx",
         lambda: book({"Sheet1": sheet(ROWS, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')}), REFUSE,
         seconds=2, says=("stray|far|empty rows", "delete|remove|leave")),
    Case("X07", "xlsx sheet bomb 600 MB", "a.xlsx", sheet_bomb, REFUSE, seconds=2,
         says=("200 MB", "HPI_READ_UNPACKED_MB|csv|parquet"), large=True),
    Case("X08", "billion laughs", "a.xlsx",
         lambda: book({"Sheet1": sheet(ROWS, "<row><c t=\"inlineStr\"><is><t>&l9;</t></is></c></row>", laughs())}),
         REFUSE,
         seconds=2, says=("entit|DOCTYPE",)),
    Case("X09", "truncated zip", "a.xlsx", lambda: saved(ROWS)[:-600], REFUSE, says=("damaged|cut|incomplete",)),
    Case("X10", "zip with ../ member", "a.xlsx", lambda: book({"Sheet1": sheet(ROWS)}, {"../evil.txt": "evil"}),
         holds=nothing_unpacked),
    Case("X12", "dates + bool cells", "a.xlsx", moments, holds=is_typed),
)  # fmt: skip
