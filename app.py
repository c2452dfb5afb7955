"""What `streamlit run app.py` starts: the menu and the look, nothing else."""

import streamlit as st

from pages import look, shell, theme_watch

st.set_page_config(page_title="hpi: what decides it?", page_icon=str(shell.ROOT / "pages" / "icon.svg"), layout="wide")
st.logo(str(shell.ROOT / "pages" / "logo.svg"), size="large")
st.html(look.STYLE)
st.session_state["through_app"] = True
st.navigation(shell.pages(), position="top").run()
theme_watch.watch()
