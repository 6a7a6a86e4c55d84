"""What a brief says: every phrase of it that a text may hold, with its path."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from copykit.model import Brief

Path = tuple[str | int, ...]

# What lies in the drawer gets into no text.
UNSAID = frozenset(("evidence", "licence", "kind", "words"))


def said_in(brief: Brief) -> Iterator[tuple[Path, str]]:
    """Yield every phrase of a brief that a text may hold, with its path as the brief's file has it."""
    for name in ("product", "brand", "category"):
        if getattr(brief, name):
            yield (name,), getattr(brief, name)
    yield from _strings(brief.audience, ("audience", "who"))
    yield from _strings(brief.keywords, ("keywords",))
    yield from _strings(brief.claims, ("claims",))
    material = brief.material
    for field in dataclasses.fields(material):
        name = FILE_NAMES.get(field.name, field.name)
        yield from _strings(getattr(material, field.name), (name,))


FILE_NAMES = {"points": "selling_points", "readers": "audience"}


def _strings(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        if value:
            yield path, value
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from _strings(each, (*path, number))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            if field.name not in UNSAID and not field.name.endswith(("date", "until", "as_of", "url")):
                yield from _strings(getattr(value, field.name), (*path, field.name))
