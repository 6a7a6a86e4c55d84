"""Patterns that are compiled to be found faster: what they find is what ``re`` finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.datafiles import bundled
from copykit.text.normalize import fold_text
from copykit.text.patterns import compiled, presence

# Beginnings that may be left out: optional, repeated, in alternatives, with groups that are asked for again.
PATTERNS = [
    "(?:深受)*(?:广大)?用户(?:喜爱){0,2}",
    "[一-龥]{0,3}?专家|[位名]+专家的",
    "(?:a?|b+)c",
    "(?<!不)最?好",
    "(?:最|(?:很)?好)*a{2,3}b",
    "(?P<one>[一-龥])?中的?(?P=one)",
    "(?=最)最?好",
    "a?b?",
    "^(?:最)?好$",
    "(?i)A?B",
    "(?:好|)(?:最|a)",
]
TEXTS = st.lists(st.sampled_from([*"最好不很abc中位名的B\n", "深受", "广大", "用户", "喜爱", "专家"]), max_size=9).map(
    "".join
)


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=TEXTS, cut=st.tuples(st.integers(0, 5), st.integers(5, 20)))
def test_found_where_re_finds_it(pattern: str, text: str, cut: tuple[int, int]) -> None:
    wanted = re.compile(pattern)
    assert [match.span() for match in compiled(pattern).finditer(text)] == [
        match.span() for match in wanted.finditer(text)
    ]
    assert (presence(pattern).search(text, *cut) is None) == (wanted.search(text, *cut) is None)


def test_patterns_of_rules_are_present_in_the_texts_that_they_are_found_in() -> None:
    rules = bundled().load("rules").values()
    texts = [fold_text(text) for rule in rules for texts in rule.get("cases", {}).values() for text in texts][::5]
    for rule in rules:
        pattern = rule.get("pattern")
        if pattern is not None and rule["kind"] == "claim":
            wanted, present = re.compile(pattern), presence(pattern)
            differ = [text for text in texts if bool(wanted.search(text)) != bool(present.search(text))]
            assert not differ, (pattern, differ)
