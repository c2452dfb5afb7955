"""How pages look: the theme of the figures, charts, and the little that Streamlit's theme cannot say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from hpi.figures import DARK, LIGHT, Theme
from pages.chart import draw as chart
from pages.state import Answer

__all__ = [
    "chart",
    "heading",
    "lead",
    "question",
    "quiet",
    "refusal",
    "shown",
    "small_heading",
    "table_height",
    "theme",
]

# Constants only: nothing from a table ever gets in here.
STYLE = """<style>
.stMainBlockContainer {max-width: 76rem; padding-top: 4.2rem; padding-bottom: 4rem}
.stMainBlockContainer h1 {font-size: 1.75rem; padding: .4rem 0 .2rem}
.stMainBlockContainer h2 {font-size: 1.15rem; font-weight: 600; padding: .8rem 0 .3rem}
[data-testid=stText] {font-variant-numeric: tabular-nums; overflow-wrap: anywhere}
.st-key-lead [data-testid=stText] {font-size: 1.15rem; line-height: 1.5}
.st-key-identity > div:first-child [data-testid=stText] {font-weight: 600}
.st-key-identity {column-gap: .6rem}
.st-key-identity > div:has(> .st-key-tools) {margin-left: auto}
.st-key-tools {gap: .5rem}
.st-key-frame {border-bottom: 1px solid rgba(128, 140, 155, .35); padding-bottom: .6rem}
[class*=st-key-quiet] [data-testid=stText], .st-key-counts [data-testid=stText],
.st-key-active_filters [data-testid=stText] {font-size: .9rem; opacity: .8}
[class*=st-key-refused], .st-key-unanswered {border-left: 4px solid #B45309; padding: .4rem .9rem}
[class*=st-key-refused], .st-key-unanswered {background: rgba(180, 83, 9, .08)}
.st-key-job, .st-key-jobs, .st-key-looking {border-left: 4px solid #0F766E; padding: .5rem .9rem}
.st-key-job, .st-key-jobs, .st-key-looking {background: rgba(15, 118, 110, .07)}
[class*=st-key-filter] [data-tag] {background: #475569; color: #FFFFFF}
/* Findings: a strong one has a solid mark and full ink, a weak one neither. */
[class*=st-key-strong-] {border-left: 4px solid #0F766E; padding-left: .9rem}
[class*=st-key-weak-] {border-left: 4px dotted #94A3B8; padding-left: .9rem}
[class*=st-key-strong-] [data-testid=stText], [class*=st-key-weak-] [data-testid=stText] {line-height: 1.5}
[class*=st-key-strong-] > :first-child [data-testid=stText] {font-size: .85rem; font-weight: 600}
[class*=st-key-weak-] > :first-child [data-testid=stText] {font-size: .85rem; opacity: .8}
[class*=st-key-finding-] [class*=st-key-strong-] > :last-child [data-testid=stText],
[class*=st-key-finding-] [class*=st-key-weak-] > :last-child [data-testid=stText] {font-size: 1.08rem}
.st-key-in_words [data-testid=stText] {font-size: .95rem}
[class*=st-key-weak-] > :last-child [data-testid=stText] {opacity: .85}
[class*=st-key-finding-] {border-bottom: 1px solid rgba(128, 140, 155, .25); padding-bottom: .6rem}
[class*=st-key-quiet-evidence] {padding-left: 1.15rem}
[class*=st-key-onward-] {padding-left: 1.15rem}
.st-key-theme_watch {position: absolute; top: 0}
.st-key-in_words {min-height: 19rem}
.st-key-under_bars [data-testid=stExpander] {width: auto}
.st-key-open_now [data-testid=stPageLink] a {background: #0F766E; border-radius: .5rem; padding: .3rem .9rem}
.st-key-open_now [data-testid=stPageLink] a p {color: #FFFFFF; font-weight: 600}
/* What is not the answer that was asked for: still to be read. */
[class*=st-key-stale] {filter: grayscale(1)}
[class*=st-key-stale] .hpi-plot {opacity: .5}
[class*=st-key-stale] [data-testid=stText] {opacity: .75}
/* Streamlit writes white on the light green of the dark theme, and darkens that green under the mouse. */
button[kind=primary] {background: #0F766E; border-color: #0F766E; color: #FFFFFF}
button[kind=tertiary]:hover {color: inherit; text-decoration: underline}
button[data-selected]:is(:hover, [data-hovered]) {background: rgba(15, 118, 110, .1) !important}
/* Where the keys are: Streamlit marks neither the page that is open nor what they scroll. */
[data-testid=stPageLink] a:focus-visible {outline: 2px solid #0F766E; outline-offset: 1px}
[data-testid=stMain]:focus-visible {outline: 2px solid #0F766E; outline-offset: -2px}
/* The menu: in the bar at the top where there is room, else in lines of its own. */
.st-key-menu {gap: .1rem; row-gap: .2rem}
@media (min-width: 1000px) {
  .st-key-menu {position: fixed; top: 1.15rem; left: 6.5rem; right: 4rem; width: auto; z-index: 999990}
}
@media (max-width: 999px) {
  .st-key-menu {flex-wrap: nowrap; overflow-x: auto; scrollbar-width: thin}
  .st-key-menu > div {flex: none}
}
/* A small screen: the frame leaves room for the answer. */
@media (max-width: 640px) {
  .stMainBlockContainer {padding-left: 1rem; padding-right: 1rem; padding-top: 3.6rem}
  .st-key-frame {gap: .5rem}
  .st-key-sentence {column-gap: .35rem; row-gap: .1rem}
  .st-key-quiet-method {display: none}
  .st-key-identity > div:has(> .st-key-tools) {flex: 1 1 12rem; min-width: 0}
  .st-key-tools {flex-wrap: nowrap; justify-content: flex-end; width: 100%}
  .st-key-estimator, .st-key-tools > div:has(> .st-key-estimator) {flex: 0 1 10rem; min-width: 0}
  .st-key-counts {flex-wrap: nowrap}
  .st-key-counts > div:first-child:not(:last-child) {flex: 0 1 auto; min-width: 0}
  .st-key-counts [data-testid=stText] {font-size: .8rem}
}
/* How a range is drawn: with a finger it would scroll. */
@media not all and (pointer: fine) {.st-key-quiet-drag {display: none}}
.st-key-note {background: rgba(128, 140, 155, .06)}
</style>"""
ROW, HEAD = 35, 37  # pixels of a table


def theme() -> Theme:
    """Return the colours of the figures that fit the page."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def question(text: str) -> None:
    """Write the title of a page, which is a question."""
    st.title(text, anchor=False)


def heading(text: str) -> None:
    """Write the title of a part of a page; never with a name in it."""
    st.header(text, anchor=False)


def small_heading(text: str) -> None:
    """Write the title of a note beside a chart; never with a name in it."""
    st.markdown(f"**{text}**")


def lead(text: str, answer: Answer) -> None:
    """Write the sentence that answers the question of the page."""
    with st.container(key="lead"), shown(answer, "lead"):
        st.text(text)


@contextmanager
def shown(answer: Answer, part: str = "chart") -> Iterator[None]:
    """A part of the page that shows an answer; dimmed while it is not the one that was asked for."""
    with st.container(key=f"{'stale' if answer.is_stale else 'shown'}-{part}"):
        yield


def refusal(text: str | None, key: str = "refused") -> None:
    """Say calmly what could not be done, if anything; the text may hold names, so it is no Markdown."""
    if text is None:
        return
    with st.container(key=key):
        st.text(text)


def quiet(key: str, *lines: str | None) -> None:
    """Write small print, a line each; `key` is unique on the page."""
    said = [line for line in lines if line]
    if said:
        with st.container(key=f"quiet-{key}", gap="xsmall"):
            for line in said:
                st.text(line)


def table_height(n_rows: int, most: int = 12) -> int:
    """Pixels of a table that shows `n_rows` rows, or `most` of them and a scroll bar."""
    return HEAD + ROW * min(n_rows, most)
