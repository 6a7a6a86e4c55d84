"""Orders that may come, as ranges: from the user's own results, else from the stated assumptions, and marked so.

Nothing here estimates who clicks on what: a visitor is counted when one came, and until a shop has its own counts the
numbers are the dated guesses of ``data/assumptions``.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from copykit.datafiles import DataFiles
from copykit.errors import Words
from copykit.model import Brief, Channel, Forecast

Range = tuple[float, float, float]
NOTHING = Forecast(0, 0, 0, "none")
# 80 of 100 such ranges hold the truth; a plan for a few weeks is not a proof.
_Z80 = 1.2816


class OwnResult(NamedTuple):
    """One row of the user's results: a channel in one period, as called; None where the table does not tell."""

    channel: str
    actions: float | None = None
    visitors: float | None = None
    orders: float | None = None
    cost: float | None = None
    revenue: float | None = None
    hours: float | None = None
    period: str = ""


class Assumptions:
    """The stated numbers of ``data/assumptions``, all files laid together."""

    def __init__(self, files: DataFiles) -> None:
        self._tables: dict[str, Any] = {}
        self.needs: list[Mapping[str, Any]] = []
        self.checked = ""
        for data in files.load("assumptions").values():
            self.needs += data.get("needs", [])
            self.checked = max(self.checked, data["checked"])
            for name, table in data.items():
                if isinstance(table, dict):
                    self._tables[name] = {**self._tables.get(name, {}), **table}

    def __getitem__(self, table: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._tables[table]
        return found

    def weeks_of(self, period: str) -> float | None:
        """Return how many weeks a period has by what it is called: 10月, 2026-W46; None where that does not tell."""
        for each in self._tables.get("own", {}).get("periods", ()):
            if re.search(each["pattern"], period.strip()):
                return float(each["weeks"])
        return None

    def range(self, table: str, name: str) -> Range | None:
        """Return low, mid, high; None when nobody has stated them."""
        found = self._tables.get(table, {}).get(name)
        return (found[0], found[1], found[2]) if found is not None else None

    def least_cost(self, channel: Channel) -> float:
        """Return the yuan that it takes to begin with a channel, by the middle of what things cost."""
        name = channel.id
        match channel.cost_model:
            case "clicks":
                return float((self.range("click", name) or (0, 0, 0))[1] * self["trial"]["clicks"])
            case "pieces":
                return float((self.range("piece", name) or (0, 0, 0))[1] * self["run"].get(name, 0))
            case "fixed":
                return float((self.range("fixed", name) or (0, 0, 0))[1])
            case _:
                return 0.0


class Outlook:
    """Forecasts for one brief, from its own results where there are any."""

    def __init__(
        self, assumptions: Assumptions, brief: Brief, results: Iterable[OwnResult] = (), lang: str = "zh"
    ) -> None:
        self._assumed = assumptions
        self._lang = lang
        self._brief = brief
        self._own: dict[str, list[OwnResult]] = {}
        for result in results:
            self._own.setdefault(result.channel, []).append(result)

    def own(self, channel: Channel) -> Sequence[OwnResult]:
        """Return the user's own rows of a channel."""
        return self._own.get(channel.id, ())

    @property
    def compared(self) -> int:
        """Return how many channels have results that a review would hold against each other."""
        return sum(any(row.visitors and row.orders is not None for row in rows) for rows in self._own.values())

    def click_cost(self, channel: Channel) -> tuple[Range, bool] | None:
        """Return yuan a click and whether they are the user's own; None when nobody knows."""
        paid = [row for row in self.own(channel) if row.cost and row.visitors]
        if paid:
            return self._rates([(row.cost or 0, row.visitors or 0) for row in paid]), True
        found = self._assumed.range("click", channel.id)
        return (found, False) if found is not None else None

    def conversion(self, channel: Channel) -> tuple[Range, str]:
        """Return the share of visitors who buy, and its basis.

        ``own``: counted there; ``mixed``: the page's own share, the channel's part of it assumed; ``assumed``.
        """
        rows = [row for row in self.own(channel) if row.visitors and row.orders is not None]
        if rows:
            visitors = sum(row.visitors or 0 for row in rows)
            return share_interval(sum(row.orders or 0 for row in rows), visitors), "own"
        part = self._assumed.range("conversion_part", channel.kind) or (1.0, 1.0, 1.0)
        page = self._brief.shop.conversion
        if page is not None:
            return _times((page, page, page), part, 1.0), "mixed"
        whole = self._assumed.range("conversion", "any") or (0.0, 0.0, 0.0)
        return _times(whole, part, 1.0), "assumed"

    def weekly(self, channel: Channel) -> Range | None:
        """Return orders a week as the user's own results tell them by month or week, None where they do not."""
        rows = [
            (row.orders, weeks)
            for row in self.own(channel)
            if row.orders is not None and (weeks := self._assumed.weeks_of(row.period)) is not None
        ]
        return self._rates(rows) if rows else None

    def as_before(self, channel: Channel, weeks: float) -> Forecast | None:
        """Return what ``weeks`` more bring if they bring what those of the results did; None where nobody can tell.

        For channels of which the results count orders by the month or week, and not what was done.
        """
        told = [row for row in self.own(channel) if row.orders is not None]
        each = self.weekly(channel) if not any(row.actions for row in told) else None
        if each is None or channel.cost_model == "clicks":
            return None
        note = Words(
            f"照你自己的结果，一周约 {each[1]:.1f} 单", f"as in your own results, some {each[1]:.1f} orders a week"
        )
        return _forecast(_times(each, (1, 1, 1), weeks), "own", note.say(self._lang))

    def orders(self, channel: Channel, actions: float, weeks: float, spend: float = 0.0) -> Forecast:
        """Return the orders of ``actions`` that take effect within the plan, or of ``spend`` yuan on clicks.

        ``weeks``: how long the work on the page has its effect, for channels that lift what the shop sells anyway.
        """
        lift = self._assumed.range("lift", channel.id)
        if lift is not None and not self.own(channel):
            weekly = self._brief.shop.orders_per_week
            if weekly is None or weeks <= 0:
                note = Words("没写每周多少单，提升多少算不出", "orders a week are not told, so no lift can be counted")
                return NOTHING._replace(note=note.say(self._lang) if weekly is None else "")
            note = Words("原有单量上多出来的", "on top of what sells anyway")
            return _forecast(_times(lift, (1, 1, 1), weekly * weeks), "assumed", note.say(self._lang))
        direct = self._direct(channel, actions)
        if direct is not None:
            return direct
        conversion, basis = self.conversion(channel)
        if channel.cost_model == "clicks":
            price = self.click_cost(channel)
            if price is None or spend <= 0:
                return NOTHING
            (low, mid, high), own = price
            visits: Range = (spend / high, spend / mid, spend / low)
            visits_own = own
        else:
            found = self._visits(channel)
            if found is None or actions <= 0:
                return NOTHING
            each, visits_own = found
            visits = _times(each, (1, 1, 1), actions)
        if visits_own and basis == "own":
            told = "own"
        else:
            told = "mixed" if visits_own or basis in ("own", "mixed") else "assumed"
        return _forecast(_times(visits, conversion, 1.0), told)

    def unit_profit(self) -> float | None:
        """Return what one order leaves before advertising, in yuan; None when price or margin is not told."""
        price, margin = self._brief.price, self._brief.shop.margin
        return price * margin if price is not None and margin is not None else None

    def _direct(self, channel: Channel, actions: float) -> Forecast | None:
        """Return a forecast from orders per action, where the user counts no visitors."""
        rows = [row for row in self.own(channel) if row.actions and row.orders is not None and not row.visitors]
        if not rows or channel.cost_model == "clicks":
            return None
        each = self._rates([(row.orders or 0, row.actions or 0) for row in rows])
        return _forecast(_times(each, (1, 1, 1), actions), "own")

    def _visits(self, channel: Channel) -> tuple[Range, bool] | None:
        rows = [row for row in self.own(channel) if row.actions and row.visitors is not None]
        if rows:
            return self._rates([(row.visitors or 0, row.actions or 0) for row in rows]), True
        found = self._assumed.range("visits", channel.id)
        return (found, False) if found is not None else None

    def _rates(self, rows: Sequence[tuple[float, float]]) -> Range:
        """Return lowest, median and highest of the rows' own rates; of few rows the mean with a wide range."""
        own = self._assumed["own"]
        if len(rows) >= own["enough_rows"]:
            rates = sorted(value / count for value, count in rows)
            return rates[0], statistics.median(rates), rates[-1]
        mean = sum(value for value, _ in rows) / sum(count for _, count in rows)
        low, mid, high = own["spread"]
        return mean * low, mean * mid, mean * high


def share_interval(successes: float, trials: float) -> Range:
    """Return low, middle and high of a share by Wilson's interval at 80 %, which respects small numbers.

    The middle is the interval's centre: nothing of three is not a share of zero.
    """
    share = min(successes / trials, 1.0)
    z2 = _Z80 * _Z80
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = _Z80 * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials)) / (1 + z2 / trials)
    return max(centre - half, 0.0), centre, min(centre + half, 1.0)


def total(forecasts: Iterable[Forecast]) -> Forecast:
    """Return the sum; lows added to lows make a range that is rather too wide than too narrow."""
    parts = [forecast for forecast in forecasts if forecast.basis != "none"]
    if not parts:
        return NOTHING
    bases = {forecast.basis for forecast in parts}
    basis = bases.pop() if len(bases) == 1 else "mixed"
    return Forecast(
        # As people read them: whole orders, the range rather too wide than too narrow.
        float(sum(math.floor(part.low) for part in parts)),
        round(sum(part.mid for part in parts), 1),
        float(sum(math.ceil(part.high) for part in parts)),
        basis,
    )


def _times(one: Range, other: Range, factor: float) -> Range:
    return one[0] * other[0] * factor, one[1] * other[1] * factor, one[2] * other[2] * factor


def _forecast(values: Range, basis: str, note: str = "") -> Forecast:
    return Forecast(round(values[0], 1), round(values[1], 1), round(values[2], 1), basis, note)
