"""One pass over a text for all packs: fold, cut, find all words, then ask only the rules that can have something."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from copykit.datafiles import DataFiles
from copykit.errors import Words as Both
from copykit.lexicon import AutomatonBuilder, Lexicons
from copykit.model import Finding
from copykit.rules.kinds import KINDS, Build, Detector, Kind, KindMaker, RuleError
from copykit.rules.reading import Context, Reading
from copykit.rules.rule import Rule
from copykit.text.normalize import fold
from copykit.text.segment import Segmenter


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
        self._always = tuple(kind.find for kind in self.built if kind.triggers is None)
        # Most rules wait for one slot; those that wait for several must not be asked twice.
        self._by_slot: dict[int, list[Callable[[Reading], Iterable[Finding]]]] = {}
        self._by_slots: dict[int, list[int]] = {}
        for number, kind in enumerate(self.built):
            triggers = kind.triggers or ()
            for slot in triggers:
                if len(triggers) == 1:
                    self._by_slot.setdefault(slot, []).append(kind.find)
                else:
                    self._by_slots.setdefault(slot, []).append(number)

    def data(self, kind: str) -> dict[str, Any]:
        """Return the data files of a kind (for rule kinds while they are built)."""
        return self._files.load(kind)

    def detector(self, name: str, make: Callable[[Build], Detector]) -> Detector:
        """Return the detector of a name, made when it is first asked for; it runs once a text, before any rule."""
        if name not in self.detectors:
            self.detectors[name] = make(self)
        return self.detectors[name]

    def read(self, texts: Sequence[str], context: Context, bodies: Sequence[str | None] = ()) -> Iterator[Reading]:
        """Yield a reading a text; many at once are cheaper than one by one."""
        folds = [fold(text) for text in texts]
        tagged = self._segmenter.tag_many([folded.text for folded in folds])
        for number, (text, folded, words) in enumerate(zip(texts, folds, tagged, strict=True)):
            body = bodies[number] if bodies else None
            yield Reading(text, folded, words, self._hits(folded.text), context, body)

    def find(self, reading: Reading) -> list[Finding]:
        """Return all findings of a reading by place, then rule; the order of the rules does not matter."""
        for detect in self._detect:
            detect(reading)
        findings: list[Finding] = []
        for find in self._always:
            findings += find(reading)
        by_slot, by_slots = self._by_slot, self._by_slots
        asked: set[int] = set()
        for slot in reading.hits:
            for waiting in by_slot.get(slot, ()):
                findings += waiting(reading)
            if slot in by_slots:
                asked.update(by_slots[slot])
        for number in asked:
            findings += self.built[number].find(reading)
        if len(findings) > 1:
            findings.sort(key=_place)
        return findings


_place = operator.itemgetter(1, 2, 0)  # start, end, rule
