"""Platforms as data: how long a title may be, how it is counted, how sure we are, which profile judges it."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, Words
from copykit.model import Length
from copykit.text.measure import Unit, measure


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform's rules for a title. ``max`` None: no limit that could be sourced."""

    id: str
    name: str
    field: str
    unit: Unit
    max: int | None
    min: int | None
    visible: int | None
    barred: str
    confidence: str
    profile: str
    note: str
    source: str
    checked: str
    expires: str
    emoji: bool = True  # whether a title may hold them

    @property
    def sure(self) -> bool:
        """Return whether the limit may block; an unknown or low-confidence one only warns."""
        return self.confidence in ("high", "medium")


class UnknownPlatform(CopykitError):
    """A platform that no data file describes."""

    zh = "没有叫“{name}”的平台；可以写 {known}（全部：copykit data list platforms）"
    en = "there is no platform '{name}'; known: {known} (all: copykit data list platforms)"


class Platforms:
    """The platforms of a run, found by id, name or alias in any letter case.

    Raises:
        DataFileError: two of them answer to one name.
    """

    def __init__(self, files: DataFiles) -> None:
        self._data = files.load("platforms")
        self._names = files.by_name("platforms", str.casefold)

    def __getitem__(self, name: str) -> Platform:
        """Return a platform, or raise UnknownPlatform with the nearest names."""
        identifier = self._names.get(name.strip().casefold())
        if identifier is None:
            raise UnknownPlatform(name=name, known=Words.listed(self._near(name)))
        return _platform(identifier, self._data[identifier])

    def __iter__(self) -> Any:
        return (_platform(identifier, self._data[identifier]) for identifier in sorted(self._data))

    def _near(self, name: str) -> list[str]:
        import difflib

        # Two letters of which one is the same are nothing alike; two Chinese characters are.
        alike = 0.6 if name.isascii() else 0.5
        close = difflib.get_close_matches(name.casefold(), list(self._names), 3, alike)
        if close:
            return close
        known = sorted(self._data.values(), key=lambda data: (data.get("rank", _UNRANKED), data["name"]))
        return [data["name"] for data in known[:8]]


_UNRANKED = 99  # after the platforms that most people mean


def length_on(platform: Platform | None, text: str) -> Length:
    """Return how long ``text`` is where it will stand; without a platform, code points and no limit."""
    if platform is None:
        return _anywhere(len(text))
    used = measure(text, platform.unit)
    low, high = platform.min, platform.max
    wrong = (low is not None and used < low) or (high is not None and used > high)
    ok = False if wrong else None if high is None else True
    return Length(used, high, low, platform.unit, ok, platform.sure, platform.visible)


@functools.cache
def _anywhere(size: int) -> Length:
    return Length(size, None, None, "char", None, False, None)


def _platform(identifier: str, data: dict[str, Any]) -> Platform:
    return Platform(
        id=identifier,
        name=data["name"],
        field=data["field"],
        unit=data["unit"],
        max=data.get("max"),
        min=data.get("min"),
        visible=data.get("visible"),
        barred=data.get("barred", ""),
        confidence=data["confidence"],
        profile=data["profile"],
        note=data.get("note", ""),
        source=data["source"],
        checked=data["checked"],
        expires=data["expires"],
        emoji=data.get("emoji", True),
    )
