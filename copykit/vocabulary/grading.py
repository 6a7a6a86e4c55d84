"""Goods and suppliers graded by what they hold, sell and earn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Stocked:
    """One row of a table of stock and sales, for one period; None where the table does not say.

    ``product`` groups versions; ``item`` is the version's own id. Money is in yuan for the whole row; ``cost`` and
    ``price`` are for one piece. ``stock_before`` is the stock at the beginning of the period,
    ``repeat`` the share of buyers who come again, ``festival`` the day for which it is bought.
    """

    item: str
    product: str
    name: str
    row: int
    category: str = ""
    supplier: str = ""
    stock: float | None = None
    stock_before: float | None = None
    cost: float | None = None
    price: float | None = None
    stock_value: float | None = None
    average_stock_value: float | None = None
    sold: float | None = None
    revenue: float | None = None
    cost_of_sales: float | None = None
    purchases: float | None = None
    visitors: float | None = None
    buyers: float | None = None
    conversion: float | None = None
    defects: float | None = None
    repeat: float | None = None
    listed: date | None = None
    risk: str = ""
    festival: str = ""


class Grade(NamedTuple):
    """One of many by value: its share of all, the share of those before it, and the letter that follows from that."""

    id: str
    name: str
    value: float
    share: float
    before: float
    letter: str


class Forces(NamedTuple):
    """The five forces of a shop. The first four multiplied are its gross profit.

    ``goods`` is how many there are, ``sell_through`` the share of them that sold, ``contribution`` the revenue of one
    that sold, ``margin`` the gross margin; ``turnover`` is a year's, None when nothing tells of stock.
    """

    goods: int
    sell_through: float
    contribution: float
    margin: float
    turnover: float | None
    profit: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How one product stands; None where its rows do not tell. ``turnover`` is a year's, ``cross`` a quarter's."""

    product: str
    name: str
    row: int
    skus: int
    sell_through: float
    revenue: float | None
    profit: float | None
    margin: float | None
    turnover: float | None
    cross: float | None
    conversion: float | None
    cover: float | None
    visitors: float | None
    letter: str
    band: str = ""
    listed: date | None = None
    risk: str = ""
    repeat: float | None = None
    festival: str = ""


class Removal(NamedTuple):
    """A product that should go, or be watched: by which list, and why.

    ``kind``: rank (last of the shop), floor (under a sales floor), defect, hand (a risk), new (its time to mend is
    over). ``measures`` are causes that the figures point to, each with what to do.
    """

    product: str
    name: str
    kind: str
    verdict: str
    why: str
    measures: tuple[str, ...] = ()


class NewClock(NamedTuple):
    """Where a new product stands: days on the shelf, what has to be done until when.

    ``state``: watch (in its first month), mend, out, passed.
    """

    product: str
    name: str
    listed: date
    days: int
    state: str
    until: date | None
    sell_through: float


class Pushed(NamedTuple):
    """A product that deserves the work, by the mean of its places in three rankings (1 is best of all)."""

    product: str
    name: str
    score: float
    cross: float
    conversion: float
    cover: float
    letter: str
    kind: str


class NotPushed(NamedTuple):
    """A product that is left out of the ranking, and why."""

    product: str
    name: str
    why: str


class Formula(NamedTuple):
    """A formula in words, and what was put right in it."""

    name: str
    formula: str
    note: str


@dataclass(frozen=True, slots=True)
class Grading:
    """All that a table of stock and sales says; ``notes`` tell what had to be assumed."""

    days: int
    goods: tuple[Grade, ...]
    suppliers: tuple[Grade, ...]
    forces: Forces
    standings: tuple[Standing, ...]
    removals: tuple[Removal, ...]
    clocks: tuple[NewClock, ...]
    pushed: tuple[Pushed, ...]
    not_pushed: tuple[NotPushed, ...]
    formulas: tuple[Formula, ...]
    notes: tuple[str, ...]
