"""What only English titles need: telling one, and the kind of rule that sees capital letters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from copykit.late import late
from copykit.model import Finding
from copykit.rules.kinds import Build, KindMaker, best
from copykit.rules.reading import Reading
from copykit.rules.rule import Rule

PROFILE = "en"
LEAST_WORDS = 3  # two are a brand or a model on a Chinese shelf (iPhone Pro)
# Han, kana, Hangul, and the full-width forms that stand beside them.
_EASTERN = late("[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U000323af]")
_WORD = late(r"[A-Za-z]+(?:['’][A-Za-z]+)*")


def is_english(title: str) -> bool:
    """Return whether a title is judged as English: three Latin words or more, and no character of East Asia."""
    # Most titles are Chinese and say so at once; _EASTERN takes a millisecond to compile.
    if "\u3400" <= title[:1] <= "\u9fff" or any("\u3400" <= char <= "\u9fff" for char in title):
        return False
    if _EASTERN.search(title):
        return False
    words = _WORD.finditer(title)
    return all(next(words, None) is not None for _ in range(LEAST_WORDS))


class CapitalsKind:
    """Finds words of ``settings.least`` capital letters and more, as they are written: folding would lose the case."""

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        least = int(rule.settings.get("settings", {}).get("least", 4))
        self._pattern = re.compile(rf"\b[A-Z]{{{least},}}\b")
        self.triggers: frozenset[int] | None = None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding a word, the first ``limit`` of them."""
        if reading.folded.steps:  # characters were taken out, and the places of the rest are not those of the source
            return ()
        spans = [match.span() for match in self._pattern.finditer(reading.text)]
        return best([self.rule.plain(reading, start, end) for start, end in spans], self.rule.limit)


KINDS: dict[str, KindMaker] = {"capitals": CapitalsKind}
