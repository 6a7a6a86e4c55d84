"""One pass over a text for all packs: fold, cut, find all words, then ask only the rules that can have something."""

from __future__ import annotations

import operator
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from itertools import islice, repeat
from pathlib import Path
from typing import Any, NamedTuple

from copykit.datafiles import DataFiles
from copykit.errors import Words as Both
from copykit.lexicon import Automaton, AutomatonBuilder, Hits, Lexicons, starts_of
from copykit.model import Finding, Span
from copykit.rules.calls import Calls, call_sheet
from copykit.rules.kinds import (
    KINDS,
    Build,
    Detector,
    Kind,
    KindMaker,
    RuleError,
)
from copykit.rules.reading import Batch, Context, PartReading, Reading
from copykit.rules.rule import Rule, Rulebook, cards, rulebook
from copykit.rules.waiting import Find, Need, Waiting
from copykit.text.normalize import Folded, fold, fold_many
from copykit.text.segment import NO_CUT, Segmenter

_Say = Callable[[Reading, int, int], Finding]


class _Waiting(NamedTuple):
    """What waits for a slot: rules that say one thing at its first hit, rules to ask, and rules that others ask too."""

    plain: tuple[_Say, ...] = ()
    finds: tuple[Find, ...] = ()
    several: tuple[Find, ...] = ()


class Part(NamedTuple):
    """A part of a long text, its reading, and the rules that have what they need in it."""

    span: Span
    reading: Reading
    called: Sequence[Find]


class Later(NamedTuple):
    """Rules that are built when a text may call them, which a short text does with few."""

    rules: Mapping[str, Rule]
    calls: Calls


class Engine:
    """Compiled rules. ``read`` turns texts into readings, ``find`` gives a reading's findings.

    Rules are built while texts are read, and a kind may remember the text it last saw: whoever lets several threads
    ask an engine holds its ``lock`` from the reading to the findings.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        files: DataFiles,
        segmenter: Segmenter,
        kinds: Mapping[str, KindMaker] = KINDS,
        lang: str = "zh",
        later: Later | None = None,
    ) -> None:
        """Build every rule with its kind; raise RuleError for a rule whose kind is unknown or whose words are."""
        self._files = files
        self.lock = threading.RLock()
        self.segmenter = segmenter
        self.lexicons = Lexicons(files)
        self.automaton = AutomatonBuilder()
        self.detectors: dict[str, Detector] = {}
        self.lang = lang
        self._kinds = kinds
        self._shared: dict[str, Any] = {}
        self._built: dict[str, Kind] = {}
        self._later = later
        self._read = 0  # characters, as long as they are few
        self._few = True
        self._build(rules)
        self._automaton = Automaton({}) if later else self.automaton.build()

    @classmethod
    def of(
        cls,
        name: str,
        book: Rulebook,
        files: DataFiles,
        segmenter: Segmenter,
        kinds: Mapping[str, KindMaker],
        lang: str = "zh",
        code: Sequence[Path] = (),
    ) -> Engine:
        """Return an engine over a rulebook that builds its rules when a text may call them.

        ``name`` stands for ``kinds``, as what their rules wait for is kept; ``code`` are the folders of their modules.
        Rules of the user's own are all built at once, so that one that cannot be is told before the first text.
        """
        if files.cache is None or not book.ours:
            return cls(book.values(), files, segmenter, kinds, lang)

        def sheet() -> dict[str, Any]:
            known = rulebook(files).only(lambda rule, card: card["kind"] in kinds)
            full = cls(known.values(), files, segmenter, kinds)
            return call_sheet(full.built, full.automaton)

        calls = Calls(files.made(f"{name}-calls", _MADE_OF, sheet, code=(Path(__file__).parent, *code)))
        return cls((), files, segmenter, kinds, lang, Later(book, calls))

    @property
    def built(self) -> list[Kind]:
        """Return all rules, built."""
        self._build_rest()
        return list(self._built.values())

    def kind_of(self, rule: str) -> Kind:
        """Return a built rule; KeyError when there is none."""
        if rule not in self._built and self._later is not None:
            self._build([self._later.rules[rule]])
        return self._built[rule]

    def _automaton_for(self, texts: Sequence[str]) -> Automaton:
        """Return what finds the words of all rules in these folded texts, and build the rules that they may call."""
        if self._few:
            self._read += sum(map(len, texts))
            self._few = self._read <= _FEW
            if self._later is not None and self._few:
                starts = starts_of(texts)
                rules = self._later.rules
                called = [name for name in self._later.calls.of(starts) if name in rules and name not in self._built]
                self._build([rules[name] for name in called])
                return self.automaton.build(starts)
            self._build_rest()
            if not self._few:
                self._prepare()
        return self._automaton

    def _prepare(self) -> None:
        """Let rules make at once what they would make at their first hit: one by one takes seconds of a large batch."""
        for kind in self._built.values():
            prepare: Callable[[], None] | None = getattr(kind, "prepare", None)
            if prepare is not None:
                prepare()

    def _build_rest(self) -> None:
        if self._later is not None:
            rules, self._later = self._later.rules, None
            self._build(rule for name, rule in rules.items() if name not in self._built)
            self._automaton = self.automaton.build()

    def _build(self, rules: Iterable[Rule]) -> None:
        for rule in rules:
            self._built[rule.id] = self._made(rule)
        built = self._built.values()
        self._detect = tuple(self.detectors.values())
        # What a kind can do is asked by name, as holding hundreds of rules against the protocols takes 80 ms.
        # Duties look at whole texts; a title or a sentence alone owes nothing.
        self._whole = [kind for kind in built if getattr(kind, "whole_text", False)]
        self._in_parts = [kind for kind in built if not getattr(kind, "whole_text", False)]
        self._always = [kind for kind in self._in_parts if kind.triggers is None and not hasattr(kind, "conclude")]
        self._concluding: list[Any] = [kind for kind in built if hasattr(kind, "conclude")]
        # Most rules wait for one slot, and of these most say one thing at its first hit; the few that wait for several
        # must not be asked twice. A slot that no rule waits for has None.
        self._waiting: list[_Waiting | None] = [None] * self.automaton.size
        for kind in self._in_parts:
            triggers = kind.triggers or ()
            for slot in triggers:
                waiting = self._waiting[slot] or _Waiting()
                if len(triggers) > 1:
                    waiting = waiting._replace(several=(*waiting.several, kind.find))
                elif getattr(kind, "first_hit", False):
                    waiting = waiting._replace(plain=(*waiting.plain, kind.rule.plain))
                else:
                    waiting = waiting._replace(finds=(*waiting.finds, kind.find))
                self._waiting[slot] = waiting
        self._waiting_in: dict[int, tuple[Context, Automaton, Waiting]] = {}
        self._laid: dict[tuple[frozenset[str], int], Waiting] = {}
        self._adapted_whole: dict[int, tuple[Context, tuple[Kind, ...]]] = {}
        self._adapted_to: Context | None = None
        self._asked: tuple[Find, ...] = ()

    def _made(self, rule: Rule) -> Kind:
        maker = self._kinds.get(rule.kind)
        if maker is None:
            known = sorted(self._kinds)
            zh = f"没有“{rule.kind}”这种规则，可以用 {'、'.join(known)}"
            en = f"unknown kind '{rule.kind}'; known: {', '.join(known)}"
            raise RuleError(rule=rule.id, reason=Both(zh, en))
        try:
            return maker(rule, self)
        except KeyError as error:
            zh, en = f"少了“{error.args[0]}”（键或词表）", f"'{error.args[0]}' is missing (a key or a word list)"
            raise RuleError(rule=rule.id, reason=Both(zh, en)) from None
        except (ValueError, TypeError, re.error) as error:
            raise RuleError(rule=rule.id, reason=Both(f"写得不对：{error}", f"badly written: {error}")) from None

    def data(self, kind: str) -> dict[str, Any]:
        """Return the data files of a kind (for rule kinds while they are built)."""
        return self._files.load(kind)

    @property
    def rules(self) -> Mapping[str, Any]:
        """Return the cards of all rules there are, by id."""
        return cards(self._files)

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
                self._automaton_for(folded_texts).hits_many(folded_texts),
                bodies or repeat(None, len(texts)),
                strict=True,
            )
        ]
        batch = Batch(readings, cut)
        for detect in self._detect:
            detect(batch)
        return readings

    def read_long(
        self, text: str, context: Context, cut: Callable[[str], Sequence[Span]]
    ) -> tuple[Reading, list[Part]]:
        """Return a long text's reading for ``find_whole``, and those of its parts about which a rule has to be asked.

        ``cut`` gives the parts of the folded text, in order. The text is folded and searched once; most of its
        sentences call no rule and are not even made readings of.
        """
        folded = fold(text)
        waiting = self._waiting_for(context, self._automaton_for([folded.text]))
        hits, called = waiting.in_parts(folded.text, cut)
        whole = Reading(text, folded, [], [], hits, context)
        parts = [Part(span, self._part(whole, span, found), finds) for span, found, finds in called]
        return whole, self._detected(parts, waiting) if self._detect else parts

    def _part(self, whole: Reading, span: Span, hits: Hits) -> Reading:
        start, end = span
        folded = whole.folded.text[start:end]
        text = whole.text[slice(*whole.folded.span(start, end))]
        own = Folded(folded, text)
        if len(text) != end - start:  # something was deleted here
            own = fold(text)
            if own.text != folded:
                hits = self._automaton_for([own.text]).hits(own.text)
        return PartReading(text, own, self.segmenter, hits, whole.context)

    def _detected(self, parts: Sequence[Part], waiting: Waiting) -> list[Part]:
        """Return the parts that call a rule now that the detectors have seen them."""
        before = [len(part.reading.hits) for part in parts]
        batch = Batch([part.reading for part in parts], NO_CUT)
        for detect in self._detect:
            detect(batch)
        seen = []
        for part, count in zip(parts, before, strict=True):
            hits, called = part.reading.hits, part.called
            if len(hits) > count:
                needs = [need for slot in islice(hits, count, None) for need in waiting.of(slot)]
                more = [need.find for need in needs if need.find and need.met(hits, part.reading.folded.text)]
                part = part._replace(called=list(dict.fromkeys([*called, *more])))
            if part.called:
                seen.append(part)
        return seen

    def find_called(self, part: Part) -> list[Finding]:
        """Return what ``find`` returns for a part of a long text, asking only the rules that it calls."""
        if self._always or self._concluding:
            return self.find(part.reading)
        return sorted((finding for find in part.called for finding in find(part.reading)), key=_place)

    def find(self, reading: Reading) -> list[Finding]:
        """Return all findings of a reading by place, then rule; the order of the rules does not matter."""
        if reading.context is not self._adapted_to:
            self._adapt(reading.context)
        findings: list[Finding] = []
        for find in self._asked:
            findings += find(reading)
        waiting = self._waiting
        asked: set[Find] | None = None
        for slot, spans in reading.hits.items():
            rules = waiting[slot]
            if rules is not None:
                plain, finds, several = rules
                if plain:
                    start, end = spans[0]
                    for say in plain:
                        findings.append(say(reading, start, end))
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
        known = self._adapted_whole.get(id(reading.context))
        if known is None:
            able = tuple(kind for kind in self._whole if not _idle(kind, reading.context))
            if len(self._adapted_whole) >= _MOST_CONTEXTS:
                self._adapted_whole.clear()
            known = self._adapted_whole[id(reading.context)] = reading.context, able
        asked = [kind for kind in known[1] if kind.triggers is None or not kind.triggers.isdisjoint(reading.hits)]
        return sorted((finding for kind in asked for finding in kind.find(reading)), key=_place)

    def _waiting_for(self, context: Context, automaton: Automaton) -> Waiting:
        """Return what the rules that can find something in this context wait for."""
        known = self._waiting_in.get(id(context))
        if known is None or known[1] is not automaton:
            idle = frozenset(kind.rule.id for kind in self._built.values() if _idle(kind, context))
            # Most rows of a table are idle to the same rules. Who waits keeps the automaton, so that its id stays its.
            key = idle, id(automaton)
            waiting = self._laid.get(key)
            if waiting is None:
                if len(self._laid) >= _MOST_CONTEXTS:
                    self._laid.clear()
                waiting = self._laid[key] = self._laid_out(idle, automaton)
            if len(self._waiting_in) >= _MOST_CONTEXTS:
                self._waiting_in.clear()
            # The context is kept as well, so that its id is nobody else's.
            known = self._waiting_in[id(context)] = context, automaton, waiting
        return known[2]

    def _laid_out(self, idle: Set[str], automaton: Automaton) -> Waiting:
        """Return what all rules wait for but the idle ones."""
        needs = [
            Need(slot, kind.find, getattr(kind, "requires", frozenset()), getattr(kind, "probe", None))
            for kind in self._in_parts
            if kind.rule.id not in idle
            for slot in kind.triggers or ()
        ]
        needs += [Need(slot, None) for detect in self._detect for slot in getattr(detect, "looks_at", ())]
        able = [kind for kind in self._whole if kind.rule.id not in idle]
        whole = {slot for kind in able for slot in (*(kind.triggers or ()), *getattr(kind, "looks_at", ()))}
        return Waiting(needs, whole, automaton)

    def _adapt(self, context: Context) -> None:
        """Choose the rules to ask about every text: those that can have something to say in this context."""
        self._asked = tuple(kind.find for kind in self._always if not _idle(kind, context))
        self._adapted_to = context


def _idle(kind: Kind, context: Context) -> bool:
    """Return whether a rule is ``Contextual`` and finds nothing in a context."""
    idle: Callable[[Context], bool] | None = getattr(kind, "idle", None)
    return idle is not None and idle(context)


# What the words of rules are made of, and how many characters may be read before all rules are built: building them
# takes as long as some fifty titles that are read one by one.
_MADE_OF = ("rules", "lexicons", "tables", "quantities")
_FEW = 1_500

# Contexts for which is remembered what waits in them: a shop has some dozens of kinds of goods.
_MOST_CONTEXTS = 64

_place = operator.itemgetter(1, 2, 0)  # start, end, rule
