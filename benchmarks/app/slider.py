"""How long the bars take after a key of the slider, beside a rerun of the same page that changes nothing.

The rerun is Streamlit's own key R: the browser sends the widgets as they are, the script runs from its first line to
its last, and what it draws is what stands there already.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.app.browser import BARS, opened, visitor
from benchmarks.app.stopwatch import REST, Lap, changed, settle, timed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TARGET = ".st-key-subspace input[type=range] >> nth=0"
BACK = 8
AWAY = "() => document.activeElement?.blur()"


@dataclass
class Slid:
    """What came of the presses: the slider's, and those that change nothing; `rested`: whether all work had ended."""

    pressed: list[Lap] = field(default_factory=list)
    rerun: list[Lap] = field(default_factory=list)
    rested: bool = True

    def bars(self) -> list[float]:
        """Milliseconds from each key of the slider to other bars."""
        return [lap.took["bars"] for lap in self.pressed]

    def whole(self) -> list[float]:
        """Milliseconds from each key of the slider to the end of the page's run."""
        return [lap.took["rest"] for lap in self.pressed]

    def unchanged(self) -> list[float]:
        """Milliseconds from each R to the end of the page's run."""
        return [lap.took["rest"] for lap in self.rerun]


def measured(browser: Browser, url: str, path: Path, presses: int) -> Slid:
    """Return what came of as many presses of either kind, in turn, after one of each that does not count."""
    with visitor(browser) as page:
        opened(page, url, path)
        return moved(page, presses)


def moved(page: Page, presses: int, back: int = BACK) -> Slid:
    """Return what came of them on a page that shows the bars; the target goes back again after so many steps."""
    slid = Slid()
    press(page, 0, back), rerun(page)
    for i in range(presses):
        slid.rested &= settle(page)
        slid.rerun.append(rerun(page))
        slid.rested &= settle(page)
        slid.pressed.append(press(page, i, back))
    return slid


def press(page: Page, i: int, back: int = BACK) -> Lap:
    """Move the target by a step, further and back again after so many."""
    thumb = page.locator(TARGET)
    thumb.focus()
    key = "ArrowRight" if i // back % 2 == 0 else "ArrowLeft"
    return timed(page, "keydown", {"bars": changed(BARS), "rest": REST}, lambda: thumb.press(key))


def rerun(page: Page) -> Lap:
    """Have Streamlit run the page again as it is."""
    page.evaluate(AWAY)
    return timed(page, "keydown", {"rest": REST}, lambda: page.keyboard.press("r"))
