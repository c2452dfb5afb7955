"""Pictures of the real pages: three for the README in docs, and every page light and dark, wide and narrow.

They show the examples, and lie in docs/pages to be looked at one by one; those of another table (`--table`) lie in
test-results/pages, to be thrown away.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
README, FINDINGS, SHARED = (ROOT / "docs" / f"{name}.png" for name in ("importance", "findings", "shared"))
ALL, OTHERS = ROOT / "docs" / "pages", ROOT / "test-results" / "pages"
COLOURS = 256  # of a picture that is kept: half of the bytes, and no difference to be seen
WIDTHS, THEMES = (1280, 400), ("light", "dark")
PAGES = {
    "importance": "Importance",
    "one": "One hyperparameter",
    "two": "Two hyperparameters",
    "findings": "Findings",
    "data": "Data",
    "links": "Links",
}
VIEWS = {"datasets": "Datasets", "thresholds": "Thresholds", "two-estimators": "Two estimators"}
NOTE = "Only 5 of the best 121 trials had a learning rate below 0.0004. Shall the next search begin there?"
EXAMPLE, OF_TASKS = "digits_mlp.csv", "digits_cnn.csv"
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
SAID = ".st-key-to_findings, .st-key-refused-findings"  # findings come later than the bars
LONG = 120_000  # milliseconds for a slow estimator
SETTLED = 1500  # milliseconds in which charts are drawn


def main() -> int:
    """Exit code: 0 where all pictures were taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", type=Path, help="take the many pictures of this file instead of the example")
    table = parser.parse_args().table
    sys.path.insert(0, str(ROOT))
    from playwright.sync_api import sync_playwright

    from tests.browser.servers import ARGUMENTS, running
    from tools import ensure_browser

    program = ensure_browser.find()
    if program is None:
        sys.exit(f"hpi: {ensure_browser.ADVICE}")
    with tempfile.TemporaryDirectory() as home, running(ROOT / "app.py", Path(home)) as server, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=program, args=ARGUMENTS)
        if table is None:
            _for_readme(browser, server.url)
        for width, theme in product(WIDTHS, THEMES):
            _all_pages(browser, server.url, width, theme, table)
        browser.close()
    if table is None:
        _index()
    return 0


def _index() -> None:
    """Write a page that shows all pictures: wide ones in both themes, then narrow ones."""
    names = list(dict.fromkeys(path.name.rsplit("-", 2)[0] for path in sorted(ALL.glob("*.png"))))
    lines = [
        "# Every page",
        "",
        "Made by `make screenshots` from the examples: light and dark, 1280 and 400 pixels wide.",
        "",
    ]
    for name in names:
        shots = [f"![{name}, {theme}, {width}]({name}-{theme}-{width}.png)" for width, theme in product(WIDTHS, THEMES)]
        lines += [f"## {name}", "", *shots, ""]
    (ALL / "README.md").write_text("\n".join(lines), encoding="utf-8")


def _for_readme(browser: Browser, url: str) -> None:
    page = browser.new_page(viewport={"width": 1240, "height": 800}, device_scale_factor=1.5)
    _open(page, url, None)
    _take(page, README)
    page.set_viewport_size({"width": 1240, "height": 1200})  # the beginning of a long page says enough
    _go(page, PAGES["findings"])
    page.screenshot(path=FINDINGS)
    print(FINDINGS.relative_to(ROOT))
    _go(page, PAGES["importance"])
    page.goto(_share(page))
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    page.set_viewport_size({"width": 1240, "height": 800})
    _settle(page)
    page.screenshot(path=SHARED)
    print(SHARED.relative_to(ROOT))
    page.close()


def _share(page: Page) -> str:
    """Make a link of what is shown and return it; the menu stays open."""
    page.locator(".st-key-share_menu button").first.click()
    page.locator(".st-key-share_note textarea").fill(NOTE)
    page.locator(".st-key-share_note textarea").press("Control+Enter")
    _settle(page)
    page.locator(".st-key-make_link button").click()
    link = page.locator(".st-key-made_link code").first
    link.wait_for()
    _settle(page)
    return link.inner_text().strip()


def _all_pages(browser: Browser, url: str, width: int, theme: str, table: Path | None) -> None:
    """Take a picture of every page, as long as the page is."""
    folder, end = ALL if table is None else OTHERS, f"{theme}-{width}.png"
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)  # type: ignore[arg-type]
    page.goto(url)
    page.get_by_text("Open an example").wait_for()
    _take(page, folder / f"start-{end}")
    _open(page, url, table)
    for name, title in PAGES.items():
        _go(page, title)
        _take(page, folder / f"{name}-{end}")
    _go(page, PAGES["importance"])
    link = _share(page)
    page.screenshot(path=folder / f"share-{end}")
    _with_few_colours(folder / f"share-{end}")
    page.goto(link)
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    _take(page, folder / f"shared-{end}")
    _comparisons(page, url, table, folder, end)
    page.close()


def _comparisons(page: Page, url: str, table: Path | None, folder: Path, end: str) -> None:
    """Take a picture of each way to compare; the example is the one with tasks."""
    _open(page, url, table, OF_TASKS)
    _go(page, "Compare")
    for name, label in VIEWS.items():
        page.get_by_role("radio", name=label, exact=True).or_(
            page.get_by_role("button", name=label, exact=True)
        ).click()
        _settle(page)
        ask = page.locator(".st-key-ask_estimators button")
        if name == "two-estimators" and ask.count():
            ask.click()
            page.locator(".st-key-difference-estimators .main-svg").first.wait_for(timeout=LONG)
        _take(page, folder / f"compare-{name}-{end}")


def _open(page: Page, url: str, table: Path | None, example: str = EXAMPLE) -> None:
    page.goto(url)
    if table is None:
        page.get_by_role("button", name=f"Open {example}").click()
    else:
        page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(table)
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    page.locator(SAID).first.wait_for()
    _settle(page)


def _go(page: Page, title: str) -> None:
    """Open a page by the menu."""
    page.get_by_role("link", name=title, exact=True).click()
    _settle(page)


def _settle(page: Page) -> None:
    page.wait_for_timeout(SETTLED)
    page.wait_for_selector(IDLE, state="attached")


def _take(page: Page, path: Path) -> None:
    """Make the window as high as what is in it, take the picture, and say where it is."""
    size = page.viewport_size
    assert size is not None
    height = page.get_by_test_id("stMainBlockContainer").evaluate("main => main.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": int(height)})
    _settle(page)
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
    if path.is_relative_to(ALL):
        _with_few_colours(path)
    page.set_viewport_size(size)
    print(path.relative_to(ROOT))


def _with_few_colours(path: Path) -> None:
    from PIL import Image

    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
