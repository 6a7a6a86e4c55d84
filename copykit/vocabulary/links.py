"""Links out there, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class PlacedLink:
    """What should stand on somebody's page: a link of ours, or with no ``link`` the page itself, and its words.

    ``rel`` is what was agreed (``nofollow`` where that is known and fine); ``row`` is where a table names it.
    """

    page: str
    link: str = ""
    words: str = ""
    rel: str = ""
    position: str = ""
    name: str = ""
    kind: str = ""
    row: int = 0


class Sign(NamedTuple):
    """Something about a page that speaks for a verdict, with what was measured."""

    id: str
    value: float
    points: int
    zh: str
    en: str
    why: str


@dataclass(frozen=True, slots=True)
class LinkReading:
    """How a link stood on its page: in which ``part`` of it, between which words; what else bears on its worth.

    ``found``: exact, site (another page of ours is linked), page (no link was asked for, the page is there), none.
    ``jump``: it leads through a page of theirs. ``robots``: what the page tells search engines. ``said``: the words
    that were asked for stand on the page. ``gone``: what tells that the page is gone though it answers. ``hint``: where
    our address stands though no link does, comment or text.
    """

    found: str
    target: str = ""
    anchor: str = ""
    rel: tuple[str, ...] = ()
    part: str = ""
    before: str = ""
    behind: str = ""
    jump: bool = False
    unseen: bool = False
    robots: tuple[str, ...] = ()
    elsewhere: str = ""
    said: bool = True
    gone: str = ""
    hint: str = ""
    related: tuple[str, ...] | None = None
    relevance: int | None = None
    farm: tuple[Sign, ...] = ()


class LinkReason(NamedTuple):
    """Why a link is in its state: a code that ``render.links`` words, and what it was and is now."""

    code: str
    before: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """What became of a link. ``state``: ok, lost, changed, nofollow (there, and not counted), unreachable.

    ``status`` is the answer's, 0 where there was none; ``outcome`` is a key of ``corpus.fetch.OUTCOMES``. ``since`` is
    the day from which it is in this state, ``was`` its state of the last time, empty on the first.
    """

    placed: PlacedLink
    state: str
    status: int
    outcome: str
    checked_at: str
    since: str
    was: str = ""
    reading: LinkReading | None = None
    reasons: tuple[LinkReason, ...] = ()
