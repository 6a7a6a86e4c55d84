"""A user's rule is looked over before it is used: what is refused, with which reason, and what is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from copykit import datafiles
from copykit.cli import run
from copykit.datafiles import DataFiles, Layer, bundled, bundled_layer
from copykit.errors import DataFileError
from copykit.rules.pattern_faults import hangs
from copykit.rules.rule import load
from copykit.rules.vetting import broad, vet

FILES = bundled()
BASE = {"message": "“{match}”", "why": "店里说好的", "source": "店规", "cases": {"flag": ["断货"], "pass": ["到货"]}}
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    # rule, the key to mend, a part of the sentence
    ({"kind": "word", "words": ["的"]}, "words", "单个常用字"),
    ({"kind": "word", "words": ["断货", "最"]}, "words", "“最”是单个常用字"),
    ({"kind": "word", "words": ["一个"]}, "words", "太常见"),
    ({"kind": "word", "words": ["断货"], "except": ["断 貨"]}, "words", "except"),
    ({"kind": "word", "words": ["断货", "\u200b"]}, "words", "没有能找的字"),
    ({"kind": "pattern", "anchor": ["断货"], "pattern": "(断+货)+"}, "pattern", "重复里面套着重复"),
    ({"kind": "pattern", "anchor": ["断货"], "pattern": "断货(?=.*次).*.*.*月"}, "pattern", "连着写"),
    ({"kind": "pattern", "anchor": ["断货"], "pattern": r"断货(?:\d+[,，]?)*次"}, "pattern", "重复里面套着重复"),
    (
        {"kind": "pattern", "anchor": ["断货"], "pattern": "断货(?:了|[一-龥]{0,4})*?[0-9]次"},
        "pattern",
        "重复里面套着重复",
    ),
    ({"kind": "pattern", "anchor": ["断货"], "pattern": "断货(?:某|某某|的)*次"}, "pattern", "重复里面套着重复"),
    ({"kind": "pattern", "anchor": ["断货"], "pattern": "断货(?:要价?|里?要)+次"}, "pattern", "重复里面套着重复"),
    ({"kind": "pattern", "anchor": ["很"], "pattern": "(?:很|很很){1,60}好"}, "pattern", "0.1 秒"),
    ({"kind": "pattern", "anchor": ["断货"], "pattern": "补货|上新"}, "anchor", "写不出 anchor"),
    (
        {"kind": "claim", "words": ["断货"], "when": [{"relation": "same_sentence", "pattern": "(?:天+)+"}]},
        "when",
        "重复里面套着重复",
    ),
    (
        {"kind": "claim", "words": ["断货"], "not_when": [{"relation": "same_sentence", "pattern": "^?(天"}]},
        "not_when",
        "“^?(天”写得不对",
    ),
    ({"kind": "length", "min": 30, "max": 20}, "min", "min 比 max 大"),
    ({"kind": "word", "words": ["断货"], "source": "广告法 第九十九条"}, "source", "只有 74 条，没有“第九十九条”"),
    (
        {"kind": "claim", "words": ["断货"], "when": [{"relation": "denied"}], "not_when": [{"relation": "denied"}]},
        "not_when",
        "一个要、一个不要",
    ),
    (
        {
            "kind": "claim",
            "words": ["断货"],
            "when": [{"relation": "same_clause", "words": ["五次"]}],
            "not_when": [{"relation": "same_clause", "words": ["五次", "三次"]}],
        },
        "not_when",
        "same_clause",
    ),
    (
        {"kind": "claim", "words": ["断货"], "applies": {"category": ["cosmetics"], "not_category": ["cosmetics"]}},
        "applies",
        "永远轮不到",
    ),
    ({"kind": "duty", "words": ["带链接的广告"], "required": ["广告"]}, "required", "永远算写了"),
    ({"kind": "claim", "words": ["断货"], "waives": ["otc_"]}, "waives", "没有哪条规则的 notice 是“otc_”"),
]
SOUND: list[dict[str, Any]] = [
    {"kind": "word", "words": ["断货", "禾木"]},
    {"kind": "word", "words": ["最"], "at": "token"},
    {"kind": "claim", "words": ["最"], "before": ["全网"]},
    {"kind": "count", "words": ["的"], "over": 9},
    {"kind": "pattern", "anchor": ["断货"], "pattern": r"断货\d{1,3}次|[三五]天断货"},
    {"kind": "pattern", "anchor": ["断货"], "pattern": r"断货(?:\d{1,3},)*\d{1,3}次"},
    {"kind": "pattern", "anchor": ["断货"], "pattern": "断货(?:了|过了|都?要|[十百])*次"},
    {"kind": "pattern", "anchor": ["买"], "pattern": r"(?P<hit>买[一二三\d]+)送[^，。]{1,12}"},
    {"kind": "pattern", "anchor": ["断货"], "pattern": r"断货(?>\d+)*+次"},
    {
        "kind": "claim",
        "words": ["断货"],
        "when": [{"relation": "same_clause", "words": ["五次"]}],
        "not_when": [{"relation": "denied"}],
    },
    {"kind": "duty", "words": ["链接"], "required": ["广告"]},
    {"kind": "claim", "words": ["断货"], "waives": ["otc"]},
]


@pytest.mark.parametrize(("rule", "key", "zh"), REFUSED)
def test_a_rule_that_would_hang_or_shout_or_never_fire_is_refused(rule: dict[str, Any], key: str, zh: str) -> None:
    problems = vet("店规/断货", {**BASE, **rule}, FILES)
    assert [problem.key for problem in problems] == [key]
    assert zh in problems[0].zh
    assert problems[0].en


@pytest.mark.parametrize("rule", SOUND)
def test_a_sound_rule_passes(rule: Mapping[str, Any]) -> None:
    assert vet("店规/断货", {**BASE, "cases": {"flag": ["断货3次"], "pass": []}, **rule}, FILES) == []


TOO_BROAD: list[tuple[dict[str, Any], dict[str, list[str]]]] = [
    # rule, the words that are warned of by their key
    ({"kind": "word", "words": ["可以"]}, {"words": ["可以"]}),
    ({"kind": "claim", "words": ["断货", "我们", "自己"]}, {"words": ["我们", "自己"]}),
    ({"kind": "claim", "lexicon": "claim_own"}, {"lexicon": ["我们"]}),
    ({"kind": "claim", "words": ["的"]}, {"words": []}),  # refused
    ({"kind": "pattern", "anchor": ["的"], "pattern": "的"}, {"pattern": ["的"]}),
    ({"kind": "claim", "anchor": ["可以"], "pattern": "可以|断货"}, {"pattern": ["可以"]}),
    ({"kind": "pattern", "anchor": ["可以"], "pattern": "可以退[一二三]次"}, {}),
    ({"kind": "pattern", "anchor": ["的"], "pattern": r"的\d+元"}, {}),
    ({"kind": "claim", "words": ["断货", "面膜", "不锈钢"]}, {}),
    ({"kind": "word", "words": ["可以"], "at": "start"}, {}),
    ({"kind": "word", "words": ["可以"], "needs": ["退货"]}, {}),
    ({"kind": "claim", "words": ["我们"], "when": [{"relation": "same_clause", "words": ["承诺"]}]}, {}),
    ({"kind": "count", "words": ["我们"], "over": 9}, {}),
]


@pytest.mark.parametrize(("rule", "words"), TOO_BROAD)
def test_words_that_most_texts_hold_are_warned_of(rule: dict[str, Any], words: dict[str, list[str]]) -> None:
    told = {problem.key: problem for problem in broad("店规/断货", {**BASE, **rule}, FILES)}
    assert told.keys() == {key for key, named in words.items() if named}
    for key, problem in told.items():
        assert all(f"“{word}”" in problem.zh and f"'{word}'" in problem.en for word in words[key])
        assert "写更长的说法" in problem.zh


@pytest.mark.parametrize("command", ["data check", "check"])
def test_a_rule_of_a_broad_word_is_warned_of_and_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    path = tmp_path / "rules/店规/可以.toml"
    path.parent.mkdir(parents=True)
    path.write_text(RULE.format(word="可以"), "utf-8")
    args = (
        [str(path)] if command == "data check" else ["--text", "这件可以退", "--packs", "店规", "--data", str(tmp_path)]
    )
    assert run([*command.split(), *args]) == 0
    captured = capsys.readouterr()
    assert "可以.toml:2: words: 提醒：“可以”（3%）太常见" in captured.err
    assert ("都能用" if command == "data check" else "“可以”") in captured.out


def test_a_rule_with_a_faulty_list_is_told_of_that_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule, words = tmp_path / "rules/店规/x.toml", tmp_path / "lexicons/mine.txt"
    listed = RULE.replace('words = ["{word}"]', 'lexicon = "mine"').format(word="可以")
    for path, text in ((rule, listed), (words, "可以\n可以\n")):
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
    assert run(["data", "check", str(rule)]) == 2
    told = capsys.readouterr().err
    assert "重复了" in told
    assert "没有词表" not in told
    assert "1 处要改" in told
    assert "太常见" not in told


def _patterns(data: Any, key: str = "") -> Iterator[str]:
    """Yield the values of all keys that name patterns, however deep they stand."""
    if isinstance(data, str):
        if "pattern" in key:
            yield data
    elif isinstance(data, Mapping):
        for name, value in data.items():
            yield from _patterns(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from _patterns(value, key)


@pytest.mark.parametrize("kind", ["rules", "exemptions", "frames"])
def test_no_bundled_pattern_hangs_on_a_long_sentence(kind: str) -> None:
    patterns = list(_patterns(FILES.load(kind)))
    assert len(patterns) > 2
    assert [pattern for pattern in patterns if hangs(pattern)] == []


RULE = """\
kind = "word"
words = ["{word}"]
message = "“{{match}}”"
why = "店里说好的"
source = "店规"

[cases]
flag = ["{word}"]
pass = ["x"]
"""


def test_a_layer_with_a_refused_rule_is_told_with_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rules/店规/了.toml"
    path.parent.mkdir(parents=True)
    path.write_text(RULE.format(word="了"), "utf-8")
    files = DataFiles([bundled_layer(), Layer("option", (tmp_path,))], datafiles.cache_folder())
    with pytest.raises(DataFileError) as caught:
        load(files, ("店规",))
    assert caught.value.problems[0].file.endswith("了.toml")
    assert load(files, ("novelty",))  # rules that are not asked for stop nobody
    assert run(["check", "--text", "好", "--packs", "店规", "--data", str(tmp_path)]) == 2
    assert "单个常用字" in capsys.readouterr().err
    assert run(["data", "check", str(path)]) == 2
    assert "单个常用字" in capsys.readouterr().err
    path.write_text(RULE.format(word="断货"), "utf-8")
    assert run(["check", "--text", "断货", "--packs", "店规", "--data", str(tmp_path)]) == 0
    assert "“断货”" in capsys.readouterr().out
