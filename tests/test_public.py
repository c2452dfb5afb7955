"""What `import hpi` gives: every public name, each from the module that is its home, and no more of it than is used."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import hpi

SOURCE = ast.parse(Path(hpi.__file__).read_text("utf-8"))


def test_names_for_the_type_checker_are_those_that_can_be_had():
    imported = {
        alias.asname or alias.name
        for node in ast.walk(SOURCE)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("hpi.")
        for alias in node.names
    }
    assert imported == set(hpi.__all__)
    assert set(dir(hpi)) == set(hpi.__all__)
    assert all(getattr(hpi, name) is not None for name in hpi.__all__)


@pytest.mark.parametrize("name", ["across", "difference", "findings", "importance", "read", "report"])
def test_a_public_function_is_no_module(name):
    assert callable(getattr(hpi, name))


def test_what_there_is_not_is_refused_as_python_does_it():
    with pytest.raises(AttributeError, match="module 'hpi' has no attribute 'nothing'"):
        _ = hpi.nothing


def test_an_error_class_needs_neither_pandas_nor_a_figure():
    libraries = ("pandas", "numpy", "plotly", "scipy")
    script = f"import sys, hpi.errors; print([name for name in {libraries} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
