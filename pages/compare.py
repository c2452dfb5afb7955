"""Compare: one question put to every estimator, their ranks side by side, and why two of them differ."""

from functools import partial

import streamlit as st

from hpi import figures
from hpi.estimators import ESTIMATORS, by_name
from pages import job, look, shell, side_by_side

EVERY = 0.5  # seconds
FAR = 0.8  # rank correlations below this are worth a sentence


@st.fragment(run_every=EVERY)
def watch() -> None:
    """Draw how far each estimator is, until all have ended."""
    asked = side_by_side.held()
    if asked is None or not asked.is_open:
        st.rerun()
    with st.container(key="jobs", gap="small"):
        for name, one in asked.works.items():
            status = one.status
            st.text(job.doing(by_name(name).title, status) if one.is_open else f"{by_name(name).title}: done.")
        st.progress(sum(one.status.done for one in asked.works.values()) / len(asked.works))
        st.button("Cancel", key="cancel_all", on_click=asked.cancel)


shell.guard(__file__)

shell.frame(of_all=True)
if shell.table().metric is None or shell.table().direction is None:
    st.stop()
look.question("Do the estimators agree?")
asked = side_by_side.held()
if asked is None:
    look.quiet("asks", *(f"{estimator.title}: {estimator.summary}" for estimator in ESTIMATORS))
    st.button(f"Ask all {len(ESTIMATORS)}", key="ask_all", type="primary", on_click=side_by_side.begin)
    st.stop()
if asked.is_open:
    watch()
    st.stop()

compared = asked.collect()
for name, reason in asked.refused.items():
    look.refusal(f"{by_name(name).title}: {reason}", f"refused-{name}")
if asked.refused:
    st.button("Ask again", key="ask_all", on_click=side_by_side.begin)
if compared is None:
    st.stop()
with st.container(key="lead"):
    st.text(side_by_side.lead(compared))
ranks, reasons = st.columns([3, 2], gap="large")
with ranks:
    look.chart(figures.rank_matrix(compared, look.theme()), "ranks")
    st.download_button(
        "Download the ranks (CSV)", partial(side_by_side.ranks_as_csv, compared), "ranks.csv", "text/csv",
        key="ranks_csv", on_click="ignore",
    )  # fmt: skip
with reasons:
    look.small_heading("Why they differ")
    differing = [one for one in compared.comparisons if one.rank_correlation is None or one.rank_correlation < FAR]
    look.quiet(
        "why", *(map(side_by_side.sentence, differing) if differing else ["They agree on the order of what matters."])
    )
    with st.expander("Every two of them"):
        look.quiet("every_two", *map(side_by_side.sentence, compared.comparisons))
    with st.expander("What each of them asks"):
        look.quiet("asks", *(f"{estimator.title}: {estimator.summary}" for estimator in ESTIMATORS))
    look.quiet("notices", *dict.fromkeys(w for result in compared.results for w in result.warnings))
