"""What a visitor's session holds. Draws nothing, works nothing out.

Keys of st.session_state are plain values, so they outlive a change of page; widgets are copies of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from hpi.roles import Choices
from hpi.sharing import Query
from hpi.space import Design
from hpi.store import Made
from hpi.table import TrialTable
from pages.asked import Answer, Asked
from pages.beside import Beside
from pages.shelf import Shared, Wanted
from pages.uploads import File
from pages.work import Work


@dataclass
class Looking:
    """A table of the operator's that is being opened, by its name: where it lies, and the job that looks at it."""

    name: str
    address: str
    work: Work


@dataclass
class Session:
    """Everything that one visitor's session holds.

    The table is an `example`, an own `draft` that this browser can open again, one that the operator has `named`, or
    what a link has `shared`, which is read-only. `looking`: the named one that is being opened. `chosen` and `pair`:
    the hyperparameters that somebody chose to see, else None. `followed`: whether the address was read once; `pending`:
    what of it waits for a table; `written`: what the pages wrote there last. `share`: the link that is to be made;
    `made`: the one that was made last, and of what. `files`: what was uploaded, where it holds further tables;
    `n_uploads`: how often something was. `kept`: what single pages keep, by their own names. `work` answers the
    question; `counting` counts the trials that it is about, where they are more than memory holds.
    """

    table: TrialTable | None = None
    asked: Asked = Asked()
    page: str | None = None
    copied: set[str] = field(default_factory=set)
    refused: str | None = None
    remark: str | None = None
    arrived: bool = False
    chosen: str | None = None
    pair: tuple[str, str] | None = None
    show: str = "median"
    example: str | None = None
    draft: str | None = None
    named: str | None = None
    looking: Looking | None = None
    shared: Shared | None = None
    followed: bool = False
    pending: Query = field(default_factory=dict)
    written: Query = field(default_factory=dict)
    said_of_address: tuple[str, ...] = ()
    share: Wanted | None = None
    made: tuple[Hashable, Made] | None = None
    files: tuple[File, ...] = ()
    n_uploads: int = 0
    kept: dict[str, Any] = field(default_factory=dict)
    remembered: dict[str, Choices] = field(default_factory=dict)
    designs: dict[Any, Design] = field(default_factory=dict)
    answers: dict[Any, Answer] = field(default_factory=dict)
    tasks: dict[Any, tuple[str, ...]] = field(default_factory=dict)
    last: Answer | None = None
    work: Work | None = None
    counting: Work | None = None
    beside: dict[str, Beside] = field(default_factory=dict)
    visitor: str = field(default_factory=lambda: uuid.uuid4().hex)


def session() -> Session:
    """Return the session of this visitor."""
    if "hpi" not in st.session_state:
        st.session_state["hpi"] = Session()
    return st.session_state["hpi"]  # type: ignore[no-any-return]
