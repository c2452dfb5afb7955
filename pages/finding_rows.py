"""Findings one below the other: sentence, evidence, picture, and the way onward.

Keys: about, kinds, strong_only, all_again (the filters); finding-<i> (a row), strong-<i> or weak-<i> (its words),
picture-<i>, onward-<i>; like-<i> (what is like row i: like-<i>-<k> and so on); more.
"""

from __future__ import annotations

import streamlit as st

from hpi import figures
from hpi.statements import Finding, Findings
from hpi.words import findings as finding_words
from pages import beside_findings, found, link, look, menu, state

EVERY_ONE = "every hyperparameter"
PAIR, ALONE = "See the pair →", "See its trials →"


def head(said: Findings, answer: state.Answer) -> None:
    """Draw what narrows the findings, and what can be taken along."""
    with st.container(gap="xsmall", key="finding_head"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                _about(said, answer)
            beside_findings.take_away(said, is_right=True)
        st.pills(
            "Kind", found.kinds(said), format_func=finding_words.KINDS.get, selection_mode="multi", key="kinds",
            on_change=_chosen, args=("kinds",), label_visibility="collapsed",
        )  # fmt: skip


def _about(said: Findings, answer: state.Answer) -> None:
    now, names = found.chosen(), found.named(said, [h.name for h in answer.table.hyperparameters])
    state.copy(about=now.about or "", kinds=list(now.kinds), strong_only=now.strong_only)
    st.selectbox(
        "Hyperparameter", ["", *names], format_func=lambda name: _title(name, names), key="about",
        on_change=_chosen, args=("about",), width=220, label_visibility="collapsed",
    )  # fmt: skip
    st.toggle("strong only", key="strong_only", on_change=_chosen, args=("strong_only",))


def all_of(said: Findings, is_wide: bool) -> None:
    """Draw the findings that pass the filters; where none does, the way back."""
    shown = [finding for finding in said.findings if found.chosen().keeps(finding)]
    if shown:
        rows(shown, said.tolerance, is_wide)
        return
    with st.container(key="no_match"):
        st.text(finding_words.no_match(len(said.findings)))
        st.button("Show all findings", key="all_again", on_click=_all_again)


def _all_again() -> None:
    found.chosen().choose(about=None, kinds=(), strong_only=False)


def _title(name: str, names: dict[str, int]) -> str:
    return f"{name}  ·  {names[name]}" if name else EVERY_ONE


def _chosen(key: str) -> None:
    value = st.session_state[key]
    taken = {"about": lambda: value or None, "kinds": lambda: tuple(value), "strong_only": lambda: value}
    found.chosen().choose(**{key: taken[key]()})


def rows(shown: list[Finding], tolerance: float | None, is_wide: bool) -> None:
    """Draw the first findings, those that are alike folded under the strongest of them, and a button for more."""
    now, groups = found.chosen(), finding_words.alike(shown)
    for i, (first, *others) in enumerate(groups[: now.shown]):
        with st.container(key=f"finding-{i}"):
            _row(str(i), first, tolerance, is_wide)
            if others:
                _folded(i, others, tolerance, is_wide)
    left = sum(len(group) for group in groups[now.shown :])
    if left > 0:
        st.button(f"Show more ({left:,} below)", key="more", on_click=_more)


def _more() -> None:
    found.chosen().shown += found.AT_ONCE


def _folded(i: int, others: list[Finding], tolerance: float | None, is_wide: bool) -> None:
    """Draw findings like the one above when they are asked for: charts that nobody sees take time, too."""
    box = st.expander(finding_words.like_it(others), key=f"like-{i}", on_change="rerun", type="compact")
    if not box.open:
        return
    with box:
        for k, finding in enumerate(others):
            with st.container(key=f"like-{i}-{k}"):
                _row(f"{i}-{k}", finding, tolerance, is_wide, with_picture=k < found.AT_ONCE)


def _row(key: str, finding: Finding, tolerance: float | None, is_wide: bool, with_picture: bool = True) -> None:
    """Draw a finding: its words, and beside them its picture; `key` is unique on the page."""
    said, picture = st.columns([3, 2] if is_wide else [6, 5], gap="medium")
    with said, st.container(gap="xsmall"):
        sentence(finding, tolerance, key)
        look.quiet(f"evidence-{key}", finding_words.evidence(finding))
        if st.button(PAIR if len(finding.hyperparameters) > 1 else ALONE, key=f"onward-{key}", type="tertiary"):
            _go_on(finding)
    if with_picture:
        with picture:
            look.chart(figures.finding(finding, look.theme(), tolerance), f"picture-{key}")


def sentence(finding: Finding, tolerance: float | None, key: str) -> None:
    """Draw a sentence with its strength, and with `tolerance` why it is weak; `key` is unique on the page."""
    with st.container(key=f"{finding.strength}-{key}", gap="xsmall"):
        st.text(finding_words.mark(finding, tolerance))
        st.text(finding.text)


def _go_on(finding: Finding) -> None:
    """Open the page of the hyperparameter, or of the two, that a finding is about."""
    first, *others = finding.hyperparameters
    if others:
        state.session().pair = (first, others[0])
        link.go(menu.TWO)
    state.session().chosen = first
    link.go(menu.ONE)
