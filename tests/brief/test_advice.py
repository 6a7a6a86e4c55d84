from __future__ import annotations

import pytest

from copykit.brief import brief_from
from copykit.brief.advice import counted, rank_points, wants
from copykit.datafiles import bundled
from copykit.writing.claims import without

FILES = bundled()
UMBRELLA = {
    "product": "折叠伞",
    "keywords": ["防风折叠伞"],
    "selling_points": [
        "颜色好看",
        {"feature": "伞骨 10 根", "benefit": "六级风翻不过去", "proof": "在天台上试了一下午", "scene": "过江的桥上。"},
        {"feature": "防风做得好", "benefit": "不翻"},
    ],
    "details": [{"text": "翻过一回", "kind": "wrong"}, "桥上风大"],
}


@pytest.mark.parametrize(
    ("key", "count"),
    [
        ("details", 2),
        ("details.kind=wrong", 1),
        ("selling_points.proof", 1),
        ("selling_points", 3),
        ("product", 1),
        ("audience.pains", 0),
        ("claims.kind=experience", 0),
    ],
)
def test_values_are_counted(key: str, count: int) -> None:
    assert counted(UMBRELLA, key) == count


def test_what_is_proved_and_felt_is_the_core() -> None:
    ranked = rank_points(brief_from(UMBRELLA, "x"), FILES)
    assert [each.point.feature for each in ranked] == ["伞骨 10 根", "防风做得好", "颜色好看"]
    assert dict(ranked[0].parts) == {"proof": 4, "benefit": 3, "scene": 2, "figure": 1}
    assert dict(ranked[1].parts) == {"benefit": 3, "keyword": 2}


def test_what_everybody_says_counts_against_a_point() -> None:
    others = ["这把伞颜色好看", "颜色好看又轻", "大伞"]
    ranked = rank_points(brief_from(UMBRELLA, "x"), FILES, others)
    assert ranked[-1].parts == {"common": -3}


def test_a_worn_point_sinks() -> None:
    brief = brief_from({"product": "伞", "selling_points": ["闭眼入不踩雷", "伞骨十根"]}, "x")
    assert [each.point.feature for each in rank_points(brief, FILES)] == ["伞骨十根", "闭眼入不踩雷"]


def test_a_point_that_is_withheld_comes_last_and_what_is_withheld_speaks_for_none() -> None:
    points = [{"feature": "一年卖出 30 万把", "benefit": "买过的都说好", "proof": "后台有数"}, "伞骨十根"]
    brief = brief_from({"product": "伞", "selling_points": points}, "x")
    left = without(without(brief, ("selling_points", 0, "feature")), ("selling_points", 0, "benefit"))
    ranked = rank_points(brief, FILES, left=left)
    assert [each.point.feature for each in ranked] == ["伞骨十根", "一年卖出 30 万把"]
    assert list(ranked[1].parts) == ["withheld"]


def test_the_most_helpful_want_comes_first_and_goes_when_it_is_met() -> None:
    keys = [want.key for want in wants(UMBRELLA, FILES)]
    assert keys[0] == "details"
    assert "details.kind=wrong" not in keys
    enough = {**UMBRELLA, "details": [{"text": "翻过一回", "kind": "wrong"}] * 5}
    assert "details" not in [want.key for want in wants(enough, FILES)]
