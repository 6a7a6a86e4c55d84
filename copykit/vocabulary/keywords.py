"""Words of many texts, and what they are chosen for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from copykit.vocabulary.findings import NO_PARTS

WordRole = Literal["core", "long_tail", "own_brand", "other_brand", "low", "unrelated", "negative"]
ChangeState = Literal["new", "rising", "falling", "gone", "steady"]


class TextKeyword(NamedTuple):
    """A keyword of one text, as it is written there.

    ``weight`` is its share of all candidates of the text, ``times`` how often it stands there, ``start`` and ``end``
    its first place in the title and the text joined by one sign. ``factors`` add up to the weight: what any candidate
    of the text has, and what each side of this one adds to it; empty unless asked for.
    """

    text: str
    weight: float
    times: int
    start: int
    end: int
    factors: Mapping[str, float] = NO_PARTS


class Context(NamedTuple):
    """A place where a word stands, with what is around it in the text; the word is ``text[start:end]``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word or phrase of many texts, with its evidence.

    ``weight`` is 0 to 100 and the sum of ``factors``; ``count`` is how often it stands there, ``documents`` in how many
    texts; ``variants`` are other spellings that were counted with it, ``turned`` the same words in another order, each
    with a count of its own; ``metrics`` are what the texts that hold it brought in: sums of counts and money, the
    highest of an index. ``contexts`` are places where it stands.
    """

    text: str
    weight: float
    count: int
    documents: int
    rank: int
    factors: Mapping[str, float] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    variants: tuple[str, ...] = ()
    turned: tuple[tuple[str, int], ...] = ()
    contexts: tuple[Context, ...] = ()


@dataclass(frozen=True, slots=True)
class SelectedWord:
    """A searched word and what it is for, for one product or plan.

    ``priority`` is 1 for the word to take first, each number once; 0 where a table does not say. ``group`` is the core
    word, or another word, that it goes with; ``intent`` what its searcher is after, as ``data/intents`` calls it.
    ``metrics`` are the figures that were measured, counts and money added up over its rows.
    """

    text: str
    role: WordRole
    group: str = ""
    intent: str = ""
    priority: int = 0
    reason: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WordChange:
    """What became of a word between periods.

    ``before`` and ``after`` are counts (``before`` the mean of several earlier periods), the index or the place.
    ``ratio`` is share after : share before, so that a period with more texts changes nothing; None where there was
    nothing before. ``p_value`` is None for indices and ranks, which have no counts to test. ``shape``: one_day,
    late_bloomer, lasting, or "" where the periods have no days. ``series`` is the count of each period in order,
    ``rises`` how many periods it has been growing. ``brand``: own, other or ""; ``inside``: the longer word that it
    nearly always is part of; ``year_ago``: rising or falling, as it did then.
    """

    text: str
    state: ChangeState
    measure: Literal["count", "index", "rank"]
    before: float | None
    after: float | None
    ratio: float | None
    p_value: float | None
    reason: str = ""
    examples: tuple[str, ...] = ()
    shape: str = ""
    series: tuple[float, ...] = ()
    rises: int = 0
    brand: str = ""
    inside: str = ""
    year_ago: str = ""
    share_before: float | None = None
    share_after: float | None = None


class WidenedWord(NamedTuple):
    """A root with words beside it, in the order in which people type.

    ``parts``: (slot, word) of what stands beside the root. ``seen``: searches that hold all of it, 0 where nobody was
    seen to type it; ``expected``: how much it is expected to be searched, in as many searches as were seen.
    ``written``: statements of texts that hold all of it; ``told``: the brief says it.
    """

    text: str
    root: str
    parts: tuple[tuple[str, str], ...]
    seen: int
    expected: float
    written: int = 0
    told: bool = False
