"""Hold values against JSON schemas, and tell each fault in a sentence with the line of its key."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from copykit.errors import Problem

FOLDER = Path(__file__).resolve().parent / "data" / "schemas"
KeyPath = tuple[str | int, ...]


def check_value(
    value: Any, kind: str, shown: str, text: str = "", lines: Mapping[KeyPath, int] | None = None
) -> list[Problem]:
    """Return what is wrong with a parsed value, held against the kind's schema.

    ``text`` is the TOML it came from, or ``lines`` the line of every key of another format.
    """
    schema = schema_of(kind)
    if schema is None:
        return []
    # Two parts of a schema may find the same fault.
    return sorted(dict.fromkeys(_faults(value, schema, text, shown, lines)), key=lambda problem: problem.line)


@functools.cache
def schema_of(kind: str) -> Mapping[str, Any] | None:
    """Return the JSON schema of a kind of data file, None when it has none."""
    path = FOLDER / f"{kind}.schema.json"
    return orjson.loads(path.read_bytes()) if path.is_file() else None


def _faults(
    value: Any, schema: Mapping[str, Any], text: str, shown: str, lines: Mapping[KeyPath, int] | None
) -> Iterator[Problem]:
    import jsonschema

    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    for error in validator.iter_errors(value):
        for path, zh, en in _sentences(error):
            lines = key_lines(text) if lines is None else lines
            yield Problem(shown, locate(lines, path), ".".join(str(part) for part in path), zh, en)


def _sentences(error: Any) -> Iterator[tuple[list[str | int], str, str]]:
    path, given = list(error.absolute_path), error.instance
    match error.validator:
        case "additionalProperties" | "unevaluatedProperties":
            known = sorted(error.schema.get("properties", {}))
            for key in sorted(set(given) - set(known)):
                home, near = _home(key, error.schema), _nearest(key, known)
                if home:
                    zh, en = f"，写在 {home} 里面", f"; it goes into {home}"
                elif near:
                    zh, en = f"，是不是想写“{near}”？", f"; did you mean '{near}'?"
                else:
                    zh, en = f"；可以用的有 {'、'.join(known)}", f"; known: {', '.join(known)}"
                yield [*path, key], f"没有“{key}”这个键" + zh, f"unknown key '{key}'" + en
        case "required":
            key = re.findall(r"'([^']+)'", error.message)[0]
            yield [*path, key], f"少了“{key}”，请补上", f"'{key}' is missing; add it"
        case "enum":
            allowed = [str(choice) for choice in error.validator_value]
            zh = f"“{given}”不行，只能是 {'、'.join(allowed)}"
            yield path, zh, f"'{given}' is not one of {', '.join(allowed)}"
        case "type":
            given_types = error.validator_value
            types = given_types if isinstance(given_types, list) else [given_types]
            zh = f"应该是{'或'.join(_TYPES[each] for each in types)}，现在是 {_short(repr(given))}"
            cure = ("", "")
            if isinstance(given, str) and types == ["array"]:
                parts = [part for part in re.split("[；;、]", given) if part.strip()]
                shown = _short("[" + ", ".join(f'"{part.strip()}"' for part in parts) + "]")
                cure = f"，写成 {shown}", f"; write {shown}"
            yield path, zh + cure[0], _short(error.message) + cure[1]
        case "format":
            yield path, f"“{given}”不是日期，写成 2026-11-21 这样", f"'{given}' is no date; write it like 2026-11-21"
        case "minItems" | "minLength":
            unit = "个字" if isinstance(given, str) else "个"
            yield path, f"至少要 {error.validator_value} {unit}，现在是 {len(given)} {unit}", error.message
        case "maxItems" | "maxLength":
            unit = "个字" if isinstance(given, str) else "个"
            yield path, f"最多 {error.validator_value} {unit}，现在是 {len(given)} {unit}", error.message
        case "minimum" | "maximum" | "exclusiveMinimum":
            zh = _BOUNDS[error.validator].format(error.validator_value)
            yield path, f"{given} 超出范围（{zh}）", error.message
        case _:
            yield path, f"值不合要求：{error.message}", error.message


_TYPES = {
    "string": "文字",
    "integer": "整数",
    "number": "数字",
    "array": "列表",
    "object": "表",
    "boolean": "true 或 false",
}


_BOUNDS = {"minimum": "最小 {}", "maximum": "最大 {}", "exclusiveMinimum": "要大于 {}"}
MOST_SHOWN = 60  # characters of a value that a fault repeats


def _short(told: str) -> str:
    return told if len(told) <= MOST_SHOWN else told[:MOST_SHOWN] + "…"


def _nearest(word: str, known: Sequence[str]) -> str | None:
    import difflib

    return next(iter(difflib.get_close_matches(word, known, 1)), None)


def _home(key: str, schema: Mapping[str, Any]) -> str:
    """Return the table of a schema in which a key stands, as TOML writes it, empty when none has it."""
    for name, inner in schema.get("properties", {}).items():
        if key in inner.get("properties", {}):
            return f"[{name}]"
        items = inner.get("items", {})
        if isinstance(items, dict) and key in items.get("properties", {}):
            return f"[[{name}]]"
    return ""


def locate(lines: Mapping[KeyPath, int], path: Sequence[str | int]) -> int:
    """Return the line of a key, the nearest enclosing one when it is not written, 0 when none is."""
    return next((lines[key] for end in range(len(path), 0, -1) if (key := tuple(path[:end])) in lines), 0)


def key_lines(text: str) -> dict[KeyPath, int]:
    """Return the 1-based line of every table header and key of a TOML text that parses; tomllib drops them.

    Keys inside an inline table or a list have no line of their own.
    """
    found: dict[KeyPath, int] = {}
    items: dict[KeyPath, int] = {}  # array of tables → the index of its latest item
    table: KeyPath = ()
    for number, statement in _statements(text):
        if (header := _HEADER.match(statement)) is not None:
            table = ()
            *outer, last = _KEY.findall(header[2])
            for part in outer:
                table += (_bare(part),)
                table += (items[table],) if table in items else ()
            table += (_bare(last),)
            if header[1] == "[[":
                found.setdefault(table, number)
                items[table] = items.get(table, -1) + 1
                table += (items[table],)
            found.setdefault(table, number)
        elif (assigned := _ASSIGNED.match(statement)) is not None:
            key = table
            for part in _KEY.findall(assigned[1]):
                key += (_bare(part),)
                found.setdefault(key, number)
    return found


_KEY = re.compile(r"""\"(?:\\.|[^"\\])*"|'[^']*'|[^\s.=\[\]"'#]+""")
_DOTTED = rf"(?:{_KEY.pattern})(?:\s*\.\s*(?:{_KEY.pattern}))*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]")
_ASSIGNED = re.compile(rf"\s*({_DOTTED})\s*=")
# What may hold a newline or bracket that ends nothing (strings, comments), the brackets, and the newline.
_MARK = re.compile(
    r"""\"{3}(?:\\.|[^\\])*?"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*|[\[\]{}\n]""", re.DOTALL
)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield every header and assignment with its first line; a list or string may run over many."""
    start, number, depth = 0, 1, 0
    text += "\n"
    for mark in _MARK.finditer(text):
        if mark[0] in ("[", "{"):
            depth += 1
        elif mark[0] in ("]", "}"):
            depth -= 1
        elif mark[0] == "\n" and depth == 0:
            yield number, text[start : mark.start()]
            number += text.count("\n", start, mark.end())
            start = mark.end()


def _bare(key: str) -> str:
    return key[1:-1] if key[0] in "\"'" else key
