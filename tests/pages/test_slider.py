"""The slider says the very numbers that are asked about, though its handles move in steps of half a percent."""

from __future__ import annotations

import pytest

from tests.pages.tables import search


def asked(app):
    now = app.session_state["hpi"].asked
    return now.target, now.region


@pytest.mark.parametrize(("target", "region"), [(13.6, 100.0), (13.25, 60.3), (0.7, 99.75)])
def test_a_typed_number_between_the_steps_is_the_one_that_the_handle_says(open_table, target, region):
    app = open_table(search(2000))
    app.number_input(key="region").set_value(region).run()
    app.number_input(key="target").set_value(target).run()
    assert app.slider(key="subspace").value == (target, region)
    assert asked(app) == (target, region)


# a browser sends both handles, the one that was not moved at its nearest step, counted from the lower one or from none
@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ((20.0, 60.5), (20.0, 60.3)),
        ((13.5, 70.0), (13.25, 70.0)),
        ((14.0, 60.25), (14.0, 60.3)),
        ((13.0, 60.5), (13.0, 60.3)),
    ],
)
def test_the_handle_that_was_not_moved_stays_as_it_was_typed(open_table, sent, expected):
    app = open_table(search(2000))
    app.number_input(key="region").set_value(60.3).run()
    app.number_input(key="target").set_value(13.25).run()
    app.slider(key="subspace").set_value(sent).run()
    assert not app.exception
    assert asked(app) == expected
    assert app.slider(key="subspace").value == expected
