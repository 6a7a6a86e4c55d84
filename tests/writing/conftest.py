"""One vocabulary, one checker, for all tests of a module: they take a second to make."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

from copykit.categories import Categories
from copykit.compliance import Checker
from copykit.datafiles import bundled
from copykit.model import PackedTitle, Product, ShopWord
from copykit.writing.screen import Screen
from copykit.writing.stated import Reader
from copykit.writing.terms import Vocabulary
from copykit.writing.title import Task, TitlePacker, TitleRoom
from copykit.writing.wanted import Keywords
from copykit.writing.writer import Writer

TODAY = "2026-11-22"
SAMPLES = sorted((Path(__file__).parents[2] / "corpora/samples/briefs").glob("*.toml"))
TAOBAO = TitleRoom("han2", 60, "<>")


@cache
def vocabulary() -> Vocabulary:
    return Vocabulary(bundled())


@cache
def reader() -> Reader:
    return Reader(vocabulary(), Categories(bundled()))


@cache
def checker() -> Checker:
    return Checker(bundled())


@cache
def screen() -> Screen:
    return Screen(bundled(), vocabulary(), checker(), TODAY, ["山野小铺"])


def task(product: Product, keywords: Iterable[ShopWord | str] = ()) -> Task:
    words = [ShopWord(word, 100 - n) if isinstance(word, str) else word for n, word in enumerate(keywords)]
    packer = TitlePacker(vocabulary(), screen(), Keywords(words, vocabulary()), {})
    return packer.task(product, reader().read(product))


Pack = Callable[..., PackedTitle]


@pytest.fixture
def pack() -> Pack:
    def packed(
        product: Product, *keywords: ShopWord | str, room: TitleRoom = TAOBAO, change: float | None = None
    ) -> PackedTitle:
        return task(product, keywords).pack(room, change)

    return packed


@pytest.fixture(scope="session")
def writer() -> Writer:
    return Writer(bundled())
