"""One question put to every estimator, their ranks side by side, and why two of them differ.

Keys of the widgets: ask_all, cancel_all, ranks_csv; the containers jobs, lead, quiet-asks, quiet-why, quiet-notices.
"""

from functools import partial

import streamlit as st

from hpi import figures
from hpi.comparison import Agreement
from hpi.estimators import ESTIMATORS, by_name
from pages import agreement, job, look, shell, side_by_side

EVERY = 0.5  # seconds
LARGE = 5_000  # trials from which on it takes minutes
TALL = 66  # pixels of a row that holds a sentence
SUMMARIES = [f"{estimator.title}: {estimator.summary}" for estimator in ESTIMATORS]


@st.fragment(run_every=EVERY)
def watch() -> None:
    """Draw how far each estimator is, until all have ended."""
    asked = side_by_side.held()
    if asked is None or not asked.is_open:
        st.rerun()
    done = [not one.is_open for one in asked.works.values()]
    with st.container(key="jobs", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.text(f"{sum(done)} of {len(done)} estimators are done.", width="content")
            st.button("Cancel", key="cancel_all", on_click=_cancel_all)
        st.progress(sum(one.status.done if one.is_open else 1.0 for one in asked.works.values()) / len(done))
        for name, one in asked.works.items():
            title = by_name(name).title
            ended = "done" if one.job.error is None else "no answer"
            st.text(job.doing(title, one.status) if one.is_open else f"{title}: {ended}.")


def _cancel_all() -> None:
    asked = side_by_side.held()
    if asked is not None:
        asked.cancel()


def draw() -> None:
    """Draw the question that is put to all of them, how far they are, or what came of it."""
    asked = side_by_side.held()
    if asked is None:
        time = "half a minute or so" if len(shell.table().trials) < LARGE else "a few minutes for so many trials"
        st.text(f"Their ranks side by side, and why they differ. It takes {time}.")
        look.quiet("asks", *SUMMARIES)
        st.button(f"Ask all {len(ESTIMATORS)}", key="ask_all", type="primary", on_click=side_by_side.begin)
    elif asked.is_open:
        watch()
    else:
        _answered(asked)


def _answered(asked: side_by_side.SideBySide) -> None:
    compared = asked.collect()
    for name, refusal in agreement.refusals(asked.refused):
        look.refusal(refusal, f"refused-{name}")
    if asked.refused:
        st.button("Ask again", key="ask_all", on_click=side_by_side.begin)
    if compared is None:
        look.quiet("too_few", "Two answers at least are needed to compare.")
        return
    with st.container(key="lead"):
        st.text(agreement.lead(compared))
    ranks, reasons = st.columns([3, 2], gap="large")
    with ranks:
        look.chart(figures.rank_matrix(compared, look.theme()), "ranks")
        st.download_button(
            "Download the ranks (CSV)", partial(agreement.ranks_as_csv, compared), "ranks.csv", "text/csv",
            key="ranks_csv", on_click="ignore",
        )  # fmt: skip
    with reasons:
        _why(compared)
    with st.expander("What each of them asks"):
        look.quiet("asks", *SUMMARIES)


def _why(compared: Agreement) -> None:
    """Draw why they differ, what is to be careful about, and every two of them."""
    differing = agreement.reasons(compared)
    if differing:
        look.small_heading("Why they differ")
        look.quiet("why", *differing)
    careful = agreement.notices(compared)
    if careful:
        look.small_heading("Worth knowing")
        look.quiet("notices", *careful)
    with st.expander("Every two of them"):
        st.dataframe(
            agreement.every_two(compared), hide_index=True, key="every_two", row_height=TALL, height="content",
            column_config={"estimators": st.column_config.TextColumn(width=260),
                           "rank correlation": st.column_config.TextColumn(width=110)},
        )  # fmt: skip
