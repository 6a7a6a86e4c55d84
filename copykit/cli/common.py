"""What every command shares: two languages, Chinese help and errors, shared options, progress, exit codes."""

from __future__ import annotations

import datetime
import importlib
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO, TypeVar

import click

from copykit import datafiles, tables
from copykit.errors import CopykitError, OverInput
from copykit.render.terminal import Terminal, wrapped
from copykit.tables.rows import cut_off
from copykit.text.beside import Beside
from copykit.text.measure import display_width, pad

if TYPE_CHECKING:
    from copykit.tables import Table

LANG_KEY = "copykit.lang"
# What --lang says anywhere on the line, for mistakes that are found before its option is read.
early_lang: ContextVar[str] = ContextVar("early_lang", default="")
# The process in which the segmenter's dictionary loads, where a run over a few texts has started one.
beside: ContextVar[Beside | None] = ContextVar("beside", default=None)
FAILED, REJECTED, OUTSIDE, INTERRUPTED = 1, 2, 3, 130
F = TypeVar("F", bound=Callable[..., Any])


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


def tell_table(table: Table) -> None:
    """Note which rows of a table that was read sum others up, and were not counted once more, and where it ends."""
    if table.sums:
        tell_rows_of_sums(table.name, table.sums)
    if table.cut:
        note(cut_off(table.name, table.cut).say(lang_of()))


def tell_rows_of_sums(name: str, rows: Sequence[int]) -> None:
    """Note which rows of a table sum others up."""
    shown = [str(row) for row in rows[:8]]
    more = "…" if len(rows) > len(shown) else ""
    zh = f"{name} 第 {'、'.join(shown)}{more} 行是合计，没有再算一遍"
    note(say(zh, f"{name}: not counted again, because it sums others up: row {', '.join(shown)}{more}"))


def note(message: str) -> None:
    """Print a line for people to stderr."""
    click.echo(terminal(sys.stderr).safe(message), err=True)


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


def output_option(*, zh: str, en: str, many: bool = False, **kwargs: Any) -> Callable[[F], F]:
    """Declare -o; with ``many`` it may be given several times, as ``outputs``."""
    names = ("-o", "--output", "outputs") if many else ("-o", "--output")
    usual = {"type": click.Path(path_type=Path), "metavar": "FILE", "multiple": many}
    return option(*names, zh=zh, en=en, **{**usual, **kwargs})


def csv_options(command: F) -> F:
    """Add --no-bom and --raw, which say how CSV is written."""
    for decorate in (
        option(
            "--raw",
            is_flag=True,
            zh="写 CSV 时不给 = + - @ 开头的格子加引号",
            en="do not quote CSV cells that begin with = + - @",
        ),
        option("--no-bom", is_flag=True, zh="写 CSV 时不加 BOM", en="write CSV without a BOM"),
    ):
        command = decorate(command)
    return command


def _set_lang(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value:
        ctx.meta[LANG_KEY] = value


def lang_option(command: F) -> F:
    """Add --lang."""
    decorate = option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        is_eager=True,
        expose_value=False,
        callback=_set_lang,
        zh="界面和理由用的语言（默认中文，也可设 COPYKIT_LANG）",
        en="language of messages and reasons (Chinese unless COPYKIT_LANG says otherwise)",
    )
    return decorate(command)


def input_format_option(command: F) -> F:
    """Add --input-format, for tables and lists of texts."""
    decorate = option(
        "--input-format",
        type=click.Choice(["txt", "csv", "tsv", "jsonl", "xlsx"]),
        zh="输入是什么格式（默认看内容）",
        en="format of the input",
    )
    return decorate(command)


def user_words_option(command: F) -> F:
    """Add --user-words."""
    decorate = option(
        "--user-words",
        type=click.Path(path_type=Path),
        metavar="FILE",
        zh="自己的分词词典（jieba 格式），词会整个保留",
        en="your words for the segmenter (jieba's format)",
    )
    return decorate(command)


def segmenter_option(command: F) -> F:
    """Add --segmenter."""
    decorate = option(
        "--segmenter", type=click.Choice(["rjieba", "jieba"]), default="rjieba", zh="分词器", en="segmenter"
    )
    return decorate(command)


def data_option(command: F) -> F:
    """Add --data, folders of the user's own data files."""
    decorate = option(
        "--data",
        "data_folders",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="DIR",
        zh="自己的数据文件夹（rules/、lexicons/、platforms/…），盖在自带的上面；可以给多个",
        en="a folder of your own data files (rules/, lexicons/, platforms/ …), over the bundled ones; repeatable",
    )
    return decorate(command)


def open_data(folders: Sequence[Path], start: Path | None = None) -> datafiles.DataFiles:
    """Return the data files seen from a folder, the working folder unless one is named."""
    return datafiles.open_layers(start or Path.cwd(), folders)


def today_option(command: F) -> F:
    """Add --today, so that a run can be repeated."""
    decorate = option(
        "--today",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="YYYY-MM-DD",
        zh="当作今天的日期（默认真的今天）",
        en="the date to take for today",
    )
    return decorate(command)


def iso_day(given: datetime.datetime | None) -> str:
    """Return the given day or today as an ISO date."""
    return (given.date() if given else datetime.date.today()).isoformat()


def terminal(stream: TextIO) -> Terminal:
    """Return what a stream can show."""
    colour = stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    width = min(shutil.get_terminal_size((80, 24)).columns, 100)
    return Terminal(max(width, 40), colour, stream.encoding or "utf-8")


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

_MENDED = {
    "html": Text("网页标签 {n} 处", "{n} tags"),
    "radicals": Text("部首字 {n} 个", "{n} radicals"),
    "pinyin": Text("夹在字后的拼音 {n} 处", "{n} bracketed readings"),
    "quotes": Text("变成 & 的引号 {n} 处", "{n} quotes that had become &"),
    "furniture": Text("导航、版权、日期 {n} 行", "{n} lines of navigation and notices"),
    "repeats": Text("重复的段落 {n} 段", "{n} repeated paragraphs"),
}


def tell_mended(changes: Mapping[str, int]) -> None:
    """Note on stderr what a cleaner mended: mend → how often."""
    done = [name for name in _MENDED if changes.get(name)]
    told = [_MENDED[name].say(lang_of()).format(n=f"{changes[name]:,}") for name in done]
    if told:
        note(
            say(
                f"清理了：{'、'.join(told)}（不想清理：--keep {done[0]}）",
                f"mended: {', '.join(told)} (to leave one: --keep NAME)",
            )
        )


class UsageMistake(CopykitError):
    """Options that do not go together."""

    zh = "{zh}"
    en = "{en}"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh=zh, en=en)


def check_ending(path: Path, endings: Sequence[str]) -> None:
    """Raise UsageMistake when a file that is to be written has no ending of a kind that the command writes."""
    if path.suffix.lower() not in endings:
        known = " ".join(endings)
        raise UsageMistake(f"-o 只会写 {known}，现在是 {path.name}", f"-o writes {known}, not {path.name}")


def encoded(value: object) -> bytes:
    """Return a value as indented JSON with Chinese as it is."""
    return tables.json_bytes(value, indent=True) + b"\n"


def write_json(value: object) -> None:
    """Write a value to stdout as JSON, in UTF-8 whatever the console's encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(encoded(value))
    sys.stdout.buffer.flush()


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
                return f"要填不小于 {low:g} 的{number}" if low is not None else f"要填不大于 {high:g} 的{number}"
            return f"要填 {low:g} 到 {high:g} 之间的{number}"
        case click.DateTime():
            return "日期写成 2026-11-21 这样"
        case click.types.FloatParamType() | click.types.IntParamType():
            return "要填数字"
        case _:
            return error.format_message().rpartition(": ")[2]
