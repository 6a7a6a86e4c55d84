"""Learn from a user's own results what their readers click: differences between the titles of one group, nothing else.

The log of a title's click rate is laid against its features, both as differences from the mean of its group, so that
a good product, a good day or a good place teach nothing. Rows weigh by how well their rate is known (clicks), and
weights are drawn towards zero as far as one word can be expected to matter: ridge, with a constant for its prior. What
comes of it is measured on groups that were held out, on the pairs whose rates differ beyond chance, with the points as
they will be used: whole and clamped.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from copykit.errors import CopykitError
from copykit.model import Lesson
from copykit.titles.learned import BASE, FAMILIES, Learned, Traits
from copykit.titles.score import TitleScorer

LEAST_GROUPS = 40  # below it the interval on held-out groups is so wide that nothing could pass
LEAST_PAIRS = 80
FOLDS = 5
DRAWS = 1_000
POINT = 0.01  # one point: about 1 % more clicks than other titles of the group
_PRIOR = 300.0  # 1 / 0.058²: one word moves a rate by some 6 % as a rule
_RULE = 2.0  # a rule stands for many words, so that it may matter twice as much as one
_BETWEEN = 0.05  # 0.22²: titles of one group differ by so much beyond what can be learned
_Z95 = 1.959964
_SEEN = {"rules": 2, "words": 2, "pairs": 3, "openings": 3}  # titles that must hold a feature


class Sample(NamedTuple):
    """A title of one group with its counts."""

    group: str
    title: str
    impressions: int
    clicks: int


class TooLittle(CopykitError):
    """Less data than anything could be learned from."""

    zh = (
        "数据太少，学不出来：要 {need_groups} 组（每组至少两条标题）、{need_pairs} 对分得出高下的标题，"
        "现在 {groups} 组、{pairs} 对；接着攒，或把同一位置的旧数据补进来"
    )
    en = (
        "too little to learn from: it takes {need_groups} groups of two titles and more and {need_pairs} pairs that"
        " differ beyond chance; there are {groups} and {pairs}"
    )
    exit_code = 1


class Entangled(TooLittle):
    """Groups that share titles with one another, so that none can be held out unseen."""

    zh = (
        "学不出来：{groups} 组都用着同样的标题（“{title}”在 {among} 组里），留不出一部分没学过的来检验，"
        "要至少 {folds} 批互不相同的；把它从表里去掉（每组还要剩两条标题），或者换着用不同的老标题作对照"
    )
    en = (
        "nothing can be learned: the {groups} groups share titles ('{title}' is in {among} of them), so that none can"
        " be held out unseen; it takes {folds} sets without a title in common. Take it out of the table, leaving two"
        " titles a group, or compare with different old titles"
    )


def learn(
    samples: Iterable[Sample],
    scorer: TitleScorer,
    name: str,
    day: str,
    seed: int = 0,
    advance: Callable[[int], None] = lambda _: None,
) -> tuple[Lesson, Learned]:
    """Learn a profile on top of the scorer's, and measure it by leaving groups out.

    ``day`` is written into the profile; ``seed`` draws the folds and the intervals; ``advance`` is told of titles read.

    Raises:
        TooLittle: under LEAST_GROUPS groups or LEAST_PAIRS pairs.
        Entangled: groups that share titles fall into fewer than FOLDS sets.
        TitleEmpty, TitleTooLong, TitleDamaged: a title cannot be judged.
    """
    rows = _merged(samples)
    groups = Counter(row.group for row in rows)
    rows = [row for row in rows if groups[row.group] > 1]
    counted = len({row.group for row in rows})
    pairs = _decided(rows)
    if counted < LEAST_GROUPS or len(pairs) < LEAST_PAIRS:
        raise TooLittle(groups=counted, pairs=len(pairs), need_groups=LEAST_GROUPS, need_pairs=LEAST_PAIRS)
    bundle = bundles(rows)
    if len(set(bundle.values())) < FOLDS:
        title, among = Counter(row.title for row in rows).most_common(1)[0]
        raise Entangled(groups=counted, pairs=len(pairs), title=title, among=among, folds=FOLDS)
    design = _Design(rows, scorer.traits([row.title for row in rows], advance))
    held_out = _held_out(design, rows, bundle, seed)
    lengths = [float(len(row.title)) for row in rows]
    hits = [(bundle[group], _told(held_out, pair), _told(lengths, pair)) for group, pair in pairs]
    accuracy, baseline, interval, better = _measured(hits, seed)
    about = {
        "learned_on": day,
        "groups": counted,
        "titles": len(rows),
        "pairs": len(pairs),
        "accuracy": round(accuracy, 4),
        "interval": [round(end, 4) for end in interval],
        "baseline": round(baseline, 4),
    }
    everything = range(len(rows))
    model = design.fit(everything)
    scores = sorted(float(score) for score in design.scores(model, everything))
    percentiles = tuple(scores[len(scores) * percent // 100] for percent in range(1, 100))
    stands_on = scorer.settings.profile.id
    points = design.learned(model)
    learned = Learned(name, stands_on, points, model.per_word, model.usual_words, model.base, about, percentiles)
    more, less = _largest(learned)
    return Lesson(counted, len(rows), len(pairs), accuracy, interval, baseline, better, more, less), learned


def _merged(samples: Iterable[Sample]) -> list[Sample]:
    """Return one row a title and group, however many rows it had; rows without impressions say nothing."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for group, title, impressions, clicks in samples:
        shown, clicked = sums.get((group, title), (0, 0))
        sums[group, title] = shown + impressions, clicked + clicks
    return [Sample(*key, *counts) for key, counts in sums.items() if counts[0]]


def _decided(rows: Sequence[Sample]) -> list[tuple[str, tuple[int, int]]]:
    """Return (group, (winner, loser)) as places in ``rows`` for the pairs of a group that differ beyond chance."""
    places: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        places.setdefault(row.group, []).append(place)
    found = []
    for group, members in places.items():
        for one, two in combinations(members, 2):
            a, b = rows[one], rows[two]
            share = (a.clicks + b.clicks) / (a.impressions + b.impressions)
            error = math.sqrt(share * (1 - share) * (1 / a.impressions + 1 / b.impressions))
            apart = a.clicks / a.impressions - b.clicks / b.impressions
            if error and abs(apart) >= _Z95 * error:
                found.append((group, (one, two) if apart > 0 else (two, one)))
    return found


def _told(scores: Sequence[float], pair: tuple[int, int]) -> float:
    winner, loser = scores[pair[0]], scores[pair[1]]
    return 0.5 if winner == loser else float(winner > loser)


def _measured(
    hits: Sequence[tuple[str, float, float]], seed: int
) -> tuple[float, float, tuple[float, float], tuple[float, float]]:
    """Return accuracy, baseline, and the intervals of accuracy and of its lead, drawing whole groups many times."""
    import numpy as np

    codes: dict[str, int] = {}
    cluster = np.array([codes.setdefault(hit[0], len(codes)) for hit in hits])
    count, told, longer = (
        np.bincount(cluster, [float(value) for value in values])
        for values in ([1.0] * len(hits), [hit[1] for hit in hits], [hit[2] for hit in hits])
    )
    pick = np.random.default_rng(seed)
    drawn = [pick.integers(0, len(codes), len(codes)) for _ in range(DRAWS)]
    accuracies = [float(told[some].sum() / count[some].sum()) for some in drawn]
    leads = [float((told - longer)[some].sum() / count[some].sum()) for some in drawn]
    accuracy, baseline = float(told.sum() / count.sum()), float(longer.sum() / count.sum())
    return accuracy, baseline, _middle95(accuracies), _middle95(leads)


def _middle95(draws: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(draws)
    return ordered[int(0.025 * len(ordered))], ordered[int(0.975 * len(ordered))]


# --- fitting ----------------------------------------------------------------------------------------------------------


class _Model(NamedTuple):
    """Points of every column of a design, and those for each word more than usual."""

    points: Any
    per_word: float
    usual_words: float
    base: int


class _Design:
    """The titles as numbers: a row a title, a column a feature."""

    def __init__(self, rows: Sequence[Sample], traits: Sequence[Traits]) -> None:
        import numpy as np
        from scipy import sparse

        codes = {group: code for code, group in enumerate(dict.fromkeys(row.group for row in rows))}
        self.group = np.array([codes[row.group] for row in rows])
        self.names = sorted({key for trait in traits for key in trait.counts})
        column = {key: number for number, key in enumerate(self.names)}
        spots = [column[key] for trait in traits for key in trait.counts]
        values = [count for trait in traits for count in trait.counts.values()]
        starts = np.cumsum([0, *(len(trait.counts) for trait in traits)])
        self.matrix = sparse.csr_matrix((np.array(values, float), spots, starts), (len(rows), len(column)))
        self.words = np.array([trait.words for trait in traits], float)
        clicks = np.array([row.clicks for row in rows], float)
        shown = np.array([row.impressions for row in rows], float)
        self.rate = np.log((clicks + 0.5) / (shown + 1))
        self.weight = 1 / (1 / (clicks + 0.5) + _BETWEEN)
        self.seen = np.array([_SEEN[family] for family, _ in self.names])
        self.scale = np.array([_RULE if family == "rules" else 1.0 for family, _ in self.names])

    def fit(self, places: Any) -> _Model:
        """Return the points that the rows at ``places`` teach, whole as they will be used."""
        import numpy as np
        from scipy import sparse
        from sklearn.linear_model import Ridge

        group = np.unique(self.group[places], return_inverse=True)[1]
        weight, rate, matrix = self.weight[places], self.rate[places], self.matrix[places]
        lines = np.arange(len(group))
        member = sparse.csr_matrix((np.ones(len(group)), (group, lines)))
        held = matrix.sign()
        # A feature is worth a weight when enough titles hold it, in more than one group.
        wide = np.asarray((member @ held).sign().sum(0)).ravel() > 1
        kept = np.flatnonzero((np.asarray(held.sum(0)).ravel() >= self.seen) & wide)
        usual = round(float(self.words[places].mean()), 2)
        more = sparse.csr_matrix((self.words[places] - usual)[:, None])
        scale = np.append(self.scale[kept], 1.0)
        matrix = (sparse.hstack([matrix[:, kept], more]) @ sparse.diags(scale)).tocsr()
        mean = sparse.csr_matrix((weight, (group, lines)))
        mean = sparse.diags(1 / np.asarray(mean.sum(1)).ravel()) @ mean
        inside = (matrix - (mean @ matrix).tocsr()[group]).tocsr()
        fitted = Ridge(alpha=_PRIOR, fit_intercept=False, solver="sparse_cg", tol=1e-5)
        fitted.fit(inside, rate - (mean @ rate)[group], sample_weight=weight)
        weights = fitted.coef_ * scale / POINT
        points = np.zeros(len(self.names))
        points[kept] = np.clip(np.rint(weights[:-1]), -100, 100)
        model = _Model(points, round(float(weights[-1]), 4), usual, 0)
        # The titles learned from stand at 50 on average.
        return model._replace(base=BASE - round(float(self._sums(model, places).mean())))

    def scores(self, model: _Model, places: Any) -> Any:
        """Return the scores that the points give, as ``titles score`` adds them up."""
        return (model.base + self._sums(model, places)).clip(0, 100)

    def _sums(self, model: _Model, places: Any) -> Any:
        import numpy as np

        return self.matrix[places] @ model.points + np.rint(model.per_word * (self.words[places] - model.usual_words))

    def learned(self, model: _Model) -> dict[str, dict[str, int]]:
        """Return family → name → points."""
        points: dict[str, dict[str, int]] = {family: {} for family in FAMILIES}
        for (family, name), value in zip(self.names, model.points, strict=True):
            if value:
                points[family][name] = int(value)
        return points


def _held_out(design: _Design, rows: Sequence[Sample], bundle: Mapping[str, str], seed: int) -> list[float]:
    """Return the score that each title gets from a model that never saw its group."""
    import numpy as np

    names = sorted(set(bundle.values()))
    random.Random(seed).shuffle(names)  # noqa: S311 - folds are no secret
    number = {name: place % FOLDS for place, name in enumerate(names)}
    fold = np.array([number[bundle[row.group]] for row in rows])
    scores = np.zeros(len(rows))
    for turn in range(FOLDS):
        own = np.flatnonzero(fold == turn)
        scores[own] = design.scores(design.fit(np.flatnonzero(fold != turn)), own)
    return [float(score) for score in scores]


def bundles(rows: Iterable[Sample]) -> dict[str, str]:
    """Return group → the name of the bundle that it is held out with: groups that share a title stay together."""
    parent: dict[str, str] = {}

    def root(group: str) -> str:
        parent.setdefault(group, group)
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group

    first: dict[str, str] = {}
    for row in rows:
        parent[root(row.group)] = root(first.setdefault(row.title.casefold(), row.group))
    return {group: root(group) for group in list(parent)}


_Factor = tuple[str, str, int]
_SHOWN = 12


def _largest(learned: Learned) -> tuple[tuple[_Factor, ...], tuple[_Factor, ...]]:
    """Return the factors that earn most and those that cost most."""
    flat = [(family, name, points) for family in FAMILIES for name, points in learned.points[family].items()]
    flat.sort(key=lambda factor: (-abs(factor[2]), FAMILIES.index(factor[0]), factor[1]))
    return tuple(f for f in flat if f[2] > 0)[:_SHOWN], tuple(f for f in flat if f[2] < 0)[:_SHOWN]
