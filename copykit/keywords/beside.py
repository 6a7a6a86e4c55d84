"""What stands beside things in searches and in texts: how often, and in which order people type it."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from copykit.datafiles import DataFiles
from copykit.keywords.searches import BATCH
from copykit.lexicon import AutomatonBuilder, Lexicons
from copykit.text.normalize import fold_text, fold_texts
from copykit.text.segment import Segmenter

APART = 0.35  # what a search is worth in which the words do not stand side by side
MOST_KEYS = 3_000_000  # combinations held; beyond that those met once are dropped
OTHER = "attribute"  # the slot of words that no list has
CLAUSE = 60  # characters of a text that are taken for one statement

Key = tuple[str, ...]  # a thing, then one or two words beside it in the order of their code points


class Part(NamedTuple):
    """A word of a search: whether it names the thing, and whether it follows the part before without a word between."""

    text: str
    is_root: bool
    joined: bool


@dataclass(slots=True)
class Evidence:
    """What was met. Keys are a thing with one or two words beside it.

    ``roots``: searches about each thing; ``seen``: searches that hold all of a key; ``near``: the same, searches in
    which the words do not stand side by side counting less; ``volume``: how often those were searched, where tables
    tell. ``families``, ``words``: words beside any thing of a kind of goods, and of any. ``before``: how often the
    first of two stood before the second. ``written``: statements of texts that hold all of a key.
    """

    searches: int = 0
    searched: float = 0.0
    texts: int = 0
    roots: Counter[str] = field(default_factory=Counter)
    seen: Counter[Key] = field(default_factory=Counter)
    near: defaultdict[Key, float] = field(default_factory=lambda: defaultdict(float))
    volume: defaultdict[Key, float] = field(default_factory=lambda: defaultdict(float))
    before: Counter[tuple[str, str]] = field(default_factory=Counter)
    families: defaultdict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    words: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    written: Counter[Key] = field(default_factory=Counter)


class Listed(NamedTuple):
    """What lists say of the words beside things: word → slot, and the kinds of goods it is told of (none: any)."""

    slots: Mapping[str, str]
    fits: Mapping[str, frozenset[str]]


class Learner:
    """Takes searches and texts apart into a thing and what stands beside it."""

    def __init__(
        self,
        files: DataFiles,
        segmenter: Segmenter,
        settings: Mapping[str, Any],
        things: Mapping[str, str],
        roots: Iterable[str] = (),
        beside: Iterable[str] = (),
    ) -> None:
        """``things``: category word → its family; ``roots`` are further things. Where there are roots, only what stands
        beside these is kept in pairs. ``beside`` are words that widen them beside those of the lists."""
        self.evidence = Evidence()
        self._segmenter, self._things = segmenter, things
        self._roots = frozenset(roots)
        lexicons = Lexicons(files)
        listed = _listed(settings["slots"], lexicons)
        self.listed = Listed({**dict.fromkeys(beside, OTHER), **listed.slots}, defaultdict(frozenset, listed.fits))
        builder = AutomatonBuilder()
        self._heads = builder.slot("things", [*things, *self._roots], lexicons["category_words"].exceptions)
        self._beside = builder.slot("listed", self.listed.slots)
        self._automaton = builder.build()
        self._barred = frozenset(settings["barred"])
        self._denials = frozenset(map(fold_text, settings["denials"]))
        stops = {fold_text(word) for name in ("zh", "en") for word in files.load("stopwords")[name]}
        self._stop = stops - set(self.listed.slots)
        self._tags: dict[str, str] = {}

    def searches(self, texts: Iterable[str], volumes: Iterable[float] | None = None) -> None:
        """Take searches as evidence, each once; ``volumes``: how often each was searched."""
        evidence = self.evidence
        volumes = itertools.repeat(1.0) if volumes is None else volumes
        for parts, volume in zip(self._taken_apart(texts), volumes, strict=False):
            evidence.searches += 1
            evidence.searched += volume
            self._note(parts, volume)
            if len(evidence.near) > MOST_KEYS:
                self._drop_rare()

    def texts(self, texts: Iterable[str]) -> None:
        """Take texts as evidence: a statement that holds a root and a word says that the two go together."""
        clauses = (clause.strip() for text in texts for clause in _CLAUSES.split(text))
        statements = (clause for clause in clauses if 2 < len(clause) <= CLAUSE)
        written = self.evidence.written
        for parts in self._taken_apart(statements):
            self.evidence.texts += 1
            words = sorted({part.text for part in parts})
            for root in self._roots.intersection(words):
                others = [word for word in words if word != root][:8]
                for word in others:
                    written[root, word] += 1
                for one, other in itertools.combinations(others, 2):
                    written[root, one, other] += 1

    def parts_of(self, text: str) -> list[str]:
        """Return the words of one text that may stand beside a thing, the thing left out."""
        return [part.text for parts in self._taken_apart([text]) for part in parts if not part.is_root]

    def _taken_apart(self, texts: Iterable[str]) -> Iterator[list[Part]]:
        left = iter(texts)
        while batch := list(itertools.islice(left, BATCH)):
            folded = fold_texts(batch)
            cut = self._segmenter.cut_many(folded)
            for text, hits, begin, end in zip(
                folded, self._automaton.hits_many(folded), cut.begins, cut.ends, strict=True
            ):
                words = cut.words[begin:end]
                self._tags.update(zip(words, cut.tags[begin:end], strict=True))
                yield self._parts(text, hits.get(self._heads, []), hits.get(self._beside, []), words)

    def _parts(
        self, text: str, things: Sequence[tuple[int, int]], listed: Sequence[tuple[int, int]], words: Sequence[str]
    ) -> list[Part]:
        """Return the words of a search in their order, the thing that it is about being marked."""
        bounds = set(itertools.accumulate(map(len, words), initial=0))
        head = next((span for span in reversed(things) if text[span[0] : span[1]] in self._roots), None)
        head = head or next((span for span in reversed(things) if span[1] in bounds), None) or self._last_noun(words)
        if head is None:
            return []
        spans = [head]
        spans += [
            (start, end)
            for start, end in listed
            if start in bounds
            and end in bounds
            and (end <= head[0] or start >= head[1])
            and not self._denied(text, start)
        ]
        taken = bytearray(len(text))
        for start, end in spans:
            taken[start:end] = b"\1" * (end - start)
        for start, end in self._free(words, taken):
            spans.append((start, end))
        parts: list[Part] = []
        reached = 0
        for start, end in sorted(spans):
            parts.append(Part(text[start:end], (start, end) == head, not text[reached:start].strip()))
            reached = end
        return parts

    def _denied(self, text: str, start: int) -> bool:
        """Return whether a denial with a short verb stands before a word."""
        return any(text.endswith(denial, 0, start) or text.endswith(denial, 0, start - 1) for denial in self._denials)

    def _free(self, words: Sequence[str], taken: bytearray) -> Iterator[tuple[int, int]]:
        """Yield the words that are in no list, a denial with what it denies: 不沾手机 says nothing of a 手机."""
        at = number = 0
        while number < len(words):
            start, end = at, at + len(words[number])
            number += 1
            if words[number - 1] in self._denials and not any(taken[start:end]):
                # 不 油腻, but 不 沾 手机: what is denied has two characters at least.
                while number < len(words) and end - start < 3 and not words[number].isspace() and not taken[end]:
                    end += len(words[number])
                    number += 1
                last = words[number - 1]
                if end - start > 2 and not any(taken[start:end]):
                    yield start, end - len(last) if last in self._stop and len(last) == 1 else end
            elif not any(taken[start:end]) and self._widens(words[number - 1]):
                yield start, end
            at = end

    def _last_noun(self, words: Sequence[str]) -> tuple[int, int] | None:
        """Return where the last noun of a search stands: it names the thing where no list does."""
        end = sum(map(len, words))
        for word in reversed(words):
            tag = self._tags.get(word, "")
            listed = word in self.listed.slots
            if len(word) > 1 and not listed and tag.startswith("n") and not tag.startswith(("nr", "ns", "nt")):
                return end - len(word), end
            if not listed and not word.isspace():
                return None
            end -= len(word)
        return None

    def _widens(self, word: str) -> bool:
        tag = self._tags.get(word, "")
        good = len(word) > 1 and not word.isspace() and word not in self._stop and any(map(str.isalpha, word))
        return good and tag not in self._barred and tag[:1] not in self._barred

    def _note(self, parts: Sequence[Part], volume: float) -> None:
        evidence = self.evidence
        at = next((number for number, part in enumerate(parts) if part.is_root), -1)
        if at < 0:
            return
        root = parts[at].text
        family = self._things.get(root, "")
        evidence.roots[root] += 1
        # How many steps, without anything between, each word stands from the thing.
        steps = {at: 0}
        for step, border in ((-1, -1), (1, len(parts))):
            number = at
            while number + step != border and parts[max(number, number + step)].joined:
                number += step
                steps[number] = steps[number - step] + 1
        others = {part.text: steps.get(number, 9) for number, part in enumerate(parts) if part.text != root}
        for word, away in others.items():
            worth = 1.0 if away == 1 else APART
            evidence.families[family, word] += worth
            evidence.words[word] += worth
        if not self._roots or root in self._roots:
            for word, away in others.items():
                self._add((root, word), 1.0 if away == 1 else APART, volume)
            for one, other in itertools.combinations(sorted(others), 2):
                beside = sorted((others[one], others[other])) in ([1, 1], [1, 2])
                self._add((root, one, other), 1.0 if beside else APART, volume)
        for first, second in itertools.combinations(parts, 2):
            if first.text != second.text:
                evidence.before[first.text, second.text] += 1

    def _add(self, key: Key, worth: float, volume: float) -> None:
        evidence = self.evidence
        evidence.seen[key] += 1
        evidence.near[key] += worth
        evidence.volume[key] += volume

    def _drop_rare(self) -> None:
        """Forget what was met once, so that any number of searches fits into memory."""
        evidence = self.evidence
        for key in [key for key, times in evidence.seen.items() if times == 1]:
            del evidence.seen[key], evidence.near[key], evidence.volume[key]
        for pair in [pair for pair, times in evidence.before.items() if times == 1]:
            del evidence.before[pair]


def _listed(slots: Sequence[Mapping[str, Any]], lexicons: Lexicons) -> Listed:
    """Return the words of the lists with their slots; a word of several lists is of the first."""
    found: dict[str, str] = {}
    fits: dict[str, frozenset[str]] = {}
    attributes = lexicons["attributes"].entries
    for slot in slots:
        words: dict[str, Mapping[str, str]] = {fold_text(word): {} for word in slot.get("words", ())}
        for name in slot.get("lexicons", ()):
            words |= lexicons[name].entries
        words |= {word: fields for word, fields in attributes.items() if fields.get("kind") in slot.get("kinds", ())}
        for word, fields in words.items():
            if word not in found:
                found[word] = slot["id"]
                fits[word] = frozenset(filter(None, fields.get("for", "").split("|")))
    return Listed(found, fits)


_CLAUSES = re.compile(r"[，。！？；：、,.!?;:\n\r\t…（）()《》“”\"]+")
