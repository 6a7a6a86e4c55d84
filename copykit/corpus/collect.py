"""Sources into a corpus: pages, sitemaps, feeds and local files, each document once, as it comes.

What arrives is kept at once, so that an interrupted run goes on where it was. Equal and nearly equal texts are left
out; texts with the signs of a polluted copy are kept and marked. Pages are asked only when something may have changed.
"""

from __future__ import annotations

import hashlib
import html
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from copykit.corpus.address import fault_of, host_of, same_site
from copykit.corpus.columns import Columns
from copykit.corpus.feeds import Entry, instant, looks_told, read_told
from copykit.corpus.fetch import PASSING, Ask, Fetcher, Reply
from copykit.corpus.files import PAGES, find_files
from copykit.corpus.intake import Arrival, Intake
from copykit.corpus.pages import Page, Text
from copykit.corpus.sources import Sources
from copykit.corpus.store import KnownPage, Store
from copykit.corpus.wire import unpack
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, FileUnreadable
from copykit.model import Collected, Failure
from copykit.tables.days import parse_day
from copykit.text.clean import Cleaner
from copykit.text.encoding import decode, find_charset

Reader = Literal["own", "trafilatura"]
TOLD = (".xml", ".rss", ".atom")  # local sitemaps and feeds
BATCH, BATCH_CHARS = 2_000, 2_000_000  # local documents, or their characters, that are looked at together
WHOLE_ENTRY = 200  # characters from which what a feed tells of an entry is taken for all of it
UNPACKED = 50_000_000  # of a packed sitemap, by the sitemaps' own rules
PAGE_BYTES = 32_000_000  # of a local page
MOST_SITEMAPS = 50


class ReaderMissing(CopykitError):
    """A reader of pages that is not installed."""

    zh = "没有装 trafilatura：pip install 'copykit[pages]'，或者不写 --reader，用自带的"
    en = "trafilatura is not installed: pip install 'copykit[pages]', or leave --reader out"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What to collect and how. ``at`` is now, in ISO form; ``since`` leaves out what is older, as far as that is told.

    ``most`` pages of a sitemap or a feed are asked in a run, the latest first; ``by_line`` makes every line of a plain
    file a document. Days are those of ``zone``; without one, of the zone that ``at`` names, else of this machine.
    """

    at: str
    most: int = 500
    since: str = ""
    by_line: bool = False
    column: str | None = None
    form: str | None = None
    keep: tuple[str, ...] = ()  # mends that are not made
    reader: Reader = "own"
    zone: tzinfo | None = None

    @property
    def days_of(self) -> tzinfo | None:
        """Return the zone whose days count."""
        at = datetime.fromisoformat(self.at)
        return self.zone or at.tzinfo or at.astimezone().tzinfo

    def day_of(self, told: str) -> str:
        """Return the day of a moment as a feed tells it; a month or a year stays one."""
        day = parse_day(told, self.days_of)
        return day.isoformat() if day is not None else told[:10]


class Collector:
    """Collects into one store; ``collect`` may be called several times."""

    def __init__(
        self,
        store: Store,
        files: DataFiles,
        columns: Columns,
        wishes: Wishes,
        *,
        fetcher: Fetcher | None = None,
        stdin: BinaryIO | None = None,
        advance: Callable[[int], None] = lambda documents: None,
        on_error: Callable[[CopykitError], None] = lambda error: None,
    ) -> None:
        """Take the store and what to collect with; without a ``fetcher`` addresses are not asked.

        Raises:
            ReaderMissing: trafilatura is asked for and not there.
        """
        self.result = Collected()
        self._store, self._columns, self._wishes, self._fetcher = store, columns, wishes, fetcher
        self._stdin, self._advance, self._on_error = stdin, advance, on_error
        self._cleaner = Cleaner(wishes.keep) if "all" not in wishes.keep else None
        self._simplified = _traditional(files)
        self._intake = Intake(store, files, wishes.at, self.result)
        self._stamps = store.files()
        self._pages = store.pages()
        self._lists: dict[str, KnownPage] = {}  # of sitemaps and feeds; kept when all that they tell of was asked
        self._left: set[str] = set()  # sitemaps and feeds of which something was not
        self._run = 0
        self._undated = wishes.at[:10]
        self._settings = f"{wishes.by_line} {wishes.column} {wishes.form} {wishes.keep} {wishes.reader}"
        if wishes.reader == "trafilatura":
            _trafilatura()

    def collect(self, sources: Sequence[str], undated: str = "") -> Collected:
        """Collect files and addresses in the order given, local ones first; return the counts so far.

        ``undated`` is the day of texts that tell none of their own, that of the run where it is empty.

        Raises:
            FileMissing, NothingToRead: a path that leads nowhere; nothing has been read then.
        """
        self._undated = undated or self._wishes.at[:10]
        web = [source for source in sources if _is_address(source)]
        paths = [file for source in sources if not _is_address(source) for file in _files_of(source)]
        what = hashlib.blake2b("\n".join(sorted(sources)).encode("utf-8", "replace"), digest_size=16).hexdigest()
        self._run, self.result.resumed = self._store.begin_run(what, self._wishes.at)
        asks = [Ask(url, note=_Why(True, url)) for url in dict.fromkeys(web)]
        with self._intake:
            for batch, stamps in self._batches(paths, asks):
                self._intake.take(batch, self._undated, stamps)
                self._advance(len(batch))
        if asks:
            self._ask(asks)
        done = {url: page for url, page in self._lists.items() if url not in self._left}
        self._store.end_run(self._run, self._wishes.at, done)
        self.result.mended = dict(self._cleaner.changes) if self._cleaner is not None else {}
        return self.result

    # --- local files

    def _batches(self, paths: Sequence[str], asks: list[Ask]) -> Iterator[tuple[list[Arrival], dict[str, str]]]:
        """Yield documents of files together, with the stamps of the files that are read to their end by then."""
        batch: list[Arrival] = []
        stamps: dict[str, str] = {}
        chars = 0
        for path in paths:
            stamp = self._stamp(path)
            if stamp and self._stamps.get(os.path.abspath(path)) == stamp:
                self.result.skipped += 1
                continue
            faults = found = 0

            def fault(error: CopykitError) -> None:
                nonlocal faults
                faults += 1
                self._on_error(error)

            try:
                for raw in self._documents(path, asks, fault):
                    found += 1
                    batch.append(raw)
                    chars += len(raw.text)
                    if len(batch) == BATCH or chars >= BATCH_CHARS:
                        yield batch, stamps
                        batch, stamps, chars = [], {}, 0
            except CopykitError as error:
                fault(error)
            if not found and not faults and not path.lower().endswith(TOLD):
                self.result.empty.append(path)
            if stamp and not faults:
                stamps[os.path.abspath(path)] = stamp
        if batch or stamps:
            yield batch, stamps

    def _stamp(self, path: str) -> str:
        """Return what tells whether a file has changed since it was read, or is to be read in another way."""
        try:
            state = os.stat(path)
        except OSError:
            return ""
        return f"{state.st_size} {state.st_mtime_ns} {self._settings}" if os.path.isfile(path) else ""

    def _documents(self, path: str, asks: list[Ask], on_error: Callable[[CopykitError], None]) -> Iterator[Arrival]:
        low = path.lower()
        if low.endswith(PAGES) or low.endswith(TOLD):
            yield from self._local_page(path, asks)
            return
        name = os.path.abspath(path) if path != "-" else "-"
        sources = Sources(
            [path],
            self._columns,
            column=self._wishes.column,
            by_line=self._wishes.by_line,
            form=self._wishes.form,
            cleaner=self._cleaner,
            stdin=self._stdin,
            on_error=on_error,
        )
        changes = self._cleaner.changes if self._cleaner is not None else {}
        readings = changes.get("pinyin", 0)
        for document in sources:
            own = document.id if document.id and not document.id.startswith(path) else ""
            whole = document.id == path
            key = f"{name}:{own}" if own else name if whole else ""
            now = changes.get("pinyin", 0)
            facts = {"readings": float(now - readings)} if now != readings else _NOTHING
            readings = now
            title = " ".join(document.title.split())
            yield Arrival(key, bool(key), name, title, document.text, document.day, document.metrics, facts)

    def _local_page(self, path: str, asks: list[Ask]) -> Iterator[Arrival]:
        try:
            with open(path, "rb") as file:
                data = file.read(PAGE_BYTES)
        except OSError as error:
            reason = error.strerror or str(error)
            raise FileUnreadable(path, f"{reason}，请检查权限", f"{reason}; check its permissions") from error
        source = decode(data, find_charset(data)).text
        name = os.path.abspath(path)
        if looks_told(source):
            told = read_told(source, "http://localhost/")
            for entry in told.entries if told is not None else []:
                if told is not None and told.kind == "feed" and entry.text:
                    yield self._entry_document(entry, name)
                elif not fault_of(entry.url):
                    asks.append(Ask(entry.url, note=_Why(False, name, entry.changed)))
            return
        yield self._page_document(source, Path(name).as_uri(), name, name)

    # --- pages

    def _ask(self, asks: Sequence[Ask]) -> None:
        """Ask pages, and what they tell of, until nothing more is told of."""
        if self._fetcher is None:
            self.result.left += len(asks)
            return
        asked: set[str] = set()
        while asks:
            wanted = []
            for ask in asks:
                known = self._pages.get(ask.url)
                if ask.url in asked or (not ask.note.given and known is not None and self._is_done(known)):
                    continue
                asked.add(ask.url)
                if known is not None:
                    ask = ask._replace(etag=known.etag, last_modified=known.last_modified)
                wanted.append(ask)
            further: list[Ask] = []
            for reply in self._fetcher.fetch_all(wanted):
                further += self._arrived(reply)
                self._advance(1)
            asks = further

    def _is_done(self, known: KnownPage) -> bool:
        """Return whether a page was asked by this very run before it was broken off."""
        return known.run == self._run and known.outcome not in PASSING

    def _arrived(self, reply: Reply) -> list[Ask]:
        """Keep what a reply brought; return what it tells of."""
        why: _Why = reply.ask.note
        self.result.pages += 1
        page = self._page_of(reply)
        if reply.outcome == "unchanged":
            self.result.unchanged += 1
            old = self._pages[reply.ask.url]
            etag, modified = page.etag or old.etag, page.last_modified or old.last_modified
            self._keep(reply.ask.url, [], page._replace(etag=etag, last_modified=modified))
            return []
        if reply.outcome not in ("ok", "too_large"):
            self.result.failures.append(Failure(reply.ask.url, reply.outcome, why.given))
            if why.source:
                self._left.update({why.source} if reply.outcome in PASSING else ())
            self._keep(reply.ask.url, [], page)
            return []
        source = self._source_of(reply)
        told = read_told(source, reply.url)
        if told is not None:
            self._lists[reply.ask.url] = page
            if reply.outcome == "too_large":
                self._left.add(reply.ask.url)
            if told.kind == "feed":
                return self._feed(told.entries, reply)
            return self._sitemap(told.entries, reply, further=told.kind == "index")
        raw = self._page_document(source, reply.url, reply.ask.url, why.source, reply.headers.get("content-type", ""))
        self._keep(reply.ask.url, [raw], page)
        return []

    def _page_of(self, reply: Reply) -> KnownPage:
        headers = reply.headers
        whole = reply.outcome in ("ok", "unchanged")
        return KnownPage(
            self._wishes.at,
            reply.outcome,
            headers.get("etag", "") if whole else "",
            headers.get("last-modified", "") if whole else "",
            reply.ask.note.changed if reply.outcome not in PASSING else "",
            self._run,
        )

    def _source_of(self, reply: Reply) -> str:
        if reply.body[:2] == b"\x1f\x8b":  # a packed sitemap, sent as the file that it is
            body, _ = unpack([reply.body], "gzip", UNPACKED, self._fetcher.caps.ratio if self._fetcher else 0)
            return decode(body, find_charset(body)).text
        return reply.read().text

    def _sitemap(self, entries: Sequence[Entry], reply: Reply, *, further: bool) -> list[Ask]:
        own = host_of(reply.url)
        # The rules of sitemaps: they speak of their own site only.
        entries = [entry for entry in entries if same_site(host_of(entry.url), own) and not fault_of(entry.url)]
        return self._choose(entries, reply.ask.url, MOST_SITEMAPS if further else self._wishes.most)

    def _feed(self, entries: Sequence[Entry], reply: Reply) -> list[Ask]:
        whole: list[Entry] = []
        short: list[Entry] = []
        for entry in entries:
            if fault_of(entry.url):
                continue
            (whole if len(_plain_text(entry.text)) >= WHOLE_ENTRY else short).append(entry)
        for entry in whole:
            if entry.changed and self._outcome_since(entry) == "told":
                self.result.skipped += 1
            elif not self._is_old(entry):
                page = KnownPage(self._wishes.at, "told", lastmod=entry.changed, run=self._run)
                self._keep(entry.url, [self._entry_document(entry, reply.ask.url)], page)
        return self._choose(short, reply.ask.url, self._wishes.most)

    def _choose(self, entries: Sequence[Entry], source: str, most: int) -> list[Ask]:
        """Return what to ask of what was told of: the latest first, without what has not changed since."""
        asks = []
        for entry in sorted(entries, key=lambda entry: instant(entry.changed), reverse=True):
            if self._is_old(entry):
                continue
            if self._outcome_since(entry) not in ("", *PASSING):
                self.result.skipped += 1
                continue
            asks.append(Ask(entry.url, note=_Why(False, source, entry.changed)))
        if len(asks) > most:
            self.result.left += len(asks) - most
            self._left.add(source)
        return asks[:most]

    def _outcome_since(self, entry: Entry) -> str:
        """Return what became of a page that was asked since it last changed, empty where it was not."""
        known = self._pages.get(entry.url)
        if known is None or not known.lastmod or instant(known.lastmod) < instant(entry.changed):
            return ""
        return known.outcome

    def _is_old(self, entry: Entry) -> bool:
        since, told = self._wishes.since, entry.changed or entry.published
        return bool(since and told) and self._wishes.day_of(told) < since

    def _keep(self, url: str, raws: Sequence[Arrival], page: KnownPage) -> None:
        self._pages[url] = page
        with self._intake:
            self._intake.take([raw for raw in raws if not self._before(raw)], self._undated, pages={url: page})

    def _before(self, raw: Arrival) -> bool:
        return bool(self._wishes.since and raw.published) and raw.published < self._wishes.since

    # --- documents

    def _page_document(self, source: str, url: str, key: str, given: str, kind: str = "text/html") -> Arrival:
        """Return the document of a page's source; plain text is taken as it is."""
        if "html" not in kind and "xml" not in kind and not _MARKUP.search(source[:5000]):
            text = self._cleaned(source)
            return Arrival(key, True, given, url.rpartition("/")[2], text)
        page = Page(source, url)
        own = host_of(url)
        hidden = {host_of(each.href) for each in page.anchors if page.unseen(each)} - {own, ""}
        language = page.language
        found = page.text_of(self._wishes.days_of)
        if self._wishes.reader == "trafilatura":
            found = Text(found.title, _trafilatura()(source, url) or found.text, found.published)
        before = self._cleaner.changes["pinyin"] if self._cleaner is not None else 0
        text = self._cleaned(found.text)
        readings = self._cleaner.changes["pinyin"] - before if self._cleaner is not None else 0
        facts = {"readings": float(readings), "hidden_links": float(len(hidden))}
        if re.match(r"zh(-cn|-hans|$)", language) or own.endswith(".cn"):
            facts["turned_traditional"] = float(self._is_traditional(found.text))
        return Arrival(key, True, given, found.title, text, found.published, facts=facts)

    def _entry_document(self, entry: Entry, source: str) -> Arrival:
        text = self._cleaned(_plain_text(entry.text))
        return Arrival(entry.url, True, source, entry.title, text, self._wishes.day_of(entry.published))

    def _cleaned(self, text: str) -> str:
        return self._cleaner.clean(text) if self._cleaner is not None else text

    def _is_traditional(self, text: str) -> bool:
        """Return whether a text is written in traditional characters."""
        han = [char for char in text[:20_000] if "\u4e00" <= char <= "\u9fff"]
        return len(han) >= 50 and 5 * sum(char in self._simplified for char in han) > len(han)


class _Why(NamedTuple):
    """Why a page is asked: it was named itself, or ``source`` tells of it, and of when it ``changed``."""

    given: bool
    source: str
    changed: str = ""


def _traditional(files: DataFiles) -> frozenset[str]:
    """Return the characters that only traditional texts have."""
    return frozenset(line[0] for line in files.load("tables")["simplify"] if len(line) == 2)


def _plain_text(markup: str) -> str:
    """Return the text of what a feed tells of an entry, as lines."""
    if "<" not in markup:
        return html.unescape(markup).strip()
    return Page(f"<body>{markup}</body>", "http://localhost/").visible_text()


def _files_of(source: str) -> list[str]:
    """Return the files of a local source, sitemaps and feeds among them."""
    if os.path.isdir(source):
        told = [
            os.path.join(folder, name)
            for folder, _, names in os.walk(source)
            for name in names
            if name.lower().endswith(TOLD) and not name.startswith(".")
        ]
        with suppress(CopykitError):
            return sorted([*find_files(source), *told])
        if told:
            return sorted(told)
    return find_files(source)


def _is_address(source: str) -> bool:
    return bool(re.match(r"https?://", source, re.IGNORECASE))


_MARKUP = re.compile(r"<(?:html|body|p|div|title)\b", re.IGNORECASE)
_NOTHING: Mapping[str, float] = {}


def _trafilatura() -> Callable[[str, str], str | None]:
    try:
        import trafilatura
    except ImportError:
        raise ReaderMissing from None

    def read(source: str, url: str) -> str | None:
        found: str | None = trafilatura.extract(source, url=url, include_comments=False)
        return found

    return read
