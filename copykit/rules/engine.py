"""One pass over a text for all packs: fold, cut, find all words, then ask only the rules that can have something."""

from __future__ import annotations

import operator
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, NamedTuple

from copykit.datafiles import DataFiles
from copykit.errors import Words as Both
from copykit.lexicon import AutomatonBuilder, Hits, Lexicons
from copykit.model import Finding, Span
from copykit.rules.kinds import (
    KINDS,
    Build,
    Concluding,
    Contextual,
    Detector,
    FirstHit,
    Kind,
    KindMaker,
    RuleError,
    WholeText,
)
from copykit.rules.reading import Batch, Context, PartReading, Reading
from copykit.rules.rule import Rule
from copykit.text.normalize import Folded, fold, fold_many
from copykit.text.segment import NO_CUT, Segmenter

_Find = Callable[[Reading], Iterable[Finding]]


class _Waiting(NamedTuple):
    """What waits for a slot: rules that say one thing at its first hit, rules to ask, and rules that others ask too."""

    plain: tuple[Rule, ...] = ()
    finds: tuple[_Find, ...] = ()
    several: tuple[_Find, ...] = ()


class Engine:
    """Compiled rules. ``read`` turns texts into readings, ``find`` gives a reading's findings."""

    def __init__(
        self,
        rules: Sequence[Rule],
        files: DataFiles,
        segmenter: Segmenter,
        kinds: Mapping[str, KindMaker] = KINDS,
        lang: str = "zh",
    ) -> None:
        """Build every rule with its kind; raise RuleError for a rule whose kind is unknown or whose words are."""
        self._files = files
        self.segmenter = segmenter
        self.lexicons = Lexicons(files)
        self.automaton = AutomatonBuilder()
        self.detectors: dict[str, Detector] = {}
        self.lang = lang
        self._shared: dict[str, Any] = {}
        self.built: list[Kind] = []
        for rule in rules:
            maker = kinds.get(rule.kind)
            if maker is None:
                known = "、".join(sorted(kinds))
                zh, en = f"没有“{rule.kind}”这种规则，可以用 {known}", f"unknown kind '{rule.kind}'; known: {known}"
                raise RuleError(rule=rule.id, reason=Both(zh, en))
            try:
                self.built.append(maker(rule, self))
            except KeyError as error:
                zh, en = f"少了“{error.args[0]}”（键或词表）", f"'{error.args[0]}' is missing (a key or a word list)"
                raise RuleError(rule=rule.id, reason=Both(zh, en)) from None
            except (ValueError, TypeError, re.error) as error:
                raise RuleError(rule=rule.id, reason=Both(f"写得不对：{error}", f"badly written: {error}")) from None
        automaton = self.automaton.build()
        self._hits_many = automaton.hits_many
        self.hits = automaton.hits  # folded text → slot → places, for texts too long to be cut as a whole
        self._detect = tuple(self.detectors.values())
        # Duties look at whole texts; a title or a sentence alone owes nothing.
        self._whole = [kind for kind in self.built if isinstance(kind, WholeText) and kind.whole_text]
        parts = [kind for kind in self.built if kind not in self._whole]
        self._always = [kind for kind in parts if kind.triggers is None and not isinstance(kind, Concluding)]
        self._concluding = [kind for kind in self.built if isinstance(kind, Concluding)]
        # Most rules wait for one slot, and of these most say one thing at its first hit; the few that wait for several
        # must not be asked twice. A slot that no rule waits for has None.
        self._waiting: list[_Waiting | None] = [None] * self.automaton.size
        for kind in parts:
            triggers = kind.triggers or ()
            for slot in triggers:
                waiting = self._waiting[slot] or _Waiting()
                if len(triggers) > 1:
                    waiting = waiting._replace(several=(*waiting.several, kind.find))
                elif isinstance(kind, FirstHit) and kind.first_hit:
                    waiting = waiting._replace(plain=(*waiting.plain, kind.rule))
                else:
                    waiting = waiting._replace(finds=(*waiting.finds, kind.find))
                self._waiting[slot] = waiting
        self._waiting_in: tuple[Context | None, Mapping[int, Sequence[tuple[int, ...]]]] = None, {}
        self._adapted_whole: tuple[Context | None, tuple[Kind, ...]] = None, ()
        self._adapted_to: Context | None = None
        self._asked: tuple[_Find, ...] = ()

    def data(self, kind: str) -> dict[str, Any]:
        """Return the data files of a kind (for rule kinds while they are built)."""
        return self._files.load(kind)

    def detector(self, name: str, make: Callable[[Build], Detector]) -> Detector:
        """Return the detector of a name, made when it is first asked for; it runs once a text, before any rule."""
        if name not in self.detectors:
            self.detectors[name] = make(self)
        return self.detectors[name]

    def shared(self, name: str, make: Callable[[Build], Any]) -> Any:
        """Return what several rules use together, made when it is first asked for."""
        if name not in self._shared:
            self._shared[name] = make(self)
        return self._shared[name]

    def read(self, texts: Sequence[str], context: Context, bodies: Sequence[str | None] = ()) -> list[Reading]:
        """Return a reading a text; many at once are cheaper than one by one."""
        folds = fold_many(texts)
        folded_texts = [folded.text for folded in folds]
        cut = self.segmenter.cut_many(folded_texts)
        words, tags = cut.words, cut.tags
        readings = [
            Reading(text, folded, words[begin:end], tags[begin:end], hits, context, body)
            for text, folded, begin, end, hits, body in zip(
                texts,
                folds,
                cut.begins,
                cut.ends,
                self._hits_many(folded_texts),
                bodies or repeat(None, len(texts)),
                strict=True,
            )
        ]
        batch = Batch(readings, cut)
        for detect in self._detect:
            detect(batch)
        return readings

    def read_parts(self, whole: Reading, parts: Sequence[Span]) -> Iterator[tuple[Span, Reading]]:
        """Yield the parts of a text read as a whole about which a rule has to be asked, each with its reading.

        ``parts`` are in order, in the folded text. What was found in the whole is handed on, so that a long text is
        folded and searched once; most of its sentences call no rule and are not even made readings of.
        """
        folded, context = whole.folded, whole.context
        shared = _by_part(whole.hits, parts)
        waiting = self._waiting_for(context)
        calling = [number for number, hits in shared.items() if _calls(hits, waiting)]
        readings: list[Reading] = []
        for number in sorted(calling):
            start, end = parts[number]
            text = whole.text[slice(*folded.span(start, end))]
            hits = shared[number]
            own = Folded(folded.text[start:end], text)
            if len(text) != end - start:  # something was deleted here
                own = fold(text)
                if own.text != folded.text[start:end]:
                    hits = self.hits(own.text)
            readings.append(PartReading(text, own, self.segmenter.cut_many, hits, context))
        batch = Batch(readings, NO_CUT)
        for detect in self._detect:
            detect(batch)
        yield from zip((parts[number] for number in sorted(calling)), readings, strict=True)

    def find(self, reading: Reading) -> list[Finding]:
        """Return all findings of a reading by place, then rule; the order of the rules does not matter."""
        if reading.context is not self._adapted_to:
            self._adapt(reading.context)
        findings: list[Finding] = []
        for find in self._asked:
            findings += find(reading)
        waiting = self._waiting
        asked: set[_Find] | None = None
        for slot, spans in reading.hits.items():
            rules = waiting[slot]
            if rules is not None:
                plain, finds, several = rules
                for rule in plain:
                    findings.append(rule.plain(reading, *spans[0]))
                for find in finds:
                    findings += find(reading)
                if several:
                    asked = asked.union(several) if asked else set(several)
        for find in asked or ():
            findings += find(reading)
        for kind in self._concluding:
            findings += kind.conclude(reading, findings)
        if len(findings) > 1:
            findings.sort(key=_place)
        return findings

    def find_whole(self, reading: Reading) -> list[Finding]:
        """Return what the rules about whole texts find; of the reading they see the text and the hits."""
        if reading.context is not self._adapted_whole[0]:
            able = [kind for kind in self._whole if not (isinstance(kind, Contextual) and kind.idle(reading.context))]
            self._adapted_whole = reading.context, tuple(able)
        asked = [
            kind
            for kind in self._adapted_whole[1]
            if kind.triggers is None or not kind.triggers.isdisjoint(reading.hits)
        ]
        return sorted((finding for kind in asked for finding in kind.find(reading)), key=_place)

    def _waiting_for(self, context: Context) -> Mapping[int, Sequence[tuple[int, ...]]]:
        """Return slot → what else has to be hit beside it, for every rule that can find something in this context."""
        if context is not self._waiting_in[0]:
            waiting: dict[int, list[tuple[int, ...]]] = {}
            for kind in self.built:
                if kind not in self._whole and not (isinstance(kind, Contextual) and kind.idle(context)):
                    for slot in kind.triggers or ():
                        waiting.setdefault(slot, []).append(getattr(kind, "requires", ()))
            for detect in self._detect:
                for slot in getattr(detect, "looks_at", ()):
                    waiting.setdefault(slot, []).append(())
            # A rule that needs nothing else decides alone.
            self._waiting_in = context, {slot: [()] if () in also else also for slot, also in waiting.items()}
        return self._waiting_in[1]

    def _adapt(self, context: Context) -> None:
        """Choose the rules to ask about every text: those that can have something to say in this context."""
        self._asked = tuple(
            kind.find for kind in self._always if not (isinstance(kind, Contextual) and kind.idle(context))
        )
        self._adapted_to = context


def _by_part(hits: Hits, parts: Sequence[Span]) -> dict[int, Hits]:
    """Return number of the part → the hits that lie in it, counted from its start."""
    shared: dict[int, Hits] = {}
    starts = [part.start for part in parts]
    for slot, spans in hits.items():
        for start, end in spans:
            number = bisect_right(starts, start) - 1
            if number >= 0 and end <= parts[number].end:
                base = starts[number]
                shared.setdefault(number, {}).setdefault(slot, []).append((start - base, end - base))
    return shared


def _calls(hits: Hits, waiting: Mapping[int, Sequence[tuple[int, ...]]]) -> bool:
    """Return whether a rule waits for one of the hits and has what else it needs."""
    return any(all(slot in hits for slot in also) for slot in hits for also in waiting.get(slot, ()))


_place = operator.itemgetter(1, 2, 0)  # start, end, rule
