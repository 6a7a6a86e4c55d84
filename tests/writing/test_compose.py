"""A seed determines a text; every statement is made once; what is not in the brief is not in the text."""

from __future__ import annotations

from typing import Any

import pytest

from copykit.brief import brief_from
from copykit.writing.compose import Composer, Composition
from copykit.writing.facts import facts_of
from copykit.writing.forms import Form, form_from
from copykit.writing.passages import Dice

BODY = """\
== title
{{ point.benefit }}
--
{{ count }} 件事
== open
{{ detail.text }}。
== head
{{ point.short }}
--
{{ point.feature }}
== say
{{ point.feature }}。
--
说回来，{{ point.benefit }}。
--
{{ point.benefit }}。
== proof
{{ point.proof }}。
== own
{{ own.name }}
== beat
{{ beat.text }}。
== price
{{ price }} 块。
== nothing
{{ brand }}。
"""
UMBRELLA = {
    "product": "折叠伞",
    "price": 39,
    "selling_points": [
        {"feature": "伞骨有 10 根", "benefit": "风大翻不过去", "proof": "天台上吹了一下午", "short": "10 根伞骨"},
        {"feature": "伞布一甩就干", "benefit": "进门不滴水"},
        {"feature": "收起来一拃长", "benefit": "塞得进书包侧袋"},
    ],
    "details": ["桥上的风把前一版吹翻了"],
    "stories": [{"kind": "own", "name": "翻过的伞", "beats": ["先翻了一把", "又翻了一把"]}],
}


def form(*parts: dict[str, Any], **data: Any) -> Form:
    told = {"name": "试", "body": BODY, "line": 1, "plans": [{"id": "only", "parts": list(parts)}], **data}
    return form_from("article", "x", told, {}, own=False)


def compose(told: Form, seed: str = "1", length: int = 2, **changes: Any) -> Composition:
    brief = brief_from({**UMBRELLA, **changes}, "x")
    return Composer(told, facts_of(brief, "2026-11-22")).compose(seed, length)


def texts(made: Composition) -> list[str]:
    return [part.text for block in made.blocks for part in block.parts]


POINTS = {"each": "point", "order": "told", "head": "head!", "say": ["say proof"]}


def test_a_statement_is_made_once_and_a_short_one_stands_for_its_feature() -> None:
    for seed in map(str, range(20)):
        made = compose(form(POINTS), seed)
        joined = "".join(texts(made))
        for said in ("伞骨有 10 根", "10 根伞骨", "伞布一甩就干", "风大翻不过去", "进门不滴水"):
            assert joined.count(said) <= 1
        assert ("伞骨有 10 根" in joined) + ("10 根伞骨" in joined) == 1


def test_words_of_a_templates_own_are_used_once() -> None:
    for seed in map(str, range(20)):
        assert "".join(texts(compose(form(POINTS), seed))).count("说回来") <= 1


def test_the_same_seed_gives_the_same_text_and_others_differ() -> None:
    made = [compose(form(POINTS), seed) for seed in ("1", "1", "2", "3", "4", "5")]
    assert made[0] == made[1]
    assert len({tuple(texts(each)) for each in made}) > 2


def test_a_part_without_its_facts_is_left_out_and_a_needed_one_stops_the_plan() -> None:
    made = compose(form({"say": ["nothing!"]}, POINTS))
    assert "brand" in made.lacks
    assert made.blocks
    stopped = compose(form({"say": ["nothing!"], "need": True}, POINTS))
    assert stopped.blocks == ()
    assert stopped.lacks == ("brand",)


def test_another_plan_is_tried_when_one_cannot_be_written() -> None:
    plans = [
        {"id": "a", "parts": [{"say": ["nothing!"], "need": True}]},
        {"id": "b", "parts": [{"say": ["price"]}]},
    ]
    assert {compose(form(plans=plans), str(seed)).plan for seed in range(8)} == {"b"}


@pytest.mark.parametrize(("length", "points"), [(0, 1), (1, 2), (2, 3)])
def test_length_limits_how_many_items_are_written(length: int, points: int) -> None:
    made = compose(form({**POINTS, "most": [1, 2, 3]}), length=length)
    assert sum(block.kind == "head" for block in made.blocks) == points


def test_beats_of_a_story_are_told_in_order() -> None:
    made = compose(form({"take": ["own"], "each": "own.beats", "once": "own!", "say": ["beat"]}))
    assert texts(made) == ["翻过的伞", "先翻了一把。", "又翻了一把。"]
    joined = compose(form({"take": ["own"], "each": "own.beats", "once": "own!", "say": ["beat"], "join": True}))
    assert texts(joined) == ["翻过的伞", "先翻了一把。又翻了一把。"]
    (part,) = joined.blocks[1].parts
    assert [part.text[mark.start : mark.end] for mark in part.marks] == ["先翻了一把", "又翻了一把"]


def test_a_title_promises_what_the_text_says() -> None:
    for seed in map(str, range(20)):
        made = compose(form({"each": "point", "say": ["proof! say"]}), seed)
        assert made.title.text in ("", "风大翻不过去")
        listed = compose(form({"each": "point", "say": ["say"]}), seed)
        if "件事" in listed.title.text:
            assert listed.title.text == "3件事"


def test_statements_that_share_a_long_run_are_the_same_statement() -> None:
    made = compose(
        form({"say": ["open", "price"]}, {"each": "point", "say": ["say!"]}),
        details=["桥上的风把伞骨有 10 根那版吹翻了"],
    )
    assert "".join(texts(made)).count("伞骨有 10 根") == 1


def test_a_short_one_in_the_words_of_the_benefit_stands_for_the_benefit() -> None:
    point = {"feature": "鞋舌能整个翻开", "benefit": "脚背高的孩子也一蹬就进", "short": "脚背高也一蹬就进"}
    heard = set()
    for seed in map(str, range(10)):
        joined = "".join(texts(compose(form(POINTS), seed, selling_points=[point])))
        assert joined.count("一蹬就进") <= 1
        heard |= {said for said in ("鞋舌能整个翻开", "脚背高也一蹬就进") if said in joined}
    assert len(heard) == 2


def test_what_an_if_asks_for_belongs_to_the_item_that_was_chosen() -> None:
    body = BODY + "== told\n{% if detail.time is defined %}{{ detail.time }}，{% endif %}{{ detail.text }}。\n"
    told = form({"each": "point", "most": 1, "say": ["told"]}, body=body)
    made = compose(told, details=[{"text": "桥上的风把前一版吹翻了", "time": "去年六月"}])
    assert texts(made) == ["去年六月，桥上的风把前一版吹翻了。"]
    assert texts(compose(told)) == ["桥上的风把前一版吹翻了。"]


def test_a_title_counts_the_list_that_its_plan_is_about() -> None:
    body = BODY.replace("{{ point.benefit }}\n--\n{{ count }}", "{{ count }}", 1)
    things = {"each": "detail", "say": ["open!"], "need": True}
    points = [{"feature": f"第{each}处加厚了", "benefit": f"{each}面不漏"} for each in "甲乙丙丁"]
    told = form(things, {"each": "point", "most": 8, "say": ["say"]}, body=body)
    made = compose(told, details=["桥上的风把前一版吹翻了", "伞柄换过木头的", "雨天试了一礼拜"], selling_points=points)
    assert made.title.text == "3件事"


def test_a_plan_may_have_titles_of_its_own() -> None:
    told = form(POINTS, body=BODY + "== title_own\n{{ product }}的来历\n")
    assert compose(told).title.text != "折叠伞的来历"
    own = {"id": "only", "title": "title_own", "parts": [POINTS]}
    assert compose(form(plans=[own], body=BODY + "== title_own\n{{ product }}的来历\n")).title.text == "折叠伞的来历"


def test_a_passage_over_its_limit_is_not_used() -> None:
    made = compose(form(POINTS, limits={"head": 6}))
    heads = [block.parts[0].text for block in made.blocks if block.kind == "head"]
    assert heads
    assert all(len(head) <= 6 for head in heads)


def test_a_row_has_a_cell_a_passage() -> None:
    made = compose(form({"each": "point", "cells": ["head!", "proof"]}))
    assert {len(block.parts) for block in made.blocks} == {2}


def test_choices_do_not_depend_on_each_other() -> None:
    dice = Dice("7")
    assert dice.shuffled("abcdef", "x") == Dice("7").shuffled("abcdef", "x")
    assert sorted(dice.shuffled("abcdef", "y")) == list("abcdef")
    first = {Dice(str(seed)).shuffled(range(4), "x")[0] for seed in range(40)}
    assert first == {0, 1, 2, 3}


# --- a text keeps to one thing ----------------------------------------------------------------------------------------

THREADED = {
    "selling_points": [
        {"feature": "伞骨有 10 根", "benefit": "风大翻不过去", "words": ["风", "翻"]},
        {"feature": "伞布一甩就干", "benefit": "进门不滴水", "words": ["滴", "湿"]},
    ],
    "details": ["桥上的大风把前一版吹成了喇叭", "试到第三版，甩三下地上还是湿的"],
    "audience": {"who": ["骑车的人"], "pains": ["一阵风过来，伞先走了", "进门一地水，袜子都湿透"]},
}
TALK = BODY + "== pain\n{{ pain.text }}。\n== both\n{{ pain.text }}，所以{{ point.benefit }}。\n"


def threaded(*parts: dict[str, Any], **changes: Any) -> set[str]:
    told = form(plans=[{"id": "only", "thread": True, "parts": list(parts)}], body=TALK)
    return {"".join(texts(compose(told, str(seed), **{**THREADED, **changes}))) for seed in range(20)}


def test_a_threaded_text_speaks_of_one_selling_point_all_through() -> None:
    wind = ("一阵风过来，伞先走了，所以风大翻不过去。", "桥上的大风把前一版吹成了喇叭。")
    wet = ("进门一地水，袜子都湿透，所以进门不滴水。", "试到第三版，甩三下地上还是湿的。")
    assert threaded({"take": ["point"], "say": ["both~! open~!"]}) == {"".join(wind), "".join(wet)}
    assert threaded({"take": ["pain~"], "say": ["both!"]}, details=[]) == {wind[0], wet[0]}
    assert threaded({"each": "detail~", "say": ["open!"]}) == {wind[1], wet[1]}


def test_of_what_somebody_noted_only_what_is_of_the_thread_is_quoted() -> None:
    notes = [{"when": "头一天", "text": "风大，伞没翻"}, {"when": "雨天", "text": "进门滴了一路"}]
    claim = {"kind": "experience", "person": "小陈", "statement": "用了一个月", "evidence": "记录", "notes": notes}
    body = TALK + "== noted\n{{ note.when }}，{{ note.text }}。\n"
    part = {"take": ["experience"], "each": "experience.notes~", "order": "told", "say": ["noted!"]}
    told = form(plans=[{"id": "only", "thread": True, "parts": [part]}], body=body)
    heard = {"".join(texts(compose(told, str(seed), **{**THREADED, "claims": [claim]}))) for seed in range(20)}
    assert heard == {"头一天，风大，伞没翻。", "雨天，进门滴了一路。"}


def test_a_thread_for_which_a_part_has_no_facts_is_left_for_another() -> None:
    part = {"take": ["point"], "say": ["both~! open~!"], "need": True}
    (only,) = threaded(part, details=[THREADED["details"][0]])
    assert only == "一阵风过来，伞先走了，所以风大翻不过去。桥上的大风把前一版吹成了喇叭。"


def test_a_plan_may_ask_what_its_thread_is_touched_by() -> None:
    told = form(plans=[{"id": "only", "thread": ["detail"], "parts": [{"say": ["both!"]}]}], body=TALK)
    for seed in map(str, range(10)):
        made = compose(told, seed, **{**THREADED, "details": [THREADED["details"][1]]})
        assert texts(made) == ["进门一地水，袜子都湿透，所以进门不滴水。"]
    assert compose(told, **{**THREADED, "details": ["伞柄换过木头的"]}).lacks == ("detail",)


def test_a_title_does_not_say_what_the_text_begins_with() -> None:
    body = TALK.replace(
        "== title\n{{ point.benefit }}\n--\n{{ count }} 件事", "== title\n{{ pain.text }}\n--\n{{ own.name }}"
    )
    plan = {"id": "only", "thread": True, "parts": [{"take": ["own"], "say": ["both!", "own!"]}]}
    for seed in map(str, range(10)):
        assert compose(form(plans=[plan], body=body), seed, **THREADED).title.text == "翻过的伞"


def test_without_words_a_thread_goes_by_what_texts_share() -> None:
    points = [{key: each[key] for key in ("feature", "benefit")} for each in THREADED["selling_points"]]
    (told,) = threaded(
        {"take": ["point"], "say": ["open~!"], "need": True}, selling_points=points, details=["风大也翻不过去"]
    )
    assert told == "风大也翻不过去。"


def test_a_threads_title_is_of_the_thread() -> None:
    body = TALK.replace("== title\n{{ point.benefit }}\n--\n{{ count }} 件事", "== title\n{{ pain.text }}")
    plan = {"id": "only", "thread": True, "parts": [{"take": ["point"], "say": ["say!", "open~!"]}]}
    for seed in map(str, range(20)):
        made = compose(form(plans=[plan], body=body), seed, **THREADED)
        assert ("风" in made.title.text) == ("喇叭" in "".join(texts(made)))


def test_what_has_to_name_the_goods_again_names_them_least() -> None:
    body = "== title\n{{ product }}\n== one\n{{ product }}好。\n== two\n{{ product }}轻。\n"
    body += "== link\n找{{ product }}的，点{{ product }}。\n--\n要的，点{{ product }}。\n"
    for seed in map(str, range(10)):
        made = compose(form({"say": ["one two link"]}, body=body), seed)
        assert texts(made) == ["折叠伞好。折叠伞轻。要的，点折叠伞。"]


def test_parts_that_name_one_heading_share_it() -> None:
    parts = [
        {"head": "price", "say": ["open"]},
        {"head": "price", "say": ["nothing!"]},
        {"head": "price", "say": ["own"]},
    ]
    made = compose(form(*parts))
    assert [block.kind for block in made.blocks] == ["head", "para", "para"]
