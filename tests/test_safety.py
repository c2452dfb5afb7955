"""What no code of the app does: run what it reads, fetch an address, open a path that came from a visitor.

Read from the syntax trees of hpi/, pages/ and app.py. Whatever must reach out of the process or into a folder stands
here with its reason; everything else is refused, so a new one is a decision and no accident.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_layers import ROOT, imported


def words(text: str) -> frozenset[str]:
    """Return the words between the blanks."""
    return frozenset(text.split())


# ---- what may not be imported, and who may all the same

RUNS_WHAT_IT_READS = words("pickle _pickle cPickle joblib dill cloudpickle jsonpickle marshal shelve torch yaml ruamel")
REACHES_OUT = words(
    "urllib.request urllib3 http.client http.server requests httpx aiohttp ftplib smtplib imaplib poplib telnetlib "
    "nntplib xmlrpc socket socketserver ssl webbrowser websockets grpc paramiko boto3 botocore s3fs gcsfs adlfs fsspec "
    "pyarrow.fs pyarrow.dataset pyarrow.flight dask distributed "
    "sqlalchemy psycopg importlib.import_module"
)
STARTS = words("subprocess multiprocessing pty concurrent.futures.process")
MAY_IMPORT = {
    ("hpi/store/", "sqlalchemy"): "the index of the store; its address is in the server's settings",
    ("hpi/child.py", "subprocess"): "starts modules of this package, by name",
    (
        "hpi/blocks/places.py",
        "pyarrow.fs",
    ): "files of large tables: addresses by a person at this machine or the settings",
    ("hpi/blocks/cluster.py", "distributed"): "the cluster, whose address is in the server's settings",
    ("hpi/store/places.py", "subprocess"): "asks `mount`, without arguments, what disk the store is on",
    ("hpi/serving/health.py", "subprocess"): "an empty process: can slow work be started?",
}
# imports whose names are not in the code's imports; "hpi." stands for a module of this package
MAY_LOOK_UP = {
    (
        "hpi/store/remote.py",
        "fsspec",
    ): "objects of the store, where a team has it; their address is in the settings",
    ("hpi/__init__.py", "hpi."): "its own modules when they are asked for; their names stand in it",
}

# ---- what may not be called

NEVER = words(
    "eval exec query read_pickle to_pickle unsafe_load urlopen urlretrieve mktemp extractall load_extension "
    "enable_load_extension system popen startfile posix_spawn"
)
NEVER_BARE = words("compile __import__ input breakpoint")
NEVER_OF_OS = ("os.exec", "os.spawn", "os.fork")
# keyword -> the only value that is allowed
ONLY = {"allow_pickle": "False", "shell": "False", "persist": "False", "unsafe_allow_html": "False", "trusted": "False"}

# ---- what opens a path where it is given one: its first argument must be bytes in memory

OPENS = words(
    "sqlite3.connect ZipFile zipfile.ZipFile openpyxl.load_workbook load_workbook pq.ParquetFile pq.ParquetDataset "
    "pq.read_table pq.read_metadata pq.read_schema np.load np.loadtxt np.genfromtxt np.fromfile np.memmap gzip.open "
    "gzip.GzipFile bz2.open lzma.open tarfile.open pa.OSFile pa.memory_map pa.input_stream pa.output_stream "
    "csv.read_csv arrow_csv.read_csv feather.read_table feather.read_feather ET.parse ElementTree.parse etree.parse"
)
IN_MEMORY = ("io.BytesIO(", "BytesIO(", "io.StringIO(", "pa.BufferReader(", "pa.py_buffer(", "':memory:'")
TOUCHES = words(
    "read_bytes read_text write_bytes write_text unlink rmdir mkdir touch symlink_to hardlink_to rglob glob iterdir "
    "is_file exists stat lstat expanduser"
)
TOUCHES_OF_OS = words(
    "os.open os.listdir os.scandir os.walk os.remove os.unlink os.rename os.replace os.mkdir os.makedirs os.rmdir "
    "os.chmod os.link os.symlink os.stat os.access os.truncate"
)
# file or folder -> whose paths it opens
MAY_OPEN = {
    "hpi/readers/beyond.py": "the same path, where it is that of a folder or pattern of Parquet files",
    "hpi/readers/origin.py": "a path that a person at this machine gives to hpi.read or the command line",
    "hpi/readers/apart.py": "a folder that it makes itself; what is in it is called 0, 1, 2...",
    "hpi/readers/worker.py": "that folder",
    "hpi/table/cells.py": "that folder",
    "hpi/blocks/places.py": "addresses of large tables: given by a person at this machine or by the server's settings",
    "hpi/blocks/source.py": "files that places.py opened",
    "hpi/jobs/": "folders that jobs make themselves",
    "hpi/child.py": "what a child says, in a file without a name; how much memory it has",
    "hpi/store/": "the folder of the store, from the server's settings; blobs are called by a digest made here",
    "hpi/serving/secret.py": "the server's secret, in the folder of its settings",
    "hpi/serving/health.py": "a file without a name: is there room?",
    "hpi/output.py": "what a command writes",
    "hpi/options.py": "SPACE.json, given on the command line",
    "hpi/__main__.py": "the null device",
    "hpi/converting.py": "what a command writes",
    "hpi/reporting/command.py": "what a command writes",
    "hpi/reporting/page.py": "the style and script of this package",
    "pages/served.py": "Streamlit's own page",
    "pages/chart.py": "the style and script of this repository",
    "pages/library.py": "the scripts of this repository and of plotly, which browsers get",
    "pages/opened.py": "the examples of this repository",
    "pages/opening.py": "the examples of this repository",
}
PURE = ("name", "stem", "suffix", "suffixes", "parts")
READ = words("read load load_all load_opened append appended")


def complaints(path: Path, root: Path = ROOT) -> list[str]:
    """What a file does that it may not; [] where it does nothing of that."""
    where = path.relative_to(root).as_posix()
    tree = ast.parse(path.read_text("utf-8"))
    pure = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in PURE}
    found = []
    for node in ast.walk(tree):
        found += [f"imports {name}" for name in _imports(path, node, root, where)]
        if isinstance(node, ast.Call):
            found += [*_calls(node), *_looks_up(node, where), *_reads(node, where)]
            found += [] if _may_open(where) else _opens(node, id(node) in pure)
            found += [] if _in_memory(node) or _may_open(where) else [f"{_named(node)} of what may be a path"]
    return [f"{where}: {what}" for what in found]


def _imports(path: Path, node: ast.AST, root: Path, where: str) -> Iterator[str]:
    for name in imported(path, node, root):
        for banned in (*RUNS_WHAT_IT_READS, *REACHES_OUT, *STARTS):
            free = any(where.startswith(home) and what == banned for home, what in MAY_IMPORT)
            if f"{name}.".startswith(f"{banned}.") and not free:
                yield name


def _named(node: ast.Call) -> str:
    return ast.unparse(node.func)


def _calls(node: ast.Call) -> Iterator[str]:
    name = _named(node)
    last = name.split(".")[-1]
    if last in NEVER or name in NEVER_BARE or name.startswith(NEVER_OF_OS):
        yield f"calls {name}"
    if last == "extract" and not name.endswith(".str.extract"):
        yield f"calls {name}"
    if name.startswith(("pd.read_", "pandas.read_")):
        yield f"calls {name}, which opens paths and addresses"
    for keyword in node.keywords:
        if keyword.arg in ONLY and ast.unparse(keyword.value) != ONLY[keyword.arg]:
            yield f"{keyword.arg}={ast.unparse(keyword.value)}"


def _looks_up(node: ast.Call, where: str) -> Iterator[str]:
    """A module by a name that is computed, or that is not listed."""
    if _named(node).split(".")[-1] == "import_module" and (where, _looked_up(node.args[0])) not in MAY_LOOK_UP:
        yield f"looks up the module {ast.unparse(node.args[0])}"


def _looked_up(name: ast.expr) -> str | None:
    """The name of a module that is written out, "hpi." for one of ours by a name that is not, None for any other."""
    if isinstance(name, ast.Constant):
        return str(name.value)
    first = name.values[0] if isinstance(name, ast.JoinedStr) else None
    return "hpi." if isinstance(first, ast.Constant) and first.value == "hpi." else None


def _opens(node: ast.Call, is_pure: bool) -> Iterator[str]:
    name = _named(node)
    last = name.split(".")[-1]
    opens_path = last == "open" and node.args and str(getattr(node.args[0], "value", "")) in ("r", "w", "a", "rb", "wb")
    if name in ("open", "io.open", "codecs.open") or name in TOUCHES_OF_OS or opens_path:
        yield f"{name} opens a path"
    if name.startswith(("tempfile.", "shutil.")):
        yield f"{name} touches the disk"
    if "." in name and last in TOUCHES:
        yield f"{name} touches the disk"
    if name in ("Path", "pathlib.Path") and not is_pure and "__file__" not in ast.unparse(node):
        yield f"{ast.unparse(node)} makes a path"


def _in_memory(node: ast.Call) -> bool:
    """Whether the call opens nothing, or bytes that are in memory."""
    if _named(node) not in OPENS:
        return True
    return bool(node.args) and ast.unparse(node.args[0]).startswith(IN_MEMORY)


def _may_open(where: str) -> bool:
    return any(where.startswith(home) for home in MAY_OPEN)


def _reads(node: ast.Call, where: str) -> Iterator[str]:
    """A page that gives a reader something other than an upload or an example."""
    *owner, last = _named(node).split(".")
    if where.startswith("hpi/") or last not in READ or (owner and owner[-1] not in ("hpi", "readers", "loading")):
        return
    if not owner and last != "read_apart":
        return
    first = ast.unparse(node.args[0]) if node.args else ""
    example = where == "pages/opened.py" and last == "read" and first == "path"
    appends = where == "pages/opened.py" and last == "append"
    if not (example or appends):
        yield f"{_named(node)}({first}) reads in this process, or a path"


# ---- the code


def code(root: Path = ROOT) -> list[Path]:
    """What runs in the app and on the command line."""
    return sorted([root / "app.py", *(path for folder in ("hpi", "pages") for path in (root / folder).rglob("*.py"))])


@pytest.mark.parametrize("path", code(), ids=lambda path: str(path.relative_to(ROOT)))
def test_does_nothing_that_is_not_listed(path: Path) -> None:
    assert complaints(path) == []


def test_what_is_listed_is_there() -> None:
    """A permission that nothing needs is an open door."""
    homes = {home for home, _ in (*MAY_IMPORT, *MAY_LOOK_UP)} | set(MAY_OPEN)
    assert [home for home in homes if not (ROOT / home).exists()] == []
    every = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in code()}
    for home, module in (*MAY_IMPORT, *MAY_LOOK_UP):
        assert any(module in text for where, text in every.items() if where.startswith(home)), (home, module)


def test_a_page_opens_no_example_that_it_does_not_ship() -> None:
    """`open_example` joins a name to a folder, so the names it is given come from the code, never from an address."""
    tree = ast.parse((ROOT / "pages/opened.py").read_text("utf-8"))
    opener = next(node for node in ast.walk(tree) if getattr(node, "name", "") == "open_example")
    assert ast.unparse(opener.body[1]) == "path = EXAMPLES / name"
    given = [
        ast.unparse(node.args[0])
        for path in (ROOT / "pages").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "opened.open_example"
    ]
    assert set(given) == {"name"}
    looked_up = [(ROOT / "pages" / page).read_text("utf-8") for page in ("link.py", "opening.py")]
    assert "now, name = session(), KNOWN_EXAMPLES.get(given)" in looked_up[0]
    assert "for name in EXAMPLES if (path := opened.EXAMPLES / name).is_file()" in looked_up[1]


# ---- the rules find what they are for


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("hpi/a.py", "import pickle", "imports pickle"),
        ("hpi/a.py", "def f():\n    from joblib import load", "imports joblib.load"),
        ("pages/a.py", "import yaml", "imports yaml"),
        ("hpi/a.py", "from urllib import request", "imports urllib.request"),
        ("hpi/a.py", "import urllib.request as r", "imports urllib.request"),
        ("hpi/readers/a.py", "import sqlalchemy", "imports sqlalchemy"),
        ("pages/a.py", "import requests", "imports requests"),
        ("hpi/a.py", "from socket import create_connection", "imports socket"),
        ("hpi/readers/a.py", "import subprocess", "imports subprocess"),
        ("hpi/store/remote.py", "import importlib\nimportlib.import_module(name)", "looks up the module name"),
        ("hpi/a.py", "import importlib\nimportlib.import_module('fsspec')", "looks up the module 'fsspec'"),
        ("hpi/a.py", "import importlib\nimportlib.import_module(f'hpi.{a}')", "looks up the module"),
        ("hpi/__init__.py", "import importlib\nimportlib.import_module(f'{a}.hpi.')", "looks up the module"),
        ("hpi/a.py", "from importlib import import_module", "imports importlib.import_module"),
        ("hpi/a.py", "eval('1')", "calls eval"),
        ("hpi/a.py", "frame.query(name)", "calls frame.query"),
        ("hpi/a.py", "compile('1', '', 'eval')", "calls compile"),
        ("hpi/a.py", "__import__('os')", "calls __import__"),
        ("hpi/a.py", "import os\nos.system('ls')", "calls os.system"),
        ("hpi/child.py", "import subprocess\nsubprocess.run('ls', shell=True)", "shell=True"),
        ("hpi/a.py", "np.load(io.BytesIO(b), allow_pickle=True)", "allow_pickle=True"),
        ("pages/a.py", "st.cache_data(persist='disk')", "persist='disk'"),
        ("pages/a.py", "st.markdown(name, unsafe_allow_html=True)", "unsafe_allow_html=True"),
        ("hpi/store/a.py", "import tempfile\ntempfile.mktemp()", "calls tempfile.mktemp"),
        ("hpi/readers/a.py", "archive.extractall()", "calls archive.extractall"),
        ("hpi/readers/a.py", "archive.extract('a', '.')", "calls archive.extract"),
        ("hpi/readers/a.py", "connection.enable_load_extension(True)", "calls connection.enable_load_extension"),
        ("hpi/readers/a.py", "sqlite3.connect(name)", "sqlite3.connect of what may be a path"),
        ("hpi/readers/a.py", "zipfile.ZipFile(name)", "zipfile.ZipFile of what may be a path"),
        ("hpi/readers/a.py", "pq.ParquetFile(name)", "pq.ParquetFile of what may be a path"),
        ("hpi/readers/a.py", "from pyarrow import fs", "imports pyarrow.fs"),
        ("hpi/blocks/a.py", "from pyarrow import fs", "imports pyarrow.fs"),
        ("hpi/blocks/a.py", "pq.ParquetFile(name)", "pq.ParquetFile of what may be a path"),
        ("hpi/blocks/a.py", "from distributed import Client", "imports distributed"),
        ("hpi/readers/a.py", "pd.read_csv(name)", "opens paths and addresses"),
        ("hpi/readers/a.py", "open(name)", "open opens a path"),
        ("hpi/readers/a.py", "there.open('rb')", "there.open opens a path"),
        ("hpi/readers/a.py", "os.open(name, 0)", "os.open opens a path"),
        ("hpi/readers/a.py", "there.read_bytes()", "touches the disk"),
        ("hpi/readers/a.py", "Path(name)", "makes a path"),
        ("pages/a.py", "Path(st.query_params['p']).read_text()", "touches the disk"),
        ("pages/a.py", "readers.read(st.query_params['p'])", "reads in this process, or a path"),
        ("pages/opened.py", "readers.read(given)", "reads in this process, or a path"),
        ("pages/a.py", "import hpi\nhpi.read(upload)", "reads in this process, or a path"),
        ("pages/a.py", "readers.load(Path(given).name)", "reads in this process, or a path"),
    ],
)  # fmt: skip
def test_a_planted_violation_is_found(tmp_path: Path, name: str, text: str, complaint: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert [found for found in complaints(path, tmp_path) if complaint in found]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hpi/a.py", "import re\nre.compile('a')"),
        ("hpi/a.py", "from urllib.parse import urlsplit"),
        ("hpi/a.py", "names.str.extract('a')"),
        ("hpi/a.py", "Path(name).name"),
        ("hpi/readers/a.py", "zipfile.ZipFile(io.BytesIO(data))"),
        ("hpi/readers/a.py", "sqlite3.connect(':memory:')"),
        ("hpi/readers/a.py", "pq.ParquetFile(pa.BufferReader(data))"),
        ("hpi/readers/a.py", "import ast\nast.literal_eval(cell)"),
        ("hpi/store/a.py", "import sqlalchemy"),
        ("hpi/blocks/places.py", "from pyarrow import fs"),
        ("hpi/store/remote.py", "import importlib\nimportlib.import_module('fsspec')"),
        ("hpi/packing.py", "np.load(io.BytesIO(content), allow_pickle=False)"),
        ("pages/uploads.py", "readers.read_apart([(file.name, file.content)])"),
        ("pages/opened.py", "readers.read(path, space=space)"),
        ("pages/trials.py", "trials.read(table, sample)"),
    ],
)
def test_what_is_allowed_is_not_complained_about(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert complaints(path, tmp_path) == []
