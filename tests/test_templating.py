"""Values keep their origin through a template, and other people's templates are kept in bounds."""

from __future__ import annotations

import gc
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.templating import (
    Cage,
    Caged,
    Caps,
    Fact,
    TemplateFault,
    clean,
    environment,
    passages,
    render,
    then,
    unmark,
)

BODY = """\
== open
{{ detail.time }}，{{ detail.text }}。
--
{{ detail.text }}。

== price
{% if unit %}一{{ unit }} {% endif %}{{ price }} 块。
"""


def test_passages_and_what_their_alternates_need() -> None:
    found = passages("article/x", BODY, 7)
    assert list(found) == ["open", "price"]
    first, second = found["open"]
    assert (first.id, first.line, first.bare) == ("article/x#open.1", 8, True)
    assert first.needs == (("detail", "time"), ("detail", "text"))
    assert second.line == 10
    (price,) = found["price"]
    assert (price.needs, price.may, price.bare) == ((("price", ""),), (("unit", ""),), False)


def test_nothing_is_worked_out_while_a_template_is_read() -> None:
    tracemalloc.start()
    (alternate,) = passages("x", "== a\n{{ 'x' * 10**7 }}{{ ('x' * 10**7)|length }}\n", 1)["a"]
    environment().from_string(alternate.source)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 5_000_000


@pytest.mark.parametrize(
    ("body", "line", "reason"),
    [
        ("== a\n{{ x\n", 11, "unexpected end"),
        ("先写字\n== a\nx\n", 10, "之前有文字"),
        ("== a\nx\n\n--\n{% for %}\n", 14, "xpected"),
    ],
)
def test_a_fault_in_a_template_has_its_line(body: str, line: int, reason: str) -> None:
    with pytest.raises(TemplateFault) as caught:
        passages("article/x", body, 10)
    assert caught.value.facts["line"] == line
    assert reason in caught.value.say("zh")


def test_an_alternate_without_its_fact_says_nothing() -> None:
    (first, second) = passages("x", BODY, 1)["open"]
    facts = [Fact(0, "灯灭了", "details.0.text")]
    assert render(first, {"detail": {"text": facts[0]}}) is None
    assert unmark(render(second, {"detail": {"text": facts[0]}}) or "", facts).text == "灯灭了。"


@given(st.lists(st.text(min_size=1), min_size=1, max_size=8), st.text(alphabet="，。 的在{}%\n", max_size=6))
def test_every_mark_points_at_its_own_fact(texts: list[str], between: str) -> None:
    cleaned = [text for text in map(clean, texts) if text]
    facts = [Fact(number, text, f"f.{number}") for number, text in enumerate(cleaned)]
    made = unmark(between.join(map(str, facts)), facts)
    assert [mark.path for mark in made.marks] == [fact.path for fact in facts]
    assert [made.text[mark.start : mark.end] for mark in made.marks] == cleaned


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("盖子是按压式的，一只手就能开", "左手抱着娃也挤得出来", "盖子是按压式的，一只手就能开，左手抱着娃也挤得出来"),
        ("低档一回电能亮 31 小时", "走两晚夜路，不用带备用电池", "低档一回电能亮 31 小时。走两晚夜路，不用带备用电池"),
        ("伞布一甩就干", "进门不滴水", "伞布一甩就干，进门不滴水"),
        ("怎么知道的？", "吹了一下午", "怎么知道的？。吹了一下午"),
        ("鞋头宽，鞋口低，鞋舌长", "一蹬就进", "鞋头宽，鞋口低，鞋舌长。一蹬就进"),
    ],
)
def test_two_statements_are_one_sentence_while_it_stays_short(first: str, second: str, told: str) -> None:
    facts = [Fact(0, first, "a"), Fact(1, second, "b")]
    assert unmark(then({}, *facts), facts).text == told.replace("？。", "？")


@pytest.mark.parametrize(
    ("name", "topic"),
    [("英语口语 online", "#英语口语online"), ("C/D 妆", "#CD妆"), ("护手霜", "#护手霜")],
)
def test_a_topic_has_nothing_inside_that_would_end_it(name: str, topic: str) -> None:
    (alternate,) = passages("x", "== tag\n#{{ keyword.name | topic }}\n", 1)["tag"]
    fact = Fact(0, name, "keywords.0")
    made = unmark(render(alternate, {"keyword": {"name": fact}}) or "", [fact])
    assert (made.text, [mark.path for mark in made.marks]) == (topic, ["keywords.0"])


def test_a_stop_behind_a_question_goes() -> None:
    fact = Fact(0, "顶用吗？", "doubts.0.ask")
    assert unmark(f"{fact}。", [fact]).text == "顶用吗？"
    assert unmark(f"“{fact}”。", [fact]).text == "“顶用吗？”。"


def test_private_characters_of_a_brief_are_no_marks() -> None:
    assert clean("a\ue000b\ue001\x00c\u200bd") == "abc\u200bd"


RENDER = "tests.caged_render:greedy"


# --- the cage ---------------------------------------------------------------------------------------------------------

GREEDY = [
    "{% for a in 'x' * 9999 %}{% for b in 'x' * 99999 %}{% for c in 'x' * 99999 %}{% endfor %}{% endfor %}{% endfor %}",
    "{{ 'x' * 10**8 }}{{ 'x' * 10**9 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ (2 ** 100) ** (10 ** 9) }}",
    "{{ (9 ** 9) ** 999999 }}",
    "{% set ns = ['x' * 1000] %}{% for i in 'x' * 100000 %}{% set _ = ns.append(ns[-1] + ns[-1]) %}{% endfor %}",
    "{{ ('x' * 10**6) | join('y' * 10**5) }}",
    "{{ '{:>999999999}'.format('x') }}",
]


@pytest.mark.parametrize("source", GREEDY)
def test_what_takes_too_much_is_stopped(source: str) -> None:
    with Cage(Caps(memory=400_000_000, seconds=2, output=100_000)) as cage:
        with pytest.raises((Caged, TemplateFault)) as caught:
            cage.call(RENDER, source.encode())
        assert caught.value.say("zh")
        assert caught.value.say("en")
        # One that was stopped spoils nothing for the next.
        assert cage.call(RENDER, b"{{ 1 + 1 }}") == b"2"


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{% include '/etc/passwd' %}",
        "{{ [].append.__self__ }}",
        "{% import 'os' as os %}",
    ],
)
def test_a_template_reaches_nothing_outside(source: str) -> None:
    with Cage() as cage:
        try:
            said = cage.call(RENDER, source.encode())
        except TemplateFault:
            said = b""
        assert said == b""


def test_a_cage_that_nobody_holds_any_more_ends_its_child() -> None:
    cage = Cage()
    assert cage.call(RENDER, b"ok") == b"ok"
    child = cage._child
    del cage
    gc.collect()
    assert child.returncode is not None


def test_a_fault_in_the_cage_is_told_as_outside() -> None:
    with Cage() as cage:
        with pytest.raises(TemplateFault, match="article/我的:2"):
            cage.call(RENDER, b"{{ 1 / 0 }}")
        assert cage.call(RENDER, b"ok") == b"ok"
