"""How a report runs by itself: a crontab line, a systemd timer, a Windows task, each at a minute of its own."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from copykit.reports.period import Kind

SYSTEMS = ("cron", "systemd", "windows")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class When:
    """The hour and minute, for weeks the day (0 is Monday), for months the first."""

    kind: Kind
    hour: int
    minute: int
    weekday: int = 0


def minute_of(seed: str) -> int:
    """Return a minute away from whole and half hours, always the same for one report.

    Bots refuse more at 8:00 and 8:30 than in between (Feishu's guide names those times), and machines are busy then.
    """
    away = [minute for minute in range(60) if 4 <= minute % 30 <= 26]
    return away[int.from_bytes(hashlib.sha256(seed.encode("utf-8", "replace")).digest()[:4], "big") % len(away)]


def cron(when: When, command: Sequence[str], timezone: str) -> str:
    """Return lines for ``crontab -e``. A % would end the command there, so it is escaped."""
    day = {"day": "* * *", "week": f"* * {(when.weekday + 1) % 7}", "month": "1 * *"}[when.kind]
    line = shlex.join(command).replace("%", "\\%")
    return f"CRON_TZ={timezone}\n{when.minute} {when.hour} {day} {line}\n"


def systemd(when: When, command: Sequence[str], timezone: str, name: str) -> str:
    """Return a service and a timer; ``Persistent`` makes up for a time when the machine was off."""
    day = {"day": "*-*-*", "week": f"{_DAYS[when.weekday]} *-*-*", "month": "*-*-01"}[when.kind]
    line = " ".join(_systemd_word(word) for word in command)
    return (
        f"# ~/.config/systemd/user/{name}.service\n"
        f"[Unit]\nDescription=copykit report {name}\nAfter=network-online.target\n\n"
        f"[Service]\nType=oneshot\nExecStart={line}\n\n"
        f"# ~/.config/systemd/user/{name}.timer\n"
        f"[Timer]\nOnCalendar={day} {when.hour:02}:{when.minute:02}:00 {timezone}\nPersistent=true\n"
        f"\n[Install]\nWantedBy=timers.target\n\n"
        f"# systemctl --user enable --now {name}.timer\n"
    )


def windows(when: When, command: Sequence[str], name: str) -> str:
    """Return a schtasks command; times are the machine's own."""
    day = {"day": "/SC DAILY", "week": f"/SC WEEKLY /D {_DAYS[when.weekday].upper()}", "month": "/SC MONTHLY /D 1"}
    line = " ".join(f'\\"{word}\\"' if " " in word or not word.isascii() else word for word in command)
    return f'schtasks /Create /TN "copykit\\{name}" /TR "{line}" {day[when.kind]} /ST {when.hour:02}:{when.minute:02}\n'


def _systemd_word(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(char.isspace() or char in "\"'\\;" for char in word) else escaped
