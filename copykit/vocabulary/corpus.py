"""What was collected into a corpus, and what is found in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from copykit.vocabulary.findings import Span


class Failure(NamedTuple):
    """A source or a page that could not be collected; ``outcome`` is a key of ``corpus.fetch.OUTCOMES``.

    ``given``: it was named itself; else a sitemap or a feed told of it.
    """

    source: str
    outcome: str
    given: bool


@dataclass(slots=True)
class Collected:
    """What a collecting run came to, in documents; grows while it goes on.

    ``changed`` took the place of an earlier version; ``same`` and ``near`` were left out because another document says
    the same; ``untrusted`` are among those that were kept. ``skipped`` files and pages were not even read, as nothing
    about them has changed; ``left`` pages were not asked because there were more than asked for. In
    the files that are ``empty`` stood no text; ``mended`` says how often which mend was made.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    same: int = 0
    near: int = 0
    untrusted: int = 0
    skipped: int = 0
    pages: int = 0
    left: int = 0
    resumed: bool = False
    empty: list[str] = field(default_factory=list)
    mended: dict[str, int] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


class Found(NamedTuple):
    """A document that a search found: ``spans`` of ``snippet`` are the words that were looked for."""

    id: int
    key: str
    source: str
    title: str
    day: str
    trusted: bool
    score: float
    snippet: str
    spans: tuple[Span, ...]
