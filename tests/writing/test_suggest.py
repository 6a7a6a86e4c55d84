"""Suggested titles state what the brief tells and nothing else, fit their platform, and are unlike each other."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.brief import read_brief
from copykit.datafiles import bundled
from copykit.lexicon import Lexicons
from copykit.model import Brief, Claim, Doubt, Material, Note, Point, Readers, Scene
from copykit.natures import nature_of
from copykit.titles.advise import Adviser
from copykit.titles.score import TitleScorer
from copykit.writing import suggest
from copykit.writing.facts import Wordings, facts_of
from copykit.writing.improve import Told, faults, improve, respelled, untold
from copykit.writing.slots import LONGEST_LEAD, lead, slots_of
from copykit.writing.suggest import Filled, Suggestion, difference, fill, judge, load_patterns, shares

TODAY = "2026-11-22"
BRIEFS = [entry.path for entry in bundled().entries("samples") if entry.id.startswith("briefs/")]
PATTERNS = load_patterns(bundled())
LEXICONS = Lexicons(bundled())


@functools.cache
def brief_at(path: Path) -> Brief:
    return read_brief(path)


@functools.cache
def titles_of(path: Path) -> list[Filled]:
    patterns = load_patterns(bundled(), nature_of(brief_at(path), bundled()))
    return list(fill(patterns, slots_of(facts_of(brief_at(path), TODAY), LEXICONS)))


@functools.cache
def chosen(path: Path, platform: str) -> list[Suggestion]:
    brief = brief_at(path)
    return suggest.choose(judge(titles_of(path), TitleScorer.bundled(platform, brief=brief, today=TODAY)))


def test_there_are_patterns_for_every_dimension_and_every_pair() -> None:
    assert len(PATTERNS) >= 40
    single = {"novelty", "extremity", "ip", "relevance"}
    pairs = {frozenset((a, b)) for a in single for b in single if a < b}
    played = {frozenset(pattern.dimensions) for pattern in PATTERNS}
    assert played == {frozenset((name,)) for name in single} | pairs


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_every_wording_is_filled_by_some_sample(pattern: suggest.Pattern) -> None:
    used = {each.pattern.id for path in BRIEFS for each in titles_of(path)}
    wanting = {"licensed"}  # no sample has a licensed name
    assert pattern.id in used | wanting


@pytest.mark.parametrize("path", BRIEFS, ids=lambda path: path.stem)
def test_what_a_title_states_stands_in_the_brief(path: Path) -> None:
    brief = path.read_text("utf-8")
    told = "".join(brief.split())
    for each in titles_of(path):
        assert each.facts or each.pattern.id == ""
        own = each.title
        for mark in reversed(each.marks):
            piece = each.title[mark.start : mark.end]
            if mark.path not in ("", "steps"):
                assert "".join(piece.split()) in told, (each.title, mark)
            own = own[: mark.start] + own[mark.end :]
        # A pattern's own words hold no figures: those could only be claims.
        assert not any(char.isdigit() for char in own), (each.pattern.id, own)


@pytest.mark.parametrize("path", BRIEFS, ids=lambda path: path.stem)
@pytest.mark.parametrize("platform", ["小红书", "公众号"])
def test_twenty_to_choose_from(path: Path, platform: str) -> None:
    found = chosen(path, platform)
    assert len(found) == suggest.WANTED
    assert len({each.filled.pattern.id for each in found}) >= 18
    for field in ("audience.who", "audience.not_for", "price", "keywords"):
        resting = [each.title for each in found if any(fact.startswith(field) for fact in each.filled.facts)]
        assert len(resting) <= suggest.WANTED * suggest.SHARE, resting
    for number, each in enumerate(found):
        assert each.score.length.ok is not False
        assert not any(finding.severity == "error" for finding in each.score.findings)
        assert all(shares(each.title, other.title) < suggest.TOO_ALIKE for other in found[:number])


@pytest.mark.parametrize("path", BRIEFS, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    "field", ["points", "scenes", "details", "doubts", "steps", "stories", "claims", "price", "audience"]
)
def test_what_is_dropped_from_a_brief_is_stated_by_no_title(path: Path, field: str) -> None:
    brief = brief_at(path)
    empty: object = None if field == "price" else ()
    if hasattr(brief.material, field):
        less = dataclasses.replace(brief, material=dataclasses.replace(brief.material, **{field: empty}))  # type: ignore[arg-type]
    else:
        less = dataclasses.replace(brief, **{field: empty})
    name = {"points": "selling_points", "audience": "audience.who"}.get(field, field)
    for each in fill(PATTERNS, slots_of(facts_of(less, TODAY), LEXICONS)):
        assert not any(fact.startswith(name) for fact in each.facts), each


@given(st.text(max_size=200))
def test_a_lead_is_the_beginning_and_short(text: str) -> None:
    assert text.startswith(lead(text))
    assert len(lead(text)) <= LONGEST_LEAD


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_difference_gives_back_both(old: str, new: str) -> None:
    pieces = difference(old, new)
    assert "".join(text for kind, text in pieces if kind != "added") == old
    assert "".join(text for kind, text in pieces if kind != "removed") == new


def test_an_old_title_is_made_better() -> None:
    brief = brief_at(next(path for path in BRIEFS if path.stem == "hand_cream"))
    scorer = TitleScorer.bundled("小红书", brief=brief, today=TODAY)
    old = scorer.score("高品质护手霜，擦完护手霜，鼠标上一层油印")
    better = improve(
        old, scorer, Adviser(bundled(), scorer), judge(titles_of(BRIEFS[2]), scorer), Told.of(brief, LEXICONS)
    )
    assert better
    assert "鼠标上一层油印" in better[0].score.title
    assert all("".join(text for kind, text in each.pieces if kind != "added") == old.title for each in better)
    assert not [each for each in better if old.title in each.score.title]  # somebody put before it is no better title


CREAM = Told.of(brief_at(next(path for path in BRIEFS if path.stem == "hand_cream")), LEXICONS)


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("99%的人都擦错了护手霜", ["99%"]),
        ("29元的护手霜，一管40克", []),
        ("十天不起皮的护手霜", ["十天"]),
        ("卖出12640支的护手霜", []),
        ("卖出1264支的护手霜", ["1264支"]),
        ("七个礼拜一支", []),
        ("护手霜推荐", []),
    ],
)
def test_figures_that_the_brief_does_not_hold(title: str, told: list[str]) -> None:
    assert untold(title, CREAM) == told


CAMERA = Told.of(
    Brief("二手相机", price=3280.0, material=Material(points=(Point("快门次数 11,203"), Point("配 2 块电池")))),
    LEXICONS,
)


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("快门11203次的二手相机", []),
        ("快门11,203次，3280块值不值", []),
        ("快门1.1203万次", []),
        ("快门1.1万次", ["1.1万次"]),
        ("11203块的相机", ["11203块"]),
        ("3千块的相机", ["3千块"]),
        ("0.328万元的相机", []),
        ("送两块电池", []),
        ("送三块电池", ["三块"]),
    ],
)
def test_figures_are_held_against_the_brief_by_value(title: str, told: list[str]) -> None:
    assert untold(title, CAMERA) == told


def filled_of(brief: Brief) -> dict[str, set[str]]:
    """Return the titles of a brief by pattern."""
    by_pattern: dict[str, set[str]] = {}
    for each in fill(PATTERNS, slots_of(facts_of(brief, TODAY), LEXICONS)):
        by_pattern.setdefault(each.pattern.id, set()).add(each.title)
    return by_pattern


def test_what_is_called_a_figure_counts_or_measures() -> None:
    points = tuple(
        Point(short, "每一句都听得清", short=short) for short in ("外教1v1纠音", "配V30声卡", "一节 15 分钟", "8mm耳塞")
    )
    titles = filled_of(Brief("英语口语课", material=Material(points=points)))["short_benefit"]
    assert titles == {"一节15分钟，每一句都听得清", "8mm耳塞，每一句都听得清"}


def test_what_is_called_unchanged_is_the_whole_note() -> None:
    notes = (
        Note("盖子紧，戴手套拧不开。", "第一天"),
        Note("下雨天翻了一回车，杯子摔出去，捡回来没漏，漆掉了一块。", "第二个礼拜"),
    )
    tester = Claim(
        "experience",
        "箱子里没湿过",
        "截图",
        person="阿彬",
        consent=True,
        relation="送的",
        date="2026-09-03",
        notes=notes,
    )
    titles = filled_of(Brief("保温杯", claims=(tester,)))["note_of"]
    assert titles == {"阿彬，第一天：盖子紧，戴手套拧不开"}


@pytest.mark.parametrize(
    ("title", "right"),
    [("护手双真的好用", "护手霜真的好用"), ("护手霜真的好用", ""), ("护手套", ""), ("办公室护手爽", "办公室护手霜")],
)
def test_a_name_with_one_wrong_character(title: str, right: str) -> None:
    fixed, done = respelled(title, CREAM, lambda word: word == "护手套")
    assert fixed == (right or title)
    assert bool(done) == bool(right)


def test_what_is_false_is_not_kept_because_it_scores() -> None:
    brief = brief_at(next(path for path in BRIEFS if path.stem == "torch"))
    scorer = TitleScorer.bundled("小红书", brief=brief, today=TODAY)
    old = scorer.score("军用手电，照射5000米")
    torch = next(path for path in BRIEFS if path.stem == "torch")
    told = Told.of(brief, LEXICONS)
    better = improve(old, scorer, Adviser(bundled(), scorer), judge(titles_of(torch), scorer), told)
    assert better
    assert not [each for each in better if "5000" in each.score.title]
    assert any("5000" in each.zh for each in faults(old, told, ()))


def test_a_good_title_is_left_alone() -> None:
    brief = brief_at(next(path for path in BRIEFS if path.stem == "food_photo_course"))
    scorer = TitleScorer.bundled("小红书", brief=brief, today=TODAY)
    course = next(path for path in BRIEFS if path.stem == "food_photo_course")
    old = scorer.score("小饭馆老板没时间？手机拍菜课一节8分钟")
    told = Told.of(brief, LEXICONS)
    assert not improve(old, scorer, Adviser(bundled(), scorer), judge(titles_of(course), scorer), told)
    assert not faults(old, told, ())


@pytest.mark.parametrize(
    ("category", "product", "named"),
    [
        ("手电筒", "尾按手电", "手电筒"),
        ("网课", "手机拍菜课", "网课"),
        ("床头灯", "夹式床头灯", "床头灯"),
        ("小家电", "折叠电热水壶", "折叠电热水壶"),
        ("美妆", "护手霜", "护手霜"),
        ("", "护手霜", "护手霜"),
    ],
)
def test_a_title_calls_the_goods_by_a_category_that_says_what_they_are(category: str, product: str, named: str) -> None:
    assert slots_of(facts_of(Brief(product, category), TODAY), LEXICONS).single["category"].text == named


def test_a_feature_that_is_short_is_its_own_short_form() -> None:
    brief = Brief("折叠电热水壶", material=Material(points=(Point("100到240伏都能用"), Point("0.8升，烧一壶水7分钟"))))
    points = slots_of(facts_of(brief, TODAY), LEXICONS).pools["point"]
    assert [point["short"].text if "short" in point else None for point in points] == ["100到240伏都能用", None]


SHOES = Brief(
    "中帮登山鞋",
    "登山鞋",
    keywords=("徒步鞋", "雪线地图"),
    material=Material(
        points=(
            Point("单只 520 克（42 码）", "走到下午，脚还抬得起来", "秤上称的，三双取中间"),
            Point("鞋头包了一圈橡胶", "踢到石头，脚趾不疼", "走了一趟，鞋头没开胶"),
        ),
        readers=Readers(pains=("过一条小溪，袜子湿一天",), not_for=("三岁以下的孩子", "要走雪线的人")),
        scenes=(Scene("下山的时候", "碎石一路滑", "一步滑半步"),),
        doubts=(Doubt("要买大一码吗", "平时穿多少就拍多少"),),
    ),
)


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        (True, "徒步鞋怎么挑：鞋头包了一圈橡胶"),
        (False, "徒步鞋怎么挑：单只520克（42码）"),
        (False, "登山鞋为什么做成这样：单只520克（42码）"),
        (True, "登山鞋为什么做成这样：踢到石头，脚趾不疼"),
        (True, "徒步鞋，要买大一码吗？"),
        (False, "雪线地图，要买大一码吗？"),  # a searched word that does not name the goods
        (True, "下山的时候，一步滑半步"),
        (False, "下山的时候，一步滑半步？"),
        (False, "过一条小溪，袜子湿一天？"),
        (True, "过一条小溪，袜子湿一天，是不是你？"),
        (True, "中帮登山鞋，别的不敢说：鞋头包了一圈橡胶"),
        (False, "别的不敢说，鞋头包了一圈橡胶"),
        (True, "我们卖登山鞋，先说谁别买：要走雪线的人"),
        (False, "我们卖登山鞋，先说谁别买：三岁以下的孩子"),
    ],
)
def test_a_title_asks_answers_and_names_what_it_can(wanted: bool, title: str) -> None:
    facts = facts_of(SHOES, TODAY, wordings=Wordings.of(LEXICONS))
    assert (title in {each.title for each in fill(PATTERNS, slots_of(facts, LEXICONS))}) is wanted


@pytest.mark.parametrize("path", BRIEFS, ids=lambda path: path.stem)
def test_no_two_titles_differ_in_a_word_or_two(path: Path) -> None:
    for one, other in itertools.combinations(chosen(path, "小红书"), 2):
        shared = len(one.words & other.words)
        assert shared < suggest.SAME_WORDS * min(len(one.words), len(other.words)), (one.title, other.title)
