"""Files that a visitor has sent: read in a child process, and let go at once. Draws nothing but the place to drop them.

Keys of the widgets: upload-<n>, append-<n>; n counts what was sent, so that each drop meets an empty place.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from threading import BoundedSemaphore

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from hpi import readers
from hpi.jobs import Log
from hpi.readers import Wanted
from hpi.table import TrialTable


@dataclass(frozen=True, eq=False)
class File:
    """A file by its name, which is only shown, and its bytes."""

    name: str
    content: bytes


def drop(label: str, key: str) -> list[File]:
    """Draw a place for files; return what was dropped there, which the app does not keep any longer."""
    dropped = st.file_uploader(label, accept_multiple_files=True, key=key)
    files = [File(one.name, one.getvalue()) for one in dropped]
    context = get_script_run_ctx()
    for one in dropped if context is not None else ():
        context.uploaded_file_mgr.remove_file(context.session_id, one.file_id)
    return files


def read(files: Sequence[File], wanted: Wanted) -> TrialTable:
    """Return the table in files that belong together; raises HpiError as `hpi.readers.read_apart`."""
    with _turns():
        return readers.read_apart([(file.name, file.content) for file in files], None, wanted, note=_log().write)


@st.cache_resource(show_spinner=False)
def _turns() -> BoundedSemaphore:
    """Return what lets as many files be read at a time as there are cores."""
    return BoundedSemaphore(os.cpu_count() or 1)


@st.cache_resource(show_spinner=False, on_release=Log.close)
def _log() -> Log:
    return Log()
