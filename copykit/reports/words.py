"""Which words changed from one period to the next, as the tests of ``keywords/changes`` see it, for a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.keywords.changes import compare_counts, learn_spread
from copykit.keywords.spikes import lone_day, surplus_of
from copykit.model import WordRow
from copykit.reports.gather import Daily
from copykit.reports.snapshot import MOST_WORDS, Snapshot

Array = NDArray[Any]

FALSE_SHARE = 0.05  # of the words that are told to have changed, at most this share by chance
LEAST_CHANGE = 1.1  # against the rest; what is sure but smaller is not worth anybody's time
LEAST_STEP = 1.05  # from one period to the next, to count as gone one way
LEAST_INDEX_CHANGE = 1.5  # an index has no counts to test; this many times more or less is told
LEAST_TOLD = 20  # places in both periods together from which a word tells how much the whole has changed
ENOUGH = 8  # such words that tell it; with fewer the sums do
MEDIAN_SQUARE = 0.4549  # what half of the squared deviations stay below by chance
TOP = 10  # words with the largest figures that a report lists
FEW = 3  # what came less often than this before is new rather than rising


NOTHING: Mapping[str, str] = {}


class Changes(NamedTuple):
    """The words of each state, best first: new and rising by what they gained, falling and gone by what they lost.

    ``one_day`` is the state of what would be new or rising, had it not been one day's.
    """

    words: Mapping[str, tuple[WordRow, ...]]
    own: tuple[WordRow, ...]


def changes(
    now: Snapshot,
    before: Snapshot | None,
    earlier: Sequence[Snapshot | None],
    is_own: Callable[[str], bool],
    top: int,
    least: int = 1,
    lang: str = "zh",
    one_day: Mapping[str, str] = NOTHING,
) -> Changes:
    """Compare two periods; ``earlier`` are those before and now, oldest first, for the history of each word.

    Without a period before, nothing can be said to have changed. ``least``: words that reached this figure in neither
    are left out. ``one_day``: what is to be said of words that a single day raised, which is no rise.
    """
    if before is None or before.measure != now.measure:
        return Changes({}, ())
    names = sorted({*now.words, *before.words})
    # What was not kept may have come as often as the floor: taken for nothing it would be new, or gone.
    was = np.array([before.words.get(name, (before.floor, 0))[0] for name in names])
    is_ = np.array([now.words.get(name, (now.floor, 0))[0] for name in names])
    seen = np.maximum(was, is_) >= least
    names = [name for name, good in zip(names, seen.tolist(), strict=True) if good]
    was, is_ = was[seen], is_[seen]
    index = now.measure.endswith("index")
    scale = 1.0 if index else _scale(was, is_)
    changed = _by_ratio(was, is_) if index else _by_test(was, is_, scale)
    rows: dict[str, list[tuple[float, WordRow]]] = {}
    own: list[tuple[float, WordRow]] = []
    for place in np.flatnonzero(changed).tolist():
        name, first, last = names[place], float(was[place]), float(is_[place])
        state = _state(first, last, scale)
        told_before, told_now = _figure(before, name), _figure(now, name)
        ratio = told_now / told_before if told_before and told_now else None
        history = tuple(_figure(each, name) for each in earlier)
        notes = [_note(history, state, lang)]
        if ratio is not None and (ratio <= 1 if state == "rising" else ratio >= 1):
            ratio /= scale
            notes.append(_WHOLE[lang][scale > 1])
        if name in one_day and state in ("new", "rising"):
            state, notes = "one_day", [one_day[name]]
        note = ("；" if lang == "zh" else "; ").join(filter(None, notes))
        row = WordRow(name, state, told_before, told_now, ratio, history, own=is_own(name), note=note)
        item = abs(last - first), row
        if row.own:
            own.append(item)
        else:
            rows.setdefault(state, []).append(item)

    def best(some: list[tuple[float, WordRow]]) -> tuple[WordRow, ...]:
        return tuple(row for _, row in sorted(some, key=lambda item: (-item[0], item[1].keyword))[:top])

    return Changes({state: best(some) for state, some in rows.items()}, best(own))


def top_words(now: Snapshot, before: Snapshot | None, found: Changes) -> tuple[WordRow, ...]:
    """Return the words with the largest figures, each in the state that was told of it, or steady.

    ``before`` is a period of the same sources and the same figure.
    """
    told = {row.keyword: row.state for rows in (*found.words.values(), found.own) for row in rows}
    rows = []
    for word, (figure, _) in sorted(now.words.items(), key=lambda item: (-item[1][0], item[0]))[:TOP]:
        was = _figure(before, word)
        rows.append(WordRow(word, told.get(word, "steady"), was, figure, figure / was if was else None))
    return tuple(rows)


def whole(snapshot: Snapshot | None) -> float | None:
    """Return the sum of all figures of a period, None where they are no counts that may be added up."""
    if snapshot is None or snapshot.measure == "documents" or snapshot.measure.endswith("index"):
        return None
    return sum(figure for figure, _ in snapshot.words.values())


def lone_days(now: Snapshot, before: Snapshot, daily: Daily, settings: Mapping[str, Any], lang: str) -> dict[str, str]:
    """Return for each word whose surplus a single day brought what is said of it; both periods are of the same sources.

    Words most of whose figure has no day are left alone.
    """
    wanted = settings["shape"]
    if (daily.exposure > 0).sum() < wanted["lasts"]:  # a row a week tells nothing of days
        return {}
    counted = sum(figure for figure, _ in before.words.values())
    found: dict[str, str] = {}
    for word, values in daily.words.items():
        usual = before.words.get(word, (0.0, 0))[0] / max(counted, 1e-9)
        lone = lone_day(surplus_of(values, daily.exposure, usual), wanted["one_day"])
        if lone is not None and values.sum() >= wanted["one_day"] * now.words[word][0]:
            found[word] = settings["shapes"]["one_day"][lang].format(day=daily.days[lone].isoformat())
    return found


def with_last_year(
    rows: Sequence[WordRow], like: Snapshot, like_before: Snapshot | None, lang: str
) -> tuple[WordRow, ...]:
    """Return the rows with their figures of the same weeks last year, and whether they went the same way then."""
    then: dict[str, str] = {}
    if like_before is not None:
        found = changes(like, like_before, [like_before, like], lambda word: False, MOST_WORDS)
        then = {row.keyword: row.state for some in found.words.values() for row in some}
    told = []
    for row in rows:
        way, was = _WAYS.get(row.state, ""), _WAYS.get(then.get(row.keyword, ""), "")
        said = ""
        figure = _figure(like, row.keyword)
        if row.state == "new" and figure is not None and figure >= FEW:
            said = "去年这时就有" if lang == "zh" else "it was there at this time last year"
        elif way and was:
            said = _THEN[lang][(way, was)]
        elif way and like_before is not None and row.keyword in like.words and row.keyword in like_before.words:
            said = "去年这时没怎么变" if lang == "zh" else "steady at this time last year"
        note = ("；" if lang == "zh" else "; ").join(filter(None, (row.note, said)))
        told.append(replace(row, year_ago=figure, note=note))
    return tuple(told)


def year_part(
    now: Snapshot, like: Snapshot, is_own: Callable[[str], bool], top: int, least: int, lang: str
) -> tuple[WordRow, ...]:
    """Return the words that changed most since the same weeks last year, against the rest."""
    found = changes(now, like, [like, now], is_own, MOST_WORDS, least, lang)
    both = [(like.words[word][0], figure) for word, (figure, _) in now.words.items() if word in like.words]
    scale = 1.0 if now.measure.endswith("index") else _scale(*np.array(both or [(1.0, 1.0)]).T)
    rows = [row for some in found.words.values() for row in some]
    rows.sort(key=lambda row: (-abs((row.after or 0) / scale - (row.before or 0)), row.keyword))
    return tuple(
        replace(row, ratio=row.after / row.before / scale if row.before and row.after else None, note="")
        for row in rows[:top]
    )


# What the whole did where a word went its own way against it only: fell, or rose.
_WHOLE = {"zh": ("整体掉得更多", "整体涨得更多"), "en": ("the whole fell more", "the whole rose more")}
# What a state says of a word's way, for saying whether it went the same way a year ago.
_WAYS = {"new": "up", "rising": "up", "falling": "down", "gone": "down"}
_THEN = {
    "zh": {
        ("up", "up"): "去年这时也涨",
        ("up", "down"): "去年这时是跌的",
        ("down", "down"): "去年这时也跌",
        ("down", "up"): "去年这时是涨的",
    },
    "en": {
        ("up", "up"): "it rose at this time last year, too",
        ("up", "down"): "it fell at this time last year",
        ("down", "down"): "it fell at this time last year, too",
        ("down", "up"): "it rose at this time last year",
    },
}


def _scale(was: Array, is_: Array) -> float:
    """Return how many times as much all in all there is now: what half of the words have at least.

    The sums would say that all other words fell when a few large ones rose.
    """
    both = (was > 0) & (is_ > 0) & (was + is_ >= LEAST_TOLD)
    if both.sum() >= ENOUGH:
        return float(np.median(is_[both] / was[both]))
    return float(is_.sum() / was.sum()) if was.sum() and is_.sum() else 1.0


def _by_test(was: Array, is_: Array, scale: float) -> Array:
    if not was.sum() or not is_.sum():
        return np.zeros(len(was), bool)
    share = scale / (1 + scale)
    spread = _spread(was, is_, share)
    with np.errstate(divide="ignore"):
        against = np.where(was > 0, is_ / np.maximum(was, 1e-9) / scale, np.inf)
    told = (against >= LEAST_CHANGE) | (against <= 1 / LEAST_CHANGE)
    found: Array = compare_counts(was, is_, share, spread, FALSE_SHARE).believed & told
    return found


def _spread(was: Array, is_: Array, share: float) -> Array:
    """Return how much wider than by chance each word's figure varies; of a few words, what half of them show."""
    total = was + is_
    learned = learn_spread(was, is_, share)
    told = total >= LEAST_TOLD
    if len(learned.at) or told.sum() < ENOUGH:
        return learned.of(total)
    expected = total[told] * share
    squares = (is_[told] - expected) ** 2 / (expected * (1 - share))
    return np.full(len(was), max(1.0, float(np.median(squares)) / MEDIAN_SQUARE))


def _by_ratio(was: Array, is_: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(was > 0, is_ / was, np.inf)
    found: Array = (ratio >= LEAST_INDEX_CHANGE) | (ratio <= 1 / LEAST_INDEX_CHANGE)
    return found


def _state(before: float, after: float, scale: float) -> str:
    if not after:
        return "gone"
    if before < FEW and after > before:
        return "new"
    # Against the rest: in a period with twice as many searches, twice as many of a word is no rise.
    return "rising" if after > before * scale else "falling"


def _figure(snapshot: Snapshot | None, name: str) -> float | None:
    if snapshot is None:
        return None
    if name in snapshot.words:
        return snapshot.words[name][0]
    return None if snapshot.floor else 0.0


def _note(history: Sequence[float | None], state: str, lang: str) -> str:
    """Say how long a word has gone the way of its state, from three periods on; a hair's breadth is no way."""
    rises = falls = 0
    for earlier, later in zip(history[-2::-1], history[:0:-1], strict=True):
        if earlier is None or later is None:
            break
        if later > earlier * LEAST_STEP and not falls:
            rises += 1
        elif later * LEAST_STEP < earlier and not rises:
            falls += 1
        else:
            break
    if rises >= 2 and _WAYS.get(state) == "up":
        return f"连涨 {rises} 期" if lang == "zh" else f"rising for {rises} periods"
    if falls >= 2 and _WAYS.get(state) == "down":
        return f"连跌 {falls} 期" if lang == "zh" else f"falling for {falls} periods"
    return ""
