"""A title without Han and with three Latin words is English and judged by its own pack; Chinese ones never are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copykit.datafiles import bundled
from copykit.titles.english import is_english
from copykit.titles.profile import load_profile
from copykit.titles.score import Settings, TitleScorer

SAMPLES = Path(__file__).parents[2] / "corpora/samples/mascara_titles.txt"


@pytest.mark.parametrize(
    ("title", "english"),
    [
        ("She Washed It Two Hundred Times", True),
        ("don't stop ironing", True),
        ("“Here’s why” – 3 tailors 😀", True),
        ("iPhone Pro", False),
        ("3 for 2", False),
        ("2026 11 22 618", False),
        ("How to iron 衬衫", False),
        ("How to iron ＬＩＮＥＮ shirts", False),
        ("アイロンの in the box here", False),
        ("11块钱的睫毛膏 why not try it now", False),
        ("", False),
    ],
)
def test_what_is_english(title: str, english: bool) -> None:
    assert is_english(title) is english


@pytest.fixture(scope="module")
def scorer() -> TitleScorer:
    return TitleScorer.bundled()


def test_english_titles_among_chinese_ones_are_judged_apart_and_stay_in_their_places(scorer: TitleScorer) -> None:
    titles = [
        "11块钱的睫毛膏，凭什么三个月断货5次？",
        "She Washed It Two Hundred Times",
        "单眼皮也能用",
        "Why Wool Lasts So Long",
    ]
    together = scorer.score_many(titles)
    assert [score.title for score in together] == titles
    assert [score.profile for score in together] == ["content", "en", "content", "en"]
    assert together == [scorer.score(title) for title in titles]
    assert set(together[0].dimensions) <= set(together[1].dimensions)  # the agreed shape holds for both


def test_chinese_titles_are_judged_as_if_there_were_no_english_pack() -> None:
    files = bundled()
    alone = TitleScorer(files, Settings(load_profile(files, "content")))
    titles = [line for line in SAMPLES.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert TitleScorer.bundled().score_many(titles) == alone.score_many(titles)
    assert not any(f.rule.startswith("en/") for score in alone.score_many(titles) for f in score.findings)


@pytest.mark.parametrize(
    ("options", "profile"),
    [
        ({"platform": "小红书"}, "en"),
        ({"platform": "淘宝"}, "listing"),  # the shelf asks for key words in any language
        ({"profile": "content"}, "content"),
        ({"profile": "en"}, "en"),
    ],
)
def test_a_profile_that_is_named_judges_all(options: dict[str, str], profile: str) -> None:
    assert TitleScorer.bundled(**options).score("Why Wool Lasts So Long").profile == profile


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("She Washed It Two Hundred Times And It Never Lost Its Shape", "Would You Wash It Two Hundred Times?"),
        ("This Is What A Tailor Looks At First When You Walk In", "Tailor Tips"),
        ("A Widow Mended One Tent For Forty Years. Here’s Why She Kept It", "The Importance Of Tent Maintenance"),
        ("Seven Cooks Named One Pan, And None Of Them Sells It", "BUY The Amazing Pan NOW!"),
    ],
)
def test_a_story_stands_above_its_announcement(scorer: TitleScorer, better: str, worse: str) -> None:
    assert scorer.score(better).overall.value > scorer.score(worse).overall.value


WORDS = st.sampled_from(
    ["She", "washed", "it", "twice", "this", "WHY", "?", "!", "(really)", "3", "50%", "they’re", "—", "é"]
)


@settings(deadline=None, max_examples=80)
@given(st.lists(WORDS, min_size=3, max_size=20).map(" ".join))
def test_every_english_score_is_the_visible_sum_of_its_findings(title: str) -> None:
    scorer = TitleScorer.bundled(profile="en")
    score = scorer.score(title + " x")
    for part in (*score.dimensions.values(), *score.risks.values()):
        assert part.value == part.base + sum(finding.points for finding in part.findings)
    for finding in score.findings:
        assert score.title[finding.start : finding.end] == finding.match
