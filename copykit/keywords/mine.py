"""The words of a whole corpus: counted exactly, weighed by factors that people can check, overlaps settled."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.keywords.counts import SCALE, Counts
from copykit.keywords.little import AGAIN, HALF_SAID, ONCE, BorneOut
from copykit.keywords.profile import Profile
from copykit.keywords.rows import Finder, Rows, in_order, joined, taken
from copykit.keywords.shares import settled
from copykit.keywords.words import (
    AFTER,
    NEIGHBOURS,
    TAGS,
    U64,
    Ints,
    Words,
    char_codes,
    neighbour_codes,
    neighbours,
    plain_text,
)
from copykit.model import Keyword
from copykit.text.normalize import fold_texts

SURVIVORS = 150_000  # candidates that are weighed; the rarest beyond that are left out, all of a count together
SMALL = 3_000  # words; in a smaller corpus a phrase that stands there once may be a keyword
COUNT_LIMIT = 1_000_000  # counts above are all the same to the histogram
SETTLED = 0.75  # a candidate so far inside a longer one is that one, cut short
SURELY, APART = 0.9, 1  # up to this share it is itself, too, if in more places than this it stands alone
SINGLE_COHESION = 0.3  # of a single word: below a phrase whose words belong together, above one of chance
DOUBT = 6  # so many further places of a phrase, in none of which it were one, stand for what was not seen
FIXED_COUNT = 4  # places from which the same neighbour at all of them is no chance
HALF = np.uint64(0xFFFFFFFF)  # the neighbours before a word, of both sides
FEW = 4  # places from which a phrase of a little corpus, or a word that was guessed, is one by its count
SEVERAL = 3  # texts from which on such a phrase is one
LEAST_TOLD = 0.1  # of the lowest figure that is told, so that it is more than none
SHARED = 3  # words with two measures from which on they tell how these compare
LOOSE = 0.12  # a phrase whose words hang together less is chance
FACTORS = ("frequency", "spread", "position", "cohesion", "rarity", "wording", "searched", "metrics", "nested")
# Tags with which a single character does not begin a phrase of few places, and those with which it ends one.
DOES, NAMES = ("v", "vd", "vg", "zg", "p"), ("n", "ng", "nr", "ns", "nt", "nz", "k", "j", "x")
# The figure that a word is judged by, the nearest to money first.
TELLING = ("orders", "revenue", "buyers", "clicks", "visitors", "search_index", "impressions", "interactions", "likes")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a mining run: how many words, and from how many texts at least."""

    top: int | None = 200
    min_documents: int = 1
    explain: bool = False


def rank(
    counts: Counts,
    rows: Rows,
    words: Words,
    profile: Profile,
    roles: Sequence[str],
    wanted: Wanted,
    borne_out: BorneOut | None = None,
) -> list[Keyword]:
    """Return the keywords of a corpus, best first.

    ``rows`` are the ``survivors`` of its counts; ``words`` is a vocabulary of the kind's, for the tables of its words;
    ``roles`` are those of the figures. ``borne_out``: of a little corpus, the phrases that may be keywords however
    few their places are.
    """
    if not len(rows.keys):
        return []
    table = _Table(counts, words, profile, rows, borne_out)
    places = np.flatnonzero(table.kept)
    factors = table.factors(roles, places)
    weights = {name: float(profile.data["mining"][name]) for name in factors}
    reachable = sum(weight for weight in weights.values() if weight > 0)
    shares = {name: 100 * weights[name] / reachable * values for name, values in factors.items()}
    total = np.sum(list(shares.values()), axis=0)
    # Equal weights go by the key, which is the same on every machine.
    order = np.lexsort((rows.keys.take(places), -np.round(total, 6)))
    own_words = table.word_hashes.take(places, axis=1)
    chosen = _without_twins(order, own_words, wanted.top)
    found = places.take(chosen).tolist()
    twins = _twins(order, own_words, chosen)
    turned: list[list[tuple[str, int]]] = [[] for _ in chosen]
    others = places.take(list(twins)).tolist()
    for number, other, (text, _) in zip(twins.values(), others, table.texts(others), strict=True):
        turned[number].append((text, int(rows.sums[0, other])))
    # A reader sees the first few figures, so the one that counted stands before the others.
    figures = sorted(enumerate(roles), key=lambda figure: (*table.telling, figure[1]).index(figure[1]))
    return [
        Keyword(
            text,
            round(float(total[at]), 2),
            int(rows.sums[0, place]),
            int(rows.sums[1, place]),
            number,
            settled({name: float(values[at]) for name, values in shares.items()}, float(total[at]), 2)
            if wanted.explain
            else {},
            {
                role: float(rows.figures[column, place]) / SCALE
                for column, role in figures
                if rows.figures[len(roles) + column, place]
            },
            variants,
            tuple(turned[number - 1]),
        )
        for number, (at, place, (text, variants)) in enumerate(zip(chosen, found, table.texts(found), strict=True), 1)
    ]


class Sifted(NamedTuple):
    """Candidates of some ranges of keys that may survive, how they stand, and below what none of them was kept."""

    rows: Rows
    standing: Ints
    least: int


def survivors(counts: Counts, wanted: Wanted, least: int = 0) -> Rows:
    """Return the candidates that are frequent enough to be weighed, sorted by key."""
    return brought_together([sift(counts, wanted, least)])


def sift(counts: Counts, wanted: Wanted, least: int = 0, numbers: Iterable[int] | None = None) -> Sifted:
    """Return what may survive of the ranges of keys with these numbers, all by default, in whatever order they come."""
    least = least or (1 if counts.totals.words < SMALL else 2)
    empty = counts.nothing()
    rows, standing = [empty], [counts.standing(empty)]
    histogram = np.zeros(COUNT_LIMIT + 1, np.int64)
    held = 0
    for part in counts.parts(numbers):
        every = part(1 if counts.has_whole else least)
        stand = counts.standing(every)
        good = np.flatnonzero((every.sums[1] >= wanted.min_documents) & (stand >= least))
        rows.append(taken(every, good))
        standing.append(stand.take(good))
        histogram += _histogram(standing[-1])
        held += len(good)
        if held > 3 * SURVIVORS // 2:
            # The bound can only rise while more is counted, so that nothing is dropped that would be kept at the end.
            least = max(least, _bound(histogram))
            rows, standing = _at_least(rows, standing, least)
            held = len(rows[0].keys)
    least = max(least, _bound(histogram))
    (every,), (stand,) = _at_least(rows, standing, least)
    return Sifted(every, stand, least)


def brought_together(parts: Sequence[Sifted]) -> Rows:
    """Return the survivors among what was sifted in several processes.

    Each knew a share of the keys, so that its bound is at most that of all; where one is higher than another, what the
    other kept below it does not survive either.
    """
    least = max(part.least for part in parts)
    every, standing = joined([part.rows for part in parts]), np.concatenate([part.standing for part in parts])
    least = max(least, _bound(_histogram(standing)))
    order, _ = in_order(every.keys)
    return taken(every, order[standing.take(order) >= least])


def _at_least(rows: Sequence[Rows], standing: Sequence[Ints], least: int) -> tuple[list[Rows], list[Ints]]:
    good = [np.flatnonzero(each >= least) for each in standing]
    kept = [taken(part, each) for part, each in zip(rows, good, strict=True)]
    return [joined(kept)], [np.concatenate([part.take(each) for part, each in zip(standing, good, strict=True)])]


def _histogram(standing: Ints) -> Ints:
    """Return how many candidates stand at each number."""
    return np.bincount(np.minimum(standing, COUNT_LIMIT), minlength=COUNT_LIMIT + 1)


def _bound(histogram: Ints) -> int:
    """Return the least number with at most SURVIVORS candidates at or above it."""
    above = np.cumsum(histogram[::-1])[::-1]
    return int(np.argmax(above <= SURVIVORS))


class _Table:
    """The surviving candidates with what is known of their words."""

    def __init__(
        self, counts: Counts, words: Words, profile: Profile, rows: Rows, borne_out: BorneOut | None = None
    ) -> None:
        self.rows, self._words, self.totals = rows, words, counts.totals
        self.size = (rows.words >= 0).sum(axis=0)
        self._model = profile.models["zh"]
        self._mining = profile.data["mining"]
        self._row_rules = words.rules.rows
        # How many places are the whole of a text, which is a keyword whatever words it has.
        self._whole = rows.sums[2].astype(np.int64) if counts.has_whole else np.zeros(len(rows.keys), np.int64)
        self.telling = self._row_rules.telling if self._row_rules is not None else TELLING
        self.vocabulary = counts.vocabulary(rows)
        self._at, self._has = self.vocabulary.at, self.vocabulary.has
        self._letters = np.where(self._has, self.vocabulary.sizes.take(self._at, mode="clip"), 0)
        self.word_hashes: U64 = np.where(self._has, self.vocabulary.hashes.take(self._at, mode="clip"), np.uint64(0))
        self._tags = self.vocabulary.tags
        self._doubted = self._made_up() | self._unheard_of(borne_out)
        self._worth = self._last_worth()
        self._cohesion = self._information()
        self.kept, self._inside = self._settled(frozenset(profile.data["mining"]["unbound"]))

    def factors(self, roles: Sequence[str], places: Ints) -> dict[str, Floats]:
        """Return each factor as 0 to 1 for the candidates at these places."""
        rows, totals = self.rows, self.totals
        count, documents, heads, leads = (column.take(places).astype(float) for column in rows.sums)
        if self._row_rules is not None:
            heads = count  # what is whole is a title
        size, inside = self.size.take(places), self._inside.take(places)
        # Less for those that were met a few times only.
        cohesion = 0.15 + self._cohesion.take(places) * count / (count + DOUBT)
        factors: dict[str, Floats] = {
            "frequency": np.log1p(count) / np.log1p(float(rows.sums[0].max())),
            "spread": np.log1p(documents) / np.log1p(max(totals.documents, 2)),
            "position": 0.5 * heads / count + 0.5 * leads / count,
        }
        of_words = self._of_words(places)
        # A word of the user's own holds together as a phrase does whose words are met nowhere else.
        alone = np.where(of_words.own, 0.15 + count / (count + DOUBT), SINGLE_COHESION)
        factors["cohesion"] = np.clip(np.where(size == 1, alone, cohesion), 0, 1)
        # How much more often than in general: ln of the share of texts here over that share anywhere.
        usual = np.where(size == 1, of_words.rarity, of_words.rarity + 0.5 * (size - 1))
        surplus = np.log(documents / max(totals.documents, 1)) + usual
        if totals.documents < 20:
            surplus = np.log(count / max(totals.words, 1)) + 6 + usual
        factors["rarity"] = np.clip(surplus / 10, 0, 1)
        factors["wording"] = np.clip(0.5 + of_words.habits / 5, 0, 1) * self._worth.take(places)
        factors["searched"] = np.clip(of_words.searched, 0, 1)
        telling = [list(roles).index(role) for role in self.telling if role in roles]
        if telling and self._row_rules is not None:
            told = rows.figures[[len(roles) + at for at in telling]]
            values = on_one_scale(rows.figures[telling].astype(float), told)
            if values.any():
                factors["metrics"] = between(values).take(places)
        elif telling:
            values = rows.figures[telling[0]].astype(float)
            factors["metrics"] = np.log1p(values.take(places)) / max(np.log1p(values.max()), 1e-9)
        factors["nested"] = inside**2
        return factors

    def texts(self, places: Sequence[int]) -> list[tuple[str, tuple[str, ...]]]:
        """Return each candidate as it is mostly written, with the other ways."""
        best = self.vocabulary.spellings(np.unique(self._at[:, places][self._has[:, places]]))
        # A corpus in traditional characters keeps them; a few such pages do not change how all words are shown.
        times = [spelling for names in best.values() for spelling in names]
        written_so = sum(count for name, count in times if name != plain_text(name))
        traditional = 2 * written_so > sum(count for _, count in times)
        texts = []
        for place in places:
            words = [best[word] for word in self._at[: self.size[place], place].tolist()]
            written = _joined([names[0][0] for names in words])
            shown = written if traditional else plain_text(written)
            others = [written, *(name for name, _ in words[0][1:4])] if len(words) == 1 else [written]
            texts.append((shown, tuple(dict.fromkeys(other for other in others if other != shown))))
        return texts

    def _information(self) -> Floats:
        """Return how far the words of each candidate go together: pointwise information over its largest value."""
        total = max(self.totals.words, 2)
        count = np.log(self.rows.sums[0] / total)
        parts = np.zeros(len(count))
        information = np.log(np.maximum(self.vocabulary.times, 1) / total)
        for at, has in zip(self._at, self._has, strict=True):
            parts += np.where(has, information.take(at, mode="clip"), 0)
        several = np.maximum(self.size - 1, 1)
        cohesion: Floats = (count - parts) / np.maximum(-count * several, 1e-9)
        return cohesion

    def _settled(self, unbound: frozenset[str]) -> tuple[NDArray[np.bool_], Floats]:
        """Return which candidates stand for themselves, and the share of each that is inside the most frequent of them.

        Every word that is left out as a piece stands inside a kept one that has most of its places. What else is left
        out is no word: a chance pair, a phrase that begins with a measure (款睫毛膏 of 这款睫毛膏), one whose last tag
        is worth nothing, or a stretch of a longer row than candidates are (its neighbour is always the same)
        whose words are all candidates, so that each of them is kept or stands inside what is kept.
        Beside ``unbound`` characters any word may stand. What was typed as a whole always stands for itself.
        """
        counts = self.rows.sums[0].astype(np.int64)
        # A word of the dictionary may stand alone, though it was not seen to in a few places; a phrase was seen to.
        alone = np.minimum(counts - APART, SURELY * counts)
        enough = np.where(self.size == 1, SETTLED * (counts + DOUBT), np.maximum(SETTLED * counts, alone))
        order, keys = in_order(self.rows.keys)
        finder = Finder(keys)
        kept: NDArray[np.bool_] = (self.size == 1) | (self._cohesion > LOOSE)
        kept &= ~(self._leans() | self._doubted | (self._worth == 0) | self._cut_out(finder, order, unbound))
        is_row = self._whole > 0
        kept |= is_row
        most = np.zeros(len(keys), np.int64)
        for size in range(self._at.shape[0], 0, -1):
            # Those that are longer have been settled.
            own = np.flatnonzero(self.size == size)
            own = own[kept.take(own)]
            own = own[is_row.take(own) | (most.take(own) < enough.take(own))]
            kept[self.size == size] = False
            kept[own] = True
            for words in range(1, size):
                for first in range(size - words + 1):
                    at, same = finder.find(self._hashes(own, first, first + words))
                    np.maximum.at(most, order.take(at[same]), counts.take(own[same]))
        # Where it was typed as a whole it stands by itself.
        most = np.minimum(most, counts - self._whole)
        inside: Floats = np.minimum(most / np.maximum(counts, 1), 1)
        return kept, inside

    def _made_up(self) -> NDArray[np.bool_]:
        """Return which candidates hold a word of few places that the segmenter has guessed, and guessed wrong.

        Of 没松, 太干 and 里算, which no dictionary has, one character belongs to what stands around it.
        """
        rare = np.flatnonzero(self.vocabulary.times < FEW)
        names = self.vocabulary.names
        guessed = self._words.made_up([names[place] for place in rare.tolist()])
        wrong = np.zeros(len(names), bool)
        wrong[rare] = guessed
        found: NDArray[np.bool_] = np.any(self._has & wrong.take(self._at, mode="clip"), axis=0)
        return found

    def _unheard_of(self, borne_out: BorneOut | None) -> NDArray[np.bool_]:
        """Return which phrases of a little corpus have few places, while no text bears them out."""
        if borne_out is None:
            return np.zeros(len(self.size), bool)
        keys, last = self.rows.keys, self._at[self.size - 1, np.arange(len(self.size))]
        names = self.vocabulary.names
        short = np.array([len(name) == 1 and not name.isascii() for name in names])
        does, names_it = (np.isin(self._tags, [TAGS.index(tag) + 1 for tag in some]) for some in (DOES, NAMES))
        # 盖单手 and 坐对面 begin with half of what is done, as 打底裤 seems to; 管子小 ends with what is said of it.
        half_said, told_of = (short & does).take(self._at[0]), (short & ~names_it).take(last)
        values = self._words.table("searched").values
        searched = np.array([name.strip() in values for name in fold_texts(names)])
        likely = (self.rows.sums[0] > 1) | np.all(~self._has | searched.take(self._at, mode="clip"), axis=0)
        least = np.where(half_said, HALF_SAID, np.where(likely, AGAIN, ONCE))
        heard = (~told_of & borne_out.holds(keys, least)) | np.isin(keys, borne_out.goods)
        if self._words.rules.blanks_join:  # of searches, which are words and no sentences
            heard |= np.isin(keys, borne_out.whole)
        few = (self.rows.sums[0] < FEW) & (self.rows.sums[1] < SEVERAL)
        doubted: NDArray[np.bool_] = (few & ~heard) & (self.size > 1)
        return doubted

    def _leans(self) -> NDArray[np.bool_]:
        """Return which phrases begin with a measure, which belongs to the word before it."""
        measures = (self._tags == TAGS.index("q") + 1) & (self.vocabulary.sizes == 1)
        leans: NDArray[np.bool_] = (self.size > 1) & measures.take(self._at[0])
        return leans

    def _last_worth(self) -> Floats:
        """Return what the tag of each candidate's last word is worth: the profile's number, 1 where it has none."""
        worth = self._mining["tags"]
        by_tag = np.array([1.0, *(worth.get(tag, worth.get(tag[:1], 1.0)) for tag in TAGS)])
        last = self._at[self.size - 1, np.arange(len(self.size))]
        found: Floats = by_tag.take(self._tags.take(last))
        return found

    def _cut_out(self, finder: Finder, order: Ints, unbound: frozenset[str]) -> NDArray[np.bool_]:
        """Return which phrases are cut out of a longer stretch and made of words that are candidates themselves."""
        rows = self.rows
        fixed = np.zeros(len(rows.keys), bool)
        free = _neighbours_of(unbound)
        for side, number in zip((rows.sides & HALF, rows.sides >> AFTER), neighbours(rows.sides), strict=True):
            fixed |= (number == 1) & ~np.isin(side, free)
        places = np.flatnonzero(fixed & (self.size > 1) & (rows.sums[0] >= FIXED_COUNT))
        all_stand = np.ones(len(places), bool)
        for step in range(self._at.shape[0]):
            has = self.size.take(places) > step
            at, same = finder.find(self.word_hashes[step].take(places))
            at = order.take(at)
            all_stand &= ~has | (same & (self.size.take(at) == 1))
        found = np.zeros(len(rows.keys), bool)
        found[places[all_stand]] = True
        return found

    def _hashes(self, places: Ints, first: int, end: int) -> U64:
        """Return the hash of the words from ``first`` up to ``end`` of candidates that have as many."""
        base = np.uint64(0x9E3779B97F4A7C15)
        hashes = np.zeros(len(places), np.uint64)
        letters = np.zeros(len(places), np.int64)
        for step in range(first, end):
            hashes += self.word_hashes[step].take(places) * _power(base, letters)
            letters += self._letters[step].take(places)
        hashes[hashes == 0] = 1
        return hashes

    def _of_words(self, places: Ints) -> _OfWords:
        """Return what the words of the candidates at these places say of them."""
        at, has = self._at.take(places, axis=1), self._has.take(places, axis=1)
        folded = [name.strip() for name in fold_texts(self.vocabulary.names)]

        def column(name: str) -> Floats:
            table = self._words.table(name)
            return np.fromiter(map(table.values.get, folded, itertools.repeat(table.default)), float, len(folded))

        size = self.size.take(places)
        places = np.arange(len(places))
        first, last = at[0], at[size - 1, places]
        rarity = np.where(has, column("rarity").take(at), 0).sum(axis=0) / size / 16
        searched = np.where(has, (np.log2(1 + column("searched")) / 9).take(at), np.inf).min(axis=0)
        habits = np.zeros(len(places))
        for side, word in (("first", first), ("last", last)):
            name = f"{self._model}.{side}"
            habits += (column(name).take(word) - self._words.table(name).default) / 32
        return _OfWords(rarity, searched, habits, column("own").take(first) > 0)


def between(figures: Floats) -> Floats:
    """Return where each figure stands between the lowest and the highest that are told, by orders of magnitude.

    0 is for what has none, or nothing. Of searches a few words have a thousand times what most have; by the logarithm
    alone all of these would stand near the highest.
    """
    has = figures > 0
    found = np.zeros(len(figures))
    if has.any():
        logs = np.log(figures[has])
        low, high = float(logs.min()), float(logs.max())
        found[has] = LEAST_TOLD + (1 - LEAST_TOLD) * ((logs - low) / (high - low) if high > low else 1.0)
    return found


def on_one_scale(figures: Floats, told: Ints) -> Floats:
    """Return one figure a word: of the measures, one a row, the first that it has, as the first of all would tell it.

    ``told``: how many rows told each. Tables of several tools tell several measures (搜索人气, 展现); by the first of
    them what only another table has would be as if nobody had searched it. A further measure counts times the middle
    ratio of the words that have both; where few have, its highest are taken to be as high as as many of the first's.
    """
    values: Floats = figures[0].copy()
    known = told[0] > 0
    for own, has in zip(figures[1:], told[1:] > 0, strict=True):
        fresh = has & ~known
        if fresh.any():
            values[fresh] = own[fresh] * _ratio(values, own)
            known |= fresh
    return values


def _ratio(values: Floats, others: Floats) -> float:
    """Return how many times as high the first figures are as the second."""
    both = (values > 0) & (others > 0)
    if both.sum() >= SHARED:
        return float(np.exp(np.median(np.log(values[both] / others[both]))))
    highest = [np.sort(np.log(each[each > 0]))[::-1] for each in (values, others)]
    number = min(map(len, highest))
    return float(np.exp(np.mean(highest[0][:number]) - np.mean(highest[1][:number]))) if number else 1.0


def _neighbours_of(characters: Iterable[str]) -> U64:
    """Return how each of these looks as the only neighbour of a word."""
    codes = neighbour_codes().take(char_codes("".join(sorted(characters))))
    return np.unique(NEIGHBOURS.take(codes))


class _OfWords(NamedTuple):
    """What the words of a candidate say: mean rarity, least searches, habits of its ends.

    ``own``: whether the first is a word that only the user's dictionary has.
    """

    rarity: Floats
    searched: Floats
    habits: Floats
    own: NDArray[np.bool_]


def _power(base: np.uint64, exponents: Ints) -> U64:
    table = [1]
    for _ in range(int(exponents.max(initial=0))):
        table.append(table[-1] * int(base) & 0xFFFFFFFFFFFFFFFF)
    return np.array(table, np.uint64)[exponents]


def _without_twins(order: Ints, words: U64, top: int | None) -> list[int]:
    """Return the first of the order, leaving out those that are the words of a better one in another order."""
    chosen: list[int] = []
    seen: set[tuple[int, ...]] = set()
    for place in order.tolist():
        own = tuple(sorted(words[:, place].tolist()))
        if own in seen:
            continue
        seen.add(own)
        chosen.append(place)
        if top is not None and len(chosen) == top:
            break
    return chosen


def _twins(order: Ints, words: U64, chosen: Sequence[int]) -> dict[int, int]:
    """Return those that are the words of a chosen one in another order, best first, and which of them that is."""
    # The sum of what each word is mixed to does not depend on their order.
    mixed = (words ^ (words >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (mixed ^ (mixed >> np.uint64(32))).sum(axis=0, dtype=np.uint64)
    numbers = {key: number for number, key in enumerate(keys.take(chosen).tolist())}
    alike = order[np.isin(keys.take(order), keys.take(chosen))].tolist()
    apart = set(alike) - set(chosen)
    return {place: numbers[int(keys[place])] for place in alike if place in apart}


def _joined(words: Iterable[str]) -> str:
    """Return words as one phrase, a blank standing between Latin ones."""
    return _LATIN_PAIR.sub(" ", "\x1f".join(words)).replace("\x1f", "")


_LATIN_PAIR = re.compile(r"(?<=[a-zA-Z0-9])\x1f(?=[a-zA-Z0-9])")
