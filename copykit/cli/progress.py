"""How far a long run is, on stderr."""

from __future__ import annotations

import sys
import time

from copykit.cli.language import say


class ProgressLine:
    """Rows done and the time taken, on one line of a terminal's stderr, once a run is over a second old.

    Where stderr is no terminal a line is added each half minute.
    """

    def __init__(self, zh: str = "打分", en: str = "", total: int | None = None, done: int = 0) -> None:
        """Take what is done to the rows, in both languages, and how many there are, where that is known."""
        self._zh, self._en, self._total, self._before = zh, en, total, done
        self._begun = time.monotonic()
        self._live = sys.stderr.isatty()
        self._shown_at = self._begun + (0.8 if self._live else 0)
        self._count = 0

    def advance(self, n: int) -> None:
        """Note rows that are finished."""
        self._count += n
        now = time.monotonic()
        if now - self._shown_at > (0.2 if self._live else _LOGGED_SECONDS):
            self._shown_at = now
            line = self._line(now - self._begun)
            sys.stderr.write(f"\r{line}\x1b[K" if self._live else f"{line}\n")
            sys.stderr.flush()

    def _line(self, seconds: float) -> str:
        rate = self._count / seconds
        if self._total:
            done = self._before + self._count
            left = max(self._total - done, 0) / rate
            return say(
                f"  已{self._zh} {done:,}/{self._total:,} · {100 * done / self._total:.0f}% · 还要 {left:.0f} 秒",
                f"  {done:,} of {self._total:,} {self._en} · {left:.0f} s left",
            )
        return say(
            f"  已{self._zh} {self._count:,} 条 · {seconds:.0f} 秒 · 每秒 {rate:,.0f} 条",
            f"  {self._count:,} rows {self._en} · {seconds:.0f} s",
        )

    def close(self) -> None:
        """Remove the line."""
        if self._live and self._shown_at > self._begun + 0.8:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


_LOGGED_SECONDS = 30.0
