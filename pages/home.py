"""Start: drop a table, or open an example."""

import streamlit as st

from pages import look, shell

shell.guard(__file__)

look.question("Which hyperparameters decide whether a trial is among the best?")
st.markdown(
    "Drop the table of a finished search, one row a trial. "
    "You see which hyperparameters decide how good a trial is, and how sure that is."
)
shell.opening()
