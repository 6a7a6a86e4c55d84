"""The channels as data: found by name, filtered by what a shop can spend and whom it wants to meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.model import Advice, Cadence, Channel, Condition, TaskTemplate

KINDS = ("steady", "page", "natural", "owned", "paid")


class UnknownChannel(CopykitError):
    """A channel that no data file describes."""

    zh = "没有叫“{name}”的渠道；可以写 {known}（全部：copykit channels list）"
    en = "there is no channel '{name}'; known: {known} (all: copykit channels list)"


class Catalog:
    """The channels of a run, found by id, name or alias in any letter case; in the order in which they are tried."""

    def __init__(self, files: DataFiles, lang: str = "zh") -> None:
        """Read the channels; they speak ``lang``, and are found by their names in both.

        Raises:
            DataFileError: with every fault of every file.
        """
        data = files.load("channels")
        found = [channel_from(identifier, in_language(value, lang)) for identifier, value in data.items()]
        found.sort(key=lambda channel: (KINDS.index(channel.kind), channel.order, channel.id))
        self._channels = {channel.id: channel for channel in found}
        self._names = {
            name.casefold(): channel.id
            for channel in reversed(found)
            for name in (*channel.aliases, data[channel.id]["name_en"], data[channel.id]["name"], channel.id)
        }

    def __getitem__(self, name: str) -> Channel:
        """Return a channel, or raise UnknownChannel with the nearest names."""
        identifier = self._names.get(name.strip().casefold())
        if identifier is None:
            raise UnknownChannel(name=name, known="、".join(self._near(name)))
        return self._channels[identifier]

    def __contains__(self, name: str) -> bool:
        return name.strip().casefold() in self._names

    def __iter__(self) -> Iterator[Channel]:
        return iter(self._channels.values())

    def __len__(self) -> int:
        return len(self._channels)

    def name_of(self, identifier: str) -> str:
        """Return what people call a channel, the id itself when no file describes it any more."""
        channel = self._channels.get(identifier)
        return channel.name if channel is not None else identifier

    def select(
        self,
        *,
        kind: str | None = None,
        effort: str | None = None,
        stage: str | None = None,
        audience: str | None = None,
        shop_type: str | None = None,
        hours: float | None = None,
    ) -> list[Channel]:
        """Return the channels that fit every filter given; ``effort`` and ``hours`` (a week) are upper bounds.

        Channels that say nothing of stages, shop types or people are open to all of them.
        """
        return [
            channel
            for channel in self
            if (kind is None or channel.kind == kind)
            and (effort is None or EFFORTS.index(channel.effort) <= EFFORTS.index(effort))
            and (stage is None or not channel.stages or stage in channel.stages)
            and (shop_type is None or not channel.shop_types or shop_type in channel.shop_types)
            and (audience is None or not channel.audience or meets(channel, (audience,)))
            and (hours is None or least_hours(channel) <= hours)
        ]

    def _near(self, name: str) -> list[str]:
        import difflib

        close = difflib.get_close_matches(name.casefold(), list(self._names), 3, 0.4)
        return list(dict.fromkeys(self._channels[self._names[near]].name for near in close)) or [
            channel.name for channel in list(self)[:8]
        ]


EFFORTS = ("low", "middle", "high")


def meets(channel: Channel, people: tuple[str, ...]) -> bool:
    """Return whether a channel's people and the wanted ones share a word; 睫毛短的学生党 are 学生党."""
    return any(one in other or other in one for one in channel.audience for other in people)


def least_hours(channel: Channel) -> float:
    """Return the hours a week that a channel takes at its lowest cadence, without what is done once."""
    each = sum(task.hours for task in channel.tasks if task.when in ("each", "post"))
    return round(each * channel.cadence.least / channel.cadence.every_weeks, 2)


def in_language(data: Any, lang: str) -> Any:
    """Return the value of a data file as it speaks a language: ``why_en`` in place of ``why`` where that is English."""
    if isinstance(data, Mapping):
        own = {key: value for key, value in data.items() if key == "name_en" or not key.endswith("_en")}
        chosen = {key: data.get(f"{key}_en", value) if lang == "en" else value for key, value in own.items()}
        return {key: in_language(value, lang) for key, value in chosen.items()}
    return [in_language(value, lang) for value in data] if isinstance(data, list) else data


def channel_from(identifier: str, data: Mapping[str, Any]) -> Channel:
    """Make a channel from the value of its data file."""
    cadence = data["cadence"]
    return Channel(
        id=identifier,
        name=data["name"],
        name_en=data["name_en"],
        aliases=tuple(data.get("aliases", ())),
        method=data.get("method"),
        kind=data["kind"],
        order=data["order"],
        serves=tuple(data["serves"]),
        what=data["what"],
        why=data["why"],
        state=data["state"],
        state_today=data["state_today"],
        successor=tuple(data.get("successor", ())),
        needs_own_site=data.get("needs_own_site", False),
        shop_types=tuple(data.get("shop_types", ())),
        stages=tuple(data.get("stages", ())),
        audience=tuple(data.get("audience", ())),
        effort=data["effort"],
        platform=data.get("platform", ""),
        tracking=data["tracking"],
        campaign=data.get("campaign", False),
        after=data.get("after", ""),
        kpis=tuple(data["kpis"]),
        forms=tuple(data["forms"]),
        source=data["source"],
        checked=data["checked"],
        expires=data["expires"],
        cost_model=data["cost"]["model"],
        cost_note=data["cost"].get("note", ""),
        cadence=Cadence(**{**cadence, "weekdays": tuple(cadence["weekdays"])}),
        effect_weeks=data["effect"]["weeks"],
        effect_words=data["effect"]["words"],
        do=tuple(Advice(**advice) for advice in data["do"]),
        dont=tuple(Advice(**advice) for advice in data["dont"]),
        duties=tuple(Advice(duty["text"], duty["source"]) for duty in data["duties"]),
        needs=tuple(map(condition_from, data.get("needs", ()))),
        fits=tuple(map(condition_from, data.get("fits", ()))),
        themes=tuple((theme["line"], theme["text"]) for theme in data.get("themes", ())),
        tasks=tuple(TaskTemplate(**{**task, "commands": tuple(task.get("commands", ()))}) for task in data["tasks"]),
        post=data.get("post", {}),
    )


def condition_from(data: Mapping[str, Any]) -> Condition:
    """Make a condition; the file's ``is`` is no name that Python can hold."""
    values = {("equals" if key == "is" else key): value for key, value in data.items()}
    for key in ("any_of", "none_of"):
        if key in values:
            values[key] = tuple(values[key])
    return Condition(**values)
