"""Patterns that are compiled to be found faster: what they find is what ``re`` finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.datafiles import bundled
from copykit.text.normalize import fold_text
from copykit.text.patterns import compiled, needed, presence

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
    "[一-龥](?P<one>最)(?:好|位)|[^好]{1,3}(?:用户|专家)",
    "(?P<one>[一-龥]{2})中的(?P=one)|[一-龥]{1,4}(?:喜爱|位)",
    "(?:[^a]{2}|[一-龥])(?:[一-龥])?专家{1,2}|(?<!不)[一-龥]最",
    "(?:广大|新老)(?:用户|专家){1,2}的?(?:喜爱|[最中]名?位)",
    "(?i:ab)好?c|最[^好]{1,3}名",
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
    assert (presence(pattern).search(text) is None) == (wanted.search(text) is None)
    assert wanted.search(text, *cut) is None or presence(pattern).search(text, *cut) is not None
    words = needed(pattern)
    assert not words or all(any(word in match[0] for word in words) for match in wanted.finditer(text))


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("最(?:好|佳)的?", "最好 最佳"),
        ("(?:使用|保存)[^,。]{0,4}(?:说明书|注意事项)", "说明书 注意事项"),
        ("[把将][^,]{1,8}?(?:擦干净|扫一扫)", "擦干净 扫一扫"),
        ("(?:a|好)?[0-9]{2,3}(?:毫升|克拉)", "毫升 克拉"),
        ("全国|[^,]{2}第一", "全国 第一"),
        ("专利(?:名称|名)?[:为]", "专利: 专利为 专利名: 专利名为 专利名称: 专利名称为"),
        ("最好(?:吃|用)?", "最好"),
        ("[^,]{2,4}", ""),
        ("好?|最", ""),
        ("(?i)Top", ""),
        ("(?P<one>..)的(?P=one)", "的"),
    ],
)
def test_the_words_that_a_pattern_needs_are_read_out_of_it(pattern: str, words: str) -> None:
    assert needed(pattern) == set(words.split())


def test_patterns_of_rules_are_present_in_the_texts_that_they_are_found_in() -> None:
    rules = bundled().load("rules").values()
    texts = [fold_text(text) for rule in rules for texts in rule.get("cases", {}).values() for text in texts][::5]
    for rule in rules:
        pattern = rule.get("pattern")
        if pattern is not None and rule["kind"] == "claim":
            wanted, present, words = re.compile(pattern), presence(pattern), needed(pattern)
            found = [text for text in texts if wanted.search(text)]
            assert found == [text for text in texts if present.search(text)], pattern
            assert not words or all(any(word in text for word in words) for text in found), pattern
