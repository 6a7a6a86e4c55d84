"""Words that ``keywords select`` chose, read back for whoever writes with them: briefs, listings.

The file may be any that the command writes (CSV, XLSX, JSON lines, JSON), in either language, after a colleague has
sorted it, deleted rows and changed what a word is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast, get_args

from copykit import tables
from copykit.datafiles import DataFiles, bundled
from copykit.errors import CopykitError, FileMissing, FileUnreadable
from copykit.errors import Words as Phrase
from copykit.model import SelectedWord, WordRole
from copykit.tables.numbers import parse_number

ROLES: tuple[WordRole, ...] = get_args(WordRole)
# Words that may be written and paid for, best first. Others' brands mislead, the rest bring no buyers.
USABLE: tuple[WordRole, ...] = ("core", "long_tail", "own_brand")
JSON_BYTES = 64_000_000  # of an array, which is read whole; longer ones are to be written as JSON lines


def selection_settings(files: DataFiles) -> dict[str, Any]:
    """Return how words are chosen; names of roles and sentences that a user's own file lacks are the bundled ones."""
    own, given = (of.load("selection")["standard"] for of in (files, bundled()))
    return {**own, **{key: {**given[key], **own[key]} for key in ("roles", "reasons", "figures")}}


class RoleUnknown(CopykitError):
    """A row whose role no data file names."""

    zh = "{file} 第 {row} 行：“{word}”的用途“{role}”不认识，可以写 {known}"
    en = "{file}, row {row}: the role '{role}' of '{word}' is not known; it may be {known}"


class NotASelection(CopykitError):
    """A table that says nothing of roles."""

    zh = "{file} 里没有“用途”这一列，不像是 keywords select 的结果；先运行 copykit keywords select 词表 -o {file}"
    en = "{file} has no column of roles, so it is no result of keywords select; run copykit keywords select first"


def read_selection(
    path: str | Path, files: DataFiles, on_error: Callable[[CopykitError], None] = lambda error: None
) -> list[SelectedWord]:
    """Return the words of a selection by priority, those without one last; bad rows go to ``on_error``.

    Raises:
        FileMissing, FileUnreadable, ColumnMissing, NotASelection: there is nothing that can be read.
    """
    names = _Names(files)
    rows = _json_rows(Path(path)) if Path(path).suffix.lower() == ".json" else _table_rows(path, files, on_error)
    words: list[SelectedWord] = []
    for number, row in rows:
        text, role = row.get("keyword", "").strip(), names.role(row.get("role", ""))
        if not text:
            continue
        if role is None:
            known = Phrase("、".join(names.shown_zh), ", ".join(ROLES))
            on_error(RoleUnknown(file=str(path), row=number, word=text, role=row.get("role", ""), known=known))
            continue
        priority = int(parse_number(row.get("priority", "")) or 0)
        intent = names.intent(row.get("intent", ""))
        words.append(SelectedWord(text, role, row.get("group", ""), intent, priority, row.get("reason", "")))
    return sorted(words, key=lambda word: (not word.priority, word.priority))


def usable(words: Sequence[SelectedWord], roles: Sequence[WordRole] = USABLE) -> list[str]:
    """Return the words that may be written, those of the first role first, each by priority."""
    return [word.text for role in roles for word in words if word.role == role]


class _Names:
    """What roles and intents are called in either language, and by their ids."""

    def __init__(self, files: DataFiles) -> None:
        settings = selection_settings(files)["roles"]
        self.shown_zh = [settings[role]["name"] for role in ROLES]
        self._roles: dict[str, WordRole] = {}
        for role in ROLES:
            for name in (role, settings[role]["name"], settings[role]["name_en"]):
                self._roles[name.casefold()] = role
        self._intents = {
            name.casefold(): identifier
            for identifier, data in files.load("intents").items()
            for name in (identifier, data["name"], data["name_en"])
        }

    def role(self, name: str) -> WordRole | None:
        return self._roles.get(name.strip().casefold())

    def intent(self, name: str) -> str:
        return self._intents.get(name.strip().casefold(), name.strip())


def _table_rows(
    path: str | Path, files: DataFiles, on_error: Callable[[CopykitError], None]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    wanted = tables.merge_names(files.load("columns")["selection"])
    with tables.read_rows(path, wanted=wanted) as table:
        if "role" not in table.columns:
            raise NotASelection(file=str(path))
        for row in table:
            if row.error is not None:
                on_error(row.error)
                continue
            yield row.number, {role: row.values.get(header, "") for role, header in table.columns.items()}


def _json_rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    import orjson

    try:
        with path.open("rb") as file:
            data = file.read(JSON_BYTES + 1)
    except FileNotFoundError:
        raise FileMissing(path) from None
    except OSError as error:
        raise FileUnreadable(
            path, f"{error.strerror}，请检查权限", f"{error.strerror}; check its permissions"
        ) from error
    if len(data) > JSON_BYTES:
        limit = JSON_BYTES // 1_000_000
        zh, en = f"超过 {limit} MB，请写成 .jsonl", f"it is over {limit} MB; write it as .jsonl"
        raise FileUnreadable(path, zh, en)
    try:
        value: Any = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        zh, en = f"不是完好的 JSON（{error.msg}），请重新导出", f"no sound JSON ({error.msg}); export it again"
        raise FileUnreadable(path, zh, en) from error
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise NotASelection(file=str(path))
    rows = cast("list[dict[str, Any]]", value)
    if rows and not any("role" in row for row in rows):
        raise NotASelection(file=str(path))
    for number, row in enumerate(rows, 1):
        yield (
            number,
            {key: cell if isinstance(cell, str) else "" if cell is None else str(cell) for key, cell in row.items()},
        )
