"""On what two periods are compared: the sources that both of them read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Literal, NamedTuple

from copykit.reports.snapshot import Snapshot

NAMED = 3  # sources that a sentence names


class Basis(NamedTuple):
    """Which sources two periods share, and which only one of them read.

    ``missing`` could not be read now, ``dropped`` is no longer to be; ``failed`` could not be read the last time,
    ``added`` was not to be. ``how`` says what is compared: the shared ones, all of them though an older snapshot does
    not say what it read (``untold``), nothing, because none is shared (``nothing``) or the figures of those that are
    cannot be told apart (``mixed``).
    """

    shared: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    how: Literal["shared", "untold", "nothing", "mixed"] = "shared"

    @property
    def whole(self) -> bool:
        """Whether nothing has to be left out."""
        return not (self.missing or self.dropped or self.failed or self.added)


def basis_of(now: Snapshot, before: Snapshot, lost: Collection[str]) -> Basis:
    """Return on which sources two periods can be compared; ``lost`` are those that had nothing to read now."""
    if now.sources is None or before.sources is None:
        return Basis(missing=tuple(lost), how="untold")
    gone = [name for name in before.sources if name not in now.sources]
    fresh = [name for name in now.sources if name not in before.sources]
    failed = tuple(name for name in fresh if any(reason.startswith(f"{name}：") for reason in before.failed))
    shared = tuple(name for name in now.sources if name in before.sources)
    return Basis(
        shared,
        tuple(name for name in gone if name in lost),
        tuple(name for name in gone if name not in lost),
        failed,
        tuple(name for name in fresh if name not in failed),
        "shared" if shared else "nothing",
    )


def narrowed(snapshot: Snapshot, names: Collection[str] | None) -> Snapshot | None:
    """Return a period with what some of its sources gave; None where one was not read, or is not told apart."""
    if snapshot.sources is None or names is None or set(snapshot.sources) == set(names):
        return snapshot
    given = {name: snapshot.sources.get(name) for name in names}
    words: dict[str, tuple[float, int]] = {}
    highest = snapshot.measure.endswith("index")
    for figures in given.values():
        if figures is None:
            return None
        for word, figure in figures.items():
            old = words.get(word, (0.0, 1))[0]
            words[word] = (max(old, figure) if highest else old + figure, 1)
    if snapshot.floor:  # what was kept and is none of theirs is known to be nothing
        words = {word: words.get(word, (0.0, 1)) for word in snapshot.words}
    return replace(snapshot, words=words, sources=given)


def sentence(basis: Basis, lang: str) -> str:
    """Say which sources only one of the periods read, and what is compared; empty where they read the same."""
    if basis.whole:
        return ""
    patterns = _SAID[lang]
    said = [
        patterns[part].format(listed(names, lang))
        for part, names in zip(("missing", "dropped", "failed", "added"), basis[1:5], strict=True)
        if names
    ]
    return patterns["joined"].join(said) + patterns[basis.how].format(listed(basis.shared, lang))


_SAID = {
    "zh": {
        "missing": "这期没读到{}",
        "dropped": "这期不再读{}",
        "failed": "上一期没读到{}",
        "added": "上一期还没有{}",
        "joined": "，",
        "shared": "；涨跌只比两期都读到的{}。",
        "nothing": "；没有一处来源两期都读到，没有比。",
        "mixed": "；词是几处来源合起来找的，分不开，没有比。",
        "untold": "；上一期的快照没有分来源，下面掉了、没了的词可能只是少了它。",
    },
    "en": {
        "missing": "{} could not be read this time",
        "dropped": "{} is no longer read",
        "failed": "{} could not be read the last time",
        "added": "{} was not there the last time",
        "joined": ", ",
        "shared": "; changes compare only {}, read both times.",
        "nothing": "; no source was read both times, so nothing was compared.",
        "mixed": "; words were mined from all of them together, so nothing was compared.",
        "untold": "; the snapshot before does not tell its sources apart, so what fell or went may only be missing.",
    },
}


def listed(names: Collection[str], lang: str) -> str:
    """Return names as a list in quotes, the first few of many."""
    some = [f"“{name}”" for name in list(names)[:NAMED]]
    if lang == "zh":
        return "、".join(some) + (f"等 {len(names)} 处" if len(names) > NAMED else "")
    return ", ".join(some) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
