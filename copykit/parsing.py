"""Read one data file: its text, its value, and where in it a fault stands.

A fault is a :class:`~copykit.errors.Problem` with file, line and key; only a file that is not there is raised.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from copykit.errors import FileMissing, Problem
from copykit.late import late

# A data file is written by hand; anything larger is a mistake, and reading it would stall every command.
MAX_BYTES = 4_000_000


def parse_file(path: Path, kind: str) -> tuple[Any, list[Problem]]:
    """Read one data file; return its value and what is wrong with it."""
    from copykit import schemas  # late: compiled data are held against no schema

    shown = shown_path(path)
    text, problem = read_text(path)
    if text is None:
        return None, [problem] if problem else []
    value: Any
    match path.suffix:
        case ".txt":
            value = [line.rstrip() for line in lines_of(text) if line.strip() and not line.startswith("#")]
        case ".json":
            try:
                value = orjson.loads(text)
            except orjson.JSONDecodeError as error:
                return None, [Problem(shown, error.lineno, "", f"JSON 写错了：{error.msg}", f"bad JSON: {error.msg}")]
        case ".j2":
            return _parse_template(text, shown, kind if schemas.schema_of(kind) is not None else "template")
        case _:
            value, problem = _parse_toml(text, shown)
            if problem is not None:
                return None, [problem]
    problems = schemas.check_value(value, kind, shown, text if path.suffix not in (".txt", ".json") else "")
    return (None, problems) if problems else (value, [])


def _parse_template(text: str, shown: str, schema: str) -> tuple[Any, list[Problem]]:
    """Return a template's front matter, with its body and the line where that begins."""
    from copykit import schemas

    match = _FRONT.match(text)
    if match is None:
        zh, en = "模板开头要有 +++ 之间的说明（name、sample …）", "a template begins with its front matter between +++"
        return None, [Problem(shown, 1, "", zh, en)]
    value, problem = _parse_toml("\n" + match[1], shown)  # the line feed keeps the lines as the file has them
    if problem is not None:
        return None, [problem]
    problems = schemas.check_value(value, schema, shown, "\n" + match[1])
    if problems:
        return None, problems
    return {**value, "body": text[match.end() :], "line": text.count("\n", 0, match.end()) + 1}, []


_FRONT = late(r"\+\+\+[ \t]*\r?\n(.*?\r?\n)\+\+\+[ \t]*(?:\r?\n|$)", re.DOTALL)


def read_text(path: Path) -> tuple[str | None, Problem | None]:
    """Read a data file's text, or say why it cannot be read.

    Raises:
        FileMissing: there is no such file.
    """
    shown = shown_path(path)
    try:
        if path.is_dir():
            return None, Problem(shown, 0, "", "这是文件夹，请写文件名", "this is a folder; name a file in it")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)  # a device or a growing file has no size to ask for
        if len(data) > MAX_BYTES:
            return None, Problem(shown, 0, "", "文件超过 4 MB，请拆开", "the file is over 4 MB; split it")
    except FileNotFoundError:
        raise FileMissing(path) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL
        reason = getattr(error, "strerror", None) or str(error)
        return None, Problem(
            shown, 0, "", f"读不了，请检查权限和路径：{reason}", f"cannot be read; check rights and path: {reason}"
        )
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        if error.reason == "unexpected end of data":
            zh, en = "文件断在半个字上，没有存完，请重新拷一份", "the file breaks off inside a character; copy it again"
            return None, Problem(shown, line, "", zh, en)
        return None, Problem(shown, line, "", "不是 UTF-8 编码，请另存为 UTF-8", "this is not UTF-8; save it as UTF-8")


def raw(path: Path) -> Mapping[str, Any]:
    """Return a TOML file's values as they stand, whether they fit a schema or not; empty when it cannot be read."""
    text, _ = read_text(path)
    value = _parse_toml(text, "")[0] if text is not None and path.suffix == ".toml" else None
    return value if isinstance(value, dict) else {}


def likely_kind(value: Mapping[str, Any]) -> str | None:
    """Return the kind of data file, or ``brief``, whose keys a value has most of; None when it has keys of none."""
    from copykit import schemas

    shares: dict[str, tuple[int, int]] = {}
    for path in sorted((schemas.FOLDER).glob("*.schema.json")):
        kind = path.name.removesuffix(".schema.json")
        schema = schemas.schema_of(kind) or {}
        known = value.keys() & schema.get("properties", {}).keys()
        needed = set(schema.get("required", ()))
        if known and ((schemas.FOLDER.parent / kind).is_dir() or kind == "brief"):
            shares[kind] = len(known) - len(value.keys() - known), len(needed & known) - len(needed - known)
    return max(shares, key=lambda kind: (*shares[kind], kind == "rules"), default=None)


def lines_of(text: str) -> list[str]:
    """Return a text's lines as editors number them: U+2028 and its kin, which str.splitlines obeys, end none."""
    return [line.removesuffix("\r") for line in text.split("\n")]


def _parse_toml(text: str, shown: str) -> tuple[Any, Problem | None]:
    """Return the value as its compiled JSON gives it back (dates as ISO text), so that both ways agree."""
    import tomllib

    try:
        return orjson.loads(orjson.dumps(tomllib.loads(text))), None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        day = _NO_DAY.search(text.split("\n")[line - 1]) if str(error).startswith("Expected newline") else None
        if day is not None:
            zh, en = f"没有 {day[1]} 这一天，请检查月和日", f"there is no day {day[1]}; check month and day"
            return None, Problem(shown, line, "", zh, en)
        return None, Problem(shown, line, "", f"TOML 写错了：{_in_chinese(str(error))}", f"bad TOML: {error}")
    except (orjson.JSONEncodeError, RecursionError):
        zh, en = "数字超过 64 位，或者括号套得太深", "a number over 64 bits, or brackets nested too deep"
        return None, Problem(shown, 0, "", zh, en)


# What tomllib takes for a number with something behind it.
_NO_DAY = late(r"=\s*(\d{4}-\d{2}-\d{2})")


def _in_chinese(error: str) -> str:
    """Return what tomllib says in words that a copywriter can act on, its own where there are none."""
    return next((words for start, words in _TOML_ERRORS.items() if error.startswith(start)), error)


_TOML_ERRORS = {
    "Invalid statement": "每行写成 键 = 值，键用英文，标点用半角",
    "Invalid value": "等号后面不对：文字要放在半角引号里，列表要用 ] 收住",
    "Expected '='": "键后面少了半角的 =",
    "Expected newline": "值后面多了东西，一行只写一个键",
    "Cannot overwrite": "同一个键写了两遍",
    "Cannot declare": "同一个表写了两遍",
    "Unclosed": "括号没有配对",
    "Unterminated": "引号没有配对",
    "Illegal character '\\n'": "引号没有配对",
    "Unescaped": "反斜杠要写成两个，或者改用单引号",
}


def in_file(problem: Problem, path: Path) -> Problem:
    """Return a problem of a file's value with the file's name and the line of its key."""
    from copykit import schemas

    line = problem.line
    if not line and problem.key and path.suffix == ".toml":
        text, _ = read_text(path)
        path_of = [int(part) if part.isdecimal() else part for part in problem.key.split(".")]
        line = schemas.locate(schemas.key_lines(text), path_of) if text is not None else 0
    return Problem(shown_path(path), line, problem.key, problem.zh, problem.en)


def shown_path(path: Path) -> str:
    """Return a path as people read it: from the working folder when it lies below."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()
