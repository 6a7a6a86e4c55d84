"""Look after a report's links: as their pages show them now, against how the report before found them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from copykit import tables
from copykit.channels.links import Remembered, Verifier, nobody_reached, own_words, placed_in
from copykit.corpus.fetch import Fetcher
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.model import Brief, LinkCheck, PlacedLink
from copykit.reports.settings import ReportSettings

MOST_LINKS = 5_000
Memory = Mapping[tuple[str, str], Remembered]


class NobodyReached(CopykitError):
    """Not one page could be opened."""

    zh = "外链一页也没打开，先看看自己的网络；这次没有算，下次接着查"
    en = "no page of the links was reached; check your own connection, they are looked at the next time"


class TooManyLinks(CopykitError):
    """A table of links that no report can look after."""

    zh = "{file} 里的外链超过 {most:,} 条，一份报告查不完；分成几份"
    en = "{file} holds more than {most:,} links, too many for a report; divide them"


class Verified(NamedTuple):
    """Every link's check in the order of the table, what is kept of each for the next report, rows that were no use."""

    checks: list[LinkCheck]
    memory: dict[tuple[str, str], Remembered]
    refused: list[CopykitError]


def read_links(
    settings: ReportSettings, brief: Brief | None, files: DataFiles
) -> tuple[list[PlacedLink], list[CopykitError]]:
    """Return the links that a report looks after, each once, and the rows that name none.

    Raises:
        FileMissing, FileUnreadable, ColumnMissing: the table cannot be read.
        TooManyLinks: it is too long.
    """
    assert settings.links is not None
    ours = list(settings.links.get("ours", ()))
    if not ours and brief is not None and (brief.shop.site or brief.shop.page):
        ours = [brief.shop.site or brief.shop.page]
    path = settings.folder / settings.links["file"]
    wanted = tables.merge_names(files.load("columns")["links"])
    # A list of addresses is no table, whatever commas stand in them.
    form: Any = "txt" if path.suffix.lower() == ".txt" else None
    refused: list[CopykitError] = []
    found: dict[tuple[str, str], PlacedLink] = {}
    with tables.read_rows(path, wanted=wanted, format=form) as table:
        for each in placed_in(table, ours, refused.append):
            found.setdefault((each.page, each.link), each)
            if len(found) > MOST_LINKS:
                raise TooManyLinks(file=path, most=MOST_LINKS)
    return list(found.values()), refused


def verify_links(
    settings: ReportSettings,
    brief: Brief | None,
    files: DataFiles,
    fetcher: Fetcher,
    before: Memory,
    day: str,
    cut: Callable[[str], list[str]],
    advance: Callable[[int], None] = lambda links: None,
) -> Verified:
    """Check all links of a report; ``day`` is today in ISO form, ``cut`` cuts a text into words.

    Nothing is kept but what is returned: a report made again finds the same before it, and tells the same.

    Raises:
        NobodyReached, and what :func:`read_links` raises.
    """
    placed, refused = read_links(settings, brief, files)
    words = own_words(brief, cut, files.load("stopwords")["zh"]) if brief is not None else []
    checks: dict[tuple[str, str], LinkCheck] = {}
    memory: dict[tuple[str, str], Remembered] = {}
    for check, kept in Verifier(files, words).verify(placed, fetcher, before, day):
        key = check.placed.page, check.placed.link
        checks[key], memory[key] = check, kept
        advance(1)
    found = [checks[each.page, each.link] for each in placed]
    if found and nobody_reached(found):
        raise NobodyReached
    return Verified(found, memory, refused)


def remembered(kept: Sequence[Sequence[Any]]) -> dict[tuple[str, str], Remembered]:
    """Read back what a snapshot keeps of links."""
    return {(page, link): Remembered(at, body) for page, link, at, body in kept}


def to_keep(memory: Memory) -> list[list[Any]]:
    """Return what a snapshot keeps of links, in order."""
    return [[page, link, kept.at, kept.body] for (page, link), kept in sorted(memory.items())]
