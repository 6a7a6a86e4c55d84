"""Excuses are found by place and rule, whatever they overlap."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copykit.excuses import Excuse, Excuses, Phrases, excuses_in, named, names_of
from copykit.model import Finding, Span
from copykit.project import PhraseExcuse
from copykit.text.markup import Directive, visible

RULES = ("law/absolute/best", "law/absolute/rank", "law/prices/limited", "style/habit/worn")
NAMES = ("law", "law/absolute", *RULES)
SPANS = st.tuples(st.integers(0, 30), st.integers(1, 9)).map(lambda pair: Span(pair[0], sum(pair)))


def finding(rule: str, span: Span) -> Finding:
    return Finding(rule, *span, "x", "x", "error", "", "")


@given(
    st.lists(st.tuples(SPANS, st.lists(st.sampled_from(NAMES), min_size=1, max_size=2)), max_size=8),
    st.sampled_from(RULES),
    SPANS,
)
def test_an_excuse_is_found_where_one_holds_and_nowhere_else(
    given_excuses: list[tuple[Span, list[str]]], rule: str, place: Span
) -> None:
    excuses = [Excuse(Directive("allow", tuple(names), "why", span, True), span) for span, names in given_excuses]
    number = Excuses(excuses).covering(finding(rule, place), place)
    holding = [
        number
        for number, (span, names) in enumerate(given_excuses)
        if span.start < place.end and place.start < span.end and named(rule, names)
    ]
    assert (number in holding) if holding else number is None


LINES = st.sampled_from(
    (
        "",
        "好",
        "好 〔copykit：允许 law 理由〕",
        "〔copykit：允许 law/absolute 理由〕",
        "〔copykit：关 law 理由〕",
        "〔copykit：关 law/absolute style 理由〕",
        "〔copykit：开〕",
        "〔copykit：开 law〕",
    )
)


@given(st.lists(LINES, max_size=12))
def test_a_directive_speaks_of_its_line_or_the_next_with_a_text_or_of_its_block(lines: list[str]) -> None:
    source = "\n".join(lines)
    seen = visible(source, "txt")
    excuses, faults = excuses_in(seen, names_of(RULES), "zh")
    assert not faults
    for excuse in excuses:
        directive = excuse.directive
        later = [each for each in seen.directives if each.span.start > directive.span.start]
        if directive.verb == "off":
            ends = [
                each for each in later if each.verb == "on" and (not each.rules or {*each.rules} & {*directive.rules})
            ]
            assert excuse.span == Span(directive.span.end, ends[0].span.start if ends else len(source))
            assert excuse.open == (not ends)
        elif not directive.alone:
            assert source[slice(*excuse.span)] == "好 〔copykit：允许 law 理由〕"
        else:
            behind = source[directive.span.end :].split("\n")[1:]
            texts = [line for line in behind if line.startswith("好")]
            assert source[slice(*excuse.span)] == (texts[0] if texts else "")


def test_a_phrase_holds_what_lies_in_any_of_its_places() -> None:
    text = "最好最好的锅，最好的锅，最好"
    phrases = Phrases(text, [PhraseExcuse("why", "最好的锅")])
    spared = [
        start
        for start in range(len(text) - 1)
        if phrases.excusing(finding(RULES[0], Span(start, start + 2))) is not None
    ]
    assert spared == [2, 3, 4, 7, 8, 9]
