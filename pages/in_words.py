"""Findings beside other pictures: the strongest of all, those about one hyperparameter, that about a pair.

Each is a fragment: where the sentences come later than the page, no more than they is drawn anew. A fragment is given
names and never tables, since Streamlit holds what it was given as long as the session. Keys: to_findings; the
containers strong-<name> and weak-<name>, quiet-no_words, quiet-no_pair.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from hpi.statements import FindingKind, Findings
from hpi.words import findings as finding_words
from hpi.words import large
from pages import finding_rows, found, job, link, look, menu, state

LEADING = 3
BESIDE_ONE = 2


@st.fragment
def leading() -> None:
    """Draw the strongest findings as text, and the way to all of them; a quiet line while there are none yet."""
    look.small_heading("In words")
    answer, said = _said()
    if answer is None:
        return
    if answer.is_preliminary:
        look.quiet("no_words", large.NO_FINDINGS)
    elif said is None:
        said, answer = found.last(), replace(answer, is_awaited=True)
    if said is not None:
        with look.shown(answer, "leading"):
            _leading(said, answer)
            _onwards(said)


@st.fragment
def of_one(name: str) -> None:
    """Draw the strongest findings about one hyperparameter alone, one of each kind; a quiet line while awaited.

    Where the best trials gather the page says already, more finely.
    """
    said = _said()[1]
    about = [] if said is None else [finding for finding in said.findings if finding.hyperparameters == (name,)]
    alone = [finding for finding in about if finding.kind is not FindingKind.TOP]
    for i, (first, *_) in enumerate(finding_words.alike(alone)[:BESIDE_ONE]):
        finding_rows.sentence(first, None, f"one-{i}")


@st.fragment
def of_pair(first: str, second: str) -> None:
    """Draw the strongest finding about two hyperparameters, or that there is none; a quiet line while it is awaited."""
    said = _said()[1]
    if said is None:
        return
    both = [finding for finding in said.findings if set(finding.hyperparameters) == {first, second}]
    if both:
        finding_rows.sentence(both[0], None, "pair")
    else:
        look.quiet("no_pair", finding_words.NOT_BOTH)


def _said() -> tuple[state.Answer | None, Findings | None]:
    """Return the answer that the page shows and its findings; where there are none yet, say how far they are."""
    answer = state.session().last
    said = None if answer is None else found.findings(answer, is_patient=True)
    if said is None:
        job.beside(state.FINDINGS, is_fragment=True)
    return answer, said


def _leading(said: Findings, answer: state.Answer) -> None:
    effects = [finding for finding in said.findings if finding.kind is not FindingKind.SAME]
    for i, (first, *_) in enumerate(finding_words.alike(effects)[:LEADING]):
        finding_rows.sentence(first, None, f"leading-{i}")
    if not effects:
        look.quiet("no_words", finding_words.lead(said), finding_words.BARS_ALONE if answer.result.detectable else None)


def _onwards(said: Findings) -> None:
    n = len(said.findings)
    label = f"All {n} findings →" if n > 1 else "See the finding →" if n else "Why, and what cannot be said →"
    if st.button(label, key="to_findings"):
        link.go(menu.FINDINGS)
