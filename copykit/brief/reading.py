"""Read a brief: TOML, YAML or JSON with strict keys, into the vocabulary."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from copykit import datafiles, parsing, schemas, tables
from copykit.errors import DataFileError, Problem
from copykit.model import (
    NO_SHOP,
    Brief,
    Claim,
    Detail,
    Doubt,
    Link,
    Material,
    Note,
    Persona,
    Point,
    Readers,
    Related,
    Scene,
    Shop,
    Step,
    Stock,
    Story,
)
from copykit.schemas import KeyPath
from copykit.selection import NotASelection, read_selection, usable

MOST_KEYWORDS = 200
# PyYAML is slow, and a brief that long was not written by hand.
MOST_YAML = 200_000


# What a brief may be written in, and what surely is none.
BRIEFS = (".toml", ".yaml", ".yml", ".json")
TABLES = (".txt", ".csv", ".tsv", ".xlsx", ".xls", ".jsonl")


def read_brief(path: Path) -> Brief:
    """Read a brief; a file of keywords that it names is read beside it.

    Raises:
        FileMissing: there is no such file.
        DataFileError: with every unknown key and bad value, its line and its cure.
    """
    return brief_of(*read_data(path), path)


def read_data(path: Path) -> tuple[Mapping[str, Any], Mapping[KeyPath, int]]:
    """Return what a brief's file says, held against the schema, and the line of every key.

    Raises:
        FileMissing: there is no such file.
        DataFileError: with every unknown key and bad value, its line and its cure.
    """
    shown = parsing.shown_path(path)
    if path.suffix.lower() in TABLES:
        zh = "是表或词表，不是产品资料；从表里的一行起草：copykit brief from 表格 -o 资料.toml"
        en = "this is a table or a list, no brief; copykit brief from TABLE -o brief.toml makes one of a row"
        raise DataFileError([Problem(shown, 0, "", zh, en)])
    if path.suffix.lower() not in (".yaml", ".yml"):
        value, problems = parsing.parse_file(path, "brief")
        if problems:
            raise DataFileError(problems)
        text, _ = parsing.read_text(path)
        return value, schemas.key_lines(text or "") if path.suffix.lower() == ".toml" else {}
    text, problem = parsing.read_text(path)
    if text is None:
        raise DataFileError([problem] if problem else [])
    value, lines = _parse_yaml(text, shown)
    problems = schemas.check_value(value, "brief", shown, lines=lines)
    if problems:
        raise DataFileError(problems)
    return value, lines


def brief_of(data: Mapping[str, Any], lines: Mapping[KeyPath, int], path: Path) -> Brief:
    """Return the brief that a file's data tell of.

    Raises:
        DataFileError: its file of keywords holds none.
    """
    named = data.get("keywords")
    if isinstance(named, str):
        file = path.parent / named
        keywords = _keywords_in(file)
        if not keywords:
            zh, en = f"{named} 里没有能用的关键词", f"{named} holds no keyword to use"
            line = schemas.locate(lines, ("keywords",))
            raise DataFileError([Problem(parsing.shown_path(path), line, "keywords", zh, en)])
        data = {**data, "keywords": keywords}
    return _brief(data)


def claim_kinds() -> tuple[str, ...]:
    """Return the kinds of claim that a brief may hold."""
    schema = schemas.schema_of("brief") or {}
    return tuple(schema["properties"]["claims"]["items"]["properties"]["kind"]["enum"])


def brief_from(data: Mapping[str, Any], shown: str) -> Brief:
    """Make a brief from an already parsed table, held against the same schema; ``shown`` names it in errors."""
    problems = schemas.check_value(data, "brief", shown)
    if problems:
        raise DataFileError(problems)
    return _brief(data)


def _brief(data: Mapping[str, Any]) -> Brief:
    told = data.get("audience", ())
    audience: Mapping[str, Any] = told if isinstance(told, Mapping) else {"who": told}
    audience = {key: _each(value) if key in _NOUNS else value for key, value in audience.items()}
    points = tuple(Point(**_frozen(_table(each, "feature"))) for each in data.get("selling_points", ()))
    scenes = tuple(Scene(**_table(each, "name")) for each in data.get("scenes", ()))
    keywords = data.get("keywords", ())
    return Brief(
        product=data["product"],
        category=data.get("category", ""),
        brand=data.get("brand", ""),
        price=data.get("price"),
        audience=tuple(audience.get("who", ())),
        selling_points=tuple(point.feature for point in points),
        scenes=tuple(scene.name for scene in scenes),
        keywords=() if isinstance(keywords, str) else _each(keywords),
        claims=tuple(_claim(claim) for claim in data.get("claims", ())),
        shop=_shop(data["shop"]) if "shop" in data else NO_SHOP,
        unit=data.get("unit", ""),
        platform=data.get("platform", ""),
        tone=data.get("tone", ""),
        material=Material(
            readers=Readers(**_frozen({key: value for key, value in audience.items() if key != "who"})),
            persona=Persona(**_frozen(_table(data.get("persona", {}), "name"))),
            points=points,
            scenes=scenes,
            details=tuple(Detail(**_table(each, "text")) for each in data.get("details", ())),
            doubts=tuple(Doubt(**each) for each in data.get("doubts", ())),
            related=tuple(Related(**_table(each, "name")) for each in data.get("related", ())),
            steps=tuple(Step(**_table(each, "do")) for each in data.get("steps", ())),
            stories=tuple(Story(**_frozen(each)) for each in data.get("stories", ())),
            stock=Stock(**data.get("stock", {})),
            links=tuple(Link(**_table(each, "url")) for each in data.get("links", ())),
        ),
    )


_NOUNS = ("who", "not_for")


def _each(names: Iterable[str]) -> tuple[str, ...]:
    """Return names one by one: two that stand between one pair of quotes are parted by ；, which no name holds."""
    return tuple(part.strip() for name in names for part in name.split("；") if part.strip())


def _claim(data: Mapping[str, Any]) -> Claim:
    notes = tuple(Note(**_table(note, "text")) for note in data.get("notes", ()))
    return Claim(**{**data, "notes": notes})


def _shop(data: Mapping[str, Any]) -> Shop:
    return Shop(**{**data, "can": tuple(data.get("can", ())), "team": tuple(data.get("team", {}).items())})


def _table(value: str | Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return a table; a plain text stands for a table that has nothing but ``key``."""
    return {key: value} if isinstance(value, str) else value


def _frozen(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}


def _keywords_in(path: Path) -> list[str]:
    """Return the words that may be written of what ``keywords select`` wrote, or all of a plain list or table."""
    try:
        found = usable(read_selection(path, datafiles.bundled()))
    except NotASelection:
        names = tables.merge_names(datafiles.load("columns")["selection"], ("keyword",))
        with tables.read_rows(path, wanted=names) as table:
            found = [row.text.strip() for row in itertools.islice(table, MOST_KEYWORDS) if row.error is None]
    return list(dict.fromkeys(word for word in found if word))[:MOST_KEYWORDS]


# --- YAML -----------------------------------------------------------------------------------------------------------


def _parse_yaml(text: str, shown: str) -> tuple[Any, Mapping[KeyPath, int]]:
    """Return the value of a YAML text, dates as ISO text, and the line of every key."""
    import orjson
    import yaml  # late: most briefs are TOML

    def refuse(line: int, zh: str, en: str) -> DataFileError:
        return DataFileError([Problem(shown, line, "", zh, en)])

    if len(text) > MOST_YAML:
        raise refuse(0, "YAML 超过 20 万字，请拆开", "over 200,000 characters of YAML; split it")
    # An alias repeats what was said elsewhere, and few of them say a thing a billion times.
    alias = _YAML_ALIAS.search(text)
    try:
        if alias is not None:
            for token in yaml.scan(text, Loader=yaml.SafeLoader):
                if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
                    zh, en = "不支持 & 和 * 这样的引用，请直接写出来", "no & and * references here; write it out"
                    raise refuse(token.start_mark.line + 1, zh, en)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        value = yaml.safe_load(text)
        return orjson.loads(orjson.dumps(value)), dict(_node_lines(node, ()))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 0
        raise refuse(line, f"YAML 写错了：{error.problem}", f"bad YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise refuse(0, f"YAML 写错了：{error}", f"bad YAML: {error}") from None


_YAML_ALIAS = re.compile(r"(?m)(?:^|[\s\[{,:-])[&*][^\s&*]")


def _node_lines(node: Any, path: KeyPath) -> Iterator[tuple[KeyPath, int]]:
    if node is None or isinstance(node.value, str):
        return
    pairs: Sequence[Any] = node.value
    for number, each in enumerate(pairs):
        key, value = (each[0].value, each[1]) if isinstance(each, tuple) else (number, each)
        here = (*path, key)
        start = each[0] if isinstance(each, tuple) else each
        yield here, start.start_mark.line + 1
        yield from _node_lines(value, here)
