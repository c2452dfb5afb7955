"""What a ConfigSpace file declares of each hyperparameter."""

from __future__ import annotations

from collections.abc import Mapping

from hpi.readers.declaring import Told, category, interval
from hpi.readers.protocol import Files
from hpi.readers.studies import find, folder_of, in_line, number_of, parsed
from hpi.space import Kind

FILE = "configspace.json"
_KINDS = {"float": Kind.FLOAT, "int": Kind.INT}


def beside_run(files: Files, run: str) -> tuple[dict[str, Told | None], tuple[str, ...]]:
    """Return what the configspace.json that belongs to a run declares, {} if there is none, and what must be said.

    It stands beside the file of the run, in a folder around it, or is the only one that there is.
    """
    here = find(files, FILE)
    around = [folder for folder in here if _is_around(folder, folder_of(run))]
    path = here[max(around, key=len)] if around else next(iter(here.values()), None)
    if path is None or not (around or len(here) == 1):
        return {}, (f"There is no {FILE} beside {in_line(run)}, so the search space is not declared.",)
    whole = parsed(files.read(path), in_line(path))
    hyperparameters = whole.get("hyperparameters") if isinstance(whole, Mapping) else None
    if not isinstance(hyperparameters, list):
        return {}, (f"{in_line(path)} holds no list of hyperparameters, so the search space is not declared.",)
    return {str(one["name"]): _told(one) for one in hyperparameters if isinstance(one, Mapping) and "name" in one}, ()


def _is_around(outer: str, inner: str) -> bool:
    return not outer or inner == outer or inner.startswith(f"{outer}/")


def _told(one: Mapping[str, object]) -> Told | None:
    kind = str(one.get("type"))
    if kind == "categorical":
        return category(one.get("choices"))
    if kind == "ordinal":
        return category(one.get("sequence"), ordered=True)
    if kind in ("constant", "unparametrized"):
        return category([one.get("value")])
    number = _KINDS.get(kind.rpartition("_")[2])
    if number is None:
        return None
    if kind.startswith(("normal", "beta")) and number_of(one.get("lower")) is None:
        # the oldest files give no bounds of these
        return Told(number)
    return interval(number, one.get("lower"), one.get("upper"), one.get("log"))
