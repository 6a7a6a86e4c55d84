"""Copy that was written from a brief."""

from __future__ import annotations

from typing import Any, NamedTuple

from copykit.vocabulary.findings import Finding


class Withheld(NamedTuple):
    """Something of a brief that is not said, by the path of its field, and why (``reason.say(lang)``)."""

    field: str
    text: str
    reason: Any


class Traced(NamedTuple):
    """A sentence of a text and the fields of the brief that it rests on; none when it states nothing."""

    start: int
    end: int
    facts: tuple[str, ...]


class Block(NamedTuple):
    """A heading (head), paragraph (para), list item (item), quotation (quote) or table row (row) of a text.

    ``parts`` are texts with the places of their facts (``templating.Marked``): one, or a cell each of a row.
    """

    kind: str
    parts: tuple[Any, ...]


class Draft(NamedTuple):
    """A text that was written.

    ``text`` is its Markdown without the title; offsets of ``findings`` and ``trace`` are in it. ``lacks`` are the
    variables for want of which parts were left out.
    """

    form: str
    name: str
    title: str
    text: str
    blocks: tuple[Block, ...]
    columns: tuple[str, ...]
    findings: tuple[Finding, ...]
    withheld: tuple[Withheld, ...]
    trace: tuple[Traced, ...]
    seed: str
    plan: str
    length: str
    lacks: tuple[str, ...] = ()
