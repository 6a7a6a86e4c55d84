"""Rates of words with few and with many trials, made comparable: each is drawn to what is usual as far as it is thin.

A word's true rate is taken for a draw from a Beta distribution that all words share; its two parameters are fitted to
the words themselves (empirical Bayes), so how far three clicks are believed is learned from the table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ENOUGH = 20  # words with trials, and as many successes, from which a spread can be told
USUAL_STRENGTH = 60.0  # trials that the average weighs where nothing can be told: words differ by a factor of two or so
SAMPLE = 20_000  # words that the fit looks at, evenly taken over the table
LEAST, MOST = 0.5, 1e6


@dataclass(frozen=True, slots=True)
class Prior:
    """What is known of a word's rate before its own trials: ``mean``, weighing as much as ``strength`` trials.

    ``pooled`` is the rate of all trials together, which words with many trials decide.
    """

    mean: float
    strength: float
    pooled: float

    def rate(self, successes: Floats, trials: Floats) -> Floats:
        """Return the expected rate of each word."""
        rate: Floats = (successes + self.mean * self.strength) / (trials + self.strength)
        return rate


def surely_below(rate: float | Floats, successes: Floats, trials: Floats) -> Floats:
    """Return how sure it is that each true rate lies below a number, by the exact binomial test of each by itself.

    What is usual among words has no say in it: a word is called poor only by its own trials.
    """
    from scipy.special import betainc

    bar = np.clip(rate, 0.0, 1.0)
    # 1 − P(as few successes or fewer at this rate); a = successes + 1, b = trials − successes.
    a, b = successes + 1, np.maximum(trials - successes, 1e-9)
    chance: Floats = np.where(trials > 0, betainc(a, b, bar), 0.0)
    return chance


def fit_prior(successes: Floats, trials: Floats) -> Prior:
    """Fit the distribution of rates; words without trials say nothing, successes beyond the trials count as trials."""
    has = trials > 0
    successes, trials = successes[has], np.maximum(trials[has], successes[has])
    total = float(trials.sum())
    if not total:
        return Prior(0.0, USUAL_STRENGTH, 0.0)
    # Half a success more, so that a table without any is not taken for proof that there never will be one.
    pooled = (float(successes.sum()) + 0.5) / (total + 1)
    if len(trials) < ENOUGH or successes.sum() < ENOUGH:
        return Prior(pooled, USUAL_STRENGTH, pooled)
    step = max(1, len(trials) // SAMPLE)
    order = np.argsort(-trials, kind="stable")[::step]  # every step-th by size: the large ones say most
    mean, strength = _fit(successes[order], trials[order], pooled)
    return Prior(mean, strength, pooled)


def _fit(successes: Floats, trials: Floats, start: float) -> tuple[float, float]:
    """Return the mean and strength under which the successes are most likely."""
    from scipy.optimize import minimize
    from scipy.special import betaln, expit, logit

    pairs, times = np.unique(np.stack([successes, trials]), axis=1, return_counts=True)
    hits, of = pairs

    def unlikelihood(at: Floats) -> float:
        mean, strength = expit(at[0]), np.exp(np.clip(at[1], np.log(LEAST), np.log(MOST)))
        a, b = mean * strength, (1 - mean) * strength
        return -float(np.sum(times * (betaln(a + hits, b + of - hits) - betaln(a, b))))

    begin = np.array([logit(min(max(start, 1e-6), 1 - 1e-6)), np.log(USUAL_STRENGTH)])
    found = minimize(unlikelihood, begin, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-3, "maxiter": 200})
    mean = float(expit(found.x[0]))
    strength = float(np.exp(np.clip(found.x[1], np.log(LEAST), np.log(MOST))))
    return mean, strength
