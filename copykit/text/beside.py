"""Load the segmenter's dictionary in a process beside this one, which goes on meanwhile.

A third of a run over one title goes into the dictionary, and the library holds the interpreter while it loads, so that
a thread would not help. The process is asked for a few texts and ends with the one that started it. Nothing heavy is
imported here: the earlier it starts the more it saves.
"""

from __future__ import annotations

import contextlib
import marshal
import os
from typing import Any, BinaryIO

FEW = 2_000  # characters from which on asking takes longer than loading the dictionary here


class Gone(Exception):
    """The process beside does not answer; whoever asked has to load the dictionary itself."""


class Beside:
    """A process that cuts and tags texts; ``None`` in place of it wherever there is no second core, or no fork."""

    def __init__(self, ask: BinaryIO, answer: BinaryIO) -> None:
        self._ask, self._answer = ask, answer
        self._left = FEW

    @classmethod
    def start(cls) -> Beside | None:
        """Start the process; called before there are threads."""
        if not hasattr(os, "fork") or _cores() < 2:
            return None
        asked, ask = os.pipe()
        answer, answered = os.pipe()
        try:
            child = os.fork()
        except OSError:
            for end in (asked, ask, answer, answered):
                os.close(end)
            return None
        if not child:
            with contextlib.suppress(BaseException):
                os.close(ask)
                os.close(answer)
                _serve(asked, answered)
            os._exit(0)
        os.close(asked)
        os.close(answered)
        return cls(os.fdopen(ask, "wb"), os.fdopen(answer, "rb"))

    @property
    def open(self) -> bool:
        """Return whether the process may still be asked."""
        return not self._ask.closed

    def call(self, name: str, text: str) -> Any:
        """Return what the segmenter's function of this name returns for a text.

        Raises:
            Gone: the process has ended, or was asked for so much that it is dismissed.
        """
        self._left -= len(text)
        if self._left < 0:
            self.close()
            raise Gone
        try:
            marshal.dump((name, text), self._ask)
            self._ask.flush()
            return marshal.load(self._answer)  # noqa: S302 - from our own child
        except (OSError, ValueError, EOFError, TypeError):
            self.close()
            raise Gone from None

    def close(self) -> None:
        """Let the process end."""
        self._left = 0
        for end in (self._ask, self._answer):
            with contextlib.suppress(OSError):
                end.close()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _serve(asked: int, answered: int) -> None:
    """Answer until nobody can ask any more."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever is interrupted ends, and with it this process
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):  # or a reader of the output would wait for this process too
        os.dup2(nowhere, standard)
    import rjieba

    rjieba.tag("一丨乂")  # what guesses unknown words loads at the first one
    with os.fdopen(asked, "rb") as requests, os.fdopen(answered, "wb") as answers:
        while True:
            name, text = marshal.load(requests)  # noqa: S302 - from the process that started this one
            marshal.dump(getattr(rjieba, name)(text), answers)
            answers.flush()
