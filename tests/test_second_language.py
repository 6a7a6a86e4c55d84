"""A second language costs data files only: a pack, a word list and a profile in a folder, and not a line of code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from copykit import datafiles
from copykit.cli import run
from copykit.titles.profile import load_profile
from copykit.titles.score import Settings, TitleScorer

PACK = Path(__file__).parent / "data/en_pack"
TITLE = "7 Ways to Dry Shoes: a Shocking Secret, with Free Shipping"


@pytest.fixture(scope="module")
def scorer() -> TitleScorer:
    files = datafiles.open_layers(extra=[PACK])
    return TitleScorer(files, Settings(load_profile(files, "english", "en"), lang="en"))


def test_the_pack_is_well_formed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "check", str(PACK), "--data", str(PACK), "--lang", "en"]) == 0
    assert capsys.readouterr().out == "5 files checked, all fine\n"


def test_an_english_headline_is_judged_by_the_english_pack_alone(scorer: TitleScorer) -> None:
    score = scorer.score(TITLE)
    assert [(finding.rule, finding.match, finding.points) for finding in score.findings] == [
        ("english/list", "7 Ways", 10),
        ("english/reader", TITLE, -6),
        ("english/hype", "Shocking", -8),
        ("english/hype", "Secret", -5),
    ]
    assert all(TITLE[finding.start : finding.end] == finding.match for finding in score.findings)
    assert {name: part.value for name, part in score.dimensions.items()} == {"promise": 54, "trust": 67}
    assert score.overall.value == 60.5
    (shocking,) = [finding for finding in score.findings if finding.match == "Shocking"]
    assert shocking.message == "'Shocking' promises more than it tells"
    assert shocking.suggestions == ("surprising",)


@pytest.mark.parametrize(
    ("title", "matches"),
    [
        ("Freedom in 7 waysides", []),
        ("Your ＦＲＥＥ sample", ["ＦＲＥＥ"]),
        ("Unbelievable: my 3 reasons", ["Unbelievable", "3 reasons"]),
    ],
)
def test_words_are_whole_words_in_any_case_and_width(scorer: TitleScorer, title: str, matches: list[str]) -> None:
    found = [finding.match for finding in scorer.score(title).findings if finding.rule != "english/reader"]
    assert found == matches


def test_the_command_takes_the_pack_as_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(
        ["titles", "score", TITLE, "--data", str(PACK), "--profile", "english", "--lang", "en", "--format", "json"]
    )
    (score,) = json.loads(capsys.readouterr().out)
    assert code == 0
    assert score["score"] == 60.5
    assert set(score["parts"]) == {"promise", "trust"}
    assert {finding["rule"].split("/")[0] for finding in score["findings"]} == {"english"}
