"""Write a brief: from answers, from what a page or a row told, or empty with a comment on every field."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from copykit.brief.shapes import Field


class Found(NamedTuple):
    """A value of a field (``selling_points.feature``), and where it comes from."""

    key: str
    value: str | float
    origin: str = ""


# How often a field may be answered; the fields of one of these tables are asked for together.
REPEATED = ("selling_points", "scenes", "details", "doubts", "steps", "related", "stories", "claims", "links")
LISTS = ("audience.who", "audience.pains", "audience.not_for", "persona.about", "stories.beats", "keywords")
SHAPES = {
    "noun": "一个名词",
    "phrase": "一个短语",
    "verb": "动词打头",
    "clause": "一个小句，末尾不加句号",
    "sentence": "一两句话",
    "question": "一个问题",
    "number": "数字",
}


def skeleton(fields: Sequence[Field], notes: Mapping[str, Mapping[str, Any]], product: str = "") -> str:
    """Return an empty brief: every field commented out with what to write and an example.

    ``notes``: for a table, what else belongs into it (``note``) and an ``example`` of that. ``product`` is what the
    goods are called for now.
    """
    lines = [
        "# 产品资料：知道什么写什么，不知道的删掉或留着 #，写不出来的话不会硬写。",
        "# 去掉行首的 # 就生效；写完查一遍：copykit brief check 这个文件",
        "",
    ]
    table = ""
    for field in fields:
        name, _, key = field.key.rpartition(".")
        if name != table:
            table = name
            note = notes.get(name, {})
            lines += ["", *(f"# {line}" for line in note.get("note", ()))]
            lines.append(f"# [[{name}]]" if name in REPEATED else f"[{name}]")
            lines += [f"# {extra} = {_written(value)}" for extra, value in note.get("example", {}).items()]
        told = f"{field.ask}（{SHAPES[field.shape]}）" + (f"：{field.why}" if field.why else "")
        value: Any = field.example.split("；") if field.key in LISTS else field.example
        if field.shape == "number":
            value = float(field.example) if "." in field.example else int(field.example)
        if field.key == "product":
            lines += [f"# {told}", f"{key} = {_written(product or value)}"]
        else:
            lines += [f"# {told}", f"# {key} = {_written(value)}"]
    return "\n".join(lines) + "\n"


def toml_of(found: Iterable[Found], head: Iterable[str] = ()) -> str:
    """Return a brief with these values, each with a comment that names its origin.

    Values of a repeated table begin a new one where a field comes again.
    """
    plain: list[str] = []
    lists: dict[str, list[Found]] = {}
    tables: dict[str, list[str]] = {}
    repeated: dict[str, list[dict[str, Found]]] = {}
    for each in found:
        name, _, key = each.key.rpartition(".")
        if each.key in LISTS:
            lists.setdefault(each.key, []).append(each)
        elif name in REPEATED:
            rows = repeated.setdefault(name, [])
            if not rows or key in rows[-1]:
                rows.append({})
            rows[-1][key] = each
        elif name:
            tables.setdefault(name, []).append(_line(key, each.value, each.origin))
        else:
            plain.append(_line(key, each.value, each.origin))
    for listed, values in lists.items():
        name, _, key = listed.rpartition(".")
        origins = "；".join(dict.fromkeys(value.origin for value in values if value.origin))
        line = _line(key, [value.value for value in values], origins)
        (tables.setdefault(name, []) if name else plain).append(line)
    lines = [*(f"# {line}" for line in head), *plain]
    for name, rows_of in tables.items():
        lines += ["", f"[{name}]", *rows_of]
    for name, items in repeated.items():
        for item in items:
            lines += ["", f"[[{name}]]", *(_line(key, each.value, each.origin) for key, each in item.items())]
    return "\n".join(lines) + "\n"


def _line(key: str, value: Any, origin: str) -> str:
    line = f"{key} = {_written(value)}"
    return f"{line}  # 来自 {_one_line(origin)}" if origin else line


def _written(value: Any) -> str:
    """Return a value as TOML writes it: a JSON text is a TOML one, but for the character DEL."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def data_of(answers: Iterable[Found]) -> Mapping[str, Any]:
    """Return answers as a brief's data, for checking them before they are written."""
    import tomllib

    return tomllib.loads(toml_of(answers))
