"""Deliver a message once: every part goes through the ledger, so that a crash or a lost answer never sends it twice.

A part is pending → sending (written down before the request) → sent, failed or unknown. Failed parts are tried again by
the next run; unknown ones (accepted or lost, nobody can tell) only when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from copykit.errors import Words
from copykit.reports.bots import Outcome
from copykit.reports.message import Message
from copykit.reports.targets import Part, Target, parts_for
from copykit.state import SentPart

_EARLIER_FAILED = Words("前面一段没有发出去，这段先不发", "an earlier part was not delivered")
_CUT_OFF = Words("上次发到一半中断，对方收没收到不清楚", "the run was cut off while sending; nobody can tell")


class Ledger(Protocol):
    """What is remembered of parts; ``copykit.state.State`` keeps it on disk, each write committed before it returns."""

    def sent_parts(self, run: str, target: str) -> dict[tuple[int, str], SentPart]:
        """Return (part, digest) → what is known of it."""

    def note_part(self, run: str, target: str, part: int, digest: str, entry: SentPart) -> None:
        """Write down what is known of a part."""

    def last_sent(self, target: str, since: float) -> list[float]:
        """Return when parts were sent to a receiver, of whatever run, since a moment."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a receiver stands after a run: each part's state in order; ``skipped``: nothing it wants to hear."""

    target: str
    parts: tuple[SentPart, ...]
    skipped: bool = False

    @property
    def state(self) -> str:
        """Return the worst state: failed, unknown, sent, or skipped."""
        states = {part.state for part in self.parts}
        return next((state for state in ("failed", "unknown", "sent") if state in states), "skipped")


def deliver(
    run: str,
    message: Message,
    targets: Sequence[Target],
    ledger: Ledger,
    send: Callable[[Part, float], Outcome],
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    resend_unknown: bool = False,
) -> list[Delivered]:
    """Tell every receiver what it has not been told.

    ``run`` names the report and its period: the same part of the same run is sent once, whoever runs it again.
    ``send`` puts one part on the wire and says what became of it; it must not raise for what a network does.
    One receiver's failure does not stop the others.

    Raises:
        BadDelivery: a title that does not fit.
    """
    done = []
    for target in targets:
        if not target.wants(message):
            done.append(Delivered(target.name, (), skipped=True))
            continue
        done.append(_to_one(run, parts_for(target, message, run), target, ledger, send, clock, sleep, resend_unknown))
    return done


def _to_one(
    run: str,
    parts: Sequence[Part],
    target: Target,
    ledger: Ledger,
    send: Callable[[Part, float], Outcome],
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    resend_unknown: bool,
) -> Delivered:
    known = ledger.sent_parts(run, target.name)

    def note(part: Part, state: str, reason: Words | None, attempts: int) -> SentPart:
        entry = SentPart(state, reason.zh if reason else "", reason.en if reason else "", clock(), attempts)
        ledger.note_part(run, target.name, part.number, part.digest, entry)
        return entry

    entries: list[SentPart] = []
    stopped = False
    for part in parts:
        before = known.get((part.number, part.digest), SentPart("pending", "", "", 0.0, 0))
        if before.state == "sending":
            before = note(part, "unknown", _CUT_OFF, before.attempts)
        if before.state == "sent" or (before.state == "unknown" and not resend_unknown):
            entries.append(before)
            continue
        if stopped and target.mail is None:
            entries.append(note(part, "failed", _EARLIER_FAILED, before.attempts))
            continue
        _wait(target, ledger, clock, sleep)
        note(part, "sending", None, before.attempts + 1)
        outcome = send(part, clock())
        entries.append(note(part, outcome.state, outcome.reason, before.attempts + 1))
        stopped = outcome.state == "failed"
    return Delivered(target.name, tuple(entries))


def _wait(target: Target, ledger: Ledger, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
    """Wait until one more part keeps to the receiver's rate."""
    count, seconds = target.rate
    now = clock()
    recent = sorted(ledger.last_sent(target.name, now - seconds))
    if len(recent) >= count:
        sleep(max(0.0, recent[-count] + seconds - now) + 0.05)
