"""Mutated text: whatever the bytes are, a table or a refusal comes out; the other half is in test_fuzz_binaries.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.corpus.fuzz import broken, failures
from tests.corpus.mutations import TOKENS, mutated, texts

CHUNKS, EACH = 10, 100


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_mutated_text_is_read_or_refused(chunk: int) -> None:
    assert failures(texts(), [f"text-{chunk * EACH + k}" for k in range(EACH)]) == []


@given(st.binary(max_size=400) | st.lists(st.sampled_from(TOKENS) | st.binary(max_size=6), max_size=60).map(b"".join))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert broken("a.csv", data) is None


def test_the_same_seed_makes_the_same_file() -> None:
    made = [mutated(texts(), f"same-{k}") for k in range(50)]
    assert made == [mutated(texts(), f"same-{k}") for k in range(50)]
    assert len(set(made)) > 45
    changed = sum(pair not in texts() for pair in made)
    assert changed > 40, "hardly a file is changed"
