"""Every bundled form with every sample: lawful, traceable, nothing doubled, nothing that the brief does not hold."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copykit.brief import brief_from, read_brief
from copykit.brief.said import said_in
from copykit.datafiles import bundled
from copykit.model import Brief, Draft
from copykit.templating import clean
from copykit.writing.claims import without
from copykit.writing.facts import NAMES
from copykit.writing.forms import LENGTHS
from copykit.writing.variants import alike, variants
from copykit.writing.writer import NotWritable, Options, Writer
from tests.writing.conftest import SAMPLES, TODAY

FORMS = [form.id for form in Writer(bundled()).forms]
INK = re.compile(r"\W+")
HABITS = ("赋予", "打造", "总之", "的今天", "不仅", "众所周知", "值得一提", "让我们一起")


@functools.cache
def brief_of(sample: Path) -> Brief:
    return read_brief(sample)


def drafts(writer: Writer, sample: Path, form: str, seeds: str = "12") -> Iterator[Draft]:
    prepared = writer.prepare(brief_of(sample), TODAY)
    for length in LENGTHS:
        for seed in seeds:
            yield writer.write(prepared, writer.forms[form], Options(seed, length))


def statements(draft: Draft) -> list[tuple[str, str]]:
    """Return (path, text) of every fact that a text states; names and numbers of items are none."""
    return [
        (mark.path, part.text[mark.start : mark.end])
        for block in draft.blocks
        for part in block.parts
        for mark in part.marks
        if mark.path.rpartition(".")[2] not in NAMES
    ]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_every_form_stands(writer: Writer, sample: Path, form: str) -> None:
    for draft in drafts(writer, sample, form):
        told = (draft.plan, draft.seed, draft.length, draft.text)
        assert not [each for each in draft.findings if each.severity != "hint"], told
        assert not draft.withheld, told
        assert 0 < len(draft.title) <= 30, told
        parts = [part for block in draft.blocks for part in block.parts]
        assert all(part.text.strip() for part in parts), told
        # Figures come from the brief alone.
        own = "".join(
            "".join(
                char if not any(m.start <= at < m.end for m in part.marks) else "" for at, char in enumerate(part.text)
            )
            for part in parts
        )
        assert not re.search(r"\d", own), told
        # Length follows facts.
        assert len(draft.text) <= 120 * len(statements(draft)) + 200, told
        assert not [habit for habit in HABITS if habit in draft.text], told
        assert draft.text.count("！") <= 1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_nothing_is_said_twice(writer: Writer, sample: Path, form: str) -> None:
    for draft in drafts(writer, sample, form):
        said = Counter(path for path, _ in statements(draft))
        twice = [path for path, count in said.items() if count > 1 and not path.startswith("links.")]
        assert not twice, (draft.plan, draft.seed, draft.text)
        paragraphs = Counter(block.parts[0].text for block in draft.blocks if block.kind != "row")
        assert max(paragraphs.values(), default=1) == 1


def test_every_fact_is_what_the_brief_holds_at_its_path(writer: Writer) -> None:
    for sample in SAMPLES:
        brief = brief_of(sample)
        held = {".".join(map(str, path)): clean(text).rstrip("？?") for path, text in said_in(brief)}
        for form in FORMS:
            for draft in drafts(writer, sample, form, "3"):
                for path, text in statements(draft):
                    if path in held:
                        assert text.rstrip("？?") == held[path]
                    else:
                        assert path.startswith(("stock.", "links.", "price", "count")) or path.endswith(
                            ("date", "until")
                        )


def test_the_trace_covers_the_text_sentence_by_sentence(writer: Writer) -> None:
    for form in FORMS:
        for draft in drafts(writer, SAMPLES[0], form, "4"):
            assert all(draft.text[each.start : each.end].strip() for each in draft.trace)
            traced = {path for each in draft.trace for path in each.facts}
            assert {path for path, _ in statements(draft)} <= traced
            kept = "".join(draft.text[each.start : each.end] for each in draft.trace)
            assert INK.sub("", kept) == INK.sub("", draft.text)


def test_a_press_release_has_no_link_no_price_and_no_call_to_buy(writer: Writer) -> None:
    for sample in SAMPLES:
        brief = brief_of(sample)
        for draft in drafts(writer, sample, "news"):
            assert "http" not in draft.text
            assert f"{brief.price:g} 块" not in draft.text
            assert not [word for word in ("下单", "购买", "链接", "限 ") if word in draft.text]


def test_the_main_line_of_a_screen_has_twelve_characters_at_most(writer: Writer) -> None:
    for sample in SAMPLES:
        for draft in drafts(writer, sample, "detail_page"):
            rows = [block for block in draft.blocks if block.kind == "row"]
            assert {len(row.parts) for row in rows} == {len(draft.columns)} == {5}
            assert max(len(row.parts[1].text) for row in rows) <= 12
            assert [row.parts[0].text[:3] for row in rows[:3]] == ["为什么"] * 3


@pytest.mark.parametrize("form", ["experience", "test", "case"])
def test_without_somebodys_experience_there_is_an_interview_outline(writer: Writer, form: str) -> None:
    for sample in SAMPLES:
        brief = brief_of(sample)
        claims = tuple(claim for claim in brief.claims if claim.kind != "experience")
        prepared = writer.prepare(dataclasses.replace(brief, claims=claims), TODAY)
        draft = writer.write(prepared, writer.forms[form])
        assert draft.form == "interview"
        assert "采访提纲" in draft.title


def test_a_title_doubles_no_name_and_no_particle(writer: Writer) -> None:
    for sample in SAMPLES:
        brief = brief_of(sample)
        renamed = tuple(
            dataclasses.replace(story, name={"own": "倒放的一夜", "news": f"{brief.brand}换了内胆"}[story.kind])
            if story.kind in ("own", "news")
            else story
            for story in brief.material.stories
        )
        brief = dataclasses.replace(brief, material=dataclasses.replace(brief.material, stories=renamed))
        prepared = writer.prepare(brief, TODAY)
        for form in ("story", "news"):
            for seed in range(24):
                title = writer.write(prepared, writer.forms[form], Options(str(seed))).title
                assert "一夜的事" not in title
                assert title.count(brief.brand) < 2, title


# --- what is dropped is not said --------------------------------------------------------------------------------------

CASES = [
    (sample, path, text)
    for sample in SAMPLES
    for path, text in said_in(read_brief(sample))
    # What other fields say too is still said by them.
    if sum(text in other for _, other in said_in(read_brief(sample))) == 1
    and path != ("product",)
    and len(text) > 3  # 支 and 现在 are words of templates too
]


@settings(max_examples=200)
@given(st.sampled_from(CASES), st.sampled_from(FORMS), st.integers(0, 1000))
def test_a_dropped_field_is_in_no_text(case: tuple[Path, tuple[str | int, ...], str], form: str, seed: int) -> None:
    sample, path, text = case
    writer = shared_writer()
    left = writer.prepare(without(brief_of(sample), path), TODAY)
    try:
        draft = writer.write(left, writer.forms[form], Options(str(seed), "long"))
    except NotWritable:
        return
    assert clean(text) not in draft.text
    assert clean(text) not in draft.title


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_claim_without_its_evidence_is_in_no_text(writer: Writer, sample: Path) -> None:
    brief = brief_of(sample)
    for number, claim in enumerate(brief.claims):
        bare = dataclasses.replace(claim, evidence="")
        claims = (*brief.claims[:number], bare, *brief.claims[number + 1 :])
        prepared = writer.prepare(dataclasses.replace(brief, claims=claims), TODAY)
        assert [each.field for each in prepared.ledger.withheld] == [f"claims.{number}"]
        for form in FORMS:
            draft = writer.write(prepared, writer.forms[form], Options("5", "long"))
            assert clean(claim.statement) not in draft.text
            assert not [note for note in claim.notes if clean(note.text) in draft.text]


# --- what articles say and where --------------------------------------------------------------------------------------

CUP = {
    "product": "不锈钢保温杯",
    "category": "保温杯",
    "brand": "山行",
    "price": 89,
    "unit": "只",
    "audience": {"pains": ["杯子倒在包里，电脑袋湿了一片"], "not_for": ["想泡汤药的人"]},
    "persona": {"name": "老秦", "calls": "我们", "about": ["在五金厂做了十一年质检"]},
    "selling_points": [
        {"feature": "杯口一圈硅胶垫", "benefit": "横着放进包里不漏", "proof": "装满水倒放一夜，垫的纸巾是干的"},
        {"feature": "内胆是 316 不锈钢", "benefit": "泡茶隔夜洗掉没有铁锈味", "proof": "送检报告写着钢号"},
        {"feature": "盖子能拆成三件", "benefit": "刷子伸得进每条缝", "proof": "拆装一遍用了 40 秒"},
    ],
    "doubts": [{"ask": "能放洗碗机吗", "answer": "杯身别放，漆会起皮"}, {"ask": "能装牛奶吗", "answer": "喝完当天洗"}],
    "steps": [
        {"do": "先拿温水泡十分钟", "note": "去掉抛光的味", "wrong": "直接灌开水，头一口有金属味"},
        {"do": "灌水留出一指高", "note": "盖子的塞要占地方"},
        {"do": "喝完拆开盖子晾着", "note": "硅胶垫单独摆", "wrong": "盖着收进柜子，第二天有股闷味"},
    ],
    "stories": [
        {
            "kind": "hot",
            "name": "头一场雪",
            "beats": ["又排起了队"],
            "meets": "人人想有一只不漏的杯子",
            "until": "2026-12-20",
        }
    ],
    "claims": [
        {
            "kind": "comparison",
            "subject": "和上一版比保温",
            "statement": "新版 68 度，上一版 61 度",
            "evidence": "记录",
        },
        {
            "kind": "experience",
            "person": "阿彬",
            "who": "跑外卖的骑手",
            "date": "2026-09-03",
            "consent": True,
            "relation": "杯子是我们送的",
            "evidence": "聊天记录",
            "statement": "跑了四个礼拜，箱子里没湿过",
            "notes": [
                {"when": "第一天", "text": "横着放不漏"},
                {"when": "第二周", "text": "缺点是沉，漆掉了一块"},
            ],
        },
    ],
}
CLOSING = re.compile(r"^.*89 块.*$", re.MULTILINE)


def written(writer: Writer, form: str, seeds: int, **changes: object) -> Iterator[Draft]:
    prepared = writer.prepare(brief_from({**CUP, **changes}, "x"), TODAY)
    for seed in range(seeds):
        yield writer.write(prepared, writer.forms[form], Options(str(seed)))


def test_a_how_to_leaves_no_step_out(writer: Writer) -> None:
    bare = {"steps": [CUP["steps"][0], {"do": "灌水留出一指高"}, {"do": "喝完拆开盖子晾着", "wrong": "第二天有股闷味"}]}
    for changes in ({}, bare):
        for draft in written(writer, "tutorial", 30, **changes):
            if draft.plan != "mistakes":
                body = draft.text.partition("】")[2]
                places = [body.find(step["do"]) for step in CUP["steps"]]
                assert -1 < places[0] < places[1] < places[2], draft.text


@pytest.mark.parametrize("form", [form for form in FORMS if form not in ("interview", "detail_page", "news", "story")])
def test_price_and_pitch_stand_under_no_heading_of_another_thing(writer: Writer, form: str) -> None:
    heads = re.compile("要买的话|想买的话|怎么卖|说说不锈钢保温杯|最后说说保温杯")
    seen = 0
    for draft in written(writer, form, 40):
        closing = next((found.start() for found in CLOSING.finditer(draft.text) if found[0][:1] != "#"), None)
        assert closing is not None, draft.text
        under = [head[1] for head in re.finditer("^##+ (.*)$", draft.text[:closing], re.MULTILINE)][-1:]
        assert not under or heads.fullmatch(under[0]), draft.text
        seen += len(under)
    assert seen or form in ("three_steps", "hot", "experience", "case")


def test_every_article_has_a_title(writer: Writer) -> None:
    thin = {"product": "二手富士 X-T30", "price": 3280, "unit": "台", "selling_points": ["取景器右上角有一个坏点"]}
    for sale in (thin, {"product": "旧相机", "selling_points": ["快门按过一万次"]}):
        prepared = writer.prepare(brief_from(sale, "x"), TODAY)
        for seed in range(20):
            draft = writer.write(prepared, writer.forms["three_steps"], Options(str(seed)))
            assert draft.title, draft.text


def test_a_title_keeps_to_the_order_of_its_article(writer: Writer) -> None:
    for draft in written(writer, "test", 40):
        assert draft.plan != "user_first" or "再听" not in draft.title


def test_the_name_of_the_day_is_no_subject_of_what_the_goods_do(writer: Writer) -> None:
    for draft in written(writer, "hot", 60):
        if draft.title.startswith("头一场雪，"):
            assert "保温杯" in draft.title, draft.title


def test_one_persons_life_is_told_of_that_person(writer: Writer) -> None:
    texts = "".join(draft.text for draft in written(writer, "three_steps", 60))
    assert "老秦在五金厂做了十一年质检" in texts
    assert "我们在五金厂" not in texts
    alone = written(writer, "three_steps", 60, persona={**CUP["persona"], "calls": "我"})
    assert "我在五金厂做了十一年质检" in "".join(draft.text for draft in alone)


def test_nobody_who_buys_nothing_is_told_not_to_buy(writer: Writer) -> None:
    kittens = {"audience": {"not_for": ["三个月以下的奶猫"]}}
    for form in ("test", "qa", "detail_page"):
        assert not [draft.text for draft in written(writer, form, 20, **kittens) if "谁别买" in draft.text]
    assert [draft.text for draft in written(writer, "detail_page", 20) if "谁别买" in draft.text]


@functools.cache
def shared_writer() -> Writer:
    return Writer(bundled())


# --- variants ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["three_steps", "list", "story", "qa"])
def test_variants_differ_and_come_again(writer: Writer, form: str) -> None:
    for sample in SAMPLES[:3]:
        prepared = writer.prepare(brief_of(sample), TODAY)
        made = list(variants(writer, prepared, writer.forms[form], Options("7"), 4))
        assert made == list(variants(writer, prepared, writer.forms[form], Options("7"), 4))
        assert len(made) == 4
        assert not [(a.seed, b.seed) for a in made for b in made if a is not b and alike(a, b)]
