"""A report as one HTML file: everything is in it, and nothing in it asks anything of another machine."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape
from plotly.offline import get_plotlyjs

from hpi.estimators import by_name
from hpi.figures import DARK, LIGHT, Theme
from hpi.figures.labels import visible
from hpi.reporting import again, charts, method, sections
from hpi.reporting.charts import Chart
from hpi.reporting.contents import Contents
from hpi.words import answer, pairs, reading, tables
from hpi.words import findings as said

COLOURS = ("text", "muted", "background", "panel", "grid", "target", "chance_line", "attention")
BOLD = re.compile(r"\*\*(.+?)\*\*")


def as_html(contents: Contents) -> str:
    """Return the report as one HTML file that asks nothing of any other."""
    shown = _shown(contents)
    plotly, script = _script(get_plotlyjs()), _script(_asset("charts.js"))
    page = _environment().from_string(_asset("report.html")).render(
        **shown,
        policy=_policy(plotly, script),
        style=Markup(_asset("style.css")),
        light=_variables(LIGHT),
        dark=_variables(DARK),
        plotly=plotly,
        script=script,
        charts=_embedded([_plain(chart) for chart in _drawn(shown)]),
    )  # fmt: skip
    return page.encode("utf-8", "replace").decode("utf-8")


def _script(text: str) -> Markup:
    """Return a script of ours or of plotly's, which is not escaped.

    Raises
    ------
    ValueError
        If a browser would read it otherwise than it is written.
    """
    if "</script" in text.lower() or "<!--" in text or "\r" in text:
        raise ValueError("a script that ends early, or whose line ends a browser changes")
    return Markup(text)


def _drawn(shown: Mapping[str, Any]) -> list[Chart]:
    """Return every figure of a report."""
    threshold = [shown["threshold"]] if shown["threshold"] is not None else []
    bars = [shown["bars"]] if shown["pairs"] is None else [shown["bars"], shown["pairs"]]
    sentences = [group.first for part in shown["parts"] for group in part.groups]
    others = (one.chart for one in (*threshold, *sentences, *shown["ones"], *shown["twos"]))
    return [*bars, *(chart for chart in others if chart is not None)]


def _shown(contents: Contents) -> dict[str, Any]:
    """Return everything that the template shows."""
    result, table = contents.result, contents.table
    estimator = by_name(result.estimator)
    return {
        "note": (contents.note or "").strip().splitlines(),
        "file": table.name,
        "result": result,
        "question": answer.question(result),
        "lead": pairs.lead(result) or answer.lead(result),
        "facts": sections.facts(contents),
        "bars": charts.importance(contents),
        "how_to_read": _list(reading.how_to_read(result, can_click=False)),
        "scores": sections.scores(contents),
        "beyond": pairs.beyond(result),
        "together": sections.together(contents),
        "pairs": charts.pairs(contents) if any(pair.detectable for pair in result.pairs) else None,
        "what_terms_add": pairs.what_terms_add(result),
        "coefficients": sections.coefficients(contents),
        "threshold": sections.threshold(contents),
        "worth_knowing": sections.worth_knowing(contents),
        "about_findings": sections.about_findings(contents),
        "parts": sections.parts(contents),
        "cannot_say": sections.cannot_say(contents),
        "target_here": answer.target_here(result),
        "ones": sections.ones(contents),
        "twos": sections.twos(contents),
        "roles": tables.roles(table),
        "left_out": tables.left_out(table),
        "method": method.of_importance(estimator),
        "of_findings": _list(said.METHOD) if contents.findings is not None else None,
        "matters": said.matters(contents.findings, contents.tolerance) if contents.findings is not None else None,
        "references": method.references(estimator, contents.findings is not None),
        "estimator": estimator,
        "settings": sections.settings(contents),
        "snippet": again.snippet(contents),
        "command": again.command_line(contents),
    }


def _environment() -> Environment:
    made = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=_inert, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["code"] = _code
    return made


def _inert(value: object) -> object:
    """Return a text without characters that change what stands around it; the template escapes it."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _code(text: str) -> Markup:
    """Return lines of code as they are, escaped."""
    return Markup("\n").join(escape(visible(line)) for line in text.split("\n"))


def _list(constant: str) -> Markup:
    """Return Markdown that is a list, of words of our own, as HTML."""
    items = [" ".join(item.split()) for item in re.split(r"^- ", constant.strip(), flags=re.MULTILINE) if item.strip()]
    bold = (BOLD.sub(r"<strong>\1</strong>", str(escape(item))) for item in items)
    return Markup("".join(f"<li>{item}</li>" for item in bold))


def _policy(*scripts: str) -> str:
    """Return what the page may do: run these scripts, and nothing from anywhere else.

    Plotly writes its styles while it draws, so these cannot be known beforehand.
    """
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


def _variables(theme: Theme) -> Markup:
    """Return the colours of a theme as variables of a style sheet."""
    return Markup("; ".join(f"--{name.replace('_', '-')}: {getattr(theme, name)}" for name in COLOURS))


def _plain(chart: Chart) -> dict[str, Any]:
    return {"key": chart.key, "figure": chart.figure, "dark": chart.dark}


def _embedded(value: Any) -> Markup:  # noqa: ANN401
    """Return JSON that cannot end the script it stands in, nor begin another."""
    written = json.dumps(value, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return Markup(written)


def _asset(name: str) -> str:
    return files("hpi.reporting").joinpath(name).read_text("utf-8")
