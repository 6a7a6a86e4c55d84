"""The project's memory: one SQLite file beside copykit.toml, its tables and migrations, owned by this module alone.

Plans, what was done of them, codes that were given out, links as they were last seen, what was delivered. Days and
texts come in as arguments; no clock is read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, NamedTuple, Self

import orjson

from copykit.errors import CopykitError, Words

FOLDER, FILE = ".copykit", "state.sqlite3"
# Each step lifts the file by one version (PRAGMA user_version). Steps are only added, never changed.
MIGRATIONS = (
    """
    CREATE TABLE plans (name TEXT PRIMARY KEY, saved_on TEXT NOT NULL, revision INTEGER NOT NULL, body BLOB NOT NULL);
    CREATE TABLE marks (
        plan TEXT NOT NULL, task TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('done', 'skipped')),
        on_day TEXT NOT NULL, note TEXT NOT NULL DEFAULT '', PRIMARY KEY (plan, task)
    );
    CREATE TABLE notes (
        plan TEXT NOT NULL, task TEXT NOT NULL, on_day TEXT NOT NULL, text TEXT NOT NULL
    );
    CREATE TABLE codes (
        kind TEXT NOT NULL, code TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, code)
    );
    """,
    """
    CREATE TABLE deliveries (
        run TEXT NOT NULL, target TEXT NOT NULL, part INTEGER NOT NULL, digest TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'unknown')),
        reason_zh TEXT NOT NULL, reason_en TEXT NOT NULL, at REAL NOT NULL, attempts INTEGER NOT NULL,
        PRIMARY KEY (run, target, part, digest)
    );
    CREATE INDEX deliveries_at ON deliveries (target, at);
    """,
    """
    CREATE TABLE links (
        page TEXT NOT NULL, link TEXT NOT NULL, checked_at TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (page, link)
    );
    """,
)


class StateBusy(CopykitError):
    """Another run is writing."""

    zh = "另一个 copykit 正在写 {path}，等它写完再来"
    en = "another copykit is writing {path}; try again when it has finished"
    exit_code: ClassVar[int] = 75


class StateUnreadable(CopykitError):
    """A state file that is none, or that a newer copykit wrote."""

    zh = "{what} {path} 读不了：{reason}"
    en = "{what} {path} cannot be read: {reason}"


class StateFailed(CopykitError):
    """A disk or a folder that does not let the state be written."""

    zh = "{what} {path} 写不进去：{reason}，请检查磁盘和权限"
    en = "{what} {path} cannot be written: {reason}; check disk and permissions"
    exit_code: ClassVar[int] = 3


class SavedPlan(NamedTuple):
    """A plan as it was saved: how often it was saved before, and its JSON."""

    name: str
    saved_on: str
    revision: int
    body: dict[str, Any]


class Mark(NamedTuple):
    """What became of a task: done or skipped, on which day, and why."""

    state: str
    on_day: str
    note: str


class SentPart(NamedTuple):
    """What is known of a part of a message: its state, why, when (seconds since 1970), and how often it was tried."""

    state: str
    reason_zh: str
    reason_en: str
    at: float
    attempts: int


def state_path(project: Path) -> Path:
    """Return where a project's state lies."""
    return project / FOLDER / FILE


class SqliteFile:
    """An opened SQLite file of the project's; a context manager. A transaction is whole or not at all."""

    what: ClassVar[Words]  # what errors call it
    cure: ClassVar[Words]  # what to do with a damaged one
    pragmas: ClassVar[Sequence[str]] = ()
    application: ClassVar[int] = 0  # what tells its files from those of others

    def __init__(self, path: Path) -> None:
        """Open or create the file and lift it to this version.

        Raises:
            StateUnreadable: it is no such file, or a newer copykit wrote it.
            StateBusy: another run holds it for more than five seconds.
            StateFailed: the folder or the disk does not allow it.
        """
        self.path = path
        with self._explained():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=5, isolation_level=None)
        try:
            with self._explained():
                for pragma in self.pragmas:
                    self._db.execute(f"PRAGMA {pragma}")
            self._migrate()
        except BaseException:
            self._db.close()
            raise

    def _steps(self) -> Sequence[str]:
        """Return the steps that lift the file, each by one version."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _migrate(self) -> None:
        steps = self._steps()
        with self._explained():
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            written_by = self._db.execute("PRAGMA application_id").fetchone()[0]
            tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if tables and self.application != written_by:
                told = Words("是别的程序的 SQLite 文件", "it is a SQLite file of another program's")
                raise StateUnreadable(what=self.what, path=self.path, reason=told)
            if version > len(steps):
                newer = Words("是更新的 copykit 写的，请升级 copykit", "a newer copykit wrote it; upgrade copykit")
                raise StateUnreadable(what=self.what, path=self.path, reason=newer)
            if version == len(steps):
                return
        with self._transaction() as db:
            # Looked at again: another run may have lifted it while this one waited.
            version = db.execute("PRAGMA user_version").fetchone()[0]
            for number in range(version, len(steps)):
                # Not executescript: it would commit on its own.
                for statement in steps[number].split(";"):
                    if statement.strip():
                        db.execute(statement)
                if self.application:
                    db.execute(f"PRAGMA application_id = {self.application}")
                db.execute(f"PRAGMA user_version = {number + 1}")

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._explained():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                if self._db.in_transaction:  # a full disk has rolled it back already
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise StateBusy(path=self.path) from None
            raise StateFailed(what=self.what, path=self.path, reason=str(error)) from error
        except sqlite3.IntegrityError as error:
            if not error.sqlite_errorname.endswith(("_PRIMARYKEY", "_UNIQUE", "_ROWID")):
                raise
            raise StateBusy(path=self.path) from error  # the row was written by another run meanwhile
        except sqlite3.DatabaseError as error:
            told = Words(
                f"它不是，或者已损坏（{error}）；{self.cure.zh}", f"it is none, or damaged ({error}); {self.cure.en}"
            )
            raise StateUnreadable(what=self.what, path=self.path, reason=told) from error
        except OSError as error:
            raise StateFailed(what=self.what, path=self.path, reason=error.strerror or str(error)) from error


class State(SqliteFile):
    """The state file. Each call is one transaction, so an interrupt leaves it whole."""

    what = Words("进度文件", "the state file")
    cure = Words("挪开它，再用 channels plan --save 重存", "move it away and save the plan again")

    def _steps(self) -> Sequence[str]:
        return MIGRATIONS

    def save_plan(self, name: str, saved_on: str, body: Mapping[str, Any]) -> int:
        """Save a plan over the one of the same name; return how often it has been saved."""
        with self._transaction() as db:
            found = db.execute("SELECT revision FROM plans WHERE name = ?", (name,)).fetchone()
            revision: int = (found[0] if found else 0) + 1
            db.execute(
                "INSERT OR REPLACE INTO plans VALUES (?, ?, ?, ?)", (name, saved_on, revision, orjson.dumps(body))
            )
        return revision

    def plan(self, name: str) -> SavedPlan | None:
        """Return a saved plan."""
        with self._explained():
            row = self._db.execute("SELECT * FROM plans WHERE name = ?", (name,)).fetchone()
        return SavedPlan(row[0], row[1], row[2], orjson.loads(row[3])) if row else None

    def plan_names(self) -> list[str]:
        """Return the names of the saved plans, the latest saved first."""
        with self._explained():
            rows = self._db.execute("SELECT name FROM plans ORDER BY saved_on DESC, rowid DESC").fetchall()
        return [row[0] for row in rows]

    def mark(self, plan: str, task: str, mark: Mark | None) -> None:
        """Mark a task as done or skipped, or take its mark away."""
        with self._transaction() as db:
            if mark is None:
                db.execute("DELETE FROM marks WHERE plan = ? AND task = ?", (plan, task))
            else:
                db.execute("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?, ?)", (plan, task, *mark))

    def marks(self, plan: str) -> dict[str, Mark]:
        """Return task → mark."""
        with self._explained():
            rows = self._db.execute("SELECT task, state, on_day, note FROM marks WHERE plan = ?", (plan,)).fetchall()
        return {row[0]: Mark(*row[1:]) for row in rows}

    def add_note(self, plan: str, task: str, on_day: str, text: str) -> None:
        """Add a note to a task."""
        with self._transaction() as db:
            db.execute("INSERT INTO notes VALUES (?, ?, ?, ?)", (plan, task, on_day, text))

    def notes(self, plan: str) -> dict[str, list[tuple[str, str]]]:
        """Return task → (day, text), in the order of writing."""
        found: dict[str, list[tuple[str, str]]] = {}
        with self._explained():
            rows = self._db.execute("SELECT task, on_day, text FROM notes WHERE plan = ? ORDER BY rowid", (plan,))
            for task, day, text in rows.fetchall():
                found.setdefault(task, []).append((day, text))
        return found

    def keep_codes(self, codes: Mapping[tuple[str, str], Mapping[str, Any]]) -> None:
        """Keep what codes stand for, by (kind, code); all of them or none."""
        with self._transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO codes VALUES (?, ?, ?)",
                [(kind, code, orjson.dumps(body)) for (kind, code), body in codes.items()],
            )

    def codes(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return what all codes stand for, by (kind, code)."""
        with self._explained():
            rows = self._db.execute("SELECT kind, code, body FROM codes").fetchall()
        return {(kind, code): orjson.loads(body) for kind, code, body in rows}

    def sent_parts(self, run: str, target: str) -> dict[tuple[int, str], SentPart]:
        """Return (part, digest) → what is known of a run's parts to one receiver."""
        with self._explained():
            rows = self._db.execute(
                "SELECT part, digest, state, reason_zh, reason_en, at, attempts FROM deliveries"
                " WHERE run = ? AND target = ?",
                (run, target),
            ).fetchall()
        return {(row[0], row[1]): SentPart(*row[2:]) for row in rows}

    def note_part(self, run: str, target: str, part: int, digest: str, entry: SentPart) -> None:
        """Write down what is known of a part; on disk before it returns."""
        with self._transaction() as db:
            row = (run, target, part, digest, *entry)
            db.execute("INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def deliveries(self, run: str) -> list[tuple[str, str, int]]:
        """Return (receiver, state, how many parts) of a run."""
        with self._explained():
            rows = self._db.execute(
                "SELECT target, state, count(*) FROM deliveries WHERE run = ? GROUP BY target, state ORDER BY target",
                (run,),
            ).fetchall()
        return [(row[0], row[1], row[2]) for row in rows]

    def last_sent(self, target: str, since: float) -> list[float]:
        """Return when a receiver was last sent something, since a moment."""
        with self._explained():
            rows = self._db.execute(
                "SELECT at FROM deliveries WHERE target = ? AND at >= ? AND attempts > 0", (target, since)
            ).fetchall()
        return [row[0] for row in rows]

    def keep_links(self, checked: Mapping[tuple[str, str], tuple[str, Mapping[str, Any]]]) -> None:
        """Keep how links were found, by (page, link): when, and what was seen; over what was kept of them before."""
        with self._transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?)",
                [(page, link, at, orjson.dumps(body)) for (page, link), (at, body) in checked.items()],
            )

    def links(self) -> dict[tuple[str, str], tuple[str, dict[str, Any]]]:
        """Return how all links were found the last time, by (page, link)."""
        with self._explained():
            rows = self._db.execute("SELECT page, link, checked_at, body FROM links").fetchall()
        return {(page, link): (at, orjson.loads(body)) for page, link, at, body in rows}
