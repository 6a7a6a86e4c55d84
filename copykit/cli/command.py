"""What a command is: its help page in the reader's language, its options, and no writing over what it reads."""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from copykit.cli.language import Text, lang_of
from copykit.errors import CopykitError, OverInput
from copykit.render.terminal import wrapped
from copykit.text.measure import display_width, pad

F = TypeVar("F", bound=Callable[..., Any])

_HEADINGS = {
    "Usage: ": "用法：",
    "Options:": "选项：",
    "Commands:": "命令：",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]...",
}


# What stands for a value on a page in English; a command names it in Chinese.
_VALUES = {
    "网页或表格": "PAGE|TABLE", "库存销售表": "STOCK", "结果表": "RESULTS", "商品表": "PRODUCTS", "表格": "TABLE",
    "文件夹": "FOLDER", "网址": "URL",
    "词表": "WORDS", "一段": "PERIOD", "资料": "BRIEF", "报告": "REPORT", "计划": "PLAN", "文件": "FILE",
    "标题": "TITLE", "种类": "KIND", "名字": "NAME", "链接": "URL", "内容": "CONTENT", "渠道": "CHANNEL",
    "编号": "CODE", "文字": "TEXT", "邮箱": "MAIL", "域名": "DOMAIN", "目标": "GOAL", "毫米": "MM", "厘米": "CM",
    "元": "YUAN", "秒": "SECONDS", "表": "TABLE", "词": "WORD",
}  # fmt: skip
_VALUE = re.compile("|".join(_VALUES))


def _named(value: str, ctx: click.Context) -> str:
    """Return what stands for a value in the reader's language: [文件|-], [FILE|-]."""
    return value if lang_of(ctx) == "zh" else _VALUE.sub(lambda found: _VALUES[found[0]], value)


class _Page(click.HelpFormatter):
    """click's help page, measured in columns of a terminal: a Chinese character takes two."""

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write options or commands with their meaning beside them, or below those that are too long."""
        rows = list(rows)
        lead = " " * self.current_indent
        fitting = [wide for name, _ in rows if (wide := display_width(name)) <= col_max]
        column = self.current_indent + max(fitting, default=col_max) + col_spacing
        for name, meaning in rows:
            head = lead + name
            if display_width(head) + col_spacing > column:
                self.write(head + "\n")
                head = ""
            for line in wrapped(meaning, max(self.width - column, 20)):
                self.write((pad(head, column) + line).rstrip() + "\n")
                head = ""


class _Context(click.Context):
    formatter_class = _Page


class _Helped:
    """Help in the reader's language."""

    def get_help(self, ctx: click.Context) -> str:
        """Return click's help with Chinese headings where Chinese is read."""
        text: str = super().get_help(ctx)  # type: ignore[misc]
        if lang_of(ctx) == "zh":
            for heading, chinese in _HEADINGS.items():
                text = text.replace(heading, chinese, 1)
        return text

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the parts of the usage line in the reader's language."""
        return [_named(piece, ctx) for piece in super().collect_usage_pieces(ctx)]  # type: ignore[misc]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return --help, described in the reader's language."""
        found: click.Option | None = super().get_help_option(ctx)  # type: ignore[misc]
        if found is not None:
            found.help = "显示这份说明" if lang_of(ctx) == "zh" else "Show this page."
        return found

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the description in the reader's language."""
        text: Text | None = getattr(self, "text", None)
        if text is not None:
            formatter.write_paragraph()
            for line in text.say(lang_of(ctx)).split("\n"):
                # An example stays on one line, so that it can be copied.
                parts = [line] if "copykit " in line else wrapped(line, formatter.width - 2)
                for part in parts:
                    formatter.write(f"  {part}\n" if part else "\n")


class Command(_Helped, click.Command):
    """A command whose help is a Text."""

    context_class = _Context

    def __init__(self, *args: Any, text: Text | None = None, keeps: Sequence[str] = (), **kwargs: Any) -> None:
        """``keeps``: parameters whose file may be written to, as what it holds is kept."""
        self.text, self._keeps = text, keeps
        super().__init__(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, unless it would write over what it reads.

        A mistake proposes an option only where the command has it.
        """
        try:
            self._refuse_own_input(ctx.params)
            return super().invoke(ctx)
        except CopykitError as error:
            error.has_option = any(error.option in param.opts for param in self.params)
            raise

    def _refuse_own_input(self, given: Mapping[str, Any]) -> None:
        """Raise OverInput when a file to write is named as one to read too, by whatever name."""
        options = {param.name or "": option for param in self.params for option in OUTPUTS if option in param.opts}
        inputs = [value for name in given if name not in (*options, *self._keeps) for value in _every(given[name])]
        for name, option in options.items():
            for output in filter(os.path.isfile, _every(given[name])):
                if any(is_same_file(value, output) for value in inputs):
                    raise OverInput(output, option)


OUTPUTS = ("-o", "--picture")  # options that name a file to write


def _every(given: Any) -> list[str | Path]:
    """Return the texts and paths of an option, which may be given several times."""
    values = given if isinstance(given, tuple) else (given,)
    return [value for value in values if isinstance(value, str | Path)]


def is_same_file(given: str | Path, output: str | Path) -> bool:
    """Return whether what was given is a name of the output; anything may be given, a title as well as a path."""
    try:
        if given == "-":
            return os.path.samestat(os.fstat(sys.stdin.fileno()), os.stat(output))
        return os.path.samefile(given, output)
    except (OSError, ValueError):
        return False


class Group(_Helped, click.Group):
    """A group whose commands are imported only when they run: ``lazy`` maps a name to (module, attribute, summary)."""

    command_class = Command
    context_class = _Context

    def __init__(
        self,
        *args: Any,
        text: Text | None = None,
        lazy: Mapping[str, tuple[str, str, Text]] | None = None,
        **kwargs: Any,
    ) -> None:
        self.text = text
        self.lazy = dict(lazy or {})
        super().__init__(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click gives it
        """Return all commands in their written order, the lazy ones behind."""
        return [*self.commands, *self.lazy]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a lazy command when it is asked for."""
        if cmd_name in self.lazy:
            module, attribute, _ = self.lazy[cmd_name]
            loaded: click.Command = getattr(importlib.import_module(module), attribute)
            return loaded
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their summaries, importing none of the lazy ones."""
        rows = []
        for name in self.list_commands(ctx):
            text: Text | None = (
                self.lazy[name][2] if name in self.lazy else getattr(self.get_command(ctx, name), "text", None)
            )
            rows.append((name, text.say(lang_of(ctx)).split("\n")[0].removesuffix("。") if text else ""))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class Option(click.Option):
    """An option whose help is a Text."""

    def __init__(self, *args: Any, text: Text | None = None, **kwargs: Any) -> None:
        self.text = text
        super().__init__(*args, **kwargs)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the row of the help page in the reader's language."""
        if self.text is not None:
            self.help = self.text.say(lang_of(ctx))
            if lang_of(ctx) == "zh" and (told := self._bounds(ctx)):
                inside = self.help.endswith("）")
                self.help = f"{self.help[:-1]}，{told}）" if inside else f"{self.help}（{told}）"
        return super().get_help_record(ctx)

    def make_metavar(self, ctx: click.Context) -> str:
        """Return what stands for the value in the reader's language."""
        return _named(super().make_metavar(ctx), ctx)

    def get_help_extra(self, ctx: click.Context) -> Any:
        """Return default, range and need, which in Chinese are part of the sentence."""
        return {} if lang_of(ctx) == "zh" else super().get_help_extra(ctx)

    def _bounds(self, ctx: click.Context) -> str:
        extra: Any = super().get_help_extra(ctx)
        low, high = getattr(self.type, "min", None), getattr(self.type, "max", None)
        # A bound that nobody meets by himself is not worth reading.
        told = [f"{low:,g}–{high:,g}"] if low is not None and high is not None and high < 1_000_000 else []
        told += [f"默认 {str(extra['default']).removesuffix('.0')}"] if "default" in extra else []
        return "，".join([*told, *(["必填"] if extra.get("required") else [])])


def option(*names: str, zh: str, en: str, **kwargs: Any) -> Callable[[F], F]:
    """Declare an option with help in both languages."""
    return click.option(*names, cls=Option, text=Text(zh, en), **kwargs)
