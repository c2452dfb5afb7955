"""The address of a page: taken over when a session begins, written when something changes, and never trusted."""

from __future__ import annotations

import runpy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import hpi
from hpi.filters import Between, OneOf
from hpi.jobs import JobLimits, Jobs
from hpi.sharing import Found, Snapshot, View, save
from hpi.store import Store, StoreSettings
from hpi.subspace import Subspace
from pages import opened, shelf, who, work
from tests.pages.tables import as_upload, drop, search

ROOT = Path(__file__).resolve().parents[2]
GONE = "This link does not exist, has expired or was deleted."
OWNER = "a" * 64
TABLE = hpi.read(ROOT / "examples" / "known_function.csv")


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    """A store of this test alone, and a visitor who is known."""
    kept = Store(StoreSettings(tmp_path / "store"))
    monkeypatch.setattr(shelf, "store", lambda: kept)
    monkeypatch.setattr(who, "owner", lambda: OWNER)
    shelf._restored.clear()
    shelf._tries.clear()
    yield kept
    kept.close()


def visit(page: str = "pages/importance.py", **query: str | list[str]) -> AppTest:
    """The page as somebody sees who has just come by an address."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    if page != "pages/home.py":
        app._page_hash = AppTest.from_file(str(ROOT / "app.py")).switch_page(page)._page_hash
    return clean(app.run())


def clean(app: AppTest) -> AppTest:
    assert not app.exception, app.exception[0].message
    return app


def said(app: AppTest) -> str:
    return "\n".join(text.value for text in app.text).replace("\u00a0", " ")


def session(app: AppTest):
    return app.session_state["hpi"]


def address(app: AppTest) -> dict[str, list[str]]:
    """What the pages have written; AppTest itself keeps the address that it was given."""
    return session(app).written


def published(store, view=View(), page="importance", note="", days=None, version=None):  # noqa: B008
    """A link of the store, and its numbers."""
    subspace = Subspace(view.region, view.target, view.where)
    found = Found(hpi.importance(TABLE, subspace=subspace), hpi.findings(TABLE, subspace=subspace))
    snapshot = Snapshot(TABLE, replace(view, metric="loss", direction=hpi.Direction.MINIMIZE), page, found, note)
    record, blobs = save(snapshot if version is None else replace(snapshot, version=version))
    return store.save("share", record, blobs, OWNER, days), found


def test_an_example_opens_by_its_address_with_everything_asked():
    app = visit(example="known_function", top="0.2", region="0.8", where="a=0.1:", permutations="300", hp="c", seed="5")
    now = session(app)
    assert (now.table.name, now.asked.target, now.asked.region) == ("known_function.csv", 20, 80)
    assert (now.asked.where, now.asked.settings) == ((Between("a", 0.1, None),), (("permutations", 300),))
    assert now.chosen == "c"
    assert now.last.result.seed == 5
    assert address(app)["top"] == ["0.2"]


def test_what_is_changed_is_written_to_the_address():
    app = visit(example="known_function")
    app.number_input(key="target").set_value(25.0).run()
    assert address(clean(app))["top"] == ["0.25"]
    app.number_input(key="region").set_value(60.0).run()
    assert address(clean(app))["region"] == ["0.6"]
    assert visit(**address(app)).session_state["hpi"].asked == session(app).asked


def test_an_address_never_grows_too_long_to_be_opened_again():
    names = [f"{'long' * 30}_{i}" for i in range(30)]
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({name: rng.uniform(0, 1, 200) for name in names}).assign(loss=rng.uniform(0, 1, 200))
    app = visit("pages/home.py")
    drop(app, as_upload(frame))
    app.switch_page("pages/importance.py").run()
    session(app).asked = replace(session(app).asked, where=tuple(Between(name, None, 0.999) for name in names))
    app.run()
    assert "“where” would make the address too long" in said(clean(app))
    assert "where" not in address(app)
    assert len(urlencode(address(app), doseq=True)) < 4096
    assert {"t", "metric"} <= set(address(app))


def test_what_is_compared_stands_in_the_address_and_is_there_after_a_reload():
    app = visit("pages/compare.py", example="known_function", view="thresholds")
    assert app.number_input(key="other_target").value == 1  # as usual, a tenth of a tenth
    assert not {"other_top", "other_region"} & set(address(app))
    app.number_input(key="other_target").set_value(30.0).run()
    app.number_input(key="other_region").set_value(60.5).run()
    kept = address(clean(app))
    assert (kept["view"], kept["other_top"], kept["other_region"]) == (["thresholds"], ["0.3"], ["0.605"])
    again = visit("pages/compare.py", **kept)
    shown = [again.number_input(key=key).value for key in ("other_target", "other_region")]
    assert shown == [30, 60.5]
    assert address(again) == kept


def test_the_second_estimator_stands_in_the_address_as_long_as_it_is_another_one():
    app = visit("pages/compare.py", example="known_function")
    assert "view" not in address(app)
    app.segmented_control(key="compare_view").set_value("two").run()
    app.selectbox(key="other_estimator").select("n-rrelieff").run()
    kept = address(clean(app))
    assert (kept["view"], kept["other_est"]) == (["two"], ["n-rrelieff"])
    again = visit("pages/compare.py", **kept)
    assert again.selectbox(key="other_estimator").value == "n-rrelieff"
    again.selectbox(key="estimator").select("n-rrelieff").run()
    assert "other_est" not in address(clean(again))


@pytest.mark.parametrize("query", [{"view": "three"}, {"other_est": "ped-anova"}, {"other_top": "x"}])
def test_a_bad_value_of_what_is_compared_falls_back_with_a_notice(query):
    app = visit("pages/compare.py", example="known_function", **({"view": "thresholds"} | query))
    (key,) = query
    assert f"“{key}” in the address" in said(app)
    assert key not in address(app)


def test_every_view_of_compare_has_its_word_in_an_address():
    from hpi.sharing import COMPARISONS

    for name in COMPARISONS:
        app = visit("pages/compare.py", example="known_function", view=name)
        assert app.segmented_control(key="compare_view").value == name
        assert app.segmented_control(key="compare_view").options == [
            "Datasets", "Estimators", "Two estimators", "Thresholds", "Tables",
        ]  # fmt: skip


def test_an_unknown_example_is_refused_by_its_key():
    app = visit(example="../../etc/passwd")
    assert "“example” in the address is none of digits_mlp, digits_cnn, known_function" in said(app)
    assert "passwd" not in said(app)


@pytest.mark.parametrize(("query", "key"), [
    ({"top": "nan"}, "top"), ({"top": "7"}, "top"), ({"est": "os.system"}, "est"), ({"metric": "<img>"}, "metric"),
    ({"dir": "sideways"}, "dir"), ({"seed": "-1"}, "seed"), ({"pair": ["a"]}, "pair"), ({"hp": "nobody"}, "hp"),
    ({"where": "zzz"}, "where"), ({"permutations": "999999999"}, "permutations"), ({"region": "inf"}, "region"),
])  # fmt: skip
def test_a_bad_value_falls_back_with_a_notice_on_the_page(query, key):
    app = visit(example="known_function", **({"top": "0.3"} if key != "top" else {"hp": "b"}), **query)
    assert f"“{key}” in the address" in said(app)
    now = session(app)
    assert (now.asked.target == 30) if key != "top" else (now.chosen == "b")  # the other keys apply
    assert now.last.result.metric == "loss"


def test_the_notice_goes_when_the_visitor_moves_on():
    app = visit(example="known_function", seed="abc")
    assert "“seed”" in said(app)
    app.number_input(key="target").set_value(25.0).run()
    assert "“seed”" not in said(clean(app))


def test_an_own_table_opens_again_in_the_same_browser_and_in_no_other(monkeypatch):
    app = visit("pages/home.py")
    drop(app, as_upload(search()))
    app.switch_page("pages/importance.py").run()
    app.number_input(key="target").set_value(25.0).run()
    kept = address(clean(app))
    again = visit(**kept)
    assert session(again).asked == session(app).asked
    assert session(again).table.fingerprint == session(app).table.fingerprint
    monkeypatch.setattr(who, "owner", lambda: "b" * 64)
    other = visit(**kept)
    assert session(other).table is None
    assert "opened in another browser" in said(other)
    monkeypatch.setattr(who, "owner", lambda: None)
    assert session(visit(**kept)).table is None


def test_the_file_dropped_again_is_shown_as_the_address_says(monkeypatch):
    app = visit("pages/home.py", t="A" * 22, top="0.3", hp="dropout")
    drop(app, as_upload(search()))
    assert (session(app).asked.target, session(app).chosen) == (30, "dropout")


def test_changed_roles_are_there_after_a_reload():
    app = visit("pages/home.py")
    drop(app, as_upload(search()))
    app.switch_page("pages/data.py").run()
    app.selectbox(key="role_of").select("dropout").run()
    app.selectbox(key="role").select(hpi.Role.CONTEXT).run()
    again = visit(**address(clean(app)))
    assert {column.name: column.role for column in session(again).table.columns}["dropout"] is hpi.Role.CONTEXT


def test_a_link_shows_the_stored_numbers_and_computes_none(store, monkeypatch):
    made, found = published(store, View(region=0.9, target=0.25), note="see **b**")
    monkeypatch.setattr("hpi.scoring.score", lambda *_: pytest.fail("nothing is to be worked out"))
    app = visit(s=made.token)
    now = session(app)
    assert repr(now.last.result) == repr(found.result)
    assert "Read-only" in said(app)
    assert "see **b**" in said(app)
    assert address(app) == {"s": [made.token]}
    assert not {"region", "target", "estimator"} & {widget.key for widget in [*app.number_input, *app.selectbox]}
    with pytest.raises(KeyError):
        app.slider(key="subspace")


def test_a_link_of_another_version_says_so_and_shows_its_numbers(store):
    made, found = published(store, version="0.0.9")
    app = visit(s=made.token)
    assert "numbers as stored by hpi 0.0.9. This is hpi" in said(app)
    assert repr(session(app).last.result) == repr(found.result)


def test_numbers_of_a_link_that_cannot_be_read_are_worked_out_and_that_is_said(store):
    made, _ = published(store)
    share = store.open(made.token)
    made = store.save("share", share.record, {"table": store.load(share, "table"), "results": b"other"}, OWNER)
    app = visit(s=made.token)
    assert "cannot read the stored numbers" in said(app)
    assert "numbers worked out now" in said(app)
    assert session(app).last.result.metric == "loss"


def test_what_is_looked_at_may_be_added_to_a_link_and_the_question_not(store):
    made, _ = published(store, View(target=0.25))
    app = visit("pages/one.py", s=made.token, hp="e", top="0.01", est="linear")
    assert session(app).chosen == "e"
    assert session(app).asked.target == 25
    assert "“top” in the address is left out" in said(app)
    assert "“est” in the address is left out" in said(app)
    assert address(app) == {"s": [made.token], "hp": ["e"]}


def test_every_page_of_a_link_can_be_read(store):
    made, _ = published(store)
    for page in ("importance", "one", "two", "findings", "compare", "data", "links", "home"):
        app = visit(f"pages/{page}.py", s=made.token)
        assert session(app).shared is not None


def test_a_copy_is_free_and_has_the_same_numbers(store):
    made, found = published(store, View(target=0.25))
    app = visit(s=made.token)
    app.button(key="explore").click().run()
    assert session(clean(app)).shared is None
    assert repr(session(app).last.result) == repr(found.result)
    assert "t" in address(app)
    app.number_input(key="target").set_value(30.0).run()
    assert session(clean(app)).last.result.subspace.target == 0.3
    assert repr(session(visit(s=made.token)).last.result) == repr(found.result)


BAD = [
    "",
    "A" * 22,
    "../../etc/passwd",
    "..%5c..",
    ":token",
    "*",
    "%",
    "_",
    "' OR 1=1--",
    "０" * 22,
    "A" * 21,
    "A" * 23,
]


@pytest.mark.parametrize("token", BAD[1:])
@pytest.mark.parametrize("page", ["pages/home.py", "pages/importance.py"])
def test_u02_u03_u04_what_is_no_link_is_refused_alike(store, token, page):
    published(store)
    app = visit(page, s=token)
    assert GONE in said(app)
    assert session(app).table is None


def test_u01_an_empty_token_is_the_start_page():
    app = visit("pages/home.py", s="")
    assert GONE not in said(app)
    assert [upload.key for upload in app.file_uploader] == ["upload-0"]


def test_u05_u06_what_is_nearly_a_link_the_name_of_a_table_or_a_secret_opens_nothing(store):
    made, _ = published(store)
    near = (made.token + "x", made.token[:-1], made.token.swapcase(), made.token + " ", made.token + "=")
    for token in (made.secret, made.share.blobs["table"], made.share.id, TABLE.fingerprint, *near):
        assert GONE in said(visit(s=token))


def test_u09_of_several_tokens_the_first_that_can_be_one_counts(store):
    made, _ = published(store)
    assert session(visit(s=["no", made.token, "B" * 22])).shared.token == made.token


def test_u07_a_link_that_has_expired_opens_no_more_and_is_read_to_its_end(store, monkeypatch):
    made, _ = published(store, days=1)
    app = visit(s=made.token)
    later = made.share.expires + timedelta(seconds=1)
    old = Store(store.settings, now=lambda: later)
    monkeypatch.setattr(shelf, "store", lambda: old)

    class Later:
        @staticmethod
        def now(zone):
            return later.astimezone(zone)

    monkeypatch.setattr(shelf, "datetime", Later)
    app.run()
    assert session(clean(app)).shared is not None
    assert GONE in said(visit(s=made.token))


def test_u08_a_link_that_was_deleted_closes_with_the_next_step(store):
    made, _ = published(store)
    app = visit(s=made.token)
    store.delete(made.secret)
    app.run()
    assert session(clean(app)).table is None
    assert GONE in said(app)


def test_a_draft_is_no_link_and_a_link_no_draft(store):
    made, _ = published(store)
    record, blobs = save(Snapshot(TABLE, View(), "importance"))
    draft = store.save("draft", record, blobs, OWNER)
    assert GONE in said(visit(s=draft.token))
    assert "opened in another browser" in said(visit(t=made.token))


def test_u12_u13_a_damaged_blob_is_said_and_other_links_are_not_affected(store, tmp_path):
    made, _ = published(store)
    other, _ = published(store, View(target=0.2))
    results = made.share.blobs["results"]
    path = tmp_path / "store" / "blobs" / results[:2] / results
    path.write_bytes(path.read_bytes()[:-1] + b"\1")
    app = visit(s=made.token)
    assert "The stored table is damaged or missing (code" in said(app)
    assert session(app).table is None
    assert session(visit(s=other.token)).shared is not None
    path.unlink()
    assert "The stored table is damaged or missing (code" in said(visit(s=made.token))


def test_u10_what_opens_a_link_does_not_delete_it(store):
    made, _ = published(store)
    app = visit("pages/links.py")
    app.text_input(key="secret").set_value(made.token).run()
    app.button(key="delete_secret").click().run()
    assert GONE in said(clean(app))
    assert session(visit(s=made.token)).shared is not None
    app.text_input(key="secret").set_value(made.secret).run()
    app.button(key="delete_secret").click().run()
    assert "The link is deleted" in said(clean(app))


def test_u39_a_page_that_is_loaded_again_and_again_begins_one_calculation(monkeypatch):
    jobs = Jobs(JobLimits(running=1), worker="tests.slow_worker")
    monkeypatch.setattr(work, "jobs", lambda: jobs)
    begun = {session(visit(example="known_function", est="fanova")).work.job for _ in range(5)}
    jobs.close()
    assert len(begun) == 1


def test_u11_secrets_cannot_be_tried_for_ever(store):
    published(store)
    app = visit("pages/links.py")
    for number in range(20):
        app.text_input(key="secret").set_value(f"{number:022d}").run()
        app.button(key="delete_secret").click().run()
        assert (GONE if number < shelf.TRIES else shelf.SLOWER) in said(clean(app))


def test_a_store_that_cannot_be_had_takes_nothing_from_the_visitor(store, monkeypatch):
    def broken(*_, **__):
        raise hpi.errors.StoreError("The disk of the store is full, nothing was stored.")

    monkeypatch.setattr(store, "save", broken)
    monkeypatch.setattr(store, "own", broken)
    app = visit("pages/home.py")
    drop(app, as_upload(search()))
    app.switch_page("pages/importance.py").run()
    assert session(clean(app)).draft is None
    app.button(key="make_link").click().run()
    assert "The disk of the store is full" in said(clean(app))
    assert session(app).table is not None
    assert "The disk of the store is full" in said(clean(app.switch_page("pages/links.py").run()))


def upload(app, frame, name):
    app.switch_page("pages/home.py").run()
    drop(app, as_upload(frame, name))
    return clean(app.switch_page("pages/importance.py").run())


def keys(app):
    return {button.key for button in app.button}


def test_a_link_is_offered_for_its_own_table_and_roles_alone(store):
    app = upload(visit("pages/home.py"), search(), "first.csv")
    app.button(key="make_link").click().run()
    assert "another_link" in keys(clean(app))
    upload(app, search(seed=1), "second.csv")
    assert "make_link" in keys(app)
    assert "another_link" not in keys(app)
    app.button(key="make_link").click().run()
    assert sorted(share.record["file"] for share in store.own(OWNER)) == ["first.csv", "second.csv"]
    app.switch_page("pages/data.py").run()
    app.selectbox(key="role_of").select("dropout").run()
    app.selectbox(key="role").select(hpi.Role.LEFT_OUT).run()
    app.switch_page("pages/importance.py").run()
    assert "make_link" in keys(clean(app))


def test_a_link_that_was_wanted_is_not_made_of_something_else(store, monkeypatch):
    app = upload(visit("pages/home.py"), search(), "first.csv")
    monkeypatch.setattr(
        "pages.found.findings", lambda answer, is_patient=False: None
    )  # they are still being worked out
    app.button(key="make_link").click().run()
    assert session(clean(app)).share is not None
    monkeypatch.undo()
    monkeypatch.setattr(shelf, "store", lambda: store)
    monkeypatch.setattr(who, "owner", lambda: OWNER)
    upload(app, search(seed=1), "secret.csv")
    app.switch_page("pages/links.py").run()
    app.switch_page("pages/importance.py").run()
    assert store.own(OWNER) == []


def test_a_link_that_was_deleted_is_offered_no_longer(store):
    app = upload(visit("pages/home.py"), search(), "first.csv")
    app.button(key="make_link").click().run()
    (share,) = store.own(OWNER)
    app.switch_page("pages/links.py").run()
    app.button(key=f"delete-{share.id}").click().run()
    app.switch_page("pages/importance.py").run()
    assert "make_link" in keys(clean(app))


@pytest.mark.parametrize(("region", "target"), [(0.9, 0.5), (10.0, 9.7)])
def test_a_target_close_to_its_region_opens_as_it_was_shared(store, region, target):
    app = upload(visit("pages/home.py"), search(3000), "first.csv")
    app.number_input(key="region").set_value(region).run()
    app.number_input(key="target").set_value(target).run()
    app.button(key="make_link").click().run()
    made = session(clean(app)).made[1]
    other = visit(s=made.token)
    assert repr(session(other).last.result) == repr(session(app).last.result)
    assert session(other).asked == session(app).asked
    assert session(visit(**address(app))).asked == session(app).asked


def test_a_link_keeps_filters_that_no_address_could_hold(store):
    levels = [f"a level whose name is rather long {i}" for i in range(60)]
    frame = search(600).assign(schedule=[levels[i % 60] for i in range(600)])
    app = upload(visit("pages/home.py"), frame, "first.csv")
    session(app).asked = replace(session(app).asked, where=(OneOf("schedule", tuple(levels[:50])),))
    app.run()
    assert len(session(clean(app)).last.sample.design) == 500
    app.button(key="make_link").click().run()
    other = visit(s=session(clean(app)).made[1].token)
    assert session(other).asked == session(app).asked
    assert repr(session(other).last.result) == repr(session(app).last.result)
    assert "“where”" not in said(other)


def test_the_python_of_a_page_repeats_its_numbers(store, tmp_path, monkeypatch):
    frame = search()
    frame.to_csv(tmp_path / "first.csv", index=False)
    app = upload(visit("pages/home.py"), frame, "first.csv")
    app.number_input(key="target").set_value(25.0).run()
    app.toggle(key="show_python").set_value(True).run()
    (code,) = [code.value for code in clean(app).code]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "again.py").write_text(code, encoding="utf-8")
    names = runpy.run_path(str(tmp_path / "again.py"))
    again = next(value for value in names.values() if isinstance(value, hpi.ImportanceResult))
    assert repr(again.hyperparameters) == repr(session(app).last.result.hyperparameters)


def test_opened_examples_are_those_of_the_start_page():
    from pages import link, opening

    assert set(link.KNOWN_EXAMPLES.values()) == set(opening.EXAMPLES)
    assert all((opened.EXAMPLES / name).is_file() for name in opening.EXAMPLES)
