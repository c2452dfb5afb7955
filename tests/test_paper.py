"""Findings on paper: the sentences with their evidence, and names that do nothing wherever the text is shown."""

from __future__ import annotations

import dataclasses
import json
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.statements import Finding, FindingKind, Findings, Picture, Strength
from hpi.statements.paper import as_markdown, as_text, escaped
from tests.pages.tables import HOSTILE

DEPTH = Finding(
    kind=FindingKind.TREND,
    text="Lower depth is better: from 3 to 1 val_acc improves by 0.021 [0.012, 0.030] on average.",
    hyperparameters=("depth",),
    effect=0.0213,
    low=0.0121,
    high=0.0305,
    unit="val_acc",
    p_adjusted=3.25e-5,
    n=1200,
    strength=Strength.STRONG,
    exception=None,
    compared_with="depth 3",
    picture=Picture("depth", "val_acc", (), ordered=True),
)
TOP = dataclasses.replace(
    DEPTH, kind=FindingKind.TOP, text="Most of the best have lr low.", effect=4.13, low=2.31, high=7.52,
    unit="odds ratio", p_adjusted=0.0, n=90, strength=Strength.WEAK, compared_with="lr outside",
)  # fmt: skip
SAME = dataclasses.replace(DEPTH, kind=FindingKind.SAME, text="gamma makes no difference that matters.")
ALL = Findings((DEPTH, TOP, SAME), ("momentum = 0.9 has 3 trials.",), 48, "val_acc", 0.0052, 1200)
METHOD = (
    "Method: 48 candidate sentences were looked at, false discovery rate 5 % (weighted Benjamini-Hochberg). Effects "
    "are differences of means with the other hyperparameters held (least squares on groups of values, HC3), odds "
    "ratios are of being in the target (Fisher); brackets hold 95 % intervals, and positive is better. p-values of "
    "effects are those of the metric's ranks. A difference below 0.0052 val_acc does not matter."
)


def about(text: str) -> Findings:
    """One finding whose sentence is `text`, of a metric of that name."""
    return Findings((dataclasses.replace(DEPTH, text=text, unit=text),), (text,), 1, text, 0.1, 20)


def test_text_for_a_shell():
    assert as_text(ALL).splitlines() == [
        "What 1,200 trials say about val_acc",
        "",
        "Sure, and large enough to matter",
        "- Lower depth is better: from 3 to 1 val_acc improves by 0.021 [0.012, 0.030] on average.",
        "  (better by 0.0213 [0.0121, 0.0305] val_acc than depth 3; n = 1,200; adjusted p = 3.2e-05)",
        "",
        "Less sure, or perhaps too small to matter",
        "- Most of the best have lr low.",
        "  (odds ratio 4.1 [2.3, 7.5], compared with lr outside; n = 90; adjusted p < 1e-300)",
        "",
        "No difference that matters",
        "- gamma makes no difference that matters.",
        "  (largest difference 0.0213 [0.0121, 0.0305] val_acc, compared with depth 3; n = 1,200; "
        "adjusted p = 3.2e-05)",
        "",
        "Cannot say",
        "- momentum = 0.9 has 3 trials.",
        "",
        METHOD,
    ]


def test_markdown_for_a_paper():
    assert as_markdown(ALL).splitlines() == [
        "## What 1,200 trials say about val_acc",
        "",
        "**Sure, and large enough to matter**",
        "",
        "- Lower depth is better: from 3 to 1 val_acc improves by 0.021 [0.012, 0.030] on average. "
        "(better by 0.0213 [0.0121, 0.0305] val_acc than depth 3; n = 1,200; adjusted p = 3.2e-05)",
        "",
        "**Less sure, or perhaps too small to matter**",
        "",
        "- Most of the best have lr low. "
        "(odds ratio 4.1 [2.3, 7.5], compared with lr outside; n = 90; adjusted p \\< 1e-300)",
        "",
        "**No difference that matters**",
        "",
        "- gamma makes no difference that matters. "
        "(largest difference 0.0213 [0.0121, 0.0305] val_acc, compared with depth 3; n = 1,200; adjusted p = 3.2e-05)",
        "",
        "**Cannot say**",
        "",
        "- momentum = 0.9 has 3 trials.",
        "",
        METHOD,
    ]


@pytest.mark.parametrize("write", [as_text, as_markdown])
def test_where_nothing_was_found_it_says_so(write):
    written = write(Findings((), (), 7, "loss", None, 40))
    assert "Nothing here can be told apart from chance." in written
    assert "Cannot say" not in written
    assert "does not matter" not in written  # no tolerance is known


def test_what_is_not_known_is_null_in_json():
    unknown = dataclasses.replace(DEPTH, high=math.inf, effect=math.nan).to_dict()
    assert (unknown["high"], unknown["effect"], unknown["low"]) == (None, None, 0.0121)
    assert json.loads(json.dumps(unknown, allow_nan=False))["except"] is None


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("val_acc", "val_acc"),
        ("_a_", r"\_a\_"),
        ("a_b*c*", r"a_b\*c\*"),
        ("$x$", r"\$x\$"),
        ("<b>b</b>", r"\<b\>b\</b\>"),
        ("# h", r"\# h"),
        ("a|b", r"a\|b"),
        ("[a][b]", r"\[a\]\[b\]"),
        ("by 0.021 [0.012, 0.030]", "by 0.021 [0.012, 0.030]"),
        ("by 2e-09 [-1.5e-09, 3e-09]", "by 2e-09 [-1.5e-09, 3e-09]"),
        ("a [0.1, 2](/x)", r"a [0.1, 2\](/x)"),
        ("- x", r"\- x"),
        ("--- x", r"\--- x"),
        ("=1+1", r"\=1+1"),
        ("12. x", r"12\. x"),
        ("&lt;", r"\&lt;"),
        ("![i](http://127.0.0.1:9/x.png)", "`![i](http://127.0.0.1:9/x.png)`"),
        ("[a](/x) b", r"\[a\](/x) b"),
        ("[0.1, ]://x.example", r"\[0.1, `]://x.example`"),  # unescaped, it would be the address of a link
        ("optimizer.lr", "`optimizer.lr`"),  # .lr is the end of an address
        ("at http://x.example now", "at `http://x.example` now"),
        ("www.x.example", "`www.x.example`"),
        ("@octocat, #12", "`@octocat,` `#12`"),
        (":red[x] :+1:", "`:red[x]` `:+1:`"),
        (r"\(x\)", r"`\(x\)`"),
        ("`a`@b", "`` `a`@b ``"),
        ("`code`", r"\`code\`"),
        ("a\nb\t c", "a b c"),
        ("\x1b[31mred\u202e", "\ufffd\\[31mred\ufffd"),
    ],
)
def test_markdown_shows_a_name_and_does_nothing_else(text, markdown):
    assert escaped(text) == markdown


def read(markdown: str) -> tuple[str, str]:
    """What Markdown shows, and the part of it that is neither escaped nor code (CommonMark 0.31, 2.4 and 6.1)."""
    shown, bare, i = "", "", 0
    while i < len(markdown):
        ticks = re.match("`+", markdown[i:])
        if ticks:
            fence = ticks[0]
            end = re.compile(f"(?<!`){fence}(?!`)").search(markdown, i + len(fence))
            assert end, "code that does not end"
            code = markdown[i + len(fence) : end.start()]
            padded = code.startswith(" ") and code.endswith(" ") and code.strip(" ")
            shown, i = shown + (code[1:-1] if padded else code), end.end()
        elif markdown[i] == "\\" and re.match(r"[!-/:-@\[-`{-~]", markdown[i + 1 :]):
            shown, i = shown + markdown[i + 1], i + 2
        else:
            shown, bare, i = shown + markdown[i], bare + markdown[i], i + 1
    return shown, bare


names = st.text(st.characters(codec="utf-8") | st.sampled_from("\\`*_[]()<>#|~$!@:/.&^{}-+=1 \n"), max_size=30)


@given(text=names)
def test_whatever_the_name_it_is_shown_as_it_is_and_is_inert(text):
    shown, bare = read(escaped(text))
    assert shown == " ".join("".join(c if c.isprintable() or c.isspace() else "\ufffd" for c in text).split())
    assert not re.search(r"[*`<>#|~$!&^{}\\@]|://|www\.|(?<!\d)\]", bare, re.IGNORECASE)
    assert "](" not in bare
    assert not re.match(r"[-+=]|\d+[.)]", escaped(text))  # no list, no line


@given(text=names)
def test_no_name_makes_a_line_of_its_own_or_reaches_the_terminal(text):
    plain = as_text(about("x"))
    for written in (as_text(about(text)), as_markdown(about(text))):
        assert all(line.isprintable() for line in written.split("\n"))
    assert as_text(about(text)).count("\n") == plain.count("\n")


def test_a_table_of_hostile_names_stays_inert():
    for name in HOSTILE:
        lines = as_markdown(about(f"Lower {name} is better than {name}")).splitlines()
        assert lines[4].startswith("- Lower ")
        assert not re.search(r"(?<![\\`!])\[\w*\]\(|(?<!`)!\[|<b>|(?<!\\)\$", lines[4])
