"""Findings: all that can be said, each sentence with its evidence and its picture; and what cannot be said."""

from dataclasses import replace

import streamlit as st

from hpi.words import findings as finding_words
from hpi.words import large
from pages import beside_findings, finding_rows, found, job, look, shell, state

shell.guard(__file__)

answer = shell.answered("What does the table say?")
said = found.findings(answer)
if said is None:
    said, answer = found.last(), replace(answer, is_awaited=True)
    with st.container(key="awaited"):
        look.quiet("awaited", finding_words.AWAITED if said is None and not found.is_refused() else None)
        job.beside(state.FINDINGS)
    if said is None:
        beside_findings.method(None)
        st.stop()
else:
    look.lead(finding_words.lead(said), answer)
    look.quiet("part", large.rests_on(answer.sample))
    said = replace(said, cannot_say=tuple(large.beside(answer.table, answer.sample, said.cannot_say)))
    if said.findings:
        look.quiet("about", finding_words.about(said, answer.result), finding_words.beside_bars(said, answer.result))
# where the table cannot say something, that stands beside the first findings, in sight
left, right = st.columns([5, 2], gap="large") if said.cannot_say else (st.container(), None)
with left, look.shown(answer, "findings"):
    if said.findings:
        finding_rows.head(said, answer)
        finding_rows.all_of(said, is_wide=right is None)
    else:
        look.quiet("nothing", *finding_words.nothing(said))
        beside_findings.take_away(said)
if right is not None:
    with right, look.shown(answer, "silence"):
        beside_findings.cannot_say(said)
beside_findings.method(said)
