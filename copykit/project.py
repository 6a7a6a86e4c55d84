"""The settings of a project, ``copykit.toml``: what holds for every check unless an option says otherwise."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from copykit import datafiles, parsing, schemas, tables
from copykit.errors import CopykitError, DataFileError, Problem


class ColumnsUnkept(CopykitError):
    """A copykit.toml that tells of columns in a way that cannot be mended line by line."""

    zh = "{path} 没有改：列名请自己写进 [listings.columns]，一行一个（现在的写法接不上）"
    en = "{path} was left alone: write the columns into [listings.columns] yourself, a line each"


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
    text, _ = parsing.read_text(folder / datafiles.PROJECT_FILE)
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

    Only lines of ``[listings.columns]`` are changed, and only where they say something else; comments, line endings and
    all other lines stay as they are. Returns the file when it was changed.

    Raises:
        ColumnsUnkept: the file says it in a way that cannot be mended line by line; it stays as it is.
    """
    import tomllib  # late: only listings write into the file

    folder = datafiles.project_folder(start) or start
    path = folder / datafiles.PROJECT_FILE
    old = path.read_bytes().decode("utf-8") if path.exists() else ""
    before = tomllib.loads(old.removeprefix(_MARK))
    if before.get("listings", {}).get("columns") == columns:
        return None
    new = _with_columns(old, columns)
    if new == old:
        return None
    try:
        after = tomllib.loads(new.removeprefix(_MARK))
    except tomllib.TOMLDecodeError:
        after = {}
    told = after.get("listings", {}).pop("columns", {})
    before.setdefault("listings", {}).pop("columns", None)
    if after != before or not columns.items() <= told.items():
        raise ColumnsUnkept(path=parsing.shown_path(path))
    with tables.atomic(path) as out:
        out.write(new.encode("utf-8"))
    return path


def _with_columns(text: str, columns: Mapping[str, str]) -> str:
    """Return the text of copykit.toml with the headers of these roles."""
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += ending
    said = {role: json.dumps(header, ensure_ascii=False) for role, header in columns.items()}
    begin = next((number for number, line in enumerate(lines, 1) if _COLUMNS.match(line.removeprefix(_MARK))), None)
    if begin is None:
        lines += [ending] if lines else []
        lines.append(f"[listings.columns]  # 哪一列是什么，改这里就行{ending}")
        begin = len(lines)
    end = next((number for number in range(begin, len(lines)) if lines[number].lstrip().startswith("[")), len(lines))
    inside: list[str] = []
    last = 0  # new roles stand behind the last one
    for line in lines[begin:end]:
        found = _COLUMN.match(line)
        if found is not None:
            role, header = found["role"].strip("\"'"), found["header"][1:-1]
            if role in said:
                value = said.pop(role)
                if value[1:-1] != header:
                    line = found["before"] + value + line[found.end() :]
            elif header in columns.values():
                continue  # that column plays another role now
            last = len(inside) + 1
        inside.append(line)
    inside[last:last] = [f"{role} = {value}{ending}" for role, value in said.items()]
    return "".join((*lines[:begin], *inside, *lines[end:]))


_MARK = "\ufeff"  # which Windows puts before a text
_COLUMNS = re.compile(r"[ \t]*\[[ \t]*listings[ \t]*\.[ \t]*columns[ \t]*\]")
_COLUMN = re.compile(
    r"""(?P<before>\s*(?P<role>[\w-]+|"[\w-]+"|'[\w-]+')\s*=\s*)(?P<header>"(?:[^"\\]|\\.)*"|'[^']*')"""
)


def _read(start: Path) -> tuple[Path | None, dict[str, Any]]:
    """Return the project's folder and its settings, held against their schema."""
    folder = datafiles.project_folder(start)
    if folder is None:
        return None, {}
    value, problems = parsing.parse_file(folder / datafiles.PROJECT_FILE, "project")
    if problems:
        raise DataFileError([_in_words(problem) for problem in problems])
    return folder, value


def _in_words(problem: Problem) -> Problem:
    """Say what an excuse without phrase and rules lacks; the schema's own words do not."""
    if "anyOf" not in problem.en and "not valid under any" not in problem.en:
        return problem
    zh, en = "要写 phrase（放过的说法）或 rules（放过的规则）", "give a phrase or rules"
    return Problem(problem.file, problem.line, problem.key, zh, en)
