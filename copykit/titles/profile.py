"""Profiles: which dimensions a title is judged on, from which base, with which weight; data, not code."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, Words


@dataclass(frozen=True, slots=True)
class Together:
    """Signs that prove nothing alone: what ``rules`` find comes to ``most`` points, whatever each is worth.

    What takes the rest back is a finding of ``rule``; a group that holds another counts that one's, too.
    """

    rule: str
    rules: frozenset[str]
    most: int
    message: str  # with {points}, what they would come to, and {most}
    why: str


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension of a profile.

    ``weight`` 0: shown or kept in JSON, not counted; ``high``: where a risk begins. ``together``: groups of rules that
    count up to a bound, each after those that it holds.
    """

    name: str
    label: str
    short: str  # beside each reason
    base: int
    weight: float = 0.0
    high: int = 101
    together: tuple[Together, ...] = ()
    unlawful: int = 0  # what an error of the law costs that no rule charges


@dataclass(frozen=True, slots=True)
class Profile:
    """How titles of one use are judged.

    ``notes`` are dimensions that are told and never counted, ``leaves_out`` the packs that have no say, ``packs`` the
    only ones that have (all when empty). ``absences`` are rules that find what is not there: where nothing else is
    found there is nothing to judge by; without such rules every title is judged.
    """

    id: str
    label: str
    dimensions: Mapping[str, Dimension]
    beside: Mapping[str, Dimension]
    risks: Mapping[str, Dimension]
    notes: tuple[str, ...]
    leaves_out: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    absences: frozenset[str] = frozenset()

    @property
    def labels(self) -> dict[str, str]:
        """Return dimension or risk → the label that people read."""
        return {
            name: part.label for group in (self.dimensions, self.beside, self.risks) for name, part in group.items()
        }

    @property
    def shorts(self) -> dict[str, str]:
        """Return dimension → the short label that stands beside a reason."""
        return {name: part.short for name, part in self.dimensions.items()}

    @property
    def lesser(self) -> frozenset[str]:
        """Return the rules whose points count in part, as they prove nothing alone."""
        return frozenset(rule for part in self.risks.values() for group in part.together for rule in group.rules)

    @property
    def highs(self) -> dict[str, int]:
        """Return risk → the value from which it is told."""
        return {name: part.high for name, part in self.risks.items()}

    def judges(self, rule: str, dimension: str | None) -> bool:
        """Return whether a rule has a say: its pack is not left out, its dimension the profile's or none at all."""
        pack = rule.partition("/")[0]
        if pack in self.leaves_out or (self.packs and pack not in self.packs):
            return False
        return dimension is None or any(dimension in group for group in self._groups())

    def _groups(self) -> tuple[Container[str], ...]:
        return (self.dimensions, self.beside, self.risks, self.notes)


class UnknownProfile(CopykitError):
    """A profile that no data file describes."""

    zh = "没有叫“{name}”的打分方案；可以用 {known}"
    en = "there is no profile '{name}'; known: {known}"


class ProfileWeights(CopykitError):
    """A profile whose weights do not add up."""

    zh = "打分方案 {name} 的权重加起来是 {total}，应该是 1；改 [dimensions.*] 的 weight"
    en = "the weights of profile {name} add up to {total}, not 1; mend weight in [dimensions.*]"


class ProfileGroup(CopykitError):
    """A group of signs that holds one that does not stand before it."""

    zh = "together.{group} 里 with = “{held}”，前面没有这一组；先写 together.{held}，或者删掉 with"
    en = "together.{group} has with = '{held}', and no such group stands before it; write together.{held} first"


def load_profile(files: DataFiles, name: str, lang: str = "zh") -> Profile:
    """Return a profile by its id."""
    profiles = files.load("profiles")
    if name not in profiles:
        raise UnknownProfile(name=name, known=Words.listed(sorted(profiles)))
    data = profiles[name]
    total = sum(part.get("weight", 0.0) for part in data["dimensions"].values())
    if abs(total - 1) > 1e-6:
        raise ProfileWeights(name=name, total=round(total, 4))
    label = data.get("name_en", data["name"]) if lang == "en" else data["name"]
    dimensions, beside, risks = (_dimensions(data.get(group, {}), lang) for group in ("dimensions", "beside", "risks"))
    notes, leaves_out, packs = (tuple(data.get(key, ())) for key in ("notes", "leaves_out", "packs"))
    absences = frozenset(data.get("absences", ()))
    return Profile(name, label, dimensions, beside, risks, notes, leaves_out, packs, absences)


def _together(table: Mapping[str, Any], lang: str) -> Iterator[Together]:
    groups: dict[str, Together] = {}
    for name, group in table.items():
        rules = frozenset(group["rules"])
        if "with" in group:
            if group["with"] not in groups:
                raise ProfileGroup(group=name, held=group["with"])
            held = groups[group["with"]]
            rules |= held.rules | {held.rule}
        message, why = (
            group.get(f"{key}_en" if lang == "en" else key, group.get(key, "")) for key in ("message", "why")
        )
        groups[name] = Together(f"score/{name}", rules, group["most"], message, why)
        yield groups[name]


def _dimensions(table: Mapping[str, Any], lang: str) -> dict[str, Dimension]:
    return {
        name: Dimension(
            name,
            part.get("label_en", part["label"]) if lang == "en" else part["label"],
            part.get("short", part["label"]) if lang == "zh" else part.get("label_en", part["label"]),
            part["base"],
            part.get("weight", 0.0),
            part.get("high", 101),
            tuple(_together(part.get("together", {}), lang)),
            part.get("unlawful", 0),
        )
        for name, part in table.items()
    }
