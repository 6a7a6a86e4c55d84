"""A corpus on disk: documents, what is known of pages and files, and an index; one SQLite file.

Documents are never altered: a page that changed becomes a further document, and the earlier one is marked as replaced.
So the index needs no deleting, and what a text said in an earlier period stays to be compared with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from copykit.datafiles import project_folder
from copykit.errors import CopykitError, Words
from copykit.locks import held
from copykit.state import FOLDER, SqliteFile, StateFailed

PREFIX = "corpus:"  # a corpus by its name, where files are named
SUFFIX = ".sqlite3"

# Each step lifts the file by one version. Steps are only added, never changed.
STEPS = (
    # What is filtered by stands before the texts: rows are read from their beginning.
    """
    CREATE TABLE documents (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL, day TEXT NOT NULL, trusted INTEGER NOT NULL,
        replaced INTEGER NOT NULL DEFAULT 0, digest INTEGER NOT NULL, bands BLOB, source TEXT NOT NULL,
        published TEXT NOT NULL, collected TEXT NOT NULL, signs TEXT NOT NULL, figures TEXT NOT NULL,
        title TEXT NOT NULL, text TEXT NOT NULL
    );
    CREATE INDEX documents_key ON documents (key);
    CREATE TABLE pages (
        url TEXT PRIMARY KEY, at TEXT NOT NULL, outcome TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL,
        lastmod TEXT NOT NULL, run INTEGER NOT NULL
    );
    CREATE TABLE files (path TEXT PRIMARY KEY, stamp TEXT NOT NULL);
    CREATE TABLE runs (id INTEGER PRIMARY KEY, what TEXT NOT NULL, begun TEXT NOT NULL, ended TEXT NOT NULL DEFAULT '');
    CREATE VIRTUAL TABLE units USING fts5 (title, text, content='', tokenize='ascii');
    INSERT INTO units (units, rank) VALUES ('hashsize', 33554432);
    """,
)


class CorpusMissing(CopykitError):
    """A corpus that was not collected."""

    zh = "还没有叫“{name}”的语料（{path}）；先收：copykit corpus collect 来源… --into {name}"
    en = "there is no corpus '{name}' ({path}); first copykit corpus collect SOURCE… --into {name}"


class BadName(CopykitError):
    """A name that no corpus can have."""

    zh = "语料的名字“{name}”用不了：只用文字、数字、- 和 _，或者写 {suffix} 结尾的文件"
    en = "'{name}' is no name of a corpus: letters, digits, - and _, or a file that ends in {suffix}"


def corpus_path(name: str, start: Path) -> Path:
    """Return where a corpus lies: a file that ends in .sqlite3, or a name in the project that holds ``start``.

    Raises:
        BadName: it is neither.
    """
    name = name.removeprefix(PREFIX)
    if name.lower().endswith(SUFFIX):
        return Path(name)
    if not re.fullmatch(r"[\w-]{0,80}", name):
        raise BadName(name=name, suffix=SUFFIX)
    return (project_folder(start) or start) / FOLDER / f"{name or DEFAULT}{SUFFIX}"


def find_corpus(name: str, start: Path) -> Path:
    """Return where a corpus lies that was collected.

    Raises:
        BadName, CorpusMissing: it is none, or not there.
    """
    path = corpus_path(name, start)
    if not path.is_file():
        raise CorpusMissing(name=name.removeprefix(PREFIX) or DEFAULT, path=path)
    return path


DEFAULT = "corpus"


class NewDocument(NamedTuple):
    """A document to be kept. ``units`` are those of title, line feed, text (see ``units_of``); ``bands`` may be empty.

    ``replaces`` is the id of its earlier version, 0 where there is none; ``day`` is that of publishing or collecting.
    """

    id: int
    key: str
    source: str
    title: str
    text: str
    published: str
    collected: str
    day: str
    digest: int
    bands: bytes
    trusted: bool
    signs: Sequence[str]
    figures: Mapping[str, float]
    units: str
    replaces: int = 0


class Stored(NamedTuple):
    """A document as it is kept."""

    id: int
    key: str
    source: str
    title: str
    text: str
    day: str
    trusted: bool
    signs: tuple[str, ...]
    figures: Mapping[str, float]


class KnownPage(NamedTuple):
    """What is known of a page: when it was asked, what came of it, and what tells whether it changed since."""

    at: str
    outcome: str
    etag: str = ""
    last_modified: str = ""
    lastmod: str = ""  # as a sitemap or a feed told it
    run: int = 0


class Match(NamedTuple):
    """A document that an expression of the index matches; the lower the score the better."""

    id: int
    score: float


class Store(SqliteFile):
    """A corpus file."""

    what = Words("语料", "the corpus")
    cure = Words("挪开它，再用 corpus collect 重新收", "move it away and collect it again")
    application = 0x636B6370  # ckcp
    pragmas = ("page_size = 16384", "cache_size = -32000")

    def _steps(self) -> Sequence[str]:
        return STEPS

    # --- keeping

    @staticmethod
    @contextmanager
    def collecting(path: Path) -> Iterator[Store]:
        """Open a corpus for a run that collects into it: what it holds is read once, so no other run may write then.

        Raises:
            AnotherRuns: another one collects into it.
            StateUnreadable, StateBusy, StateFailed: it cannot be opened.
        """
        with ExitStack() as stack:
            try:
                stack.enter_context(held(path.with_name(f".{path.name}.lock"), path))
            except OSError as error:
                raise StateFailed(what=Store.what, path=path, reason=error.strerror or str(error)) from error
            yield stack.enter_context(Store(path))

    def add(
        self,
        documents: Sequence[NewDocument],
        pages: Mapping[str, KnownPage] | None = None,
        files: Mapping[str, str] | None = None,
    ) -> None:
        """Keep documents, and what is known of pages and files from now on; all of it or nothing."""
        with self._transaction() as db:
            db.executemany(
                "INSERT INTO documents VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_row, documents)
            )
            replaced = [(d.id, d.replaces) for d in documents if d.replaces]
            db.executemany("UPDATE documents SET replaced = ? WHERE id = ?", replaced)
            parts = [(d.id, *_writable(d.units).split("\n", 1)) for d in documents]
            db.executemany("INSERT INTO units (rowid, title, text) VALUES (?, ?, ?)", parts)
            db.executemany(
                "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(url, *page) for url, page in (pages or {}).items()],
            )
            db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?)", list((files or {}).items()))

    def begin_run(self, what: str, at: str) -> tuple[int, bool]:
        """Return the number of a run, and whether it goes on with one of the same sources that was broken off."""
        with self._transaction() as db:
            found = db.execute(
                "SELECT id FROM runs WHERE what = ? AND ended = '' ORDER BY id DESC LIMIT 1", (what,)
            ).fetchone()
            if found:
                return int(found[0]), True
            made = db.execute("INSERT INTO runs (what, begun) VALUES (?, ?)", (what, at)).lastrowid
        return int(made or 0), False

    def end_run(self, run: int, at: str, pages: Mapping[str, KnownPage]) -> None:
        """Note that a run has come to its end, and what is known of its sitemaps and feeds."""
        with self._transaction() as db:
            db.execute("UPDATE runs SET ended = ? WHERE id = ?", (at, run))
            db.executemany(
                "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(url, *page) for url, page in pages.items()],
            )

    # --- what is known

    def next_id(self) -> int:
        """Return the number of the next document."""
        return int(self._one("SELECT coalesce(max(id), 0) + 1 FROM documents"))

    def count(self) -> int:
        """Return how many documents there are, earlier versions left out."""
        return int(self._one("SELECT count(*) FROM documents WHERE replaced = 0"))

    def fingerprints(self) -> Iterator[tuple[int, int, bytes | None]]:
        """Yield id, digest and bands of all documents but earlier versions."""
        yield from self._each("SELECT id, digest, bands FROM documents WHERE replaced = 0")

    def live(self, keys: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Return key → (id, digest) of documents that are there under these keys."""
        found: dict[str, tuple[int, int]] = {}
        for some in _chunks(list(keys)):
            marks = ", ".join("?" * len(some))
            query = f"SELECT key, id, digest FROM documents WHERE replaced = 0 AND key IN ({marks})"  # noqa: S608 - marks
            found.update({key: (number, digest) for key, number, digest in self._each(query, some)})
        return found

    def texts(self, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Return id → (title, text)."""
        found: dict[int, tuple[str, str]] = {}
        for some in _chunks(list(ids)):
            marks = ", ".join("?" * len(some))
            query = f"SELECT id, title, text FROM documents WHERE id IN ({marks})"  # noqa: S608 - marks
            found.update({number: (title, text) for number, title, text in self._each(query, some)})
        return found

    def pages(self) -> dict[str, KnownPage]:
        """Return address → what is known of it."""
        rows = self._each("SELECT url, at, outcome, etag, last_modified, lastmod, run FROM pages")
        return {url: KnownPage(*rest) for url, *rest in rows}

    def failing(self, since: str) -> list[tuple[str, str]]:
        """Return address and outcome of the pages whose last asking, on that day or later, brought nothing."""
        query = "SELECT url, outcome FROM pages WHERE at >= ? AND outcome NOT IN (?, ?, ?, ?) ORDER BY url"
        return list(self._each(query, (since, "ok", "unchanged", "too_large", "told")))

    def files(self) -> dict[str, str]:
        """Return path → stamp of the files that were read."""
        return dict(self._each("SELECT path, stamp FROM files"))

    def roles(self) -> set[str]:
        """Return the figures that stand beside documents, as the first thousand that have some tell."""
        rows = self._each("SELECT figures FROM documents WHERE figures <> '' LIMIT 1000")
        return {role for (figures,) in rows for role in orjson.loads(figures)}

    # --- reading

    def documents(self, since: str = "", until: str = "", *, untrusted: bool = False) -> Iterator[Stored]:
        """Yield the documents by their keys, as pages come in any order; days are ISO and counted in, empty: all."""
        query = "SELECT id, key, source, title, text, day, trusted, signs, figures FROM documents WHERE replaced = 0"
        for row in self._each(f"{query} AND {_LIMITS} ORDER BY key", _limits(since, until, untrusted)):
            yield _stored(row)

    def prints(self, since: str = "", until: str = "") -> Iterator[tuple[str, int]]:
        """Yield key and digest of what :meth:`documents` yields, in its order."""
        query = "SELECT key, digest FROM documents WHERE replaced = 0"
        yield from self._each(f"{query} AND {_LIMITS} ORDER BY key", _limits(since, until, False))

    def by_id(self, ids: Sequence[int]) -> dict[int, Stored]:
        """Return id → document."""
        marks = ", ".join("?" * len(ids))
        query = "SELECT id, key, source, title, text, day, trusted, signs, figures FROM documents"
        return {row[0]: _stored(row) for row in self._each(f"{query} WHERE id IN ({marks})", list(ids))}

    def match(
        self, expression: str, most: int, since: str = "", until: str = "", *, untrusted: bool = False
    ) -> tuple[list[Match], int]:
        """Return the best documents for an expression of FTS5, and how many match in all."""
        limits = _limits(since, until, untrusted)
        where = f"units MATCH ? AND d.replaced = 0 AND {_LIMITS}"
        joined = "units JOIN documents d ON d.id = units.rowid"
        # A title says more about a text than any line of it.
        query = f"SELECT units.rowid, bm25(units, 5.0, 1.0) AS score FROM {joined} WHERE {where}"  # noqa: S608 - constants
        rows = self._each(f"{query} ORDER BY score, units.rowid LIMIT ?", [expression, *limits, most])
        found = [Match(*row) for row in rows]
        if len(found) < most:
            return found, len(found)
        return found, int(self._one(f"SELECT count(*) FROM {joined} WHERE {where}", [expression, *limits]))  # noqa: S608

    def _each(self, query: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        with self._explained():
            yield from self._db.execute(query, values)

    def _one(self, query: str, values: Sequence[Any] = ()) -> Any:
        with self._explained():
            return self._db.execute(query, values).fetchone()[0]


_LIMITS = "(trusted OR ?) AND day >= ? AND day <= ?"


def units_of(folded: str) -> str:
    """Return a folded text as the index takes it: each character by itself, Latin words and numbers whole.

    Cut into words, a text would be found only by those who cut a query as it was cut: 加绒打底裤 is 打 and 底裤 to the
    segmenter, and a search for 打底裤 would miss it.
    """
    parted = " ".join(folded)
    return parted if _LATIN.search(folded) is None else _INSIDE.sub("", parted)


_LATIN = re.compile("[a-z0-9][a-z0-9]")
_INSIDE = re.compile("(?<=[a-z0-9]) (?=[a-z0-9])")


def _limits(since: str, until: str, untrusted: bool) -> list[Any]:
    return [untrusted, since, until or "9999"]


def _stored(row: Sequence[Any]) -> Stored:
    number, key, source, title, text, day, trusted, signs, figures = row
    told = orjson.loads(figures) if figures else {}
    return Stored(number, key, source, title, text, day, bool(trusted), tuple(orjson.loads(signs or "[]")), told)


def _row(document: NewDocument) -> tuple[Any, ...]:
    d = document
    told = _json(list(d.signs)), _json(dict(d.figures)), _writable(d.title), _writable(d.text)
    return (d.id, d.key, d.day, d.trusted, d.digest, d.bands or None, d.source, d.published, d.collected, *told)


def _json(value: object) -> str:
    return orjson.dumps(value).decode() if value else ""


def _writable(text: str) -> str:
    """Return a text that UTF-8 can hold; half an emoji cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _chunks(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), 500):
        yield values[start : start + 500]
