"""What commands say to people: two languages side by side, and the mistakes of a command line in theirs."""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import NamedTuple

import click

from copykit.errors import CopykitError

LANG_KEY = "copykit.lang"
# What --lang says anywhere on the line, for mistakes that are found before its option is read.
early_lang: ContextVar[str] = ContextVar("early_lang", default="")


class Text(NamedTuple):
    """A sentence for people, in both languages side by side."""

    zh: str
    en: str

    def say(self, lang: str) -> str:
        """Return the sentence in ``zh`` or ``en``."""
        return self.zh if lang == "zh" else self.en


def lang_of(ctx: click.Context | None = None) -> str:
    """Return the language that the user reads: ``--lang``, else COPYKIT_LANG, else Chinese."""
    ctx = ctx or click.get_current_context(silent=True)
    chosen = ctx.meta.get(LANG_KEY) if ctx is not None else None
    return chosen or early_lang.get() or ("en" if os.environ.get("COPYKIT_LANG", "").lower().startswith("en") else "zh")


def say(zh: str, en: str) -> str:
    """Return one of two wordings, by the language that the user reads."""
    return zh if lang_of() == "zh" else en


class UsageMistake(CopykitError):
    """Options that do not go together."""

    zh = "{zh}"
    en = "{en}"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh=zh, en=en)


def explain(error: click.ClickException) -> str:
    """Return one sentence in the reader's language for a mistake that click found."""
    lang = lang_of(getattr(error, "ctx", None))
    if lang == "en":
        return error.format_message()
    match error:
        case click.NoSuchOption() if error.option_name[1:2].isdigit():
            return f"标题以 - 开头时，前面加 --：copykit titles score -- {error.option_name}…"
        case click.NoSuchOption():
            near = "，是不是想写 " + " 或 ".join(error.possibilities) if error.possibilities else ""
            return f"没有 {error.option_name} 这个选项{near}；全部选项看 --help"
        case click.MissingParameter():
            name = error.param.opts[0] if error.param is not None and error.param.opts else error.param_hint
            if isinstance(error.param, click.Argument) and error.param.metavar:
                name = error.param.metavar.removesuffix("...")
            return f"少了 {name}；写法看 --help"
        case click.BadParameter():
            name = "/".join(error.param.opts) if error.param is not None else error.param_hint or ""
            return f"{name} 的值不对：{_wanted(error)}"
        case click.BadOptionUsage():
            return f"{error.option_name} 后面少了值"
        case click.UsageError() if "No such command" in error.message:
            return f"没有这个命令：{error.message.partition(chr(39))[2].rstrip(chr(39) + '.')}；全部命令看 --help"
        case click.UsageError() if "unexpected extra argument" in error.message:
            extra = error.message.partition("(")[2].partition(")")[0]
            return f"多出来的参数：{extra}；带空格的请加引号，收几个看 --help"
        case click.UsageError() if "Missing command" in error.message:
            return "后面要写命令；看 --help"
        case click.FileError():
            return f"打不开 {error.ui_filename}：{error.message}"
        case _:
            return error.format_message()


def _wanted(error: click.BadParameter) -> str:
    match getattr(error.param, "type", None):
        case click.Choice(choices=choices):
            return f"只能是 {'、'.join(map(str, choices))}"
        case click.types._NumberRangeBase(min=low, max=high) as kind:
            number = "整数" if isinstance(kind, click.IntRange) else "数字"
            if low is None or high is None:
                return (
                    f"要填不小于 {low:,.10g} 的{number}" if low is not None else f"要填不大于 {high:,.10g} 的{number}"
                )
            return f"要填 {low:,.10g} 到 {high:,.10g} 之间的{number}"
        case click.DateTime():
            return "日期写成 2026-11-21 这样"
        case click.types.FloatParamType() | click.types.IntParamType():
            return "要填数字"
        case _:
            return error.format_message().rpartition(": ")[2]
