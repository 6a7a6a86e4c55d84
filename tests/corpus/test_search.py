"""Whatever stands in a document is found, however a segmenter would cut it; each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.corpus.collect import Collector, Wishes
from copykit.corpus.columns import columns_of
from copykit.corpus.search import NothingToFind, read_query, search
from copykit.corpus.store import Store, units_of
from copykit.datafiles import bundled
from copykit.text.normalize import fold_text

ROWS = [
    ("1", "加绒打底裤测评", "冬天穿加绒打底裤，外面套裙子也不冷。"),
    ("2", "睫毛膏怎么选", "弯头睫毛膏适合单眼皮；打底要先做好，不晕染。"),
    ("3", "復購率的事", "電商看復購率，ＬＥＤ灯的店也看。"),
    ("4", "咖啡", "挂耳咖啡先闷蒸 30 秒，1.5 倍的水。Coffee lovers know."),
    ("5", "很长的一篇", "铺垫的话。" * 9000 + "最后才说到防晒霜要补涂。"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("corpus")
    rows = [f'{number},{title},"{text}"' for number, title, text in ROWS]
    (folder / "表.csv").write_text("编号,标题,正文\n" + "\n".join(rows), "utf-8")
    (folder / "脏.txt").write_text("睫毛膏 百家乐 六合彩 真钱棋牌 澳门娱乐城", "utf-8")
    with Store(folder / "c.sqlite3") as opened:
        wishes = Wishes("2026-11-22T08:00:00", keep=("all",))
        Collector(opened, bundled(), columns_of(bundled().load("columns")), wishes).collect([str(folder)])
        yield opened


def ids(store: Store, query: str, **limits: object) -> list[str]:
    found, total = search(store, query, **limits)  # type: ignore[arg-type]
    assert total == len(found)
    return sorted(Path(each.key).name.rpartition(":")[2] for each in found)


# query, the documents that it finds
QUERIES = [
    ("睫毛膏", ["2"]),
    ("打底", ["1", "2"]),  # inside 打底裤, and by itself
    ("打底裤", ["1"]),
    ("加绒打底", ["1"]),
    ("复购率", ["3"]),  # written in traditional characters
    ("電商", ["3"]),
    ("led", ["3"]),  # written full width
    ("睫毛膏 单眼皮", ["2"]),
    ("睫毛膏 裙子", []),
    ("打底 -睫毛膏", ["1"]),
    ('"外面套裙子"', ["1"]),
    ("coffee LOVERS", ["4"]),
    ("coff", ["4"]),
    ("offee", []),
    ('"30 秒"', ["4"]),
    ("1.5", ["4"]),
    ("防晒霜", ["5"]),
    ('睫毛" OR "膏', []),
    ("NOT", []),
    ("(睫毛膏*)", ["2"]),
]


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_a_query_finds_what_holds_its_words(store: Store, query: str, expected: list[str]) -> None:
    assert ids(store, query) == expected


def test_untrusted_documents_and_other_days_are_found_only_when_asked_for(store: Store) -> None:
    assert ids(store, "睫毛膏", untrusted=True) == ["2", "脏.txt"]
    assert ids(store, "睫毛膏", since="2026-11-22", until="2026-11-22") == ["2"]
    assert ids(store, "睫毛膏", since="2026-11-23") == []
    assert ids(store, "睫毛膏", until="2026-11-21") == []


# query, the words marked in the first snippet
PLACES = [
    ("打底裤", ["打底裤"]),
    ("打底 裙子", ["打底", "裙子"]),
    ("复购率", ["復購率"]),
    ("led", ["ＬＥＤ"]),
    ("防晒霜", ["防晒霜"]),
    ("加绒打底", ["加绒打底"]),
    ("测评", []),  # in the title alone
]


@pytest.mark.parametrize(("query", "marked"), PLACES)
def test_the_words_are_marked_where_they_stand(store: Store, query: str, marked: list[str]) -> None:
    found, _ = search(store, query)
    assert [found[0].snippet[start:end] for start, end in found[0].spans] == marked


def test_a_title_weighs_more_and_only_so_many_are_given(store: Store) -> None:
    found, total = search(store, "打底", most=1)
    assert (len(found), total) == (1, 2)
    assert found[0].title == "加绒打底裤测评"


@pytest.mark.parametrize("query", ["", "，。", "-睫毛膏", '""', "-"])
def test_a_query_without_words_is_refused(store: Store, query: str) -> None:
    with pytest.raises(NothingToFind):
        search(store, query)


@given(st.text(st.sampled_from("睫毛膏打底裤\"'-*()^: ，AND OR1.5{}[]\\"), max_size=40))
def test_any_query_is_answered_and_its_places_are_right(store: Store, query: str) -> None:
    try:
        found, _ = search(store, query)
    except NothingToFind:
        return
    for each in found:
        for start, end in each.spans:
            assert 0 <= start < end <= len(each.snippet)


def test_a_query_is_parted_as_texts_are() -> None:
    pieces = read_query('弯头 -LED灯 "USB-C 线" ２倍')
    assert [piece.units for piece in pieces] == [("弯", "头"), ("led", "灯"), ("usb", "c", "线"), ("2", "倍")]
    assert [piece.barred for piece in pieces] == [False, True, False, False]


@given(st.text(st.sampled_from("睫毛膏LEDled 1２，。-\n"), max_size=60), st.data())
def test_what_stands_in_a_text_is_found_in_it(text: str, data: st.DataObject) -> None:
    folded = fold_text(text)
    start = data.draw(st.integers(0, len(folded)))
    piece = re.match(r"[一-鿿]{2,}", folded[start:])
    if piece is not None:
        assert " ".join(piece[0]) in units_of(folded)
