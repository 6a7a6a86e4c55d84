"""One class per mistake; each message is a sentence that names the place and the cure, in Chinese and in English.

``str(error)`` is English (logs, library users); ``error.say("zh")`` is what people read at the command line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar


class CopykitError(Exception):
    """Base of every mistake that copykit explains instead of showing a traceback."""

    zh: ClassVar[str] = "{detail}"
    en: ClassVar[str] = "{detail}"
    exit_code: ClassVar[int] = 2
    # The option that the cure names, and the sentence of a command that has no such option.
    option: ClassVar[str] = ""
    zh_without: ClassVar[str] = ""
    en_without: ClassVar[str] = ""
    has_option = True

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts

    def say(self, lang: str = "zh") -> str:
        """Return the sentence in ``zh`` or ``en``."""
        template = self.zh if lang == "zh" else self.en
        if self.option and not self.has_option:
            template = self.zh_without if lang == "zh" else self.en_without
        facts = {name: fact.say(lang) if hasattr(fact, "say") else fact for name, fact in self.facts.items()}
        return template.format(**facts)

    def __str__(self) -> str:
        return self.say("en")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in one data file: where it stands and how to mend it."""

    file: str
    line: int
    key: str
    zh: str
    en: str

    def say(self, lang: str = "zh") -> str:
        """Return ``file:line: key: sentence`` in the reader's language."""
        sentence = self.zh if lang == "zh" else self.en
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {sentence}" if self.key else f"{place}: {sentence}"


class DataFileError(CopykitError):
    """Data files that cannot be used; every fault of every file is told at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)

    def say(self, lang: str = "zh") -> str:
        """Return one line a problem."""
        return "\n".join(problem.say(lang) for problem in self.problems)


class FileMissing(CopykitError):
    """A file that was named and is not there."""

    zh = "找不到文件 {path}，请检查路径"
    en = "there is no file {path}; check the path"

    def __init__(self, path: str | Path) -> None:
        super().__init__(path=path)


class OverInput(CopykitError):
    """A result that would be written over a file that is read, whose content would be lost."""

    zh = "{path} 是要读的文件，写上去它原来的内容就没了；请给 {option} 换个名字"
    en = "{path} is read, and writing there would lose what it holds; give {option} another name"

    def __init__(self, path: str | Path, option: str = "-o") -> None:
        super().__init__(path=path, option=option)


class FileUnreadable(CopykitError):
    """A file that is there but cannot be read as what it claims to be."""

    zh = "读不了 {path}：{reason}"
    en = "cannot read {path}: {reason}"

    def __init__(self, path: str | Path, zh: str, en: str) -> None:
        super().__init__(path=path, reason=Words(zh, en))


class Words:
    """A phrase in both languages, for use inside an error's facts."""

    __slots__ = ("en", "zh")

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en

    @classmethod
    def listed(cls, names: Iterable[str]) -> Words:
        """Return names one after another, parted as each language does."""
        told = list(names)
        return cls("、".join(told), ", ".join(told))

    def say(self, lang: str = "zh") -> str:
        """Return the phrase in ``zh`` or ``en``."""
        return self.zh if lang == "zh" else self.en
