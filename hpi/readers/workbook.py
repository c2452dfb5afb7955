"""What is in an Excel workbook before its cells are understood: its parts under limits, and what only the XML says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hpi.errors import TableError
from hpi.readers.archives import too_much
from hpi.readers.limits import ReadLimits
from hpi.readers.protocol import Files

CONTENT_TYPES = "[Content_Types].xml"
_DECLARATIONS = tuple(
    text.encode(encoding) for text in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml"
# An element's name may have a prefix. No pattern runs over < or >, so none reads a stretch of the file twice.
_P = rb"(?:\w{1,20}:)?"
_ROW = re.compile(rb"<" + _P + rb"row\s(?:[^<>]*?\s)?r=[\"'](\d{1,9})[\"']")
_VALUE = re.compile(rb"<" + _P + rb"v(?:\s[^<>]*)?>[^<]|<" + _P + rb"is(?:\s[^<>]*)?>")
_FORMULA = re.compile(rb"<" + _P + rb"f[\s/>]")
_EMPTY_FORMULA = re.compile(
    rb"<" + _P + rb"c(\s[^<>]*)?>\s*<" + _P + rb"f(?:\s[^<>]*)?(?:/>|>[^<]*</" + _P + rb"f>)\s*"
    rb"(?:<" + _P + rb"v\s*/>|<" + _P + rb"v>\s*</" + _P + rb"v>)?\s*</" + _P + rb"c>"
)  # fmt: skip
_MERGED = re.compile(rb"<" + _P + rb"mergeCell\s[^<>]*?ref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")
_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3}\d{1,7})[\"']")


@dataclass(frozen=True, order=True)
class Block:
    """Merged cells: rows and columns from 1, both ends in it."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def shown(self) -> str:
        """How Excel writes it: A1:B1."""
        return f"{letters_of(self.left)}{self.top}:{letters_of(self.right)}{self.bottom}"


@dataclass(frozen=True)
class Facts:
    """What the XML of a sheet says and no list of its cells' values does.

    Attributes
    ----------
    n_values
        How many cells have a value.
    n_hollow, first_hollow
        Formulas without a saved result: how many, and where the first is.
    merged
        The blocks of merged cells.
    """

    n_values: int
    n_hollow: int
    first_hollow: str
    merged: tuple[Block, ...]


def check_parts(files: Files, limits: ReadLimits) -> None:
    """Refuse a workbook that unpacks to too much, or whose XML declares what makes parsers grow.

    Raises
    ------
    TableError
        If so, or if a part is damaged.
    """
    # announced sizes bound what is unpacked: the archive never gives more
    if sum(files.sizes.values()) > limits.unpacked_bytes:
        raise too_much("The workbook", limits)
    for name in files.sizes:
        if not name.lower().endswith((".xml", ".rels", ".vml")):
            continue
        content = files.read(name)
        if any(declaration in content for declaration in _DECLARATIONS):
            raise TableError(
                f"{name} in the workbook declares entities (DOCTYPE), which no Excel does and which is refused; "
                "save the table as CSV."
            )
        if name == "xl/workbook.xml" and _STRICT in content:
            raise TableError("This is a Strict Open XML workbook; save it as a plain Excel workbook (.xlsx), or CSV.")


def facts_of(xml: bytes, sheet: str) -> Facts:
    """Return what the XML of a sheet says; raises TableError where its rows are not in order."""
    body = memoryview(xml)[max(0, xml.find(b"sheetData")) :]
    rows = [int(number) for number in _ROW.findall(body)]
    if any(later <= earlier for earlier, later in zip(rows, rows[1:], strict=False)):
        raise damaged(f"the rows of sheet {sheet!r} are not in order")
    has_formulas = _FORMULA.search(body) is not None
    # a formula whose saved result is the empty text says that it is text
    hollow = [cell for cell in _EMPTY_FORMULA.findall(body) if b't="str"' not in cell] if has_formulas else []
    place = _PLACE.search(hollow[0]) if hollow else None
    return Facts(
        len(_VALUE.findall(body)),
        len(hollow),
        "" if place is None else place.group(1).decode(),
        tuple(sorted(_block(*found) for found in _MERGED.findall(body))),
    )


def _block(left: bytes, top: bytes, right: bytes, bottom: bytes) -> Block:
    return Block(int(top), _number_of(left), int(bottom), _number_of(right))


def _number_of(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def letters_of(column: int) -> str:
    """Return what Excel calls a column, counted from 1: 28 is AB."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def damaged(what: str) -> TableError:
    """Return the error for a workbook that is no whole one."""
    return TableError(f"The workbook is damaged: {what}. Open it in Excel and save it again, or save it as CSV.")
