"""The study as Markdown: what was wanted, what was found, and every part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from benchmarks.findings import report_unlike
from benchmarks.findings.cells import TAILS, Cell
from benchmarks.findings.claims import WAYS
from benchmarks.findings.counts import Counted, Table, counted, rate, rows, share
from benchmarks.findings.laws import NOISES
from benchmarks.findings.scenarios import SCENARIOS, scenario

WRONG, FALSE = 0.01, 0.05


@dataclass(frozen=True)
class Study:
    """Everything that was measured, what is missing, and which tables are not here."""

    cells: dict[Cell, Table]
    command: str
    missing: Sequence[Cell] = ()
    absent: Sequence[str] = ()

    def of(self, part: str) -> dict[Cell, list[Table]]:
        """Return the tables of a part, cell by cell."""
        return {cell: found["tables"] for cell, found in self.cells.items() if cell.part == part}

    @property
    def seconds(self) -> float:
        """Time that all cells took, on one core."""
        return sum(found["seconds"] for found in self.cells.values())


def written(study: Study) -> str:
    """Return the report."""
    parts = [HEAD.format(command=study.command, minutes=study.seconds / 60), _missing(study), _summary(study)]
    parts += [_idle(study), _planted(study), report_unlike.scale(study.of("scale"))]
    parts += [report_unlike.real(study.of("real"), study.absent), report_unlike.dependent(study)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _missing(study: Study) -> str:
    if not study.missing:
        return ""
    lost: dict[str, int] = {}
    for cell in study.missing:
        lost[cell.part] = lost.get(cell.part, 0) + 1
    return f"**Not measured yet:** {', '.join(f'{part} ({n} cells)' for part, n in lost.items())}."


def _all(cells: dict[Cell, list[Table]]) -> list[Table]:
    return list(chain.from_iterable(cells.values()))


# --- in short


def _summary(study: Study) -> str:
    lines = [*_of_idle(study), *_of_planted(study), *report_unlike.summary(study)]
    return f"## In short\n\n{rows(('what', 'wanted', 'measured', 'met'), lines)}"


def _yes(is_met: bool) -> str:
    return "yes" if is_met else "**no**"


def _of_idle(study: Study) -> Iterator[Sequence[str]]:
    tables = _all(study.of("idle"))
    if tables:
        any_said = sum(bool(table["said"]) for table in tables)
        met = _yes(any_said <= FALSE * len(tables))
        words = f"{any_said} of {len(tables):,} tables, {rate(any_said, len(tables))}"
        yield "Tables without any effect of which a sentence claims one", "at most 5 %", words, met
        strong = sum(any(one["strength"] == "strong" for one in table["said"]) for table in tables)
        yield (
            "The same, called sure (strong)",
            "",
            f"{strong} of {len(tables):,} tables, {rate(strong, len(tables))}",
            "",
        )


def _of_planted(study: Study) -> Iterator[Sequence[str]]:
    tables = _all(study.of("planted"))
    if not tables:
        return
    found = counted(tables)
    words = f"{found.fdr:.4f} ± {found.fdr_se:.4f} (standard error), {found.tables:,} tables, {found.claims:,} claims"
    yield "False discovery rate, planted effects", "at most 5 %", words, _yes(found.fdr <= FALSE)
    worst, where = max((one.fdr, words) for words, one in _by_size(study))
    yield "The same at the worst size and number of trials", "", f"{worst:.3f} ({where})", ""
    met = _yes(found.wrong <= WRONG * found.claims)
    yield "Claims with the wrong sign", "at most 1 %", rate(found.wrong, found.claims), met
    for words, keys in (("", ("apart", "missed")), (", by at most 1.5 of it", ("close", "close_missed"))):
        there, missed = (sum(len(table[key]) for table in tables) for key in keys)
        what = f'"No difference" said where groups differ by more than the tolerance{words}'
        met = _yes(missed <= FALSE * there)
        yield what, "at most 5 %", f"{missed:,} of {there:,}, {rate(missed, there)}", met
    alike = [one["is_false"] for table in tables for one in table["alike"]]
    yield '"No difference" said, and false', "", f"{sum(alike):,} of {len(alike):,}, {rate(sum(alike), len(alike))}", ""
    yield "95 % intervals that hold the truth, of all sentences said", "", rate(found.covered, found.with_interval), ""
    every = [one["covered"] for table in tables for one in table["unselected"]]
    yield "The same of all trends and contrasts, said or not", "", rate(sum(every), len(every)), ""


def _by_size(study: Study) -> Iterator[tuple[str, Counted]]:
    planted = study.of("planted")
    for n_trials, size in dict.fromkeys((cell.n_trials, cell.size) for cell in planted):
        mine = {cell: t for cell, t in planted.items() if (cell.n_trials, cell.size) == (n_trials, size)}
        yield f"{n_trials:,} trials, size {size:g}", counted(_all(mine))


# --- nothing


def _idle(study: Study) -> str:
    tables = _all(study.of("idle"))
    if not tables:
        return ""
    kinds = sorted({one["kind"] for table in tables for one in table["said"]})
    header = ("", "tables", "any claim", *kinds, "strong", "refused")
    lines = [_idle_row("all", tables, kinds)]
    for what, word in (("metric", "metric: "), ("n_trials", "trials: ")):
        for value in dict.fromkeys(table[what] for table in tables if table[what] or not table["refused"]):
            mine = [table for table in tables if table[what] == value]
            lines.append(_idle_row(f"{word}{value}", mine, kinds))
    return f"{IDLE}\n\n{rows(header, lines)}\n\n{TAIL_WORDS}\n\n{_tails(tables)}"


def _tails(tables: list[Table]) -> str:
    lines = []
    for kind in sorted({kind for table in tables for kind in table["tails"]}):
        counts = [table["tails"][kind] for table in tables if kind in table["tails"]]
        n, *up_to = (sum(column) for column in zip(*counts, strict=True))
        cells = [f"{found:,} ({n * end:,.1f})" for found, end in zip(up_to, TAILS, strict=True)]
        lines.append([kind, f"{n:,}", *cells])
    return rows(("kind", "p-values", *(f"p up to {end:g}" for end in TAILS)), lines)


def _idle_row(words: str, tables: list[Table], kinds: Sequence[str]) -> list[object]:
    any_said = sum(bool(table["said"]) for table in tables)
    said = [[one["kind"] for one in table["said"]] for table in tables]
    strong = sum(any(one["strength"] == "strong" for one in table["said"]) for table in tables)
    per_kind = [sum(kind in table for table in said) for kind in kinds]
    refused = sum(table["refused"] for table in tables)
    return [words, len(tables), rate(any_said, len(tables)), *per_kind, strong, refused]


# --- planted


def _planted(study: Study) -> str:
    planted = study.of("planted")
    if not planted:
        return ""
    parts = [PLANTED.format(noises="; ".join(law.words for law in NOISES)), _power(planted), FALSE_WORDS]
    tables = _all(planted)
    lines = [_right(words, one) for words, one in _by_size(study)]
    lines += [_right(f"said: {kind}", counted(tables, kind)) for kind in dict.fromkeys(_kinds(tables))]
    lines += [_right(f"said: {strength}", counted(tables, None, strength)) for strength in ("strong", "weak")]
    for kind in dict.fromkeys(one.kind for one in SCENARIOS):
        mine = {cell: t for cell, t in planted.items() if scenario(cell.name).kind == kind}
        lines.append(_right(f"planted: {kind}", counted(_all(mine))))
    for law in NOISES:
        with_law = [table for table in tables if table["metric"] == law.name]
        lines += [_right(f"noise: {law.words}", counted(with_law))] if with_law else []
    parts += [rows(RIGHT, lines), _ways(tables), _functions(planted)]
    return "\n\n".join(parts)


def _kinds(tables: list[Table]) -> list[str]:
    return sorted({one["kind"] for table in tables for one in table["said"]})


def _power(planted: dict[Cell, list[Table]]) -> str:
    sizes = sorted({cell.size for cell in planted})
    lines = []
    for kind in dict.fromkeys(one.kind for one in SCENARIOS):
        for n_trials in sorted({cell.n_trials for cell in planted}):
            mine = [(c, t) for c, t in planted.items() if c.n_trials == n_trials and scenario(c.name).kind == kind]
            at = [counted(chain.from_iterable(t for c, t in mine if c.size == size)) for size in sizes]
            lines.append([kind, f"{n_trials:,}", *(share(one.found, one.wanted) for one in at)])
    return rows(("planted", "trials", *(f"size {size:g}" for size in sizes)), lines)


RIGHT = ("", "tables", "claims", "false", "false of claims", "false discovery rate", "wrong sign", "coverage")


def _right(words: str, one: Counted) -> list[object]:
    fdr = f"{one.fdr:.3f} ± {one.fdr_se:.3f}" if one.tables > 1 else ""
    return [
        words,
        f"{one.tables:,}",
        f"{one.claims:,}",
        one.false,
        share(one.false, one.claims),
        fdr,
        one.wrong,
        rate(one.covered, one.with_interval),
    ]


def _ways(tables: list[Table]) -> str:
    """Return how often the way in which a true pair is said to act together is its way."""
    known = [one for table in tables for one in table["said"] if one["is_way"] is not None]
    lines = []
    for way in WAYS:
        right = [one["is_way"] for one in known if one["way"] == way]
        lines += [(way, len(right), rate(sum(right), len(right)))] if right else []
    return f"{WAY_WORDS}\n\n{rows(('words', 'claims', 'right'), lines)}" if lines else ""


def _functions(planted: dict[Cell, list[Table]]) -> str:
    names = dict.fromkeys(cell.name for cell in planted)
    lines = [(f"{scenario(name).kind}: {name}", scenario(name).toy.formula) for name in names]
    return f"The functions (each between 0 and 1, times the size):\n\n{rows(('planted', 'loss'), lines)}"


HEAD = """# Do the sentences hold up?

Made by `{command}` (seeded; a stopped run goes on where it was; {minutes:.0f} minutes of one core). Fresh tables are
drawn from functions whose effects are known, `hpi.findings` is asked about each of them, and every sentence is held
against the function. What is true comes from the function alone: from its noiseless values at 65,536 evenly spread
(Sobol) trials, averaged over those trials that are in the groups which the sentence names; the noise is integrated, not
drawn. Rates stand with their exact 95 % intervals (Clopper and Pearson 1934) in brackets."""

IDLE = """## Nothing has an effect

3 to 10 hyperparameters of mixed kinds (numbers, evenly spread or bunched, logarithmic, whole; switches; ordinals and
categories of 2 to 8 levels, evenly frequent or not; some active only with one level of another), and a metric that none
of them moves. Counted are tables of which any sentence claims an effect: every kind but "no difference"; and tables in
which each kind does, and in which a claim is called sure (strong)."""

TAIL_WORDS = """The p-values of all candidates of these tables (but exceptions), before the correction: how many are as
small as that, and in parentheses how many there would be by chance. (A candidate whose interval in the metric does not
say the same has p = 1; one that was chosen among several carries the correction for it.)"""

PLANTED = """## Planted effects

Each table has the planted hyperparameters beside six idle ones (one of them conditional). A size is the range of the
function over the residual noise's standard deviation: .1 is invisible, 2 is plain. The noise follows four laws in
turn: {noises}. **Found** is the share of planted effects of which a true sentence of the right kind about the right
hyperparameters was said."""

WAY_WORDS = """In which way two hyperparameters act together: how often the words fit the four groups that they speak of
(of interactions that are there). *Turns round*: something is gained there and lost elsewhere; *only*: elsewhere the
difference is below the tolerance; *above all*: it is smaller; *depends*: less is gained elsewhere; *reinforce* and
*make up for each other*: gained in both groups, more where the other is better too, or where it is worse."""

FALSE_WORDS = """A claim is **false** if the function has no such effect: an idle hyperparameter; groups that do not
differ, or (best between) do not differ on both sides; a pair that adds up; no reversal in the group that is named; or
if the **sign is wrong**: what it compares truly differs in the other direction. The **false discovery rate** is the
mean over tables of false / max(1, claims) with its standard error (of the claims of that kind, in its rows).
**Coverage**: how often the 95 % interval of what was said holds the truth; sentences were selected, so it may be lower
than 95 %."""
