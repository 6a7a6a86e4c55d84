"""What buyers typed is a keyword as a whole, and stands by how often it is searched."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copykit.corpus.blocks import Block, marked
from copykit.datafiles import bundled
from copykit.keywords import counts, mine
from copykit.keywords.mine import Wanted, between, on_one_scale
from copykit.keywords.run import Recipe, mine_blocks
from copykit.model import Keyword

Figures = Sequence[Mapping[str, float]]


def searched(
    texts: Sequence[str],
    folder: Path,
    figures: Figures = (),
    *,
    size: int = 100,
    jobs: int = 1,
    roles: Sequence[str] = (),
    highest: Sequence[str] = (),
    **options: object,
) -> list[Keyword]:
    folder.mkdir(exist_ok=True)
    blocks = [
        Block(
            "".join(marked(text, "") for text in texts[start : start + size]),
            len(texts[start : start + size]),
            list(figures[start : start + size]),
        )
        for start in range(0, len(texts), size)
    ]
    recipe = Recipe(bundled().layers, None, "query", **options)  # type: ignore[arg-type]
    wanted = Wanted(top=None, explain=True)
    return mine_blocks(blocks, recipe, wanted, folder, jobs=jobs, roles=roles, highest=highest)[0]


def all_ways(found: Sequence[Keyword]) -> set[str]:
    """Return the keywords with their other orders, without the blanks inside."""
    return {text.replace(" ", "") for word in found for text in (word.text, *(turned for turned, _ in word.turned))}


# Texts, the whole ones that have to be there, and what is a piece of them cut wrongly, which must not be there instead.
ROWS = [
    (["睫毛膏怎么卸", "睫毛膏怎么卸", "睫毛膏怎么卸干净"], {"睫毛膏怎么卸", "睫毛膏怎么卸干净"}),
    (["下睫毛睫毛膏"] * 2 + ["怎么刷睫毛膏"], {"下睫毛睫毛膏", "怎么刷睫毛膏"}),
    (["孩子发烧怎么办"] * 2 + ["手机多少钱"] * 2, {"孩子发烧怎么办", "手机多少钱"}),
    (["空调不制冷什么原因"] * 2, {"空调不制冷什么原因"}),
    (["口红棕色"] * 3, {"口红棕色"}),
    (["怎么 卸睫毛膏", "怎么卸睫毛膏？"], {"怎么卸睫毛膏"}),
    (["敏感肌孕妇可以用的睫毛膏哪个牌子好"], {"敏感肌孕妇可以用的睫毛膏哪个牌子好"}),
    (["iPhone 15 pro max 手机壳怎么选"], {"iPhone15promax手机壳怎么选"}),
    (["怎麼卸睫毛膏", "怎么卸睫毛膏"], {"怎么卸睫毛膏"}),
]


@pytest.mark.parametrize(("texts", "expected"), ROWS)
def test_a_row_is_a_keyword_as_a_whole(tmp_path: Path, texts: list[str], expected: set[str]) -> None:
    found = searched(texts, tmp_path)
    assert expected <= all_ways(found)
    assert found[0].text.replace(" ", "") in expected or len(texts) > len(expected)


def test_a_row_that_was_cut_wrongly_stands_before_its_piece(tmp_path: Path) -> None:
    assert searched(["口红棕色"] * 3, tmp_path)[0].text == "口红棕色"


@pytest.mark.parametrize(
    "text", ["12345", "？！", "不要的词怎么用", "睫", "睫毛膏" * 11, "一 二 三 四 五 六 七 八 九 十 甲 乙 丙"]
)
def test_what_is_no_search_is_no_keyword_as_a_whole(tmp_path: Path, text: str) -> None:
    found = searched([text] * 3, tmp_path, stop=("不要的词",))
    assert text.replace(" ", "") not in all_ways(found)


WORDS = [
    "睫毛膏",
    "怎么",
    "卸",
    "平价",
    "不",
    "晕染",
    "口红",
    "棕色",
    "的",
    "哪个",
    "好",
    "下",
    "iphone",
    "15",
    " ",
    "多少钱",
]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=2, max_size=6).map("".join), min_size=1, max_size=12))
def test_every_row_with_letters_is_found(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = all_ways(searched(texts, Path(folder)))
    whole = {text.replace(" ", "") for text in texts}
    assert {text for text in whole if len(text) > 1 and not text.isdigit()} <= {word.lower() for word in found}


TEXTS = [text for texts, _ in ROWS for text in texts] * 8
FIGURES: Figures = [
    {"searches": float(n * n % 977)} if n % 3 else {"clicks": float(n % 5)} if n % 2 else {} for n in range(len(TEXTS))
]


@pytest.mark.parametrize(("size", "jobs", "rows"), [(1, 1, 60), (7, 1, 60), (10, 3, 60), (10, 2, 700_000)])
def test_blocks_spills_and_processes_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, jobs: int, rows: int
) -> None:
    roles = ["clicks", "searches"]
    expected = searched(TEXTS, tmp_path / "a", FIGURES, roles=roles, highest=["searches"])
    monkeypatch.setattr(counts, "ROWS_IN_MEMORY", rows)
    if jobs == 1:  # the others do not hear of it
        monkeypatch.setattr(counts, "PARTITION_ROWS", 40)
    found = searched(TEXTS, tmp_path / "b", FIGURES, size=size, jobs=jobs, roles=roles, highest=["searches"])
    assert found == expected


REPORT = {
    "睫毛膏推荐": 900_000.0,
    "睫毛膏防水": 800_000.0,
    "睫毛定型液": 50.0,
    "睫毛打底膏": 40.0,
    "单眼皮睫毛夹": 30.0,
}


def test_searches_stand_by_how_often_they_are_searched(tmp_path: Path) -> None:
    figures = [{"searches": value, "orders": 0.0} for value in REPORT.values()]
    found = searched(list(REPORT), tmp_path, figures, roles=["orders", "searches"])
    assert [word.text for word in found[: len(REPORT)]] == list(REPORT)
    assert [word.metrics["searches"] for word in found[: len(REPORT)]] == list(REPORT.values())
    # What was never typed by itself has no figure of its own, whatever it is part of.
    assert all(not word.metrics for word in found[len(REPORT) :])
    for word in found:
        assert sum(round(100 * share) for share in word.factors.values()) == round(100 * word.weight)


def test_searches_of_two_tools_stand_by_what_both_tell(tmp_path: Path) -> None:
    texts = ["猫抓板", "猫爬架", "猫窝", "剑麻柱", "自动逗猫棒", "猫咪玩具", "大猫猫抓板"]
    index = [21_000, 9_000, 8_000, 1_300, None, None, None]
    shown = [42_000, 18_000, 16_000, None, 22_000, 12_000, 150]
    figures = [
        {role: float(told) for role, told in (("search_index", one), ("impressions", other)) if told is not None}
        for one, other in zip(index, shown, strict=True)
    ]
    roles = ["impressions", "search_index"]
    found = searched(texts, tmp_path, figures, roles=roles, highest=["search_index"])
    share = {word.text: word.factors.get("metrics", 0.0) for word in found}
    order = ["猫抓板", "自动逗猫棒", "猫爬架", "猫窝", "猫咪玩具", "剑麻柱", "大猫猫抓板"]
    assert sorted(order, key=lambda word: -share[word]) == order


@pytest.mark.parametrize(
    ("figures", "told", "expected"),
    [
        ([[9, 3, 0], [1, 5, 7]], [[1, 1, 1], [1, 1, 1]], [9, 3, 0]),  # a nought that was told is one
        ([[8, 4, 0, 0], [0, 0, 40, 10]], [[1, 1, 0, 0], [0, 0, 1, 1]], [8, 4, 8 * 2**0.5, 2 * 2**0.5]),
        ([[8, 4, 2, 0], [80, 40, 20, 5]], [[1, 1, 1, 0], [1, 1, 1, 1]], [8, 4, 2, 0.5]),
        ([[0, 0], [3, 0]], [[0, 0], [1, 0]], [3, 0]),
    ],
    ids=["told by the first", "none has both", "by those that have both", "no first at all"],
)
def test_measures_come_to_one_scale(figures: list[list[int]], told: list[list[int]], expected: list[float]) -> None:
    assert on_one_scale(np.array(figures, float), np.array(told)).tolist() == pytest.approx(expected)


def test_a_search_of_a_large_report_outlives_its_pieces_by_its_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mine, "SURVIVORS", 6)
    texts = [f"{word}怎么卸" for word in ("睫毛膏", "眼影", "口红", "粉底", "眉笔", "腮红")] + ["睫毛膏平价"] * 9
    figures = [{"searches": float(10**n)} for n in range(6)] + [{}] * 9
    found = {word.text for word in searched(texts, tmp_path, figures, roles=["searches"])}
    assert {"腮红怎么卸", "眉笔怎么卸", "粉底怎么卸"} <= found


def test_an_unknown_figure_is_none_and_a_nought_is_one(tmp_path: Path) -> None:
    texts = ["睫毛膏怎么卸", "口红怎么卸", "眼影怎么卸", "眼影怎么卸"]
    figures = [{"searches": 0.0}, {}, {}, {"searches": 3.0}]
    found = {word.text: word.metrics for word in searched(texts, tmp_path, figures, roles=["searches"])}
    assert found["睫毛膏怎么卸"] == {"searches": 0.0}
    assert found["口红怎么卸"] == {}
    assert found["眼影怎么卸"] == {"searches": 3.0}


@given(st.lists(st.floats(0, 1e12), min_size=1, max_size=20))
def test_a_figure_counts_by_its_order_among_those_told(figures: list[float]) -> None:
    values = between(np.array(figures))
    assert ((values >= 0) & (values <= 1)).all()
    assert (values[np.array(figures) == 0] == 0).all()
    order = np.argsort(figures, kind="stable")
    assert (np.diff(values[order]) >= -1e-12).all()
