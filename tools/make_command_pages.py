"""Write docs/commands/*.md, a page a command, from the command line itself.

python tools/make_command_pages.py          write the pages
python tools/make_command_pages.py --check  exit 1 when one is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from copykit.cli import cli
from copykit.cli.command import Option
from copykit.cli.language import Text

TARGET = Path(__file__).resolve().parent.parent / "docs" / "commands"
HEAD = "<!-- 由 `python tools/make_command_pages.py` 从命令行生成，不要手改。 -->"
CODES = """\
## 退出码

取最高的一个。

| 码 | 意思 | meaning |
| --- | --- | --- |
| 0 | 正常 | fine |
| 1 | 没达到要求：检查出错误、`--fail-under`、`--fail-on`、链接没了 | fails what was asked |
| 2 | 用法、设置或输入有问题（有坏行也算） | usage, settings or bad input, any rejected row included |
| 3 | 断在外部原因：网络、磁盘、来源、投递 | broke: network, disk, a source, a delivery |
| 75 | 另一次运行占着 | another run holds the lock |
| 130 | 按了 Ctrl-C | interrupted |"""


def pages() -> dict[str, str]:
    """Return file name → page, the index first."""
    made: dict[str, str] = {}
    rows = []
    for names, command in commands(cli, ()):
        name = f"{'-'.join(names)}.md"
        made[name] = page(names, command)
        text = said(command)
        rows.append(f"| [`copykit {' '.join(names)}`]({name}) | {first(text.zh)} | {first(text.en)} |")
    index = [
        HEAD,
        "# 命令一览 / Commands",
        "",
        "| 命令 | 做什么 | what it does |",
        "| --- | --- | --- |",
        *rows,
        "",
        CODES,
    ]
    return {"README.md": "\n".join(index) + "\n", **made}


def commands(group: click.Group, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command that does something, with its names."""
    context = click.Context(group, info_name=names[-1] if names else "copykit")
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if command.hidden:
            continue
        if isinstance(command, click.Group):
            yield from commands(command, (*names, name))
        else:
            yield (*names, name), command


def page(names: tuple[str, ...], command: click.Command) -> str:
    """Return a command's page."""
    text = said(command)
    arguments = [param for param in command.params if isinstance(param, click.Argument)]
    options = [param for param in command.params if isinstance(param, click.Option) and not param.hidden]
    usage = " ".join(["copykit", *names, "[选项]", *(shown(argument) for argument in arguments)])
    parts = [HEAD, f"# copykit {' '.join(names)}", "", first(text.zh), "", "```", usage, "```", ""]
    rest = text.zh.split("\n")[1:]
    while rest and not rest[0].strip():
        rest.pop(0)
    if rest:
        parts += ["```", *rest, "```", ""]
    parts += ["| 选项 | 意思 | meaning |", "| --- | --- | --- |"]
    parts += [row(option) for option in options]
    return "\n".join([*parts, "", f"*{first(text.en)}*", "", "退出码见[命令一览](README.md#退出码)。"]) + "\n"


def row(option: click.Option) -> str:
    """Return an option's line of the table."""
    text = option.text if isinstance(option, Option) and option.text else Text(option.help or "", option.help or "")
    names = " ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    value = ""
    if not option.is_flag and not option.count:
        kind = option.type
        value = "\\|".join(map(str, kind.choices)) if isinstance(kind, click.Choice) else option.metavar or kind.name
        value = f" {value}"
    return f"| {names}{value} | {cell(text.zh)} | {cell(text.en)} |"


def shown(argument: click.Argument) -> str:
    """Return an argument as it stands in the line of usage."""
    name = argument.metavar or (argument.name or "").upper()
    name = f"{name}…" if argument.nargs == -1 and not name.endswith(("…", "...", "]")) else name
    return name if argument.required or name.startswith("[") else f"[{name}]"


def said(command: click.Command) -> Text:
    """Return a command's description."""
    text = getattr(command, "text", None)
    return text if isinstance(text, Text) else Text(command.help or "", command.help or "")


def first(text: str) -> str:
    """Return the first line."""
    return cell(text.strip().split("\n")[0])


def cell(text: str) -> str:
    """Return a text that a table of Markdown takes."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def stale() -> list[str]:
    """Return the pages that are missing, wrong or of no command any more."""
    wanted = pages()
    have = {path.name: path.read_text("utf-8") for path in TARGET.glob("*.md")}
    return sorted({name for name in {*wanted, *have} if wanted.get(name) != have.get(name)})


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        sys.exit(", ".join(stale()))
    TARGET.mkdir(parents=True, exist_ok=True)
    for path in TARGET.glob("*.md"):
        path.unlink()
    for name, content in pages().items():
        (TARGET / name).write_text(content, "utf-8")
