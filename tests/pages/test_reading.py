"""What a visitor drops: several files, several tables in one, what a file leaves open, roles undone by a click."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pandas as pd
import pytest

from hpi.errors import TableError
from hpi.roles import Direction, Role
from pages import opened, roles, uploads
from pages.session import Session
from tests.pages.tables import as_upload, drop, hostile, search
from tests.readers.stored_studies import Storage, choice, uniform

RNG = np.random.default_rng(2)


def session(app) -> Session:
    return app.session_state["hpi"]


def said(app) -> str:
    return "\n".join(text.value for text in app.text)


def titles(app) -> list[str]:
    return [title.value for title in app.title]


def curves(n: int = 60, epochs: int = 4) -> pd.DataFrame:
    """Trials whose loss falls until their third epoch and rises after it."""
    lr = np.repeat(10 ** RNG.uniform(-4, -1, n), epochs)
    epoch = np.tile(np.arange(1, epochs + 1), n)
    return pd.DataFrame({"lr": lr, "epoch": epoch, "val_loss": lr + np.abs(epoch - 3) / 10})


def two_studies() -> tuple[str, bytes, str]:
    """An Optuna storage: `long` has 40 trials, `short` 20."""
    storage = Storage()
    for name, n in (("long", 40), ("short", 20)):
        study = storage.study(name, "MINIMIZE")
        for number in range(n):
            lr, opt = float(10 ** RNG.uniform(-4, -1)), float(number % 2)
            params = {"lr": (lr, uniform(1e-4, 0.1, log=True)), "opt": (opt, choice("sgd", "adam"))}
            storage.trial(study, number, params, [lr + opt])
    return "study.db", storage.data(), "application/octet-stream"


def test_a_row_an_epoch_is_asked_about_once_with_the_best_as_the_answer(app):
    drop(app, as_upload(curves(), "curves.csv"))
    assert titles(app) == ["Which hyperparameters decide whether a trial is among the best?"]
    question = app.segmented_control(key="reduce")
    assert question.label == "The table has a row for each epoch. Of each trial counts"
    table = session(app).table
    assert table is not None
    assert list(table.trials["epoch"].unique()) == [3]
    question.set_value("last").run()
    assert list(session(app).table.trials["epoch"].unique()) == [4]  # type: ignore[union-attr]


def test_the_study_with_the_most_complete_trials_is_taken_and_another_can_be(app):
    drop(app, two_studies())
    table = session(app).table
    assert table is not None
    assert (table.reading.part, len(table.frame)) == ("long", 40)
    assert table.direction is Direction.MINIMIZE
    choice_of = app.selectbox(key="part")
    assert choice_of.label == "The file holds 2 studies. Look at"
    choice_of.set_value("short").run()
    table = session(app).table
    assert table is not None
    assert (table.reading.part, len(table.frame)) == ("short", 20)
    assert session(app).files, "the other study can still be taken"


def test_a_file_of_one_table_is_not_kept(app):
    drop(app, as_upload(search()))
    assert session(app).files == ()


@pytest.mark.apart
def test_a_zip_with_one_table_is_read_in_a_child_process(app):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("run/search.csv", search().to_csv(index=False))
    drop(app, ("search.zip", packed.getvalue(), "application/zip"))
    assert titles(app) == ["What decides it?"]
    app.switch_page("pages/data.py").run()
    assert "search.csv" in said(app)


def test_two_files_of_one_search_are_one_table(app):
    drop(app, as_upload(search(200), "monday.csv"), as_upload(search(100, seed=1), "tuesday.csv"))
    table = session(app).table
    assert table is not None
    assert list(table.frame["file"].value_counts().items()) == [("monday.csv", 200), ("tuesday.csv", 100)]
    app.switch_page("pages/data.py").run()
    assert "monday.csv (200 rows), tuesday.csv (100 rows)" in said(app)


def test_trials_of_another_file_are_added_to_the_table_that_is_open(open_table):
    app = open_table(search(200), "monday.csv")
    app.switch_page("pages/data.py").run()
    place = next(place for place in app.file_uploader if place.key.startswith("append-"))
    place.set_value([as_upload(search(100, seed=1), "tuesday.csv")]).run()
    assert len(session(app).table.frame) == 300  # type: ignore[union-attr]
    assert "Added: every page shows all rows now." in said(app)
    place = next(place for place in app.file_uploader if place.key.startswith("append-"))
    place.set_value([as_upload(search(100, seed=1), "tuesday.csv")]).run()
    assert "tuesday.csv is in the table already" in said(app)
    place = next(place for place in app.file_uploader if place.key.startswith("append-"))
    place.set_value([as_upload(search(50, seed=2).rename(columns={"lr": "rate"}), "other.csv")]).run()
    assert "Only tables with the same columns can be appended: other.csv has no column lr" in said(app)
    assert len(session(app).table.frame) == 300  # type: ignore[union-attr]


def test_what_is_refused_leaves_the_open_table_and_its_question(open_table):
    app = open_table(search())
    app.number_input(key="target").set_value(20.0).run()
    before = session(app).table
    app.switch_page("pages/home.py").run()
    drop(app, ("broken.csv", b"lr,loss\n1,2\n3\x00,4\n", "text/csv"))
    assert "NUL" in said(app)
    assert session(app).table is before
    assert session(app).asked.target == 20


def test_what_breaks_the_child_is_said_and_nothing_is_lost(open_table, monkeypatch):
    app = open_table(search())
    before = session(app).table

    def breaks(files, wanted):
        raise TableError("Reading the file was ended after 60 s.")

    monkeypatch.setattr(uploads, "read", breaks)
    app.switch_page("pages/home.py").run()
    drop(app, as_upload(search()))
    assert "Reading the file was ended after 60 s." in said(app)
    assert session(app).table is before


# ---- roles


def test_a_click_undoes_a_role_and_a_second_one_undoes_the_click(open_table, monkeypatch):
    app = open_table(search())
    app.switch_page("pages/data.py").run()
    assert list(words(app)["Wrong?"]) == ["leave out"] * 5 + [""]

    def click(row: int, label: str) -> None:
        # the table is drawn on a canvas, so the driver of this test does what its callback does
        with within(app, monkeypatch):
            roles.change_role(session(app).table.columns[row], label)  # type: ignore[union-attr]
        app.run()

    click(3, "leave out")
    assert role(app, "dropout") is Role.LEFT_OUT
    assert list(words(app)["Wrong?"]) == ["leave out"] * 3 + ["undo", "leave out", ""]
    click(3, "undo")
    assert role(app, "dropout") is Role.HYPERPARAMETER
    click(3, "leave out")
    click(4, "leave out")
    app.button(key="undo_roles").click().run()
    assert [role(app, name) for name in ("dropout", "batch_size")] == [Role.HYPERPARAMETER] * 2


def test_what_is_left_out_can_be_used(open_table, monkeypatch):
    frame = search().assign(seed=RNG.integers(0, 5, 400))
    app = open_table(frame)
    assert role(app, "seed") is Role.CONTEXT
    with within(app, monkeypatch):
        roles.change_role(next(c for c in session(app).table.columns if c.name == "seed"), roles.USE)  # type: ignore[union-attr]
    assert role(app, "seed") is Role.HYPERPARAMETER


def role(app, name: str) -> Role:
    return next(column.role for column in session(app).table.columns if column.name == name)


def words(app) -> pd.DataFrame:
    return next(frame.value for frame in app.dataframe if "Why" in frame.value.columns)


def within(app, monkeypatch):
    """The session of the app as that of the code that is called here."""
    context = monkeypatch.context()

    class Within:
        def __enter__(self):
            inner = context.__enter__()
            for module in (opened, roles.state):
                inner.setattr(module, "session", lambda: session(app))
            inner.setattr(opened, "_keep", lambda: None)

        def __exit__(self, *error):
            return context.__exit__(*error)

    return Within()


# ---- several metrics


def test_a_search_with_two_metrics_asks_which_one_and_offers_their_rank(app):
    storage = Storage()
    study = storage.study("both", "MINIMIZE", "MAXIMIZE")
    for number in range(60):
        lr = float(10 ** RNG.uniform(-4, -1))
        storage.trial(study, number, {"lr": (lr, uniform(1e-4, 0.1, log=True))}, [lr, RNG.random()])
    drop(app, ("both.db", storage.data(), "application/octet-stream"))
    asked = app.selectbox(key="objective")
    assert asked.label == "The search looked at 2 metrics. Explain"
    assert asked.options == ["values_0", "values_1", "all together, by non-dominated rank"]
    asked.set_value("rank of values_0 and values_1").run()
    table = session(app).table
    assert table is not None
    assert table.metric == "rank of values_0 and values_1"
    assert table.direction is Direction.MINIMIZE
    app.selectbox(key="objective").set_value("values_1").run()
    assert session(app).table.metric == "values_1"  # type: ignore[union-attr]
    assert session(app).table.direction is Direction.MAXIMIZE  # type: ignore[union-attr]


def test_a_hostile_table_can_be_downloaded_without_a_formula(open_table):
    app = open_table(hostile())
    app.switch_page("pages/data.py").run()
    assert any(button.proto.label == "Download the table as CSV" for button in app.get("download_button"))


def test_a_state_offers_to_count_all_rows_and_never_becomes_a_hyperparameter_by_a_click(open_table, monkeypatch):
    frame = search(100).assign(state=["COMPLETE"] * 60 + ["PRUNED"] * 40)
    app = open_table(frame)
    app.switch_page("pages/data.py").run()
    assert words(app).set_index("Column").loc["state", "Wrong?"] == roles.COUNT
    assert "Rows by how their trial ended: COMPLETE: 60, PRUNED: 40" in said(app)
    with within(app, monkeypatch):
        roles.change_role(next(c for c in session(app).table.columns if c.name == "state"), roles.COUNT)  # type: ignore[union-attr]
    assert role(app, "state") is Role.CONTEXT
    assert len(session(app).table.trials) == 100  # type: ignore[union-attr]


def test_too_few_trials_are_said_with_what_became_of_the_others(open_table):
    app = open_table(search(40).assign(state=["COMPLETE"] * 12 + ["PRUNED"] * 28))
    assert "There are 12 trials that count; at least 16 are needed for a number." in said(app)
    assert "Attention: by state only 12 of the 40 trials" in said(app)


def test_what_the_search_space_declares_is_as_understood_until_it_is_changed(app, monkeypatch):
    """The example declares its ten hyperparameters: each can be left out, and comes back as it was declared."""
    app.button(key="example-digits_mlp.csv").click().run()
    app.switch_page("pages/data.py").run()
    offered = dict(zip(words(app)["Column"], words(app)["Wrong?"], strict=True))
    assert offered["learning_rate"] == "leave out"
    assert offered["val_accuracy"] == ""
    assert "undo" not in offered.values()
    assert not [button for button in app.button if button.key == "undo_roles"]
    before = session(app).table.fingerprint, session(app).table.choices
    column = next(one for one in session(app).table.columns if one.name == "learning_rate")
    with within(app, monkeypatch):
        roles.change_role(column, "leave out")
    assert "learning_rate" not in [one.name for one in session(app).table.hyperparameters]
    app.run()
    assert dict(zip(words(app)["Column"], words(app)["Wrong?"], strict=True))["learning_rate"] == "undo"
    app.button(key="undo_roles").click().run()
    assert session(app).table.fingerprint == before[0]
    assert dict(session(app).table.choices.space) == dict(before[1].space)
