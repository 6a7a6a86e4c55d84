"""Which words to take for one product or plan: valued by what was measured, each with its role and its reason.

The value of a word is what a period of it is expected to bring: orders where orders were measured, else clicks, else
how often it is searched. Rates are drawn to what is usual as far as their trials are few (see ``rates``), so that three
lucky clicks make no core word. Tables of indices have no counts to expect anything from: their words are ranked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.keywords.figures import CLICKS, ORDERS, SearchTable
from copykit.keywords.groups import group
from copykit.keywords.product import Product
from copykit.keywords.rates import Prior, fit_prior, surely_below
from copykit.keywords.searches import Search
from copykit.model import SelectedWord, WordRole

Floats = NDArray[np.float64]

# The roles that tell each stage, the first that a table has.
VOLUMES = ("impressions", "searches", "desktop_searches", "mobile_searches")
INDICES = ("search_index", "mobile_search_index", "click_index")
PLACES = ("search_rank",)
FEW = 300.0  # clicks that nobody calls few, though the table may say nothing of how words differ
# Roles in the order in which a plan takes them.
ORDER: Mapping[WordRole, int] = {
    "core": 0,
    "long_tail": 1,
    "own_brand": 1,
    "low": 2,
    "other_brand": 3,
    "unrelated": 4,
    "negative": 5,
}
OWN = 0.5  # share of what a table counts that has to be about the goods, or it is a table of other goods as well
DOUBTS = ("shared", "strange", "thing_sold", "unfit", "guessed")  # reasons for which a word is no core word


class Selection(NamedTuple):
    """The words by priority, how many there are of each role, and by what they were valued.

    ``by``: orders, clicks, volume, ranks or nothing; the priors are None where there was no such rate.
    """

    words: list[SelectedWord]
    counts: Mapping[WordRole, int]
    by: str
    conversion: Prior | None
    click_rate: Prior | None


def select(
    table: SearchTable,
    searches: Sequence[Search],
    product: Product,
    settings: Mapping[str, Any],
    *,
    core: int | None = None,
    profit: float | None = None,
    lang: str = "zh",
    figure_names: Mapping[str, str] | None = None,
) -> Selection:
    """Choose among the words of a table, each read by ``SearchReader``.

    ``profit`` is what an order earns before advertising; ``figure_names`` are what figures are called in reasons.
    """
    worth = _Worth(table, settings, profit, lang, figure_names or {})
    roles = _roles(searches, worth)
    order = np.lexsort((np.arange(len(table)), -worth.volume, -worth.value))
    wanted = settings["core"] if core is None else core
    leaders = _core(order, roles, searches, wanted)
    for place in leaders:
        roles[place] = _Role("core", "core")
    _settle_orders(roles, searches, leaders)
    names = _groups(order, roles, searches, leaders, table, settings)
    rank = np.array([ORDER[role.role] for role in roles])
    words: list[SelectedWord] = []
    reasons, metrics = _Reasons(settings, worth, product, lang), worth.metrics()
    for priority, place in enumerate(order[np.argsort(rank[order], kind="stable")].tolist(), 1):
        role = roles[place]
        words.append(
            SelectedWord(
                table.texts[place],
                role.role,
                names[place],
                searches[place].intent,
                priority,
                reasons.of(place, role, searches[place]),
                metrics[place],
            )
        )
    counts = Counter(role.role for role in roles)
    return Selection(words, counts, worth.by, worth.conversion, worth.click_rate)


class _Role(NamedTuple):
    """A role and the id of its reason; ``word`` fills the reason in."""

    role: WordRole
    reason: str
    word: str = ""


class _Worth:
    """What each word is worth, from the figures there are."""

    def __init__(
        self,
        table: SearchTable,
        settings: Mapping[str, Any],
        profit: float | None,
        lang: str,
        figure_names: Mapping[str, str],
    ) -> None:
        self.table, self._settings = table, settings
        self._names = figure_names
        self._lang = lang
        self._sentences: dict[str, str] = {name: said[lang] for name, said in settings["figures"].items()}
        size = len(table)
        none = np.zeros(size)
        self.volume_role = self._first(VOLUMES)
        self.clicks_role, self.orders_role = self._first(CLICKS), self._first(ORDERS)
        index_role = self._first((*INDICES, *PLACES))
        self.volume = self._filled(self.volume_role)
        self.guessed = table.guessed
        self.orders = self._filled(self.orders_role) + self.guessed
        self.clicks = np.maximum(self._filled(self.clicks_role), self.orders)
        # What came of clicks is known where a row tells both; clicks of a table without orders are no failures.
        both = bool(table.tried.any())
        self.tried = table.tried if both else self.clicks
        self.came = table.ordered + table.guessed if both else self.orders
        self.conversion: Prior | None = None
        self.click_rate: Prior | None = None
        self.rates: Floats = none
        self.click_rates: Floats = none
        self.poor: NDArray[np.bool_] = np.zeros(size, bool)
        self.poor_clicks: NDArray[np.bool_] = np.zeros(size, bool)
        self.loss: NDArray[np.bool_] = np.zeros(size, bool)
        self.profit = profit
        self.cost: Floats = none
        self.places: list[tuple[str, Floats]] = []
        expected = self.clicks
        if self.clicks_role and self.volume_role and self.volume.any():
            self.volume = np.maximum(self.volume, self.clicks)
            self.click_rate = fit_prior(self.clicks, self.volume)
            self.click_rates = self.click_rate.rate(self.clicks, self.volume)
            told = ~np.isnan(table.figures[self.volume_role])
            expected = np.where(told, self.volume * self.click_rates, self.clicks)
        if self.orders.any() or (self.orders_role and self.clicks.any()):
            self.by = "orders"
            self.conversion = fit_prior(self.came, self.tried)
            self.rates = self.conversion.rate(self.came, self.tried)
            self.value = expected * self.rates
        elif self.clicks_role and self.clicks.any():
            self.by, self.value = "clicks", expected
        elif self.volume.any() and "conversion_rate" not in table.figures:
            self.by, self.value = "volume", self.volume
        elif self.volume.any() or index_role:
            self.by, self.value = "ranks", self._ranked(self.volume_role if self.volume.any() else index_role)
        else:
            self.by, self.value = "nothing", none
        self._judge()
        # Plain numbers: single ones out of arrays are slow.
        if self.by == "orders":
            columns = (self.tried, self.orders, self.rates, self.value)
        else:
            columns = (self.volume, self.clicks, self.click_rates, self.value)
        self._told = list(zip(*(column.tolist() for column in columns), strict=True))

    def metrics(self) -> list[dict[str, float]]:
        """Return the figures of each word that were told."""
        roles = list(self.table.figures)
        rows = zip(*(values.tolist() for values in self.table.figures.values()), strict=True)
        if not any(np.isnan(values).any() for values in self.table.figures.values()):
            return [dict(zip(roles, row, strict=True)) for row in rows] if roles else [{} for _ in self.table.texts]
        return [{role: value for role, value in zip(roles, row, strict=True) if value == value} for row in rows]

    def figures(self, place: int) -> str:
        """Return one sentence on what was measured of a word."""
        match self.by:
            case "orders":
                clicks, orders, rate, value = self._told[place]
                assert self.conversion is not None
                which = "thin_orders" if clicks < min(self.conversion.strength, FEW) else "orders"
                if not clicks and not orders:
                    clicks, which = float(self.clicks[place]), "untold_orders"
                made = _count(orders)
                if self.guessed[place]:
                    made = self._sentences["guessed"].format(number=made)
                return self._sentences[which].format(
                    clicks=_count(clicks), orders=made, rate=_share(rate), value=_count(value)
                )
            case "clicks" if self.click_rate is not None:
                volume, clicks, rate, value = self._told[place]
                name = self._names.get(self.volume_role, self.volume_role)
                return self._sentences["clicks"].format(
                    name=name, volume=_count(volume), clicks=_count(clicks), rate=_share(rate), value=_count(value)
                )
            case "clicks":
                return self._sentences["clicks_only"].format(clicks=_count(self._told[place][1]))
            case "volume":
                name = self._names.get(self.volume_role, self.volume_role)
                return self._sentences["volume"].format(name=name, volume=_count(self._told[place][0]))
            case "ranks":
                places = [f"{name} {_place(of[place], self._lang)}" for name, of in self.places if of[place]]
                return self._sentences["ranked"].format(places=("，" if self._lang == "zh" else ", ").join(places))
            case _:
                return self._sentences["nothing"]

    def _judge(self) -> None:
        """Mark the words whose rate is surely poor, and those that surely cost more than they earn."""
        limits = self._settings["poor"]
        sure = limits["sure"]
        if self.conversion is not None and self.orders.sum() > 0:
            bar = limits["conversion"] * self.conversion.pooled
            self.poor = surely_below(bar, self.came, self.tried) >= sure
            cost = self.table.figures.get("cost")
            if self.profit and cost is not None:
                spent = np.nan_to_num(cost)
                self.cost = np.divide(spent, self.clicks, out=np.zeros_like(spent), where=self.clicks > 0)
                even = self.cost / self.profit  # the conversion at which a click pays for itself
                self.loss = (surely_below(even, self.came, self.tried) >= sure) & (spent > 0)
        if self.click_rate is not None:
            bar = limits["click_rate"] * self.click_rate.pooled
            few = surely_below(bar, self.clicks, self.volume) >= sure
            if self.conversion is not None:
                # Few clicks that buy well are no poor word: what counts is what a view brings.
                usual = self.click_rate.pooled * self.conversion.pooled
                few &= self.click_rates * self.rates < limits["click_rate"] * usual
            self.poor_clicks = few

    def _ranked(self, index_role: str) -> Floats:
        """Return words by their places in an index and in the rates beside it, from 0 to 1; nothing is added up."""
        weights = self._settings["ranked"]
        index = self._filled(index_role)
        if self.table.measures[index_role] == "rank":  # the first is the best
            index = np.where(index > 0, -index, -np.inf)
        volume = _percentiles(index)
        total, parts = weights["volume"] * volume, weights["volume"]
        self.places = [(self._names.get(index_role, index_role), _places(index))]
        for role, key in (("conversion_rate", "conversion"), ("click_rate", "click_rate")):
            if role in self.table.figures:
                rates = self._filled(role)
                # Without counts nobody knows how many stood behind a rate; a rarely searched word's is half believed.
                total = total + weights[key] * (0.5 + (_percentiles(rates) - 0.5) * volume)
                parts += weights[key]
                self.places.insert(0, (self._names.get(role, role), _places(rates)))
        value: Floats = total / parts
        self.volume = volume
        return value

    def _first(self, roles: Sequence[str]) -> str:
        return next((role for role in roles if role in self.table.figures), "")

    def _filled(self, role: str) -> Floats:
        return np.nan_to_num(self.table.figures[role]) if role else np.zeros(len(self.table))


def _roles(searches: Sequence[Search], worth: _Worth) -> list[_Role]:
    """Return what each word is for, before the core words are taken out."""
    poor, few, loss = worth.poor.tolist(), worth.poor_clicks.tolist(), worth.loss.tolist()
    # A word that is known to sell is about the product, whatever a list says, where the table is about it.
    sells = ((worth.orders >= 3) & ~worth.poor).tolist() if worth.by == "orders" else [False] * len(searches)
    own_table = _is_own(searches, worth)
    roles: list[_Role] = []
    tail = _Role("long_tail", "long_tail")
    for place, search in enumerate(searches):
        if search.other:
            roles.append(_Role("other_brand", "other_brand", search.other))
        elif search.clash is not None:
            roles.append(_Role("negative", "clash"))
        elif search.none[0] and (search.none[1] == "fake" or not sells[place]):
            roles.append(_Role("negative", "none"))
        elif search.thing and not sells[place]:
            roles.append(_Role("negative", "thing", search.thing))
        elif search.thing and not own_table:
            roles.append(_Role("unrelated", "other_goods", search.thing))
        elif search.kin == "none" and not own_table:
            roles.append(_Role("unrelated", "unrelated"))
        elif poor[place]:
            roles.append(_Role("low", "poor_conversion"))
        elif loss[place]:
            roles.append(_Role("low", "loss"))
        elif few[place]:
            roles.append(_Role("low", "poor_clicks"))
        elif search.own:
            roles.append(_Role("own_brand", "own_brand", search.own))
        elif search.fits:
            roles.append(_Role("long_tail", "fits", search.fits))
        elif search.guessed:
            roles.append(_Role("long_tail", "guessed", search.guessed))
        elif search.thing:
            roles.append(_Role("long_tail", "thing_sold", search.thing))
        elif search.unfit and not sells[place]:
            roles.append(_Role("long_tail", "unfit", search.unfit))
        elif search.kin != "own" and not (sells[place] and own_table):
            reason = "shared" if search.kin == "shared" else "strange"
            roles.append(_Role("long_tail", reason, search.shared))
        else:
            roles.append(tail)
    return roles


def _is_own(searches: Sequence[Search], worth: _Worth) -> bool:
    """Return whether most of what a table counts is about the product, so that what it counts speaks of it."""
    weights = next((of for of in (worth.orders, worth.clicks, worth.volume) if of.any()), np.ones(len(searches)))
    own = np.array([search.kin == "own" and not search.thing for search in searches], bool)
    return bool(weights[own].sum() >= OWN * weights.sum())


def _core(order: NDArray[np.int64], roles: Sequence[_Role], searches: Sequence[Search], wanted: int) -> list[int]:
    """Return the most valuable words that speak against nothing, no two of the same words in another order."""
    chosen: list[int] = []
    seen: set[tuple[str, ...]] = set()
    for place in order.tolist():
        if len(chosen) >= wanted:
            break
        role = roles[place]
        if role.role != "long_tail" or role.reason in DOUBTS or (role.reason == "fits" and not searches[place].head):
            continue
        words = tuple(sorted(searches[place].words))
        if words in seen:
            continue
        seen.add(words)
        chosen.append(place)
    return chosen


def _settle_orders(roles: list[_Role], searches: Sequence[Search], leaders: Sequence[int]) -> None:
    """Say of words that are a core word in another order that they are."""
    by_words = {tuple(sorted(searches[place].words)): place for place in leaders}
    known = {word for words in by_words for word in words}
    for place, search in enumerate(searches):
        if roles[place].role == "long_tail" and len(search.words) > 1 and search.words[0] in known:
            leader = by_words.get(tuple(sorted(search.words)))
            if leader is not None:
                roles[place] = _Role("long_tail", "order", "".join(searches[leader].words))


def _groups(
    order: NDArray[np.int64],
    roles: Sequence[_Role],
    searches: Sequence[Search],
    leaders: Sequence[int],
    table: SearchTable,
    settings: Mapping[str, Any],
) -> list[str]:
    """Return what each word's group is called; words that are not taken have none."""
    usable = [place for place in order.tolist() if roles[place].role in ("core", "long_tail", "own_brand")]
    at = {place: number for number, place in enumerate(usable)}
    heads = group([searches[place].words for place in usable], [at[place] for place in leaders], settings["groups"])
    names = [""] * len(table)
    for place, head in zip(usable, heads.tolist(), strict=True):
        names[place] = table.texts[usable[head]]
    return names


class _Reasons:
    """The sentence beside each word."""

    def __init__(self, settings: Mapping[str, Any], worth: _Worth, product: Product, lang: str) -> None:
        self._sentences: dict[str, str] = {name: words[lang] for name, words in settings["reasons"].items()}
        self._no_buyers = {kind: words[lang] for kind, words in settings["no_buyers"].items()}
        self._poor, self._worth, self._product, self._lang = settings["poor"], worth, product, lang

    def of(self, place: int, role: _Role, search: Search) -> str:
        """Return why a word has its role."""
        sentence, worth = self._sentences[role.reason], self._worth
        match role.reason:
            case "other_brand":
                return sentence.format(word=role.word)
            case "none":
                return sentence.format(word=search.none[0], why=self._no_buyers[search.none[1]])
            case "thing" | "thing_sold" | "other_goods":
                figures = worth.figures(place)
                return sentence.format(word=role.word, product=self._product.heads[0], figures=figures)
            case "clash":
                clash = search.clash
                assert clash is not None
                return sentence.format(set=clash.set, set_en=clash.set_en, told=clash.told, word=clash.word)
            case "poor_conversion" | "poor_clicks":
                clicks = role.reason == "poor_clicks"
                prior = worth.click_rate if clicks else worth.conversion
                assert prior is not None
                rates = worth.click_rates if clicks else worth.rates
                share = self._poor["click_rate" if clicks else "conversion"]
                return sentence.format(
                    rate=_share(rates[place]),
                    usual=_share(prior.pooled),
                    share=f"{share:.0%}",
                    sure=f"{self._poor['sure']:.0%}",
                    figures=worth.figures(place),
                )
            case "loss":
                cost, rate = worth.cost[place], worth.rates[place]
                return sentence.format(
                    cost=f"{cost:.2f}",
                    rate=_share(rate),
                    order=f"{cost / max(rate, 1e-9):.1f}",
                    profit=f"{worth.profit:.1f}",
                    figures=worth.figures(place),
                )
            case _:
                return sentence.format(word=role.word, figures=worth.figures(place))


def _percentiles(values: Floats) -> Floats:
    """Return the share of words that are below each, ties in the middle."""
    _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    below = np.cumsum(counts) - counts
    share: Floats = ((below + counts / 2) / len(values))[at]
    return share


def _places(values: Floats) -> Floats:
    """Return the place of each word, the highest first; 0 for those without a value."""
    order = np.unique(-values, return_inverse=True, return_counts=True)
    first = np.cumsum(order[2]) - order[2] + 1
    places: Floats = np.where(np.isfinite(values) & (values != 0), first[order[1]], 0).astype(float)
    return places


def _place(place: float, lang: str) -> str:
    return f"第 {place:,.0f}" if lang == "zh" else f"no. {place:,.0f}"


def _count(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def _share(rate: float) -> str:
    return f"{rate:.1%}" if rate >= 0.001 else f"{rate:.2%}"
