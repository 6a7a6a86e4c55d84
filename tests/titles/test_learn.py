"""What readers chose is learned within groups, measured on groups held out, and refused when it tells nothing."""

from __future__ import annotations

import functools
import itertools
import math
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copykit.datafiles import bundled
from copykit.errors import DataFileError
from copykit.model import Lesson
from copykit.titles.learn import LEAST_GROUPS, Entangled, Sample, TooLittle, bundles, learn
from copykit.titles.learned import READERS, Learned, learned_toml, read_learned, word_family
from copykit.titles.profile import load_profile
from copykit.titles.score import Settings, TitleScorer

FILES = bundled()
BASE = load_profile(FILES, "content")
GOODS = ("睫毛膏", "帆布鞋", "保温杯", "登山包", "台灯", "雨伞", "枕头", "炒锅", "羽绒服", "袜子")
TAILS = ("试了一周", "早上出门前用", "洗了三次", "放在书桌上", "送给爸妈", "下雨天也行", "宿舍里用", "通勤路上")
# What these readers like, in logs of the click rate; everything else leaves them cold.
TASTE = {"亲测": 0.5, "凭什么": 0.4, "包邮": -0.5}


@functools.cache
def scorer() -> TitleScorer:
    return TitleScorer(FILES, Settings(BASE))


def history(groups: int, taste: dict[str, float], seed: int = 1, spread: float = 0.05) -> list[Sample]:
    """Return tests of four titles on one product each, clicked by taste and by chance."""
    rng = random.Random(seed)
    samples = []
    for number in range(groups):
        product, level = rng.choice(GOODS), rng.uniform(-4.5, -3)  # a product may be clicked four times as often
        for hook in rng.sample(["亲测", "凭什么", "包邮", "新款", "这款", "今天"], 4):
            title = f"{hook}{product}{rng.choice(TAILS)}{rng.choice(TAILS)}"
            shown = rng.randrange(2500, 3500)
            rate = math.exp(level + taste.get(hook, 0.0) + rng.gauss(0, spread))
            clicks = min(sum(rng.random() < rate for _ in range(shown)), shown)
            samples.append(Sample(f"第{number}次", title, shown, clicks))
    return samples


@functools.cache
def lesson() -> tuple[Lesson, Learned]:
    return learn(history(80, TASTE), scorer(), "我的读者", "2026-11-22")


def test_what_readers_like_is_learned_and_their_products_are_not() -> None:
    told, learned = lesson()
    words = learned.points["words"]
    assert words["亲测"] > 15
    assert words["包邮"] < -5
    assert abs(words.get("睫毛膏", 0)) <= 5  # a product that is clicked more teaches nothing about its titles
    assert told.accepted
    assert told.interval[0] <= told.accuracy <= told.interval[1]
    assert told.accuracy > 0.8 > told.baseline
    assert learned.about["accuracy"] == round(told.accuracy, 4)


def test_readers_without_a_taste_teach_nothing() -> None:
    # Of 1,800 pairs five in a hundred differ by chance, which is enough to try.
    told, _ = learn(history(300, {}, seed=5, spread=0.1), scorer(), "x", "")
    assert not told.accepted


@pytest.mark.parametrize("groups", [1, LEAST_GROUPS - 1])
def test_too_little_is_refused_with_what_it_takes(groups: int) -> None:
    with pytest.raises(TooLittle) as caught:
        learn(history(groups, TASTE), scorer(), "x", "")
    assert f"要 {LEAST_GROUPS} 组" in caught.value.say("zh")
    assert caught.value.exit_code == 1


def test_groups_of_one_title_and_titles_never_shown_do_not_count() -> None:
    alone = [Sample(str(number), f"只有一条的标题{number}号", 3000, 30) for number in range(500)]
    unseen = [Sample("同一组", f"没展现过的标题{number}号", 0, 0) for number in range(500)]
    with pytest.raises(TooLittle) as caught:
        learn([*alone, *unseen], scorer(), "x", "")
    assert caught.value.facts["groups"] == 0


def test_one_old_title_in_every_test_leaves_nothing_to_hold_out() -> None:
    old = [Sample(f"第{number}次", "老标题一直没换过", 3000, 30) for number in range(90)]
    with pytest.raises(Entangled) as caught:
        learn([*history(90, TASTE), *old], scorer(), "x", "")
    assert "“老标题一直没换过”在 90 组里" in caught.value.say("zh")
    assert caught.value.exit_code == 1


def test_the_file_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    _, learned = lesson()
    path = tmp_path / "我的读者.toml"
    path.write_text("\n".join(learned_toml(learned)), encoding="utf-8")
    assert read_learned(path) == learned
    assert '"亲测" = ' in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"亲测" = ', '"亲测" = 很多 #', "TOML"),
        ('"亲测" = ', '"亲测" = 1.5 #', "整数"),
        ("[words]", "[wrods]", "words"),
        ("stands_on", "stand_on", "stands_on"),
    ],
)
def test_a_file_mended_wrongly_is_told_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = tmp_path / "p.toml"
    text = "\n".join(learned_toml(lesson()[1]))
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        read_learned(path)
    assert "p.toml:" in caught.value.say("zh")
    assert says in caught.value.say("zh")


@functools.cache
def learned_scorer() -> TitleScorer:
    return TitleScorer(FILES, Settings(BASE, learned=lesson()[1]))


def test_titles_score_as_they_were_measured() -> None:
    """The percentiles were counted while learning, from sums of points; scoring must come to the same."""
    titles = list(dict.fromkeys((row.group, row.title) for row in history(80, TASTE)))
    scores = sorted(score.overall.value for score in learned_scorer().score_many([title for _, title in titles]))
    assert [scores[len(scores) * percent // 100] for percent in range(1, 100)] == list(lesson()[1].percentiles)
    assert 45 <= sum(scores) / len(scores) <= 55


def test_every_factor_is_a_finding_at_its_place() -> None:
    score = learned_scorer().score("亲测登山包试了一周，凭什么包邮")
    told = {finding.match: finding for finding in score.findings if finding.rule == "learned/words"}
    assert told["亲测"].points == lesson()[1].points["words"]["亲测"]
    assert told["亲测"].message == "你的读者更爱点“亲测”这个词"
    assert told["包邮"].message == "你的读者不爱点“包邮”这个词"
    assert set(score.overall.parts) == {READERS}
    assert {"novelty", "extremity", "ip", "relevance"} <= set(score.dimensions)


PIECES = st.sampled_from([*TASTE, *GOODS, *TAILS, "，", "！", " ", "Ａ", "don't", "11块", "😀", "電商", "\u200b"])


@settings(deadline=None, max_examples=80)
@given(st.lists(PIECES, min_size=1, max_size=9).map("".join).map(lambda text: f"{text}好"))
def test_a_learned_score_is_the_visible_sum_of_its_findings(title: str) -> None:
    score = learned_scorer().score(title)
    for part in (*score.dimensions.values(), *score.risks.values()):
        assert part.value == part.base + sum(finding.points for finding in part.findings)
    for finding in score.findings:
        assert title[finding.start : finding.end] == finding.match
        assert "{" not in finding.message


@pytest.mark.parametrize(
    ("words", "family"),
    [
        (("worry", "worried", "worries", "worrying"), "worr"),
        (("mothers", "mother's", "mother"), "moth"),
        (("睫毛膏",), "睫毛膏"),
        (("here",), "here"),
        (("they’re", "they"), "they"),
        (("don’t", "don't"), "don't"),
        (("2006",), "2006"),
    ],
)
def test_a_words_endings_are_one_factor(words: tuple[str, ...], family: str) -> None:
    assert {word_family(word) for word in words} == {family}


def test_tests_that_share_a_title_are_held_out_together() -> None:
    rows = [Sample(*pair, 1, 0) for pair in (("a", "甲"), ("b", "甲"), ("b", "乙"), ("c", "乙"), ("d", "丙"))]
    found = bundles(rows)
    assert found["a"] == found["b"] == found["c"] != found["d"]
    assert len({found[group] for group, _ in itertools.product("abc", "x")}) == 1
