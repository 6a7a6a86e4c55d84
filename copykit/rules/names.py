"""Borrowed pull: known names by kind, heat and licence, and festivals by date.

Whose name it is matters more than how hot it is: a name pulls readers whoever prints it, so it earns; whether it may
be printed is said beside it. What a name is, when it is one and what leaning on it looks like are word lists.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from copykit.lexicon import holds_names
from copykit.model import Finding
from copykit.rules.exemptions import lowering
from copykit.rules.kinds import Build, KindMaker
from copykit.rules.reading import Batch, Context, Reading
from copykit.rules.rule import Rule
from copykit.text.normalize import fold_text


class Name(NamedTuple):
    """A known name in a text: its place, the name it stands for, and how the title may use it."""

    start: int
    end: int
    known_as: str
    heat: int
    state: str
    until: str


class NameKind:
    """Finds the known names of one ``settings.state``; only the text's strongest name earns.

    The states, first that fits: own (the brief's brand, unless it leans on the name, as 杨幂同款 does; no finding) ·
    expired (``until`` has passed) · licensed (by the user's list, or by an ``authority`` claim of the brief that names
    it and holds evidence) · imitated (同款, 平替, 媲美 beside it) · endorsed (a person is said to recommend or to use
    the goods) · unfit (``fit`` is told and the title is about something else) · compatible (says what the goods fit) ·
    open (anyone may name it) · unlicensed.
    ``settings.points_by_heat`` gives the points for heat 1 to 5; without it the rule's points count for every name.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        settings = rule.settings["settings"]
        self.state: str = settings["state"]
        self.by_heat: list[int] | None = settings.get("points_by_heat")
        self._lower = lowering(rule.id, build)
        self.triggers: frozenset[int] | None = frozenset((_known_names(build).state_slot(self.state),))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield the names of this state, at most ``limit`` of them."""
        found: list[Name] = reading.memo[NAMES]
        strongest = _strongest(found) if self.by_heat else None
        mine = [name for name in found if name.state == self.state]
        if self.by_heat and self.rule.severity == "hint":
            # Without points and without a warning there is nothing to say.
            mine = [name for name in mine if name is strongest]
        return [self._lowered(reading, name, strongest) for name in mine[: self.rule.limit]]

    def _lowered(self, reading: Reading, name: Name, strongest: Name | None) -> Finding:
        """Return the finding of a name, less grave where an exemption says so: a report names whom it tells of."""
        finding = self._finding(reading, name, strongest)
        return self._lower(reading, name.start, name.end, finding) if finding.severity != "hint" else finding

    def _finding(self, reading: Reading, name: Name, strongest: Name | None) -> Finding:
        points = None
        if self.by_heat:
            points = self.by_heat[name.heat - 1] if name is strongest else 0
        return self.rule.finding(
            reading, name.start, name.end, points=points, name=name.known_as, heat=name.heat, until=name.until
        )


class ManyNamesKind:
    """Fires once when a text holds more than ``over`` different known names."""

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.over = int(rule.settings["over"])
        self.triggers: frozenset[int] | None = frozenset((_known_names(build).state_slot(_ANY),))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding over the first name, with the other names as related spans."""
        found: list[Name] = reading.memo[NAMES]
        different = {name.known_as: name for name in reversed(found)}
        if len(different) <= self.over:
            return ()
        first, *others = sorted(different.values())
        related = [(name.start, name.end) for name in others]
        return (self.rule.finding(reading, first.start, first.end, related=related, count=len(different)),)


class FestivalKind:
    """Finds festivals of ``lexicon`` that are ``settings.state``: near or past; silent when today is not known.

    Near: from ``before`` days ahead until it is over. Past: over, not longer ago than ``settings.stale`` days and
    than the next time is ahead; and a year written before the festival that is not this one's any more.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        lexicon = build.lexicons[rule.settings["lexicon"]]
        self.calendar: dict[str, Mapping[str, str]] = {}
        for word, fields in lexicon.entries.items():
            self.calendar[word] = lexicon.entries[fold_text(fields["as"])] if "as" in fields else fields
        self.slot = build.automaton.slot(("festivals", lexicon.id), lexicon.entries, lexicon.exceptions)
        settings = rule.settings["settings"]
        self.state: str = settings["state"]
        self.stale = int(settings.get("stale", 0))
        self._today = ""
        self._known: dict[str, int | None] = {}
        self.triggers: frozenset[int] | None = frozenset((self.slot,))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding a festival, at most ``limit`` of them."""
        today = reading.context.today
        if not today:
            return ()
        if today != self._today:
            self._today, self._known = today, {}
        found = []
        for start, end in reading.hits[self.slot]:
            if _stands_alone(reading, start, end):
                days = self._days(reading, start, end)
                if days is not None and (days >= 0) == (self.state == "past"):
                    found.append(self.rule.finding(reading, start, end, days=abs(days)))
        return found[: self.rule.limit]

    def _days(self, reading: Reading, start: int, end: int) -> int | None:
        """Return the days since the festival was over, below zero while it is near, None when it is neither."""
        text = reading.folded.text
        word = text[start:end]
        year = _year_before(text, start)
        today = datetime.date.fromisoformat(self._today)
        if year is not None and year < today.year:
            ends = [end for _, _, end in _occurrences(self.calendar[word], range(year, year + 1))]
            return max((today - ends[-1]).days if ends else 365 * (today.year - year), 0)
        if word not in self._known:
            self._known[word] = _days_since(self.calendar[word], today, self.stale)
        return self._known[word]


KINDS: dict[str, KindMaker] = {
    "name": NameKind,
    "names_many": ManyNamesKind,
    "festival": FestivalKind,
}


# Kinds of name that anyone may say, because saying where one is, or asking a program, borrows nobody's goodwill.
_OPEN_KINDS = frozenset(("platform",))
_PERSONS = frozenset(("star", "teacher"))
_BORROWED = frozenset(("imitated", "endorsed"))
_EARNING = {"licensed": 2, "open": 1, "unlicensed": 0}


# Where a reading's memo holds the names that its text really uses.
NAMES = "names"
_ANY = "any"
_STATES = (_ANY, "open", "licensed", "unlicensed", "expired", "imitated", "endorsed", "unfit", "compatible")


class _Names:
    """Detects the names of every list of names; a user's own list adds to the bundled one."""

    def __init__(self, build: Build) -> None:
        fields: dict[str, dict[str, str]] = {}
        exceptions: set[str] = set()
        lists = sorted(filter(holds_names, build.lexicons))
        for name in lists:
            lexicon = build.lexicons[name]
            exceptions |= lexicon.exceptions
            for word, given in lexicon.entries.items():
                fields[word] = {**fields.get(word, {}), **given}
        for given in fields.values():
            exceptions.update(fold_text(phrase) for phrase in given.get("not", "").split("|") if phrase)
        self.fields = fields
        self.needs = {word: _folded_parts(given["needs"]) for word, given in fields.items() if "needs" in given}
        self.fits = {word: _folded_parts(given["fit"]) for word, given in fields.items() if "fit" in given}
        self.slot = build.automaton.slot("names", fields, exceptions)
        self.looks_at = frozenset((self.slot,))
        leaning = build.lexicons["borrowing"]
        self.leaning = leaning.entries
        self._following = tuple(word for word, given in self.leaning.items() if given["side"] in ("after", "both"))
        # A brand that holds one of these beside a name is no brand of that name's: 杨幂同款.
        self._borrows = tuple(
            word for word, given in self.leaning.items() if given["state"] in _BORROWED and len(word) > 1
        )
        self.licences = [word for word, given in leaning.entries.items() if given["state"] == "licensed"]
        self._states = {state: build.automaton.mark(f"names {state}", self.looks_at) for state in _STATES}
        self._awaited: set[str] = set()  # the states that rules wait for
        self.leaning_slot = build.automaton.slot("borrowing", leaning.entries, leaning.exceptions)

    def state_slot(self, state: str) -> int:
        """Return the slot that is hit where a text holds a name in this state, for a rule that waits for it."""
        self._awaited.update(_STATES if state == _ANY else (state,))
        return self._states[state]

    def __call__(self, batch: Batch) -> None:
        """Note the names that each text really uses in ``memo``, and their states as hits."""
        for reading in batch.readings:
            if self.slot in reading.hits:
                self._note(reading, reading.hits[self.slot])

    def _note(self, reading: Reading, hits: Sequence[tuple[int, int]]) -> None:
        text = reading.folded.text
        found = [self._name(reading, start, end) for start, end in hits if self._is_meant(text, start, end)]
        if self._awaited.isdisjoint(name.state for name in found):
            return  # before the text is cut into words
        found = [name for name in found if name.state != "own" and self._is_a_word(reading, name.start, name.end)]
        if found:
            reading.memo[NAMES] = found
            for state in {name.state for name in found} | {_ANY}:
                spans = [(name.start, name.end) for name in found if state in (name.state, _ANY)]
                reading.hits[self._states[state]] = spans

    def _is_meant(self, text: str, start: int, end: int) -> bool:
        needs = self.needs.get(text[start:end])
        if needs is None:
            return True
        rest = f"{text[:start]} {text[end:]}"
        return any(need in rest for need in needs)

    def _name(self, reading: Reading, start: int, end: int) -> Name:
        word = reading.folded.text[start:end]
        fields = self.fields[word]
        known_as = fields.get("as", word)
        heat = min(5, max(1, int(fields.get("heat", "1"))))
        until = fields.get("until", "") if "licence" in fields else self._licensed_until(reading, word, known_as)
        state = self._state(reading, start, end, word, known_as, until)
        return Name(start, end, known_as, heat, state, until or "")

    def _state(self, reading: Reading, start: int, end: int, word: str, known_as: str, until: str | None) -> str:
        fields, context = self.fields[word], reading.context
        if context.brief is not None and context.brief.brand:
            brand = fold_text(context.brief.brand)
            if (word in brand or known_as in brand) and not any(sign in brand for sign in self._borrows):
                return "own"
        if until is not None:
            return "expired" if context.today and until and context.today > until else "licensed"
        leaning = self._leaning(reading, start, end)
        if leaning == "imitated":
            return "imitated"
        if leaning == "endorsed" and fields.get("kind") in _PERSONS:
            return "endorsed"
        if word in self.fits and not _fits(self.fits[word], reading.folded.text, context):
            return "unfit"
        if leaning == "compatible" and fields.get("kind", "brand") == "brand":
            return "compatible"
        return "open" if "free" in fields or fields.get("kind") in _OPEN_KINDS else "unlicensed"

    def _licensed_until(self, reading: Reading, word: str, known_as: str) -> str | None:
        """Return until when the brief holds a licence for a name ("" without end), None when it holds none."""
        brief = reading.context.brief
        if brief is None or not brief.claims:
            return None
        for claim in brief.claims:
            if claim.kind == "authority" and claim.evidence:
                statement = fold_text(claim.statement)
                if (word in statement or known_as in statement) and any(sign in statement for sign in self.licences):
                    return claim.valid_until
        return None

    def _is_a_word(self, reading: Reading, start: int, end: int) -> bool:
        """Return whether a name stands alone, or only a word that leans on it is glued to it (杨紫同款 as one word)."""
        if _stands_alone(reading, start, end):
            return True
        return start in reading.bounds and reading.folded.text.startswith(self._following, end)

    def _leaning(self, reading: Reading, start: int, end: int) -> str:
        text, found = reading.folded.text, ""
        for first, last in reading.hits.get(self.leaning_slot, ()):
            fields = self.leaning[text[first:last]]
            side = fields["side"]
            # One character may stand between (戴森的平替), before some words a whole product (雅诗兰黛小棕瓶平替).
            reach = int(fields.get("reach", "1"))
            after = side in ("after", "both") and 0 <= first - end <= reach
            before = side in ("before", "both") and 0 <= start - last <= 1
            if after or before:
                return fields["state"]
            if side == "any":
                found = fields["state"]
        return found


def _known_names(build: Build) -> _Names:
    names = build.detector("names", _Names)
    assert isinstance(names, _Names)
    return names


def _strongest(names: Iterable[Name]) -> Name | None:
    earning = [name for name in names if name.state in _EARNING]
    return max(earning, key=lambda name: (name.heat, _EARNING[name.state], -name.start), default=None)


def _fits(fits: tuple[str, ...], text: str, context: Context) -> bool:
    """Return whether the title or the product is about what the name pulls for; yes when nothing is known."""
    product = fold_text(context.brief.product) if context.brief is not None else ""
    about = fold_text(context.category)
    if not about and not product:
        return True
    return any(fit in about or fit in product or fit in text for fit in fits)


def _folded_parts(value: str) -> tuple[str, ...]:
    return tuple(fold_text(part) for part in value.split("|") if part)


def _stands_alone(reading: Reading, start: int, end: int) -> bool:
    """Return whether a hit is a word of its own: two Han characters need the segmenter's word, more do not.

    The segmenter does not know every name, but one of three characters is rarely part of something longer.
    """
    text = reading.folded.text
    first, last = text[start], text[end - 1]
    before, after = text[start - 1 : start], text[end : end + 1]
    if first.isascii() and first.isalnum() and (before in _PRICE_SIGNS or (before.isascii() and before.isalnum())):
        return False
    # A model number may follow a name (iphone17), a digit may not go on (618 in 6180, 618.5).
    if last.isdigit() and (after.isdigit() or after == "." or after == "%"):
        return False
    if last.isascii() and last.isalpha() and after.isascii() and after.isalpha():
        return False
    if end - start > 2 or first.isascii() or last.isascii():
        return True
    if start not in reading.bounds:
        return False
    # What the segmenter takes for a longer name of its own making is often the name and the word after it: 戴森平|替.
    return end in reading.bounds or reading.tags[reading.starts.index(start)].startswith(_GUESSED_NAMES)


# ¥618 is a price and no shopping festival.
_PRICE_SIGNS = frozenset("$¥£€.")
_GUESSED_NAMES = ("nr", "ns", "nt", "nz")


def _year_before(text: str, start: int) -> int | None:
    """Return the year written right before a place (2025双11, 2025年双11)."""
    end = start - 1 if text[start - 1 : start] == "年" else start
    digits = text[max(0, end - 4) : end]
    if len(digits) == 4 and digits.isascii() and digits.isdigit() and digits.startswith("20"):
        return int(digits)
    return None


class _Occurrence(NamedTuple):
    alive: datetime.date
    start: datetime.date
    end: datetime.date


def _occurrences(fields: Mapping[str, str], years: range) -> list[_Occurrence]:
    """Return when a festival begins to pull, begins and is over, in the given years, in order."""
    before, last = datetime.timedelta(int(fields.get("before", "30"))), datetime.timedelta(int(fields.get("last", "0")))
    spans: list[tuple[datetime.date, datetime.date]] = []
    if "dates" in fields:
        days = (datetime.date.fromisoformat(day) for day in fields["dates"].split("|"))
        spans = [(day, day) for day in days if day.year in years]
    else:
        first, _, final = fields["window"].partition("..")
        for year in years:
            # A window may run over the year's end: 12-24..01-03.
            spans.append(
                (
                    datetime.date.fromisoformat(f"{year}-{first}"),
                    datetime.date.fromisoformat(f"{year + (final < first)}-{final}"),
                )
            )
    return [_Occurrence(start - before, start, end + last) for start, end in sorted(spans)]


def _days_since(fields: Mapping[str, str], today: datetime.date, stale: int) -> int | None:
    times = _occurrences(fields, range(today.year - 1, today.year + 2))
    for time in times:
        if time.alive <= today <= time.end:
            return -max(1, (time.start - today).days)
    since = min(((today - time.end).days for time in times if time.end < today), default=None)
    ahead = min(((time.alive - today).days for time in times if time.alive > today), default=stale)
    if since is None or since > min(stale, ahead):
        return None
    return since
