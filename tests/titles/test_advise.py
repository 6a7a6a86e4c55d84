"""Proposed changes are real titles that score higher, fit, and claim nothing."""

from __future__ import annotations

import re

import pytest

from copykit.datafiles import bundled
from copykit.model import Brief, Change, TitleScore
from copykit.platforms import Platforms
from copykit.titles.advise import Adviser
from copykit.titles.profile import load_profile
from copykit.titles.score import Settings, TitleScorer


def advised(title: str, platform: str, brief: Brief | None = None) -> tuple[TitleScore, list[Change]]:
    files = bundled()
    place = Platforms(files)[platform]
    scorer = TitleScorer(files, Settings(load_profile(files, place.profile), place, brief, "2026-11-21"))
    score = scorer.score(title)
    return score, Adviser(files, scorer).changes(score)


@pytest.mark.parametrize(
    ("title", "platform"),
    [
        ("11块钱的睫毛膏，凭什么三个月断货5次？", "小红书"),
        ("平价睫毛膏推荐", "小红书"),
        ("姐妹们绝绝子！闭眼入！天花板级别的神仙睫毛膏！！！", "小红书"),
        ("大饼脸也能戴的渔夫帽", "小红书"),
        ("韩版宽松显瘦百搭时尚休闲中长款羽绒服女包邮", "淘宝"),
        ("加绒打底裤女冬季包邮高品质打底裤", "淘宝"),
    ],
)
def test_a_change_scores_higher_or_makes_the_title_fit(title: str, platform: str) -> None:
    score, changes = advised(title, platform)
    assert 1 <= len(changes) <= 2
    for change in changes:
        assert change.title != title
        assert change.score >= score.overall.value + 1 or score.length.ok is False
        assert Platforms(bundled())[platform].max is None or advised(change.title, platform)[0].length.ok is not False


def test_no_figure_and_no_result_is_ever_put_in() -> None:
    title = "平价睫毛膏推荐"
    for change in advised(title, "小红书")[1]:
        assert set(re.findall(r"\d+", change.title)) <= set(re.findall(r"\d+", title))


def test_the_briefs_own_words_come_first() -> None:
    brief = Brief("细刷头睫毛膏", "睫毛膏", audience=("内双",), scenes=("毕业照",))
    _, changes = advised("这支睫毛膏刷完不结块", "小红书", brief)
    assert any("内双" in change.title or "毕业照" in change.title for change in changes)


def test_a_title_that_cannot_be_helped_gets_no_advice() -> None:
    assert advised("Z", "小红书")[1] == []


def test_taking_words_out_leaves_no_hanging_sign() -> None:
    for change in advised("限时抢购！史上最低价，全场包邮，错过再等一年！！！", "小红书")[1]:
        assert change.title[0] not in "！，。、"


@pytest.mark.parametrize(
    ("title", "better"),
    [
        ("史上最好用的口红", "好用的口红"),
        ("这款最好用的锅，国家级工艺", "这款好用的锅，工艺"),
        ("全网最低价的羽绒服", "低价的羽绒服"),
    ],
)
def test_what_is_barred_is_left_out_and_what_can_be_said_stays(title: str, better: str) -> None:
    assert better in [change.title for change in advised(title, "小红书")[1]]


@pytest.mark.parametrize("title", ["史上最好用的口红", "国家级面料的T恤", "全网最低价的羽绒服", "这支口红最好"])
def test_advice_in_sentences_is_never_put_into_a_title(title: str) -> None:
    score, changes = advised(title, "小红书")
    told = {word for finding in score.findings for word in finding.suggestions}
    assert told
    assert not [change for change in changes if any(word in change.title for word in told)]
