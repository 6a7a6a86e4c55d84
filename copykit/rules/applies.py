"""Whether a rule speaks of a text at all: the facts of the context that it asks for, and those that nobody told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from copykit.errors import CopykitError, Words
from copykit.model import Severity
from copykit.rules.reading import Context

FACTS = ("category", "has_link", "commercial", "audience", "channel")


class BadApplies(CopykitError):
    """An ``[applies]`` table that cannot be read."""

    zh = "[applies] {reason}"
    en = "[applies] {reason}"


@dataclass(frozen=True, slots=True)
class Applies:
    """An ``[applies]`` table: every fact that is given has to fit; ``unknown`` is what to do when one is not told.

    ``category`` and ``not_category`` name ids of ``data/categories`` (a category counts for all that lies in it).
    ``not_channel``: channels on which the rule does not speak. ``unknown``: a severity to fall back to, or ``skip``.
    """

    category: frozenset[str] = frozenset()
    not_category: frozenset[str] = frozenset()
    has_link: bool | None = None
    commercial: bool | None = None
    audience: frozenset[str] = frozenset()
    channel: frozenset[str] = frozenset()
    not_channel: frozenset[str] = frozenset()
    unknown: Severity | Literal["skip"] = "warning"

    def missing(self, context: Context) -> tuple[str, ...] | None:
        """Return the facts that would decide and are not told; None when a told one speaks against the rule."""
        asks: list[str] = []
        if self.category or self.not_category:
            if not context.categories:
                # Not to be one of a few is what most goods are: without a word about it the rule speaks.
                if self.category:
                    asks.append("category")
            elif (self.category and not self.category & context.categories) or self.not_category & context.categories:
                return None
        for fact, wanted in (("has_link", self.has_link), ("commercial", self.commercial)):
            told = getattr(context, fact)
            if wanted is not None:
                if told is None:
                    asks.append(fact)
                elif told is not wanted:
                    return None
        for fact, allowed in (("audience", self.audience), ("channel", self.channel)):
            told = getattr(context, fact)
            if allowed:
                if not told:
                    asks.append(fact)
                elif told not in allowed:
                    return None
        return None if context.channel in self.not_channel else tuple(asks)

    def allows(self, context: Context) -> bool:
        """Return whether no fact speaks against an exemption; with ``unknown = "skip"`` all have to be told."""
        if self is ALWAYS:
            return True
        asks = self.missing(context)
        return asks is not None and not (asks and self.unknown == "skip")

    def severity(self, given: Severity, context: Context) -> Severity | None:
        """Return how grave a finding is in this context, None when the rule does not speak."""
        asks = self.missing(context)
        if asks is None:
            return None
        if not asks:
            return given
        return None if self.unknown == "skip" else _weaker(given, self.unknown)


ALWAYS = Applies()
_ORDER = ("hint", "warning", "error")


def _weaker(one: Severity, other: Severity) -> Severity:
    return min(one, other, key=_ORDER.index)


def applies_from(data: Mapping[str, Any] | None, categories: Sequence[str]) -> Applies:
    """Read an ``[applies]`` table; raise BadApplies for a key, a category or a value that there is not."""
    if not data:
        return ALWAYS
    known = {"category", "not_category", "has_link", "commercial", "audience", "channel", "not_channel", "unknown"}
    for key in data:
        if key not in known:
            zh, en = f"没有“{key}”这个键，可以用 {'、'.join(sorted(known))}", f"unknown key '{key}'"
            raise BadApplies(reason=Words(zh, en))
    for name in (*data.get("category", ()), *data.get("not_category", ())):
        if name not in categories:
            raise BadApplies(reason=Words(f"没有“{name}”这个品类", f"there is no category '{name}'"))
    unknown = data.get("unknown", "warning")
    if unknown not in (*_ORDER, "skip"):
        raise BadApplies(
            reason=Words("unknown 只能是 skip、hint、warning、error", "unknown: skip, hint, warning, error")
        )
    return Applies(
        frozenset(data.get("category", ())),
        frozenset(data.get("not_category", ())),
        data.get("has_link"),
        data.get("commercial"),
        frozenset(data.get("audience", ())),
        frozenset(data.get("channel", ())),
        frozenset(data.get("not_channel", ())),
        unknown,
    )
