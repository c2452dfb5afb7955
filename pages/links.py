"""Links: what this visitor has shared, until when it opens, and how to delete it.

Keys: links (the list), delete-<id>; secret, delete_secret; quiet-deleted.
"""

import streamlit as st

from hpi.errors import HpiError
from hpi.figures.labels import visible
from hpi.store import Share
from pages import banner, look, shelf, shell, sign_in, state, who

DELETED = "link_deleted"  # in st.session_state: what became of the last try
NONE = "You have no link that opens. Share, beside every answer, makes one."


def forget(share: Share) -> None:
    """Have the menu Share offer a link no longer that was deleted."""
    now = state.session()
    if now.made is not None and now.made[1].share.id == share.id:
        now.made = None


def delete_own(share: Share) -> None:
    """Delete one of the own links."""
    try:
        shelf.store().delete_own(str(who.owner()), share.id)
        forget(share)
        st.session_state[DELETED] = "The link is deleted: it opens nothing any more."
    except HpiError as error:
        st.session_state[DELETED] = str(error)


def delete_by_secret() -> None:
    """Delete the link whose secret was typed."""
    try:
        forget(shelf.delete(st.session_state["secret"] or ""))
        st.session_state[DELETED] = "The link is deleted: it opens nothing any more."
    except HpiError as error:
        st.session_state[DELETED] = str(error)
    st.session_state["secret"] = ""


def row(share: Share) -> None:
    """Draw one link: what it shows, since when and until when, and the way to delete it."""
    record = share.record
    with st.container(key=f"link-{share.id}", border=True):
        what, how = st.columns([5, 1], vertical_alignment="center")
        with what:
            st.text(f"{record.get('file', '')}  ·  {record.get('page', '')}  ·  made {banner.day(share.made)}")
            look.quiet(
                f"until-{share.id}", f"opens until {banner.day(share.expires)}", visible(str(record.get("note") or ""))
            )
        with how:
            st.button("Delete", key=f"delete-{share.id}", on_click=delete_own, args=(share,))


shell.guard(__file__)

look.question("What have I shared?")
if not who.may_author():
    sign_in.gate()
    st.stop()
try:
    own = shelf.store().own(who.owner())
except HpiError as error:
    look.refusal(str(error))
    own = []
look.refusal(st.session_state.pop(DELETED, None), "deleted")
with st.container(key="links"):
    for one in own:
        row(one)
    if not own:
        st.text(NONE)
look.heading("Delete a link by its secret")
st.text("Whoever made a link was shown a secret with it. It deletes the link, from any browser.")
st.text_input("Secret", key="secret", type="password", max_chars=100)
st.button("Delete the link", key="delete_secret", on_click=delete_by_secret)
