from __future__ import annotations

from pathlib import Path

import pytest

from copykit import datafiles
from copykit.datafiles import DataFiles, Layer, bundled_layer
from copykit.errors import DataFileError
from copykit.model import Finding
from copykit.platforms import Platforms, UnknownPlatform, length_on
from copykit.rules.engine import Engine
from copykit.rules.reading import Context
from copykit.rules.rule import load
from copykit.text.segment import Segmenter
from copykit.titles.score import KINDS

FILES = datafiles.bundled()
PLATFORMS = Platforms(FILES)
OWN = """\
name = "自营店"
field = "title"
unit = "{unit}"
confidence = "{confidence}"
profile = "listing"
source = "测试"
checked = 2026-11-21
expires = 2027-05-21
{more}
"""


def own(folder: Path, unit: str = "char", confidence: str = "high", more: str = "") -> Platforms:
    """Return the bundled platforms and one of the test's own."""
    (folder / "platforms").mkdir()
    (folder / "platforms/own.toml").write_text(
        OWN.format(unit=unit, confidence=confidence, more=more), encoding="utf-8"
    )
    return Platforms(DataFiles([bundled_layer(), Layer("option", (folder,))], datafiles.cache_folder()))


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("taobao", "taobao"),
        ("淘宝", "taobao"),
        ("TMall", "taobao"),
        (" 天猫 ", "taobao"),
        ("XiaoHongShu", "xiaohongshu"),
        ("小红书", "xiaohongshu"),
        ("AMAZON", "amazon"),
    ],
)
def test_a_platform_is_found_by_any_of_its_names_in_any_case(name: str, identifier: str) -> None:
    assert PLATFORMS[name].id == identifier


def test_no_two_platforms_answer_to_one_name() -> None:
    names = [
        name
        for identifier, data in FILES.load("platforms").items()
        for name in {identifier.casefold(), data["name"].casefold(), *map(str.casefold, data.get("aliases", ()))}
    ]
    assert sorted(names) == sorted(set(names))
    assert {platform.id for platform in PLATFORMS} == set(FILES.load("platforms"))


def test_a_users_platform_is_found_by_its_names(tmp_path: Path) -> None:
    platforms = own(tmp_path, more='aliases = ["小程序"]')
    assert platforms["自营店"].id == platforms["小程序"].id == "own"
    assert platforms["淘宝"].id == "taobao"


@pytest.mark.parametrize("name", ["小红书", "XHS", "xiaohongshu"])
def test_a_users_platform_may_not_hide_another_by_its_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataFileError) as caught:
        own(tmp_path, more=f'aliases = ["{name}"]')
    (problem,) = caught.value.problems
    assert problem.file.endswith("platforms/own.toml")
    assert (problem.line, problem.key) == (9, "aliases")
    assert f"“{name}”已经是 " in problem.zh
    assert "platforms/xiaohongshu.toml 的名字" in problem.zh
    assert problem.zh.endswith("要盖过它，文件就叫 xiaohongshu.toml")


def test_a_users_platform_of_the_same_id_lies_over_the_bundled_one(tmp_path: Path) -> None:
    folder = tmp_path / "platforms"
    folder.mkdir()
    own_taobao = OWN.format(unit="char", confidence="low", more='aliases = ["淘宝"]')
    (folder / "taobao.toml").write_text(own_taobao, encoding="utf-8")
    platforms = Platforms(DataFiles([bundled_layer(), Layer("option", (tmp_path,))], datafiles.cache_folder()))
    assert platforms["淘宝"].name == "自营店"


@pytest.mark.parametrize(
    ("name", "near"), [("淘保", "淘宝"), ("xiaohongsu", "xiaohongshu"), ("TAOBO", "taobao"), ("小红薯书", "小红书")]
)
def test_an_unknown_platform_is_told_with_near_names(name: str, near: str) -> None:
    with pytest.raises(UnknownPlatform) as caught:
        PLATFORMS[name]
    for lang in ("zh", "en"):
        sentence = caught.value.say(lang)
        assert name in sentence
        assert near in sentence
        assert "\n" not in sentence
    assert caught.value.exit_code == 2


def test_a_name_like_no_other_is_told_with_some_that_there_are() -> None:
    with pytest.raises(UnknownPlatform, match="copykit data list platforms") as caught:
        PLATFORMS["§"]
    assert caught.value.facts["known"].zh.split("、")[:3] == ["小红书", "抖音", "淘宝"]
    assert "小红书, 抖音, 淘宝" in caught.value.say("en")


@pytest.mark.parametrize(("short", "name"), [("tb", "淘宝"), ("dy", "抖音"), ("XHS", "小红书"), ("pdd", "拼多多")])
def test_a_platform_answers_to_the_letters_that_people_type(short: str, name: str) -> None:
    assert PLATFORMS[short].name == name


# --- lengths --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "used"), [("char", 9), ("han2", 16), ("utf8", 23), ("xhs", 8), ("px", 7 * 22 + 20 + 13)]
)
def test_a_length_is_counted_as_the_platform_counts(tmp_path: Path, unit: str, used: int) -> None:
    platform = own(tmp_path, unit, more=f"max = {used}\nmin = {used}")["own"]
    text = "纯棉T恤，不掉色%"
    length = length_on(platform, text)
    assert (length.used, length.limit, length.low, length.unit, length.ok) == (used, used, used, unit, True)
    assert length_on(platform, text + "啊").ok is False
    assert length_on(platform, text[:-2]).ok is False


@pytest.mark.parametrize(
    ("more", "text", "ok"),
    [
        ("", "长" * 500, None),
        ("max = 5", "五个字的题", True),
        ("max = 5", "", True),
        ("min = 5", "四个字的", False),
        ("min = 5", "五个字的题", None),  # long enough, and how long is too long nobody knows
        ("min = 2\nmax = 5", "一", False),
    ],
)
def test_without_a_limit_nothing_is_claimed(tmp_path: Path, more: str, text: str, ok: bool | None) -> None:
    assert length_on(own(tmp_path, more=more)["own"], text).ok is ok


def test_without_a_platform_code_points_are_counted_against_nothing() -> None:
    length = length_on(None, "纯棉T恤")
    assert (length.used, length.limit, length.unit, length.ok, length.sure) == (4, None, "char", None, False)


@pytest.mark.parametrize(
    ("confidence", "sure", "severity"),
    [("high", True, "error"), ("medium", True, "error"), ("low", False, "warning"), ("none", False, "warning")],
)
def test_a_limit_that_was_not_sourced_well_warns_and_never_blocks(
    tmp_path: Path, confidence: str, sure: bool, severity: str
) -> None:
    platform = own(tmp_path, confidence=confidence, more="max = 5\nmin = 3")["own"]
    engine = Engine(load(FILES, ["platform"]), FILES, Segmenter(), KINDS)

    def told(text: str) -> list[Finding]:
        (reading,) = engine.read([text], Context(platform=platform))
        return engine.find(reading)

    assert length_on(platform, "超过五个字的标题").sure is sure
    (long,) = told("超过五个字的标题")
    assert (long.rule, long.severity) == ("platform/too_long", severity)
    (short,) = told("短")
    assert short.rule == "platform/too_short"
    assert sure or short.severity != "error"
    assert told("四个字的") == []


def test_a_bundled_limit_that_nobody_sourced_is_marked() -> None:
    assert all(platform.sure or platform.confidence in ("low", "none") for platform in PLATFORMS)
    assert all(platform.max is not None or platform.confidence != "high" for platform in PLATFORMS)
    assert all(platform.checked < platform.expires for platform in PLATFORMS)
