"""What a reader sees where a page breaks, sends too much, or comes when too many are there: through the real guards."""

from __future__ import annotations

import json
import re

import pytest

from tests.browser.servers import ROOT, running
from tests.browser.steps import see, widget

# a page of its own between the guards of hpi
SCRIPT = f"""
import sys

import streamlit as st

sys.path.insert(0, {str(ROOT)!r})
if __name__ == "__main__":
    st.file_uploader("a file", key="file")
    st.text("what stood there before")
    if st.button("break", key="break"):
        columns = {{}}
        columns["secret-name"]
    st.text("and after")
else:
    from pages import served

    guards, routes, mishap = served.around()
    app = st.App(__file__, middleware=guards, routes=routes, on_script_error=mishap)
"""
LIMITS = {"HPI_UPLOADS": "3", "HPI_WEBSOCKETS": "2"}
# the address of the first upload, with another file, as the page itself would send it
SEND = """async ([address, times]) => {
  const token = document.cookie.match(/_streamlit_xsrf=([^;]+)/)[1], statuses = [];
  for (let number = 0; number < times; number++) {
    const form = new FormData();
    form.append('file', new Blob(['x']), 'x.csv');
    const where = address.replace(/[^/]+$/, 'another-' + number);
    const reply = await fetch(where, {method: 'PUT', body: form, headers: {'X-Xsrftoken': token}});
    statuses.push(reply.status);
  }
  return statuses;
}"""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guarded")
    script = folder / "guarded.py"
    script.write_text(SCRIPT)
    with running(script, folder, LIMITS | {"HPI_LOG": str(folder / "log.jsonl")}) as started:
        yield started.url, folder / "log.jsonl"


def test_a_page_that_breaks_says_so_with_a_number_that_stands_in_the_log(guarded, page):
    url, log = guarded
    page.goto(url)
    widget(page, "break").get_by_role("button").click()
    see(page, "Something broke on this page")
    see(page, "what stood there before")
    error_id = re.search(r"report error ([0-9a-f]{8})\.", see(page, "report error").inner_text())[1]
    assert "secret-name" not in page.content()
    assert "KeyError" not in page.content()
    said = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    (noted,) = [line for line in said if line["event"] == "page broke"]
    assert (noted["error"], noted["kind"]) == (error_id, "KeyError")
    assert re.fullmatch(r"guarded\.py:\d+ <module>", noted["where"][-1])
    assert "secret-name" not in log.read_text("utf-8")
    page.get_by_role("button", name="Try again").click()
    see(page, "and after")


def test_u34_a_page_that_sends_files_without_end_is_stopped(guarded, new_page):
    url, _ = guarded
    page = new_page(loses_server=True)  # a reply of 429 stands in the console
    page.goto(url)
    with page.expect_request(lambda request: "/upload_file/" in request.url and request.method == "PUT") as sent:
        page.locator("input[type=file]").set_input_files(
            [{"name": "a.csv", "mimeType": "text/csv", "buffer": b"a,b\n"}]
        )
    assert sent.value.response().status == 204
    assert page.evaluate(SEND, [sent.value.url, 10]) == [204, 204] + [429] * 8


def test_u36_who_comes_when_too_many_are_there_is_told_and_gets_in_later(guarded, new_page):
    url, _ = guarded
    first, second = new_page(), new_page()
    for page in (first, second):
        page.goto(url)
        see(page, "and after")
    third = new_page(loses_server=True)  # a reply of 503 stands in the console
    third.goto(url)
    see(third, "As many pages are open here as this server allows.")
    first.close()
    see(third, "and after")


# What a name of a column, were it taken for markup, would try; and which rules it broke.
INTRUDE = """async () => {
  const broken = [];
  document.addEventListener('securitypolicyviolation', event => broken.push(event.effectiveDirective));
  const add = (tag, given) => document.body.append(Object.assign(document.createElement(tag), given));
  add('script', {textContent: 'window.PWNED = 1'});
  add('script', {src: 'http://127.0.0.1:9/x.js'});
  add('img', {src: 'http://127.0.0.1:9/x.png'});
  add('iframe', {src: 'http://127.0.0.1:9/'});
  add('object', {data: 'http://127.0.0.1:9/'});
  add('link', {rel: 'stylesheet', href: 'http://127.0.0.1:9/x.css'});
  add('div', {innerHTML: '<img src=x: onerror="window.PWNED = 2">'});
  await fetch('http://127.0.0.1:9/').catch(() => null);
  try { eval('window.PWNED = 3'); } catch {}
  await new Promise(resolve => setTimeout(resolve, 500));
  return [window.PWNED ?? null, [...new Set(broken)].sort()];
}"""


def test_no_script_of_others_runs_and_no_other_host_is_asked(guarded, browser):
    context = browser.new_context()
    page = context.new_page()
    asked = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.goto(guarded[0])
    see(page, "and after")
    # in a task of the page's own: what is evaluated at once from outside may do more than the page may
    page.evaluate(f"() => {{ setTimeout(async () => window.found = await ({INTRUDE})(), 0); }}")
    page.wait_for_function("() => window.found")
    ran, broken = page.evaluate("() => window.found")
    context.close()
    assert ran is None
    rules = {"connect-src", "frame-src", "img-src", "object-src", "script-src", "script-src-attr", "script-src-elem"}
    assert set(broken) == rules | {"style-src-elem"}
    assert not [url for url in asked if ":9/" in url]
