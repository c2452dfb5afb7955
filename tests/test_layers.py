"""Who may import whom: an import points to the left in ORDER; heavy and dangerous libraries have homes."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Groups from left to right; modules of one group do not know each other. "pages" and "app" are not in hpi.
ORDER = """
errors, version < child, environment < space < roles < table < blocks < filters, toys, readers < subspace
< counts, surrogate, checks < estimators < chance, results < scoring, effects, curve < comparison
< statements, advice, options, output
< packing, words < figures < reporting, store, jobs, converting < sharing, serving < __init__ < __main__ < pages < app
"""
RANK = {name: rank for rank, group in enumerate(ORDER.split("<")) for name in re.findall(r"\w+", group)}
# library -> the only units that may import it, anywhere
HOMES = {
    "streamlit": {"pages", "app"},
    "plotly": {"figures", "reporting"},
    "sklearn": {"surrogate", "estimators"},
    "openpyxl": {"readers"},
    **dict.fromkeys(("pickle", "joblib", "dill", "cloudpickle", "marshal", "shelve"), set()),
}
# Up to seconds of start-up: imported inside the function that needs them. scipy.special takes a tenth of one.
SLOW = ("sklearn", "scipy")
FORBIDDEN_CALLS = {"eval", "exec", "read_pickle", "to_pickle"}


def unit_of(path: Path, root: Path) -> str:
    """What ORDER calls the file: hpi/readers/optuna.py is "readers", pages/data.py is "pages"."""
    parts = path.relative_to(root).with_suffix("").parts
    return parts[1] if parts[0] == "hpi" else parts[0]


def imported(path: Path, node: ast.AST, root: Path) -> Iterator[str]:
    """Full names of the modules that an import statement reaches; of `from a import b` both a and a.b."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        package = path.relative_to(root).parts[: -node.level] if node.level else ()
        module = ".".join([*package, *filter(None, [node.module])])
        yield from (f"{module}.{alias.name}" for alias in node.names)


def at_start(tree: ast.Module) -> Iterator[ast.AST]:
    """What runs when the module is imported: nothing in a function, nothing for the type checker."""
    waiting: list[ast.AST] = [*tree.body]
    while waiting:
        node = waiting.pop()
        checker = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if not checker and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
            waiting.extend(ast.iter_child_nodes(node))


def target_unit(module: str) -> str | None:
    """The unit of this repository that a module belongs to; None for a library."""
    first, *rest = module.split(".")
    if first == "hpi":  # `from hpi import importance` reaches hpi/__init__.py
        return rest[0] if rest and rest[0] in RANK else "__init__"
    return first if first in ("pages", "app") else None


def complaints(path: Path, root: Path = ROOT) -> list[str]:
    """What a file does against the rules; [] where it keeps them."""
    tree, unit, where = ast.parse(path.read_text("utf-8")), unit_of(path, root), path.relative_to(root)
    ruled = unit in RANK
    found = []
    for node in ast.walk(tree):
        for module in imported(path, node, root):
            library, target = module.split(".")[0], target_unit(module)
            if library in HOMES and unit not in HOMES[library] and (ruled or not HOMES[library]):
                found.append(f"{where}: {library} is not for {unit}")
            if ruled and target and target != unit and RANK[target] >= RANK[unit]:
                found.append(f"{where}: {unit} imports {target}, which does not stand to its left")
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in FORBIDDEN_CALLS:
            found.append(f"{where}: calls {ast.unparse(node.func)}")
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle" and ast.unparse(node.value) != "False":
            found.append(f"{where}: allow_pickle")
    for node in at_start(tree) if ruled else ():
        for module in imported(path, node, root):
            if module.split(".")[0] in SLOW and not module.startswith("scipy.special"):
                found.append(f"{where}: imports {module} at start-up, not where it is used")
    if path.is_relative_to(root / "hpi") and not ruled:
        found.append(f"{where}: has no place in ORDER")
    return found


def sources(root: Path = ROOT) -> list[Path]:
    """Every Python file of the repository."""
    folders = ("hpi", "pages", "tests", "tools", "benchmarks", "examples")
    return sorted([*root.glob("*.py"), *(path for folder in folders for path in (root / folder).rglob("*.py"))])


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_to_the_left(path):
    assert complaints(path) == []


@pytest.mark.parametrize(
    ("name", "code", "complaint"),
    [
        ("hpi/space.py", "from hpi.table import TrialTable", "space imports table"),
        ("hpi/space.py", "from . import table", "space imports table"),
        ("hpi/scoring.py", "from hpi.effects import effect", "scoring imports effects"),
        ("hpi/counts.py", "import hpi", "counts imports __init__"),
        ("hpi/counts.py", "from hpi import importance", "counts imports __init__"),
        (
            "hpi/readers/table.py",
            "def f():\n    from hpi.estimators.ped.anova import PedAnova",
            "readers imports est",
        ),
        ("hpi/readers/table.py", "from ..toys import ishigami", "readers imports toys"),
        ("hpi/__main__.py", "import pages.shell", "__main__ imports pages"),
        ("hpi/figures/bars.py", "import streamlit as st", "streamlit is not for figures"),
        ("hpi/scoring.py", "def f():\n    import plotly.graph_objects", "plotly is not for scoring"),
        ("hpi/scoring.py", "def f():\n    from sklearn import ensemble", "sklearn is not for scoring"),
        ("hpi/surrogate.py", "from sklearn.ensemble import RandomForestRegressor", "at start-up"),
        ("hpi/effects.py", "if True:\n    from scipy import stats", "at start-up"),
        ("hpi/effects.py", "class A:\n    import scipy.stats", "at start-up"),
        ("hpi/table.py", "import pandas as pd\npd.eval('1')", "calls pd.eval"),
        ("hpi/table.py", "eval('1')", "calls eval"),
        ("examples/make.py", "import joblib", "joblib is not for examples"),
        ("tools/make.py", "import numpy as np\nnp.load('a', allow_pickle=True)", "allow_pickle"),
        ("hpi/misc.py", "", "has no place in ORDER"),
    ],
)
def test_a_planted_violation_is_found(tmp_path, name, code, complaint):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code)
    assert [found for found in complaints(path, tmp_path) if complaint in found]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("hpi/table.py", "from hpi.space import Design\nfrom .errors import HpiError"),
        ("hpi/readers/__init__.py", "from hpi.readers.table import read\nfrom . import table"),
        ("hpi/estimators/ped_anova.py", "from scipy.special import eval_legendre\nfrom scipy import special"),
        ("hpi/surrogate.py", "def f():\n    from sklearn.ensemble import RandomForestRegressor"),
        (
            "hpi/effects.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from scipy import stats",
        ),
        (
            "pages/data.py",
            "import streamlit as st\nfrom hpi import importance\nfrom pages.shell import guard",
        ),
        ("examples/make.py", "from sklearn.datasets import load_digits"),
    ],
)
def test_what_is_allowed_is_not_complained_about(tmp_path, name, code):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code)
    assert complaints(path, tmp_path) == []


def test_importing_hpi_loads_nothing_slow():
    code = "import sys, hpi; print(*{'sklearn', 'scipy.stats', 'streamlit'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []
