"""What `streamlit run app.py` starts: imported, the server; run for a visitor, the menu and the look, nothing else."""

import sys
from pathlib import Path

import streamlit as st

from pages import look, menu, shell, sign_in, theme_watch


def draw() -> None:
    """Draw the page that is asked for."""
    icon = str(shell.ROOT / "pages" / "icon.svg")
    st.set_page_config(page_title="hpi: what decides it?", page_icon=icon, layout="wide")
    st.logo(str(shell.ROOT / "pages" / "logo.svg"), size="large")
    st.html(look.STYLE)
    st.session_state["through_app"] = True
    pages = menu.pages()
    sign_in.before(pages)
    page = st.navigation(pages, position="hidden")
    st.session_state["url_path"] = page.url_path
    theme_watch.watch()
    page.run()


if __name__ == "__main__":
    draw()
else:
    from hpi.errors import SettingsError
    from pages import served

    try:
        guards, routes, mishap = served.around()
    except SettingsError as error:
        sys.exit(f"hpi: {error}")
    # Streamlit finds this line without running it, and starts what it makes
    app = st.App(Path(__file__), middleware=guards, routes=routes, on_script_error=mishap)
