"""One pass over a text for all packs: fold, cut, find all words, then ask only the rules that can have something."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any

from copykit.datafiles import DataFiles
from copykit.errors import Words as Both
from copykit.lexicon import AutomatonBuilder, Lexicons
from copykit.model import Finding
from copykit.rules.kinds import KINDS, Build, Concluding, Contextual, Detector, FirstHit, Kind, KindMaker, RuleError
from copykit.rules.reading import Context, Reading
from copykit.rules.rule import Rule
from copykit.text.normalize import fold
from copykit.text.segment import Segmenter

_Waiting = tuple[tuple[Callable[[Reading, int, int], Finding], ...], tuple[Callable[[Reading], Iterable[Finding]], ...]]


class Engine:
    """Compiled rules. ``read`` turns texts into readings, ``find`` gives a reading's findings."""

    def __init__(
        self,
        rules: Sequence[Rule],
        files: DataFiles,
        segmenter: Segmenter,
        kinds: Mapping[str, KindMaker] = KINDS,
    ) -> None:
        """Build every rule with its kind; raise RuleError for a rule whose kind is unknown or whose words are."""
        self._files = files
        self._segmenter = segmenter
        self.lexicons = Lexicons(files)
        self.automaton = AutomatonBuilder()
        self.detectors: dict[str, Detector] = {}
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
        self._hits = self.automaton.build().hits
        self._detect = tuple(self.detectors.values())
        self._always = [kind for kind in self.built if kind.triggers is None and not isinstance(kind, Concluding)]
        self._concluding = [kind for kind in self.built if isinstance(kind, Concluding)]
        # Most rules wait for one slot, and of these most say one thing at its first hit; the few that wait for several
        # must not be asked twice. A slot that no rule waits for has None.
        self._waiting: list[_Waiting | None] = [None] * self.automaton.size
        self._by_slots: dict[int, tuple[int, ...]] = {}
        for number, kind in enumerate(self.built):
            triggers = kind.triggers or ()
            for slot in triggers:
                if len(triggers) > 1:
                    self._by_slots[slot] = (*self._by_slots.get(slot, ()), number)
                    continue
                plain, finds = self._waiting[slot] or ((), ())
                if isinstance(kind, FirstHit) and kind.first_hit:
                    self._waiting[slot] = ((*plain, kind.rule.plain), finds)
                else:
                    self._waiting[slot] = (plain, (*finds, kind.find))
        self._adapted_to: Context | None = None
        self._asked: tuple[Callable[[Reading], Iterable[Finding]], ...] = ()

    def data(self, kind: str) -> dict[str, Any]:
        """Return the data files of a kind (for rule kinds while they are built)."""
        return self._files.load(kind)

    def detector(self, name: str, make: Callable[[Build], Detector]) -> Detector:
        """Return the detector of a name, made when it is first asked for; it runs once a text, before any rule."""
        if name not in self.detectors:
            self.detectors[name] = make(self)
        return self.detectors[name]

    def read(self, texts: Sequence[str], context: Context, bodies: Sequence[str | None] = ()) -> list[Reading]:
        """Return a reading a text; many at once are cheaper than one by one."""
        folds = [fold(text) for text in texts]
        tagged = self._segmenter.tag_many([folded.text for folded in folds])
        hits = self._hits
        readings = [
            Reading(text, folded, words, hits(folded.text), context, body)
            for text, folded, words, body in zip(texts, folds, tagged, bodies or repeat(None, len(texts)), strict=True)
        ]
        for detect in self._detect:
            detect(readings)
        return readings

    def find(self, reading: Reading) -> list[Finding]:
        """Return all findings of a reading by place, then rule; the order of the rules does not matter."""
        if reading.context is not self._adapted_to:
            self._adapt(reading.context)
        findings: list[Finding] = []
        for find in self._asked:
            findings += find(reading)
        hits, waiting = reading.hits, self._waiting
        for slot in hits:
            rules = waiting[slot]
            if rules is not None:
                for plain in rules[0]:
                    findings.append(plain(reading, *hits[slot][0]))
                for find in rules[1]:
                    findings += find(reading)
        if not self._by_slots.keys().isdisjoint(hits):
            several = {number for slot in hits for number in self._by_slots.get(slot, ())}
            for number in several:
                findings += self.built[number].find(reading)
        for kind in self._concluding:
            findings += kind.conclude(reading, findings)
        if len(findings) > 1:
            findings.sort(key=_place)
        return findings

    def _adapt(self, context: Context) -> None:
        """Choose the rules to ask about every text: those that can have something to say in this context."""
        self._asked = tuple(
            kind.find for kind in self._always if not (isinstance(kind, Contextual) and kind.idle(context))
        )
        self._adapted_to = context


_place = operator.itemgetter(1, 2, 0)  # start, end, rule
