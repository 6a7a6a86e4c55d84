"""What makes a title unexpected, and what only pretends to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.datafiles import bundled
from copykit.model import Finding
from copykit.rules import rule as rules
from copykit.rules.engine import Engine
from copykit.rules.kinds import KINDS
from copykit.rules.reading import Context
from copykit.text.segment import Segmenter
from copykit.titles import novelty
from copykit.titles.novelty import UsedTitles


@pytest.fixture(scope="module")
def engine() -> Engine:
    loaded = rules.load(bundled(), ["novelty", "ad_tone", "travel"])
    return Engine(loaded, bundled(), Segmenter(), {**KINDS, **novelty.KINDS})


def findings(engine: Engine, title: str, used: UsedTitles | None = None) -> list[Finding]:
    (reading,) = engine.read([title], Context(used=used))
    return engine.find(reading)


def points(engine: Engine, title: str, dimension: str = "novelty") -> int:
    return sum(finding.points for finding in findings(engine, title) if finding.dimension == dimension)


@pytest.mark.parametrize(
    ("fresh", "worn"),
    [
        ("谁说小个子不能穿长裙", "小个子竟然也穿长裙"),
        ("越便宜越没人买的围巾", "为什么这条围巾没人买"),
        ("我劝你别买这双鞋", "万万没想到是这双鞋"),
        ("毛衣反着穿", "毛衣不是丑而是旧"),
        ("靠什么三年不倒", "为什么三年不倒"),
    ],
)
def test_a_fresh_reversal_earns_more_than_a_worn_formula(engine: Engine, fresh: str, worn: str) -> None:
    assert points(engine, fresh) > points(engine, worn) > 0


def test_a_worn_formula_says_how_common_it_is(engine: Engine) -> None:
    (formula,) = findings(engine, "洗不掉的不是油，而是水垢")
    assert "不是…" in formula.message
    assert "每万条标题" in formula.message
    assert formula.related  # the second half stands apart from the first


@pytest.mark.parametrize(
    "title",
    [
        "难道你还不知道怎么洗羊绒吗",  # rhetorical
        "何必纠结哪个好，两个都拿",
        "怎么洗都不缩水的毛衣",  # whatever, not how
        "什么样的脚型都能穿",
        "一包到底的火锅料",  # to the end, not after all
        "苹果 iPhone15 ProMax 手机壳",  # brand and model
        "阿迪达斯 ZX750 复刻",
        "qwz 嗞嗞嘞 9x",  # gibberish
        "一股作气把柜子装完",  # a slip of the pen, not a pun
    ],
)
def test_nothing_new_earns_nothing(engine: Engine, title: str) -> None:
    assert points(engine, title) == 0


@pytest.mark.parametrize(
    ("title", "pun", "idiom"),
    [
        ("百衣百顺的白衬衫", "百衣百顺", "百依百顺"),
        ("海鲜店开业，一网情深", "一网情深", "一往情深"),
        ("早市开张，鲜下手为强", "鲜下手为强", "先下手为强"),
        ("山地车，騎樂無窮", "騎樂無窮", "其乐无穷"),
    ],
)
def test_a_pun_names_its_idiom_and_warns(engine: Engine, title: str, pun: str, idiom: str) -> None:
    (found,) = [finding for finding in findings(engine, title) if finding.rule == "novelty/pun"]
    assert found.match == pun
    assert idiom in found.message
    assert found.severity == "warning"
    assert "搜" in found.why
    assert "教" in found.why


@pytest.mark.parametrize("title", ["百依百顺的小狗", "先下手为强", "十年河东转河西", "衣食住行一站买齐"])
def test_an_idiom_as_it_is_written_is_no_pun(engine: Engine, title: str) -> None:
    assert not [finding for finding in findings(engine, title) if finding.rule == "novelty/pun"]


def test_two_usual_words_that_seldom_meet_make_a_pair(engine: Engine) -> None:
    (pair,) = [f for f in findings(engine, "给袜子开一次会议") if f.rule == "novelty/pairing"]
    assert pair.match == "袜子"
    assert [("给袜子开一次会议")[span.start : span.end] for span in pair.related] == ["会议"]
    assert not [f for f in findings(engine, "袜子上新，会议改期") if f.rule == "novelty/pairing"]  # two clauses
    assert not [f for f in findings(engine, "客厅沙发和茶几") if f.rule == "novelty/pairing"]


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("别再用热水洗羊毛衫了", "novelty/used_same"),
        ("別再用熱水洗羊毛衫了", "novelty/used_same"),
        ("别再用冷水洗羊绒衫了", "novelty/used_near"),
        ("凌晨四点的面粉味", "novelty/used_far"),
    ],
)
def test_distance_to_the_titles_already_used(engine: Engine, title: str, rule: str) -> None:
    used = UsedTitles(["别再用热水洗羊毛衫了", "三步叠好大衣", "领口怎么洗", "晾衣架怎么选", "拍两下就蓬松"])
    found = [finding.rule for finding in findings(engine, title, used) if "/used" in finding.rule]
    assert found == [rule]
    assert not [finding for finding in findings(engine, title) if "/used" in finding.rule]


def test_the_nearest_used_title_is_found_and_blank_ones_are_none() -> None:
    used = UsedTitles(["", "  ", "羊毛衫怎么洗", "羊毛衫怎么洗"])
    assert len(used) == 1
    assert used.nearest("羊毛衫怎么晒") == (pytest.approx(5 / 6), "羊毛衫怎么洗")
    assert used.nearest("qqqq") == (0.0, "")


def test_an_advertisement_sounds_like_one_and_a_title_does_not(engine: Engine) -> None:
    loud = points(engine, "厂家直销，限时抢购，史上最低惊喜价，重磅来袭，包邮！！！", "ad_tone")
    assert loud >= 60
    assert points(engine, "11块钱的睫毛膏，用了半年", "ad_tone") == 0
    assert points(engine, "300克重磅纯棉短袖洗十次", "ad_tone") == 0  # heavy cloth, not heavy news


@pytest.mark.parametrize(
    ("title", "way"),
    [
        ("跑过外卖的人才懂的鞋", "travel/public"),
        ("我老公说这件毛衣像他奶奶的", "travel/private"),
        ("梅雨季除湿清单", "travel/save"),
    ],
)
def test_how_a_title_travels_is_noted_without_points(engine: Engine, title: str, way: str) -> None:
    (note,) = [finding for finding in findings(engine, title) if finding.dimension == "travel"]
    assert (note.rule, note.points) == (way, 0)


_PIECES = st.sampled_from(
    [
        "别再",
        "竟然",
        "不是",
        "而是",
        "为什么",
        "难道",
        "都",
        "也能",
        "百衣百顺",
        "袜子",
        "会议",
        "限时",
        "！！",
        "越",
        "結果",
        "，",
        " ",
        "👩‍👩‍👧",
        "\ud800",
    ]
)


@given(st.lists(st.one_of(_PIECES, st.text(max_size=6)), max_size=8).map("".join))
def test_on_any_text_spans_match(engine: Engine, text: str) -> None:
    used = UsedTitles(["别再用热水洗羊毛衫了"] * 5)
    for finding in findings(engine, text, used):
        assert text[finding.start : finding.end] == finding.match
        assert all(0 <= span.start < span.end <= len(text) for span in finding.related)
        assert "{" not in finding.message or "{" in text
