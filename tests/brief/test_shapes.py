"""A phrase of the wrong shape is refused with its place; what may be right is let pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from copykit.brief.reading import read_data
from copykit.brief.shapes import as_noun, check_shapes, fault_of, fields
from copykit.datafiles import bundled
from copykit.text.segment import Segmenter

SEGMENTER = Segmenter()
SAMPLES = sorted((Path(__file__).parents[2] / "corpora/samples/briefs").glob("*.toml"))


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("刷头只有三毫米", "clause"),
        ("三个月断货五次", "clause"),
        ("床板、隔板、显示器上沿都行", "clause"),
        ("带管称 52 克", "clause"),
        ("加一勺水", "verb"),
        ("最后放盐，再搅十下", "verb"),
        ("后半夜的营地", "noun"),
        ("睫毛短塌的", "noun"),
        ("怎么选码", "question"),
        ("没坏，是芝麻自己的油", "sentence"),
    ],
)
def test_what_fits_or_may_fit_passes(text: str, shape: str) -> None:
    assert fault_of(text, shape, SEGMENTER) is None


@pytest.mark.parametrize(
    ("text", "shape", "why"),
    [
        ("铝合金外壳", "clause", "是一个词"),
        ("密胺树脂", "sentence", "是一个词"),
        ("刷头细。不结块", "clause", "不止一句"),
        ("芝麻酱", "verb", "里没有动作"),
        ("闭眼入！", "noun", "里有标点"),
        ("很轻便了", "noun", "像半句话"),
        ("在有暖气的办公室里一天要打字八个小时以上的那些人", "noun", "短名词"),
    ],
)
def test_what_surely_does_not_fit_is_told(text: str, shape: str, why: str) -> None:
    fault = fault_of(text, shape, SEGMENTER)
    assert fault is not None
    assert why in fault[0]


def test_every_example_fits_its_own_question() -> None:
    for field in fields(bundled()):
        assert fault_of(field.example.split("；")[0], field.shape, SEGMENTER) is None, field.key


def test_a_fault_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "伞.toml"
    path.write_text('product = "伞"\nselling_points = [\n  "自动开合伞骨",\n]\n[[steps]]\ndo = "伞"\n', "utf-8")
    problems = check_shapes(*read_data(path), "伞.toml", bundled(), SEGMENTER)
    assert [(problem.line, problem.key) for problem in problems] == [(6, "steps.0.do")]


@pytest.mark.parametrize(
    ("feature", "why"),
    [
        ("每天 15 分钟，地铁三站路学完一节", []),
        ("我们的课每天只有 15 分钟", ["“我们的……”开头"]),
        ("我们自己磨的刀", []),
        (
            "每天只有 15 分钟，利用地铁上的碎片时间就能学完一节，真的非常适合特别忙的上班族，随时随地想听就听",
            ["最多 40 个"],
        ),
    ],
)
def test_a_point_fits_into_a_sentence_behind_the_name_of_the_goods(feature: str, why: list[str]) -> None:
    data = {"product": "口语课", "selling_points": [{"feature": feature}]}
    told = [problem.zh for problem in check_shapes(data, {}, "课.toml", bundled(), SEGMENTER)]
    assert len(told) == len(why)
    assert all(word in line for word, line in zip(why, told, strict=True))


def test_a_point_has_as_much_room_as_a_sentence_of_the_strictest_voice() -> None:
    strictest = min(voice["longest"] for voice in bundled().load("voices").values())
    assert {field.most for field in fields(bundled()) if field.most} == {strictest}


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("想出国旅游的人！", "想出国旅游的人"),
        ("“30+ 宝妈”", "“30+ 宝妈”"),
        ("谁用谁知道？", "谁用谁知道"),
        ("上班族！快来", ""),
        ("C++ 新手", "C++ 新手"),
    ],
)
def test_a_noun_is_written_without_the_signs_of_a_sentence(text: str, noun: str) -> None:
    assert as_noun(text) == noun


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_samples_have_the_right_shapes(path: Path) -> None:
    assert check_shapes(*read_data(path), path.name, bundled(), SEGMENTER) == []
