"""Findings: all that can be said, each sentence with its evidence and its picture; and what cannot be said."""

import streamlit as st

from pages import beside_findings, finding_rows, finding_words, found, job, look, shell, state

shell.guard(__file__)

answer = shell.answered()
look.question("What does the table say?")
said = found.findings(answer)
if said is None:
    with st.container(key="awaited"):
        look.quiet("awaited", finding_words.AWAITED)
        job.beside(state.FINDINGS)
    beside_findings.method(None)
    st.stop()
look.lead(finding_words.lead(said), answer)
left, right = st.columns([5, 2], gap="large")
with left, look.shown(answer, "findings"):
    if said.findings:
        finding_rows.all_of(said, answer)
    else:
        look.quiet("nothing", *finding_words.nothing(said))
with right, look.shown(answer, "beside"):
    beside_findings.cannot_say(said)
    beside_findings.take_away(said)
    beside_findings.method(said)
