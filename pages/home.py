"""Start: drop a table, or open an example."""

import streamlit as st

from pages import look, menu, opening, shell

shell.guard(__file__)
menu.arrive()

look.question("Which hyperparameters decide whether a trial is among the best?")
st.markdown(
    "Drop the table of a finished search: one row a trial, a column for each hyperparameter and one for the result. "
    "You see at once what decides, and how sure that is."
)
opening.draw()
