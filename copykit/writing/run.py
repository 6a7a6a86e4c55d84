"""Listings of a whole table: in one process or several, kept as they come, in the order of the table."""

from __future__ import annotations

import dataclasses
import hashlib
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import orjson

from copykit._version import __version__
from copykit.compliance import Checker
from copykit.datafiles import DataFiles, Layer
from copykit.errors import CopykitError
from copykit.model import Listing, ShopWord
from copykit.platforms import Platforms
from copykit.processes import follow_parent
from copykit.writing.fields import load_shape
from copykit.writing.listing import ListingBuilder, Wishes
from copykit.writing.products import Entry
from copykit.writing.records import Record, record_of
from copykit.writing.terms import Vocabulary

# The data files that decide what is written.
_KINDS = (
    "attributes", "background", "categories", "columns", "exemptions", "frames", "laws", "lexicons", "listings",
    "packing", "platforms", "rules",
)  # fmt: skip
_DETAIL_KINDS = ("advice", "article", "claims", "links", "natures", "questions", "shared", "voices")
BATCH = 64  # products given to a process, and kept in the journal, at once


class BuilderLost(CopykitError):
    """A process that ended before its work was done."""

    zh = "有一个工作进程中途退出了（内存不够时会这样）；做好的都留着，再运行一次会接着做，或者用 --jobs 1"
    en = "a worker process ended half way (as happens when memory runs out); run again to go on, or use --jobs 1"
    exit_code: ClassVar[int] = 3


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides the listings of a table, small enough to be sent to another process."""

    layers: tuple[Layer, ...]
    cache: Path | None
    platforms: tuple[str, ...]
    change: float | None
    others: int
    today: str
    lang: str
    words: tuple[ShopWord, ...]
    brands: tuple[str, ...]
    values: tuple[str, ...]
    details: bool = False

    def builder(self) -> ListingBuilder:
        """Open the data files and make what builds listings."""
        files = DataFiles(self.layers, self.cache)
        platforms = Platforms(files)
        shapes = tuple(load_shape(files, platforms[name], details=self.details) for name in self.platforms)
        wishes = Wishes(shapes, self.change, self.others, self.today, self.lang)
        vocabulary = Vocabulary(files, self.values)
        return ListingBuilder(files, Checker(files, lang=self.lang), wishes, self.words, self.brands, vocabulary)

    def digest(self) -> str:
        """Return what changes with anything that decides a listing but the table itself."""
        files = DataFiles(self.layers, self.cache)
        told = repr((__version__, dataclasses.astuple(dataclasses.replace(self, layers=(), cache=None))))
        digest = hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=16)
        for kind in (*_KINDS, *(_DETAIL_KINDS if self.details else ())):
            digest.update(orjson.dumps(files.load(kind)))
        return digest.hexdigest()


def build_records(
    entries: Iterable[Entry],
    recipe: Recipe,
    *,
    jobs: int = 1,
    kept: Callable[[Entry], list[Record] | None] = lambda entry: None,
) -> Iterator[list[Record]]:
    """Yield a batch of records for each batch of entries, in order; one record holds all listings of an entry.

    ``kept`` gives the listings of an entry that need not be made again. The same entries give the same records
    whatever the jobs.
    """
    if jobs < 2:
        builder = recipe.builder()
        for group in _groups(entries):
            yield _records(group, [kept(entry) for entry in group], builder, recipe)
        return
    # Not forked: a copy of a process with threads may hang, and Windows cannot.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, context, _open_builder, (recipe,))
    try:
        flying: deque[Future[list[Record]]] = deque()
        for group in _groups(entries):
            flying.append(pool.submit(_work, group, [kept(entry) for entry in group], recipe))
            if len(flying) > 2 * jobs:
                yield flying.popleft().result()
        while flying:
            yield flying.popleft().result()
    except BrokenProcessPool:
        raise BuilderLost from None
    finally:
        pool.shutdown(cancel_futures=True)


def _groups(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    group: list[Entry] = []
    for entry in entries:
        group.append(entry)
        if len(group) == BATCH:
            yield group
            group = []
    if group:
        yield group


def _records(
    group: Sequence[Entry], kept: Sequence[list[Record] | None], builder: ListingBuilder, recipe: Recipe
) -> list[Record]:
    records = []
    for entry, old in zip(group, kept, strict=True):
        if old is not None:
            listings = old
        elif entry.product is None:
            listings = [
                record_of(Listing("", entry.row, shape.platform.id, error=entry.error), recipe.lang)
                for shape in builder.wishes.shapes
            ]
        else:
            listings = [record_of(listing, recipe.lang) for listing in builder.build(entry.product)]
        records.append(
            {
                "row": entry.row,
                "digest": entry.digest,
                "id": entry.product.id if entry.product else "",
                "listings": listings,
                "made": old is None,
            }
        )
    return records


_builder: dict[str, ListingBuilder] = {}


def _open_builder(recipe: Recipe) -> None:
    follow_parent()
    _builder["builder"] = recipe.builder()


def _work(group: list[Entry], kept: list[list[Record] | None], recipe: Recipe) -> list[Record]:
    return _records(group, kept, _builder["builder"], recipe)
