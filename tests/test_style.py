"""The style pack: rules about how a whole text reads, links that fit, passages that stand elsewhere."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit import datafiles, parsing
from copykit.compliance import KINDS, Checker, Facts, case_context
from copykit.model import Brief, Finding
from copykit.rules.check import check_rule
from copykit.rules.engine import Engine
from copykit.rules.repetition import frequent_pairs
from copykit.rules.rule import from_data
from copykit.text.normalize import fold
from copykit.text.originality import SHORTEST_RUN, corpus_index, originality
from copykit.text.segment import Segmenter

FILES = datafiles.bundled()
SEGMENTER = Segmenter()
ENTRIES = [entry for entry in FILES.entries("rules") if entry.id.startswith("style/")]
DATA: dict[str, dict[str, Any]] = {entry.id: parsing.parse_file(entry.path, "rules")[0] for entry in ENTRIES}
CORPUS = {
    "洗护": "羽绒服不要送去干洗，溶剂会把绒上的油脂带走，第二年就不蓬了。"
    "拿中性洗涤剂在温水里泡十分钟，轻轻按压，别拧。",
    "鞋": "鞋头放宽八毫米，脚背高的人也一蹬就进。鞋底前掌三分之一处能折，孩子走路不费劲。",
}
FACTS = Facts(brief=Brief("防晒衣", keywords=("防晒衣", "骑行")), corpus=corpus_index(CORPUS.items()))


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(FILES, ("style",), SEGMENTER)


def found(checker: Checker, text: str, facts: Facts = FACTS) -> list[Finding]:
    return list(checker.check(text, checker.context(facts)).findings)


@pytest.mark.parametrize("rule", DATA)
def test_a_style_rule_flags_and_passes_what_it_says(rule: str) -> None:
    problems = check_rule(rule, DATA[rule], FILES, SEGMENTER, KINDS, case_context(FILES), minimum=3)
    assert not problems, "\n".join(problem.say("zh") for problem in problems)


@pytest.mark.parametrize("rule", DATA)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_style_rule_fills_its_messages_in_both_languages(rule: str, lang: str) -> None:
    data = DATA[rule]
    assert ("suggestions" in data) == ("suggestions" in data["en"])
    engine = Engine([from_data(rule, data, lang)], FILES, SEGMENTER, KINDS, lang)
    context = case_context(FILES)(data["cases"].get("given", {}))
    for reading in engine.read(data["cases"]["flag"], context):
        for finding in [*engine.find(reading), *engine.find_whole(reading)]:
            said = (finding.message, finding.why, *finding.suggestions)
            assert not any("{" in each or "None" in each for each in said)


# --- what the parts of a finding say --------------------------------------------------------------------------------

WHOLE = [
    # text, rule, match, related matches, suggestion
    ("用iPhone拍，配AirPods听", "spacing/han_latin", "用iPhone拍", ["配AirPods听"], "用 iPhone 拍"),
    ("轻,而且暖。厚,也不闷.", "punctuation/half_width", "轻,而且暖", ["厚,也不闷", "也不闷."], "轻，而且暖"),
    ("ＡＢ款重２３７克", "punctuation/full_width", "ＡＢ", ["２３７"], "AB"),
    ("他说：“三年。\n她说：《手册", "punctuation/unpaired", "“", ["《"], "补上另一半"),
    ("轻——暖。厚——闷。", "habit/dash", "——", ["——"], "换成逗号或句号"),
    ("三年了……。", "punctuation/after_ellipsis", "……。", [], "……"),
    (
        "脚背高，也一蹬就进去！脚背高也一蹬就进去。",
        "repetition/sentence",
        "脚背高也一蹬就进去。",
        ["脚背高，也一蹬就进去！"],
        "删掉一处",
    ),
    ("这款轻，不重手。这款暖，不闷汗。这款薄，不透光。", "repetition/opening", "这款", ["这款", "这款"], None),
    ("品质好。品质来自面料，品质来自做工，品质来自人。", "repetition/word", "品质", ["品质"] * 3, None),
]


@pytest.mark.parametrize(("text", "rule", "match", "related", "suggestion"), WHOLE)
def test_a_finding_shows_the_first_places_and_how_to_write_them(
    checker: Checker, text: str, rule: str, match: str, related: list[str], suggestion: str | None
) -> None:
    (finding,) = [finding for finding in found(checker, text) if finding.rule == f"style/{rule}"]
    assert finding.match == match
    assert [text[start:end] for start, end in finding.related] == related
    assert suggestion is None or finding.suggestions[0] == suggestion


def test_a_title_is_never_asked_to_spend_its_length_on_blanks(checker: Checker) -> None:
    text = "用iPhone拍的原图"
    assert [finding.rule for finding in found(checker, text)] == ["style/spacing/han_latin"]
    assert found(checker, text, Facts(kind="title")) == []


def test_markup_addresses_and_code_are_no_prose(checker: Checker) -> None:
    text = "看<a href='用abc,好!!!'>说明</a>，`棉,麻!!!`，见 https://example.com/a,b!!! 和[图](棉abc,麻.png)"
    assert [finding.rule for finding in found(checker, text) if finding.rule != "style/link/fit"] == []


def test_a_long_sentence_among_long_ones_does_not_stand_out(checker: Checker) -> None:
    long = "这双鞋从去年十月穿到今年四月" + "，中间踩过雪水也蹚过泥" * 7
    alone = found(checker, f"{long}。尺码正常。颜色两种。")
    assert "style/sentence/long" in {finding.rule for finding in alone}
    among = "".join(f"{long}{number}。" for number in "甲乙丙丁")
    assert "style/sentence/long" not in {finding.rule for finding in found(checker, among)}


# --- links ----------------------------------------------------------------------------------------------------------

ARTICLES = tomllib.loads((Path(__file__).parent / "data/style_links.toml").read_text("utf-8"))["texts"]


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article["text"].strip()[:12])
def test_links_that_do_not_fit_their_paragraph_are_found_and_no_others(
    checker: Checker, article: Mapping[str, Any]
) -> None:
    told = [finding.match for finding in found(checker, article["text"]) if finding.rule == "style/link/fit"]
    missed = {"理财入门课"}  # 门 stands in its paragraph, and one character is all there is to go by
    assert told == [anchor for anchor in article["unfit"] if anchor not in missed]


def test_links_of_a_text_without_markup_come_with_the_context(checker: Checker) -> None:
    from dataclasses import replace

    text = "羽绒服干洗会带走绒上的油脂。羽绒服水洗步骤\n甩干以后平铺晾着，拍一拍绒就散了。二手车过户"
    places = [(text.index(each), text.index(each) + len(each), "") for each in ("羽绒服水洗步骤", "二手车过户")]
    context = replace(checker.context(Facts()), links=tuple(places))
    assert [finding.match for finding in checker.check(text, context).findings] == ["二手车过户"]


# --- originality ----------------------------------------------------------------------------------------------------


def test_copied_passages_are_shown_with_their_source() -> None:
    text = "我家洗了三年。拿 中性洗涤剂，在温水里泡十分钟！轻轻按压别拧，晾干。"
    result = originality(text, FACTS.corpus)  # type: ignore[arg-type]
    (passage,) = result.passages
    assert passage.source == "洗护"
    assert text[passage.start : passage.end] == "拿 中性洗涤剂，在温水里泡十分钟！轻轻按压别拧"
    assert CORPUS["洗护"][passage.source_start : passage.source_end] == "拿中性洗涤剂在温水里泡十分钟，轻轻按压，别拧"
    assert result.share == pytest.approx(20 / 28)


def test_a_reworded_sentence_is_shown_though_no_long_run_is_left() -> None:
    text = "羽绒服不能拿去干洗，溶剂会将绒上的油脂带走，次年就不蓬了。"
    result = originality(text, FACTS.corpus)  # type: ignore[arg-type]
    assert (result.share, result.passages) == (0.0, ())
    (near,) = result.reworded
    assert (near.source, near.start, near.end) == ("洗护", 0, len(text))
    assert 0.5 <= near.alike < 1


def test_a_text_that_is_mostly_copied_is_a_warning(checker: Checker) -> None:
    copied = CORPUS["鞋"]
    own = "我家的鞋架在门后，三层，最上面一层放孩子的，中间放我的，下面一层放雨靴和拖把。" * 3
    assert {finding.severity for finding in found(checker, copied)} == {"warning"}
    told = [finding for finding in found(checker, own + copied) if finding.rule == "style/copied/passage"]
    assert {finding.severity for finding in told} == {"hint"}


FEW = st.text("好用衣", max_size=40)
CORPORA = st.lists(FEW, min_size=1, max_size=3)


@given(texts=CORPORA, text=FEW, cut=st.tuples(st.integers(0, 20), st.integers(0, 30)))
def test_every_run_of_thirteen_characters_is_found_and_nothing_else(
    texts: list[str], text: str, cut: tuple[int, int]
) -> None:
    text = text[:10] + texts[0][cut[0] : cut[0] + cut[1]] + text[10:]
    result = originality(text, corpus_index((str(number), each) for number, each in enumerate(texts)))
    shared: set[int] = set()
    for start in range(len(text) - SHORTEST_RUN + 1):
        if any(text[start : start + SHORTEST_RUN] in each for each in texts):
            shared |= set(range(start, start + SHORTEST_RUN))
    told = {place for passage in result.passages for place in range(passage.start, passage.end)}
    assert told == shared
    assert result.share == pytest.approx(len(shared) / len(text) if text else 0)


ANY = st.text(st.characters(codec=None)) | st.text("好用衣，。 a“\u200b繁Ａ", max_size=60)


@given(document=ANY, text=ANY)
def test_passages_point_at_the_same_ink_in_both_texts(document: str, text: str) -> None:
    text += document[:40]
    result = originality(text, corpus_index([("文", document)]))
    for passage in result.passages:
        here, there = text[passage.start : passage.end], document[passage.source_start : passage.source_end]
        assert ink(here) == ink(there)
        assert len(ink(here)) >= SHORTEST_RUN
    assert 0 <= result.share <= 1


def ink(text: str) -> str:
    return "".join(char for char in fold(text).text if char.isalnum())


# --- promises on any text -------------------------------------------------------------------------------------------

SENTENCES = [text for data in DATA.values() for key in ("flag", "pass") for text in data["cases"][key]]
NOISE = [
    *("\ud800", "\x00", "\u200b", "\n\n", "　", "“", "》", "……", "!!!", "<", "](", "`", "{match}", "@"),
    *("好" * 90, "繁體", "Ａ"),
]
TEXTS = st.lists(st.sampled_from(SENTENCES) | st.sampled_from(NOISE), max_size=6).map("".join) | ANY


@given(text=TEXTS)
def test_spans_lie_inside_the_text_and_point_at_their_matches(checker: Checker, text: str) -> None:
    told = found(checker, text)
    for finding in told:
        assert 0 <= finding.start < finding.end <= len(text)
        assert text[finding.start : finding.end] == finding.match
        assert all(0 <= start < end <= len(text) for start, end in finding.related)
        assert finding.severity in ("hint", "warning")
    assert told == found(checker, text)


@given(text=st.text("好的面膜a\n😀\ud800", max_size=40), least=st.integers(2, 4))
def test_frequent_pairs_are_those_that_counting_strings_finds(text: str, least: int) -> None:
    counted = Counter(map("".join, pairwise(text)))
    wanted = [pair for pair, count in counted.items() if count >= least]
    plane = [pair for pair in wanted if max(pair) < "\ud800"]
    assert [pair for pair in frequent_pairs(text, least) if len(pair) == 2 and max(pair) < "\ud800"] == plane


@given(texts=st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3))
def test_what_a_text_is_told_once_does_not_grow_with_its_length(checker: Checker, texts: list[str]) -> None:
    text = "\n".join(texts)
    by_rule = [finding.rule for finding in found(checker, text)]
    for rule, data in DATA.items():
        if data["kind"] in ("written", "spacing", "paired", "parallel", "keyword_absent"):
            assert by_rule.count(rule) <= 1


def test_a_title_keeps_no_blanks_and_the_text_may_say_it_again(checker: Checker) -> None:
    body = "骑电动车跑外卖，泡茶隔夜洗掉没有铁锈味。"
    for text in ("英语口语课Speak Easy，怎么选\n\n先听一遍。", f"防晒衣：泡茶隔夜洗掉没有铁锈味\n\n{body}"):
        context = checker.context(FACTS)
        assert checker.check(text, context).findings
        assert not checker.check(text, context, titles=[(0, text.index("\n"))]).findings
    both = "英语口语课Speak Easy\n\n用iPhone拍，用iPad看。"
    (told,) = checker.check(both, checker.context(FACTS), titles=[(0, both.index("\n"))]).findings
    assert "2" in told.message
    assert told.match.endswith("iPhone拍")


def test_a_link_on_a_line_of_its_own_belongs_to_the_whole_text(checker: Checker) -> None:
    body = "羽绒服脏了先别急着送干洗店，干洗的溶剂会带走绒上的油脂。\n\n甩干以后平铺晾着，半干的时候用衣架拍一拍。"
    assert not found(checker, f"{body}\n\n链接在这儿：[羽绒服洗剂](a.html)")
    assert not found(checker, f"{body}\n\n拆开用过也行，七天内不合适都能退回来。下单：[羽绒服洗剂](a.html)。")
    (told,) = found(checker, f"{body}\n\n链接在这儿：[减肥咖啡代理](a.html)")
    assert told.rule == "style/link/fit"


def test_cells_of_a_table_and_topics_are_no_repetition(checker: Checker) -> None:
    rows = "| 周一 | 现场拍一张，不摆 | 所有人看得见 |\n| 周二 | 现场拍一张，不摆 | 所有人看得见 |\n"
    assert not found(checker, rows)
    assert not found(checker, "防晒衣薄，骑车穿。防晒衣要阴干。\n\n#防晒衣 #骑行防晒衣 #防晒衣怎么洗")
