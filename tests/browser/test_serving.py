"""The app as a team has it: two replicas behind Debian's nginx, below a path of their own."""

from __future__ import annotations

import pytest

from tests.browser.charts import WITHIN, wait_for_chart, wait_until_idle
from tests.browser.steps import BARS, bars, go, see, upload
from tests.browser.teams import BASE
from tests.browser.test_share import make_link, numbers, open_link
from tests.pages.tables import search

# what can be read on each page once its charts are there
EVERY_PAGE = {
    "One hyperparameter": "alone explains",
    "Two hyperparameters": "lr",
    "Findings": "search.csv",
    "Compare": "Ask all",
    "Data": "search.csv",
    "Links": "You have no link that opens",
    "Importance": "lr decides most",
}
WITHOUT_CHART = ("Compare", "Links")


def test_every_page_works_below_the_path(team, page):
    page.goto(f"{team.url}/")
    upload(page, search())
    assert next(iter(bars(wait_for_chart(page, selector=BARS)))) == "lr"
    for title, words in EVERY_PAGE.items():
        go(page, title)
        see(page, words)
        if title not in WITHOUT_CHART:
            wait_for_chart(page)
        wait_until_idle(page)
        assert page.url.startswith(f"{team.url}/")


@pytest.mark.parametrize("path", ["one", "data"])
def test_a_deep_link_works_below_the_path(team, page, path):
    page.goto(f"{team.url}/{path}")
    see(page, "No table is open yet.")
    upload(page, search())
    see(page, "search.csv  ·  400 trials")
    assert wait_for_chart(page)


def test_u42_a_page_whose_replica_is_killed_comes_back_by_itself_and_goes_on_at_the_other(team, new_page):
    page = new_page(loses_server=True)
    page.goto(f"{team.url}/")
    upload(page, search())
    wait_for_chart(page, selector=BARS)
    before = team.of(page)
    team.kill(before)
    wait_for_another_replica(team, page, before)
    assert bars(wait_for_chart(page, selector=BARS))  # nothing that could be read is gone meanwhile
    # its session there is a new one, and knows by the address which table was open
    go(page, "Data")
    see(page, "search.csv  ·  400 trials")
    # it is at home there now, also when the first replica is back: what it sends goes where its session is
    team.wait_until_ready()
    go(page, "Start")
    upload(page, search(seed=1), "next.csv")
    see(page, "next.csv  ·  400 trials")
    assert wait_for_chart(page, selector=BARS)
    assert team.of(page) != before


def test_what_is_shared_through_one_replica_opens_through_the_other_which_may_die_meanwhile(team, page, new_page):
    page.goto(f"{team.url}/")
    upload(page, search())
    before = numbers(wait_for_chart(page, selector=BARS))
    link, _ = make_link(page)
    assert link.startswith(f"{team.url}/?s=")
    second = 3 - team.of(page)
    reader = new_page(loses_server=True)
    reader.context.add_cookies(
        [{"name": "hpi_replica", "value": str(second), "domain": "127.0.0.1", "path": f"/{BASE}"}]
    )
    assert numbers(open_link(reader, link)) == before
    assert team.of(reader) == second
    team.kill(second)
    wait_for_another_replica(team, reader, second)
    go(reader, "Findings")
    see(reader, "Read-only, shared")
    go(reader, "Importance")
    assert numbers(wait_for_chart(reader, selector=BARS)) == before
    assert numbers(open_link(new_page(), link)) == before


def wait_for_another_replica(team, page, before):
    """Wait until the page has connected anew, to a replica other than the one before."""
    for _ in range(WITHIN // 100):
        if team.of(page) != before:
            break
        page.wait_for_timeout(100)
    assert team.of(page) != before
    page.locator("[data-testid=stApp][data-test-connection-state=CONNECTED]").wait_for(timeout=WITHIN)
