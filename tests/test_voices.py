"""Voices are data: each proves itself by its own sentences, and what it flags is where it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.datafiles import DataFiles, Layer, bundled
from copykit.voices import UnknownVoice, Voices, calls_of, check_voice, lint
from copykit.writing.forms import Forms

DATA = bundled().load("voices")
OF_HERE = Voices(bundled())
CALLS = calls_of(bundled())


@pytest.mark.parametrize("name", DATA)
def test_a_voice_flags_and_passes_what_it_says(name: str) -> None:
    assert not [problem.zh for problem in check_voice(name, DATA[name], CALLS)]
    assert len(DATA[name]["cases"]["flag"]) >= 3
    assert len(DATA[name]["cases"]["pass"]) >= 3


@pytest.mark.parametrize(
    ("voice", "text", "rule", "match"),
    [
        ("小红书", "这支真的绝绝子", "never", "绝绝子"),
        ("公众号", "您可以早晚各擦一次。", "address", "您"),
        ("短信", "最后一天！", "exclamation", "！"),
        ("商品详情", "鞋头宽，穿着舒服呀", "particle", "呀"),
        ("朋友圈", "又下雨了。今天打包到第六十几单，求转发", "ending", "求转发"),
        ("小红书", "😀😀😀😀", "emoji", "😀"),
        (
            "口播",
            "从第三批起把尾按手电的防水圈从原来的厚度再加厚了一截所以掉进水里捞起来甩一甩擦一擦照样能接着用",
            "long",
            "从第三批",
        ),
    ],
)
def test_a_text_falls_out_of_a_voice_at_a_place(voice: str, text: str, rule: str, match: str) -> None:
    found = {each.rule.rpartition("/")[2]: each for each in lint(OF_HERE[voice], text)}
    assert found[rule].match.startswith(match)
    assert found[rule].message
    assert found[rule].why


@pytest.mark.parametrize("name", DATA)
@given(text=st.text("您你亲姐妹们绝子家人！呀。，😀好用ab\n", max_size=80))
def test_a_finding_points_at_its_match(name: str, text: str) -> None:
    for lang in ("zh", "en"):
        for each in lint(OF_HERE[name], text, lang):
            assert text[each.start : each.end] == each.match


def test_short_sentences_have_no_long_median_and_long_ones_have() -> None:
    voice = OF_HERE["口播"]
    assert not lint(voice, "你看，到这儿就没了。" * 6)
    told = lint(voice, "握着大拇指就按得到这件事在全黑的帐篷里才知道要紧。" * 6)
    assert [each.rule.rpartition("/")[2] for each in told] == ["median"]


def test_cells_and_addresses_make_no_long_sentence() -> None:
    voice = OF_HERE["商品详情"]
    row = "| 卖点 | 摸黑不用转着找 | 开关在尾巴上，握着大拇指就按得到 | 黑背景里握着手电的一只手 | 蒙着眼让八个人拿 |"
    assert not lint(voice, row)
    assert not lint(OF_HERE["社群"], "从这里进：[山口尾按手电](https://item.taobao.com/item.htm?id=600000000006)。")


def test_a_voice_of_ones_own_lies_over_ours(tmp_path: Path) -> None:
    ours = bundled().entries("voices")[0].path.read_text("utf-8")
    folder = tmp_path / "voices"
    folder.mkdir()
    (folder / "dianpu.toml").write_text(ours.replace('name = "', 'name = "老店', 1), "utf-8")
    files = DataFiles([*bundled().layers, Layer("user", (tmp_path,))])
    assert any(name.startswith("老店") for name in (each["name"] for each in files.load("voices").values()))
    with pytest.raises(UnknownVoice, match="there is no voice"):
        Voices(files)["没有的"]


def test_forms_name_voices_that_there_are() -> None:
    named = {
        form.settings["voice"]
        for kind in ("article", "post", "reply")
        for form in Forms(bundled(), kind)
        if "voice" in form.settings
    }
    assert named <= set(DATA)
    assert len(named) >= 8
