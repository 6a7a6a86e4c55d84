"""A rule as it was written in its file, and how rules are loaded."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, DataFileError, Words
from copykit.model import Finding, Severity, Span
from copykit.parsing import in_file
from copykit.rules.reading import Context, Reading
from copykit.text.normalize import Folded


class RuleError(CopykitError):
    """A rule that cannot be used as it is written."""

    zh = "规则 {rule}：{reason}"
    en = "rule {rule}: {reason}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule file. ``settings`` are the keys that its kind reads; ``trusted`` is False for a user's own file."""

    id: str
    kind: str
    message: str
    why: str
    source: str
    dimension: str | None = None
    severity: Severity = "hint"
    points: int = 0
    limit: int = 99
    suggestions: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    trusted: bool = True
    # The message cut at its only {match}, because putting two strings around a third takes a quarter of format().
    around: tuple[str, str] | None = field(init=False, default=None)
    # Makes the finding for a folded range when its message needs no more than {match}, as most do, at half the cost.
    plain: Callable[[Reading, int, int], Finding] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for text in (self.message, self.why):
            odd = next((spec for spec in _slots(text) if not _PLAIN_SLOT.fullmatch(spec)), None)
            if odd is not None:
                zh = f"message 和 why 的花括号里只能写名字，现在是“{odd}”"
                en = f"braces in message and why hold a name only, not '{odd}'"
                raise RuleError(rule=self.id, reason=Words(zh, en))
        before, slot, after = self.message.partition("{match}")
        if slot and "{" not in before + after + self.why:
            object.__setattr__(self, "around", (before, after))
        object.__setattr__(self, "plain", _plain(self))

    def finding(
        self,
        reading: Reading,
        start: int,
        end: int,
        *,
        points: int | None = None,
        related: Sequence[tuple[int, int]] = (),
        suggestions: tuple[str, ...] | None = None,
        severity: Severity | None = None,
        **facts: Any,
    ) -> Finding:
        """Make the finding for the folded range ``start:end``; ``facts`` fill the {names} of message and why."""
        folded = reading.folded
        matched_as = folded.text[start:end]
        if folded.steps:
            start, end = folded.span(start, end)
            related = [folded.span(*span) for span in related]
        match = reading.text[start:end]
        around, message, why = self.around, self.message, self.why
        if around is not None:
            message = f"{around[0]}{match}{around[1]}"
        elif "{" in message or "{" in why:
            try:
                message, why = message.format(match=match, **facts), why.format(match=match, **facts)
            except (LookupError, ValueError, AttributeError, TypeError) as error:
                zh = f"message 或 why 里的 {{名字}} 填不上（{error}）；能用的有 {'、'.join(['match', *facts])}"
                en = f"message or why: nothing fills a {{name}} ({error}); there are {', '.join(['match', *facts])}"
                raise RuleError(rule=self.id, reason=Words(zh, en)) from None
        return _new(
            Finding,
            (
                self.id,
                start,
                end,
                match,
                matched_as,
                severity or self.severity,
                message,
                why,
                self.source,
                self.dimension,
                self.points if points is None else points,
                self.suggestions if suggestions is None else suggestions,
                tuple(map(_span, related)) if related else (),
            ),
        )

    def finding_at(self, text: str, start: int, end: int, **said: Any) -> Finding:
        """Make the finding for a range of a text as it was written, for rules about what folding takes away.

        ``said`` is what ``finding`` takes by name.
        """
        return self.finding(Reading(text, Folded(text, text), [], [], {}, _NO_CONTEXT), start, end, **said)


_NO_CONTEXT = Context()


def _slots(text: str) -> list[str]:
    """Return what stands between braces in a message."""
    return re.findall(r"\{([^{}]*)\}?", text)


_PLAIN_SLOT = re.compile("[a-z_]{1,20}")
_new = tuple.__new__  # a named tuple's own constructor takes twice as long
_span = functools.partial(_new, Span)


def _plain(rule: Rule) -> Callable[[Reading, int, int], Finding]:
    """Return what makes a rule's plain findings; what is known of them beforehand stands in its cells, at hand."""
    if rule.around is None and ("{" in rule.message or "{" in rule.why):
        return rule.finding
    whole = None if rule.around else rule.message
    before, after = rule.around or ("", "")
    name, severity, why, source, dimension = rule.id, rule.severity, rule.why, rule.source, rule.dimension
    points, suggestions = rule.points, rule.suggestions

    def plain(reading: Reading, start: int, end: int) -> Finding:
        folded = reading.folded
        match = matched_as = folded.text[start:end]
        if folded.text is not folded.source:
            start, end = folded.span(start, end)
            match = folded.source[start:end]
        message = f"{before}{match}{after}" if whole is None else whole
        return _new(
            Finding,
            (name, start, end, match, matched_as, severity, message, why, source, dimension, points, suggestions, ()),
        )

    return plain


class Rulebook(Mapping[str, Rule]):
    """Rules by id, each made from its file when it is first asked for; ``ours`` if all of them are bundled."""

    def __init__(self, cards: Mapping[str, Mapping[str, Any]], lang: str) -> None:
        """Take what :func:`cards` returns, or some of it."""
        self._cards = cards
        self._lang = lang
        self._made: dict[str, Rule] = {}
        self.ours = not any(card["own"] for card in cards.values())

    def __getitem__(self, name: str) -> Rule:
        rule = self._made.get(name)
        if rule is None:
            card = self._cards[name]
            rule = from_data(name, orjson.loads(card["data"]), self._lang, trusted=not card["own"])
            self._made[name] = rule
        return rule

    def __iter__(self) -> Iterator[str]:
        return iter(self._cards)

    def __len__(self) -> int:
        return len(self._cards)

    def only(self, keep: Callable[[str, Mapping[str, Any]], bool]) -> Rulebook:
        """Return the rules of which ``keep(id, card)`` is true."""
        return Rulebook({name: card for name, card in self._cards.items() if keep(name, card)}, self._lang)


def cards(files: DataFiles) -> dict[str, dict[str, Any]]:
    """Return id → kind, dimension, whether it is the user's own, and the rule without its cases as JSON.

    Most runs build a few rules, and reading all with the sentences that they carry takes longer than building these.
    """

    def make() -> dict[str, Any]:
        return {
            name: {
                "kind": data["kind"],
                "dimension": data.get("dimension"),
                "own": files.origin("rules", name) != "bundled",
                "data": orjson.dumps({key: value for key, value in data.items() if key != "cases"}).decode(),
            }
            for name, data in sorted(files.load("rules").items())
        }

    return files.made("rulebook", ("rules",), make)


def load(files: DataFiles, packs: Sequence[str] | None = None, lang: str = "zh") -> list[Rule]:
    """Return the rules of the given packs as ``rulebook`` does, all of them made."""
    return list(rulebook(files, packs, lang).values())


def rulebook(files: DataFiles, packs: Sequence[str] | None = None, lang: str = "zh") -> Rulebook:
    """Return the rules of the given packs (all when None) in the order of their ids, speaking ``lang``.

    A pack is a folder of rules or a folder in one (``law``, ``law/prices``), or a single rule's id.

    Raises:
        DataFileError: rules of the user's own that are refused, each with its reason and cure.
    """
    chosen = {
        name: card
        for name, card in cards(files).items()
        if packs is None or any(name == pack or name.startswith(f"{pack}/") for pack in packs)
    }
    own = [name for name, card in chosen.items() if card["own"]]
    if own:
        _refuse(own, files)
    return Rulebook(chosen, lang)


def _refuse(own: Iterable[str], files: DataFiles) -> None:
    from copykit.rules.vetting import vet  # late: most runs have no rules but the bundled ones

    paths = {entry.id: entry.path for entry in files.entries("rules")}
    problems = [
        in_file(each, paths[name]) if name in paths else each
        for name in own
        for each in vet(name, files.load("rules")[name], files)
    ]
    if problems:
        raise DataFileError(problems)


def from_data(name: str, data: Mapping[str, Any], lang: str = "zh", *, trusted: bool = True) -> Rule:
    """Make a rule from the parsed file; ``[en]`` replaces what people read when ``lang`` is ``en``."""
    words = {**data, **data.get("en", {})} if lang == "en" else data
    own = ("kind", "message", "why", "source", "dimension", "severity", "points", "limit", "suggestions", "en", "cases")
    return Rule(
        id=name,
        kind=data["kind"],
        message=words["message"],
        why=words["why"],
        source=data["source"],
        dimension=data.get("dimension"),
        severity=data.get("severity", "hint"),
        points=data.get("points", 0),
        limit=data.get("limit", 99),
        suggestions=tuple(words.get("suggestions", ())),
        settings={key: value for key, value in data.items() if key not in own},
        trusted=trusted,
    )
