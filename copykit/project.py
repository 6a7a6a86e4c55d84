"""The settings of a project, ``copykit.toml``: what holds for every check unless an option says otherwise."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from copykit import datafiles, schemas, tables
from copykit.errors import DataFileError, Problem


@dataclass(frozen=True, slots=True)
class PhraseExcuse:
    """A ``[[check.excuse]]``: findings that lie inside ``phrase`` (anywhere when empty) in ``files`` may stand.

    ``rules`` empty: of any rule. ``until``: the last day, ISO. ``line`` is where it is written.
    """

    reason: str
    phrase: str = ""
    rules: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    until: str = ""
    line: int = 0

    def speaks_of(self, path: str) -> bool:
        """Return whether it holds for a file, given from the project's folder."""
        return not self.files or any(fnmatch.fnmatch(path, glob) for glob in self.files)


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """The ``[check]`` table; None and empty are what is not said."""

    folder: Path | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    excuses: tuple[PhraseExcuse, ...] = ()


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """The ``[fetch]`` table: who asks (a page or an address), and the seconds between two requests to a host."""

    contact: str = ""
    pause: float = 2.0


def check_settings(start: Path) -> CheckSettings:
    """Return the settings of the project that holds a folder; empty ones when there is none.

    Raises:
        DataFileError: with every unknown key and bad value, its line and its cure.
    """
    folder, value = _read(start)
    if folder is None:
        return CheckSettings()
    told = dict(value.get("check", {}))
    text, _ = datafiles.read_text(folder / datafiles.PROJECT_FILE)
    lines = schemas.key_lines(text or "")
    excuses = tuple(
        PhraseExcuse(
            each["reason"],
            each.get("phrase", ""),
            tuple(each.get("rules", ())),
            tuple(each.get("files", ())),
            each.get("until", ""),
            schemas.locate(lines, ("check", "excuse", number)),
        )
        for number, each in enumerate(told.pop("excuse", ()))
    )
    return CheckSettings(folder, told, excuses)


def fetch_settings(start: Path) -> FetchSettings:
    """Return how the project that holds a folder asks pages.

    Raises:
        DataFileError: as :func:`check_settings`.
    """
    _, value = _read(start)
    return FetchSettings(**value.get("fetch", {}))


def listing_settings(start: Path) -> dict[str, Any]:
    """Return the ``[listings]`` table of the project that holds a folder.

    Raises:
        DataFileError: as :func:`check_settings`.
    """
    _, value = _read(start)
    return dict(value.get("listings", {}))


def remember_columns(start: Path, columns: Mapping[str, str]) -> Path | None:
    """Write which columns a table's roles were found in into copykit.toml, making one where there is none.

    Only the table ``[listings.columns]`` is written; all else stays as it is, comments included. Returns the file when
    it was changed.
    """
    folder = datafiles.project_folder(start) or start
    path = folder / datafiles.PROJECT_FILE
    old = path.read_text("utf-8-sig") if path.exists() else ""
    lines = ["[listings.columns]  # 哪一列是什么，改这里就行"]
    lines += [f"{role} = {json.dumps(header, ensure_ascii=False)}" for role, header in columns.items()]
    table = "\n".join(lines) + "\n"
    found = _COLUMNS_TABLE.search(old)
    if found is not None:
        new = old[: found.start()] + table + old[found.end() :]
    else:
        new = old + ("" if not old or old.endswith("\n") else "\n") + ("\n" if old else "") + table
    if new == old:
        return None
    with tables.atomic(path) as out:
        out.write(new.encode("utf-8"))
    return path


# The header and all lines after it that are no header of another table.
_COLUMNS_TABLE = re.compile(
    r"^[ \t]*\[[ \t]*listings[ \t]*\.[ \t]*columns[ \t]*\][^\n]*\n?"
    r"(?:(?![ \t]*\[)[^\n]*\n?)*?(?=^[ \t]*\[|^[ \t]*\n|\Z)",
    re.MULTILINE,
)


def _read(start: Path) -> tuple[Path | None, dict[str, Any]]:
    """Return the project's folder and its settings, held against their schema."""
    folder = datafiles.project_folder(start)
    if folder is None:
        return None, {}
    value, problems = datafiles.parse_file(folder / datafiles.PROJECT_FILE, "project")
    if problems:
        raise DataFileError([_in_words(problem) for problem in problems])
    return folder, value


def _in_words(problem: Problem) -> Problem:
    """Say what an excuse without phrase and rules lacks; the schema's own words do not."""
    if "anyOf" not in problem.en and "not valid under any" not in problem.en:
        return problem
    zh, en = "要写 phrase（放过的说法）或 rules（放过的规则）", "give a phrase or rules"
    return Problem(problem.file, problem.line, problem.key, zh, en)
