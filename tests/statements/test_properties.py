"""Whatever the trials are: sentences with finite numbers that belong together, or a refusal that says why."""

from __future__ import annotations

import json
import math
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from hpi.effects import Outcome
from hpi.errors import HpiError
from hpi.statements import Finding, FindingKind, Findings, Strength, state
from hpi.statements.paper import as_markdown, as_text
from tests.statements.samples import samples

UNKNOWN_NUMBER = re.compile(r"\b(nan|inf|None)\b")


def check(findings: Findings) -> None:
    plain = json.loads(json.dumps(findings.to_dict(), allow_nan=False))
    assert findings.candidates >= len(findings.findings) == len(plain["findings"])
    for finding in findings.findings:
        check_one(finding)
    for text in (*findings.cannot_say, as_text(findings), as_markdown(findings)):
        assert not UNKNOWN_NUMBER.search(text), text
    strengths = [one.strength for one in findings.findings if one.kind is not FindingKind.SAME]
    assert strengths == sorted(strengths, key=lambda strength: strength is not Strength.STRONG)
    keys = [(one.kind, one.hyperparameters, one.text) for one in findings.findings]
    assert len(set(keys)) == len(keys)
    trends = [one.hyperparameters for one in findings.findings if one.kind is FindingKind.TREND]
    assert len(set(trends)) == len(trends)


def check_one(finding: Finding) -> None:
    numbers = [finding.effect, finding.low, finding.high, finding.p_adjusted]
    points = [point for line in finding.picture.lines for point in line.points]
    numbers += [number for point in points for number in (point.value, point.low, point.high)]
    assert all(map(math.isfinite, numbers)), finding
    assert finding.low <= finding.effect <= finding.high
    assert 0 <= finding.p_adjusted <= 0.05
    assert all(point.low <= point.value <= point.high and point.n >= 1 for point in points)
    assert points
    assert finding.n > 0
    assert not UNKNOWN_NUMBER.search(finding.text), finding.text
    if finding.kind is not FindingKind.SAME:
        assert finding.low > (1 if finding.kind is FindingKind.TOP else 0)
    assert finding.by_scale <= (finding.kind is FindingKind.INTERACTION)
    assert (finding.strength is Strength.WEAK) or finding.p_adjusted <= 0.001


@settings(max_examples=200)
@given(samples(), st.booleans())
def test_any_sample_is_answered_or_refused(sample, maximize):
    try:
        findings = state(sample, Outcome("accuracy", maximize))
    except HpiError:  # its message is tested with the refusals
        return
    check(findings)


@settings(max_examples=10)
@given(samples(sizes=(800,)), st.booleans())
def test_so_is_a_larger_one(sample, maximize):
    check(state(sample, Outcome("accuracy", maximize)))
