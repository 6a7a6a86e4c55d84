"""Read a period's sources: its words with their figures, and where they stand; a bad source stops no other."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np

from copykit.corpus.blocks import Block, Document
from copykit.corpus.columns import Dated, columns_of
from copykit.corpus.files import CORPUS
from copykit.corpus.sources import Sources
from copykit.corpus.store import Store, find_corpus
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.keywords.figures import BATCH, LINES, Floats, SearchTable, figure_columns
from copykit.keywords.figures import gather as gather_searches
from copykit.keywords.mine import Wanted
from copykit.keywords.profile import load_profile
from copykit.keywords.run import Recipe, mine_blocks
from copykit.lexicon import AutomatonBuilder
from copykit.model import Example, SourceRow
from copykit.processes import scratch
from copykit.reports.collect import Came, read_lines
from copykit.reports.period import Period
from copykit.reports.settings import ReportSettings, Source
from copykit.reports.snapshot import MOST_WORDS
from copykit.tables.days import parse_day
from copykit.tables.rows import cut_off
from copykit.text.clean import Cleaner
from copykit.text.normalize import fold, fold_text, fold_texts

# Figures in the order in which one is taken for how much a word was searched.
MEASURED = ("searches", "impressions", "visitors", "clicks", LINES, "search_index", "mobile_search_index")
AROUND = 28  # characters of a text shown on either side of a word
EXAMPLES = 2  # for each word
SHOWN_REASONS = 2  # why parts of a source could not be read
ADDRESS = 60  # characters of an address that are shown
NOTHING_CAME: Mapping[str, Came] = {}
_CHUNK = 1 << 20


class Apart(NamedTuple):
    """A source whose words have another figure than the one that is compared: how many, and which (may be empty)."""

    name: str
    words: int
    role: str


@dataclass(slots=True)
class Gathered:
    """What the sources of a period held. ``words``: word → (figure, documents or rows).

    ``by_source`` has every source that was read, with what it gave of each word, or None where that is not told apart.
    ``lost`` are the names of those that had nothing to read, optional ones among them. ``prints``: digests of files of
    which all counts, with their names; ``twice``: a file's name, and two sources that read it.
    """

    measure: str
    words: dict[str, tuple[float, int]]
    floor: float
    by_source: dict[str, dict[str, float] | None]
    documents: int
    sources: list[SourceRow]
    digest: str
    refused: list[CopykitError] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    apart: list[Apart] = field(default_factory=list)
    prints: dict[str, str] = field(default_factory=dict)
    twice: list[tuple[str, str, str]] = field(default_factory=list)


def gather(
    settings: ReportSettings,
    period: Period,
    files: DataFiles,
    came: Mapping[str, Came] = NOTHING_CAME,
    jobs: int = 1,
) -> Gathered:
    """Read all sources of a period; ``came`` is what collecting some of them came to.

    A source that is not there, or breaks off, stands in ``failed`` and among the sources with its reason; rows that
    cannot be read are in ``refused``. Indices keep their highest, counts are added up.

    Raises:
        FileMissing, FileUnreadable: the file of words that do not count cannot be read.
    """
    stop = _stop_words(settings)
    reader = _Reader(settings, period, files, came)
    by_source: dict[str, dict[str, float] | None] = {}
    apart: list[Apart] = []
    if settings.kind == "query":
        measures = figure_columns(files.load("columns")).measures
        tables = [(source.name, gather_searches(reader.documents(source), measures)) for source in settings.sources]
        measure, words, floor = _searched(tables, stop, by_source)
        apart = _apart(tables, measure, by_source)
    else:
        measure, words, floor = "documents", *_mined(reader, settings, files, stop, jobs)
    others = {each.name for each in apart}
    names = [row.name for row in reader.rows if row.documents and row.name not in others]
    return Gathered(
        measure,
        words,
        floor,
        {name: by_source.get(name) if len(names) > 1 else None for name in names},
        reader.read,
        reader.rows,
        reader.digest.hexdigest()[:24],
        reader.refused,
        reader.failed,
        [row.name for row in reader.rows if not row.documents],
        apart,
        reader.prints,
        reader.twice,
    )


def _stop_words(settings: ReportSettings) -> tuple[str, ...]:
    """Return the words that do not count, one a line of their file; lines that begin with # are none."""
    name = settings.words.get("stop")
    return tuple(read_lines(settings.folder / name)) if name else ()


def _searched(
    tables: Sequence[tuple[str, SearchTable]], stop: Sequence[str], by_source: dict[str, dict[str, float] | None]
) -> tuple[str, dict[str, tuple[float, int]], float]:
    """Return the figure that is taken, the words with it, and below which it was dropped; fill in what each gave."""
    told = {role for _, table in tables if not table.listed for role in table.figures}
    measure = next((role for role in MEASURED if role in told), LINES)
    barred = [fold_text(word) for word in stop]
    texts: dict[str, str] = {}
    totals: dict[str, float] = {}
    given: dict[str, dict[str, float]] = {}
    for name, table in tables:
        if measure not in table.figures or (table.listed and measure in told):
            continue
        own = given.setdefault(name, {})
        highest = table.measures[measure] == "index"
        for place, text in enumerate(table.texts):
            value = table.figure(measure, place)
            if value is None or value <= 0 or (barred and any(word in fold_text(text) for word in barred)):
                continue
            key = _key(table.folded[place])
            texts.setdefault(key, text)
            for figures in (totals, own):
                old = figures.get(key, 0.0)
                figures[key] = max(old, value) if highest else old + value
    found = sorted(totals, key=lambda key: (-totals[key], texts[key]))
    floor = totals[found[MOST_WORDS]] if len(found) > MOST_WORDS else 0.0
    kept = found[:MOST_WORDS]
    for name, own in given.items():
        by_source[name] = {texts[key]: own[key] for key in kept if key in own}
    return measure, {texts[key]: (totals[key], 1) for key in kept}, floor


def _apart(tables: Sequence[tuple[str, SearchTable]], measure: str, by_source: Mapping[str, object]) -> list[Apart]:
    """Return the sources that have words, and none with the figure that is compared."""
    found = []
    for name, table in tables:
        if len(table) and name not in by_source:
            role = next((role for role in MEASURED if role in table.figures and not table.listed), "")
            found.append(Apart(name, len(table), role if role != measure else ""))
    return found


def _mined(
    reader: _Reader, settings: ReportSettings, files: DataFiles, stop: tuple[str, ...], jobs: int
) -> tuple[dict[str, tuple[float, int]], float]:
    recipe = Recipe(files.layers, files.cache, settings.kind, stop=stop)
    with scratch() as folder:
        blocks = (block for source in settings.sources for block in reader.blocks(source))
        found, _ = mine_blocks(blocks, recipe, Wanted(MOST_WORDS), folder, jobs=jobs)
    words = {word.text: (float(word.documents), word.count) for word in found}
    return words, float(found[-1].documents) if len(found) == MOST_WORDS else 0.0


class _Reader:
    """Goes through the sources one after another and keeps account of them."""

    def __init__(self, settings: ReportSettings, period: Period, files: DataFiles, came: Mapping[str, Came]) -> None:
        self._settings, self._period, self._files, self._came = settings, period, files, came
        self._queries = settings.kind == "query"
        self._by_line = load_profile(files, settings.kind).by_line
        self.rows: list[SourceRow] = []
        self.refused: list[CopykitError] = [error for each in came.values() for error in each.refused]
        self.failed: list[str] = []
        self.read = 0
        self.digest = hashlib.sha256()
        self.prints: dict[str, str] = {}
        self.twice: list[tuple[str, str, str]] = []
        self._read_by: dict[tuple[str, str | None], str] = {}
        self._refused_before = 0  # what had been refused when the source at hand was opened

    def documents(self, source: Source) -> Iterator[Document]:
        opened = self._open(source)
        if opened is None:
            return
        count = 0
        for document in opened:
            count += 1
            yield document
        self._close(source, opened, count)

    def blocks(self, source: Source) -> Iterator[Block]:
        opened = self._open(source)
        if opened is None:
            return
        count = 0
        for block in opened.blocks():
            count += block.documents
            yield block
        self._close(source, opened, count)

    def _open(self, source: Source) -> Sources | None:
        self._refused_before = len(self.refused)
        try:
            opened = open_source(source, self._settings, self._period, self._files, self._by_line, self._on_error)
            for path in map(Path, opened.files):
                if path.suffix.lower() == CORPUS:
                    self._hash_corpus(path)
                else:
                    self._hash(path, source)
        except CopykitError as error:
            said = self._joined([*self._told(source), self._settings.told(error)])
            self.rows.append(SourceRow(source.name, 0, source.optional, said))
            if not source.optional:
                self.failed.append(f"{source.name}：{said}")
            return None
        return opened

    def _hash(self, path: Path, source: Source) -> None:
        own = hashlib.sha256()
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    own.update(chunk)
        except OSError:
            self.digest.update(b"?")
            return
        self.digest.update(own.digest())
        name = own.hexdigest()[:24]
        other = self._read_by.setdefault((name, source.column), source.name)
        if other != source.name:
            self.twice.append((path.name, other, source.name))
        if not source.date_column:
            self.prints.setdefault(name, path.name)

    def _hash_corpus(self, path: Path) -> None:
        """Take in what a corpus says of the period; its file remembers runs and times as well."""
        with Store(path) as store:
            for key, digest in store.prints(self._period.start.isoformat(), self._period.end.isoformat()):
                self.digest.update(f"{key} {digest}\n".encode("utf-8", "replace"))

    def _on_error(self, error: CopykitError) -> None:
        self.refused.append(error)

    def _told(self, source: Source) -> list[str]:
        came = self._came.get(source.name)
        return list(came.told) if came is not None else []

    def _joined(self, told: Sequence[str]) -> str:
        return ("；" if self._settings.lang == "zh" else "; ").join(dict.fromkeys(told))

    def _close(self, source: Source, opened: Sources, count: int) -> None:
        self.read += count
        zh = self._settings.lang == "zh"
        came = self._came.get(source.name)
        broke = came is not None and came.failed
        told = self._told(source)
        if opened.outside:
            told.append(f"另有 {opened.outside:,} 行不在这一期" if zh else f"{opened.outside:,} rows of other days")
        refused = self.refused[self._refused_before :]
        if refused:
            why = [self._settings.told(error) for error in refused[:SHOWN_REASONS]]
            more = len(refused) - len(why)
            if more > 0:
                why.append(f"还有 {more:,} 处" if zh else f"{more:,} more")
            told += why
        told += [cut_off(Path(file).name, row).say(self._settings.lang) for file, row in opened.cut]
        if opened.strange:
            cells = f"{len(opened.strange):,}"
            said = self._settings.told(opened.strange[0])
            told.append(
                f"{said}，这样的格子共 {cells} 个，当作不知道" if zh else f"{said}; {cells} such cells count as unknown"
            )
        if not count:
            told += [] if refused else ["这一期一条也没有" if zh else "nothing in this period"]
        elif not source.tells_days(self._settings.folder):
            some, few = len(opened.files) > 1, f"{len(opened.files):,}"
            told.append(
                (f"没有日期，{few} 个文件都算这一期" if some else "没有日期，整份算这一期")
                if zh
                else (f"undated: all {few} files count" if some else "undated: all of it counts")
            )
        good = source.optional or (bool(count) and not broke)
        said = self._joined(told)
        self.rows.append(SourceRow(source.name, count, good, said))
        if not good:
            self.failed.append(f"{source.name}：{said}")


def open_source(
    source: Source,
    settings: ReportSettings,
    period: Period,
    files: DataFiles,
    by_line: bool,
    on_error: Callable[[CopykitError], None],
    by_day: bool = False,
) -> Sources:
    """Return a source's documents of a period; ``by_day``: each is known by the cell that tells its day.

    Raises:
        FileMissing, NothingToRead, CorpusMissing: it is not there.
    """
    queries = settings.kind == "query"
    data = files.load("columns")
    columns = figure_columns(data) if queries else columns_of(data)
    dated = None
    if source.date_column:
        zone = settings.timezone

        def holds(cell: str) -> bool:
            day = parse_day(cell, zone)
            return day is not None and day in period

        dated = Dated(source.date_column, holds)
        if by_day:
            columns = replace(columns, id=[source.date_column])
    paths = source.paths(settings.folder, period)
    if source.corpus:
        paths.append(str(find_corpus(source.corpus, settings.folder)))
    return Sources(
        paths,
        columns,
        column=source.column,
        by_line=by_line,
        cleaner=None if queries else Cleaner(()),
        dated=dated,
        on_error=on_error,
        since=period.start.isoformat(),
        until=period.end.isoformat(),
    )


class Daily(NamedTuple):
    """Words with a figure for each day of a period, and all that was counted on each."""

    days: tuple[date, ...]
    words: Mapping[str, Floats]
    exposure: Floats


def read_daily(
    words: Iterable[str],
    names: Collection[str],
    measure: str,
    settings: ReportSettings,
    period: Period,
    files: DataFiles,
) -> Daily:
    """Read some words day by day from the sources of these names, whose rows all tell their day."""
    days = tuple(period.start + timedelta(days=number) for number in range((period.end - period.start).days + 1))
    keys = {_key(fold_text(word)): np.zeros(len(days)) for word in words}
    found = {word: keys[_key(fold_text(word))] for word in words}
    exposure = np.zeros(len(days))
    for source in settings.sources:
        if source.name not in names or not source.date_column:
            continue
        opened = open_source(source, settings, period, files, True, lambda error: None, by_day=True)
        documents = iter(opened)
        while batch := list(itertools.islice(documents, BATCH)):
            texts = fold_texts([document.title or document.text for document in batch])
            for document, text in zip(batch, texts, strict=True):
                listed = 1.0 if measure == LINES and measure not in opened.found else None
                value, day = document.metrics.get(measure, listed), parse_day(document.id, settings.timezone)
                if value is None or day is None or day not in period:
                    continue
                place = (day - period.start).days
                exposure[place] += value
                if (values := keys.get(_key(text))) is not None:
                    values[place] += value
    return Daily(days, found, exposure)


def _key(folded: str) -> str:
    return folded.replace(" ", "")


def find_examples(
    words: Iterable[str], settings: ReportSettings, period: Period, files: DataFiles
) -> dict[str, list[Example]]:
    """Return for each word a few places where it stands inside a longer text, from as many documents.

    The sources are read once more, until every word has its examples.
    """
    folded = {fold_text(word): word for word in words}
    if not folded:
        return {}
    builder = AutomatonBuilder()
    slots = {builder.words([key]): word for key, word in folded.items()}
    automaton = builder.build()
    found: dict[str, list[Example]] = {}
    by_line = load_profile(files, settings.kind).by_line
    for source in settings.sources:
        try:
            documents = open_source(source, settings, period, files, by_line, lambda error: None)
        except CopykitError:
            continue
        for document in documents:
            text = (
                f"{document.title}\n{document.text}"
                if document.title and document.text
                else document.title or document.text
            )
            view = fold(text)
            hits = automaton.hits(view.text)
            for slot in hits:
                word = slots.get(slot)
                if word is None or len(found.get(word, ())) >= EXAMPLES:
                    continue
                start, end = view.span(*hits[slot][0])
                if end - start < len(text.strip()):
                    found.setdefault(word, []).append(_example(text, start, end, document.id))
            if len(found) == len(slots) and all(len(some) >= EXAMPLES for some in found.values()):
                return found
    return found


def _example(text: str, start: int, end: int, source: str) -> Example:
    before = text[max(0, start - AROUND) : start].rpartition("\n")[2].lstrip()
    after = text[end : end + AROUND].partition("\n")[0].rstrip()
    more_before = "…" if start > len(before) and text[:start].rstrip() != before and start - len(before) > 0 else ""
    more_after = "…" if end + len(after) < len(text.rstrip()) else ""
    return Example(more_before + before, text[start:end], after + more_after, _named(source))


def _named(source: str) -> str:
    """Return where an example is from as people know it: a file's name, an address without its scheme."""
    source = _DIGEST.sub("", source)
    address = source.partition("://")[2]
    if not address:
        return Path(source).name
    return address if len(address) <= ADDRESS else address[: ADDRESS - 1] + "…"


_DIGEST = re.compile("#[0-9a-f]{16}$")  # by which a row without a number of its own is known in a corpus
