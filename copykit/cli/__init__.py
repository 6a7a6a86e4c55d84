"""The command line: one thin file a noun."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys

import click

from copykit._version import __version__
from copykit.cli.command import Group, option
from copykit.cli.common import INTERRUPTED, OUTSIDE, beside, lang_option, note
from copykit.cli.language import Text, early_lang, explain, lang_of
from copykit.errors import CopykitError
from copykit.text.beside import Beside

ROOT = Text(
    "copykit：给中文电商卖家的文案工具。\n"
    "\n"
    "先试试：copykit demo\n"
    '给一条标题打分：copykit titles score "11块钱的睫毛膏，凭什么三个月断货5次？" -p 小红书',
    "copykit: copy tools for people who sell online in Chinese.\n\nTry first: copykit demo",
)


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"copykit {__version__}")
        ctx.exit()


@click.group(
    cls=Group,
    text=ROOT,
    lazy={
        "demo": ("copykit.cli.demo", "demo", Text("给自带的样例标题打分，看看效果", "score the bundled sample titles")),
        "init": (
            "copykit.cli.init",
            "init",
            Text("建一个自己的项目：设置、产品资料、周报", "a project of your own: settings, briefs, a report"),
        ),
        "titles": (
            "copykit.cli.titles",
            "titles",
            Text("标题：打分、说明理由、给出改法", "titles: scores, reasons, changes"),
        ),
        "brief": (
            "copykit.cli.brief",
            "brief",
            Text("产品资料：新建、检查、从网页或表格来", "briefs: new, check, from a page or a table"),
        ),
        "write": (
            "copykit.cli.write",
            "write",
            Text("写文案：文章，每句话都指得出依据", "write copy: articles, every claim with its evidence"),
        ),
        "listings": (
            "copykit.cli.listings",
            "listings",
            Text("上架：商品表变成各平台能上传的标题和字段", "listings: a table of products, ready to upload"),
        ),
        "shop": (
            "copykit.cli.shop",
            "shop",
            Text("货：分级、淘汰、该推哪些", "goods: grades, what to remove, what to push"),
        ),
        "check": (
            "copykit.cli.check",
            "check",
            Text("发布前检查：什么必须改、依据哪一条，什么可以留", "check texts before they go out"),
        ),
        "corpus": (
            "copykit.cli.corpus",
            "corpus",
            Text("语料：把网页、订阅、表格收到一处，搜得到", "corpora: collect pages, feeds, exports; search"),
        ),
        "keywords": (
            "copykit.cli.keywords",
            "keywords",
            Text("关键词：找词、选词、比涨跌", "keywords: mine, select, compare"),
        ),
        "channels": (
            "copykit.cli.channels",
            "channels",
            Text("引流：渠道、计划、进度", "channels: catalog, plan, progress"),
        ),
        "links": (
            "copykit.cli.links",
            "links",
            Text("链接和码：带码、二维码", "links and codes: tags, QR codes"),
        ),
        "report": (
            "copykit.cli.report",
            "report",
            Text("报告：每周自己跑，比出变化，发到群里", "reports that run by themselves"),
        ),
        "data": (
            "copykit.cli.data",
            "data",
            Text("规则、词表、平台：列出、查看、检查", "rules, word lists, platforms"),
        ),
    },
    context_settings={"help_option_names": ["-h", "--help"]},
)
@lang_option
@option(
    "-V",
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    zh="显示版本",
    en="Show the version.",
)
def cli() -> None:
    """Root of the commands."""


def main(argv: list[str] | None = None) -> None:
    """Run a command line and exit: 0 fine, 1 fails what was asked, 2 bad input, 3 broke, 130 interrupted."""
    gc.disable()  # while modules and rules are loaded nothing becomes garbage; a bulk run collects in its own way
    if _is_over_few(sys.argv[1:] if argv is None else argv):
        beside.set(Beside.start())
    # Told to end, as a scheduler does whose time is up, a run clears up as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(run(argv))


def _is_over_few(argv: list[str]) -> bool:
    """Return whether the command line is ``titles score`` with its titles, which ask the segmenter for little."""
    rest = argv[2:]
    return (
        argv[:2] == ["titles", "score"]
        and any(not part.startswith("-") for part in rest)
        and not any(part == "-" or part.startswith(_OF_MANY) for part in rest)
    )


_OF_MANY = ("-i", "--input", "--segmenter", "--user-words", "-h", "--help")


def run(argv: list[str] | None = None) -> int:
    """Run a command line and return its exit code; every mistake becomes one sentence on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A GBK console and half an emoji must cost a character, not the run.
            stream.reconfigure(errors="replace")
    told = early_lang.set(_early_lang(argv if argv is not None else sys.argv[1:]))
    try:
        code = cli.main(args=argv, prog_name="copykit", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return 2
    except click.ClickException as error:
        note(explain(error))
        return 2
    except (click.Abort, KeyboardInterrupt):
        note("已中断，原来的文件没有动" if lang_of() == "zh" else "interrupted; existing files were left as they were")
        return INTERRUPTED
    except CopykitError as error:
        note(error.say(lang_of()))
        return error.exit_code
    except (
        UnicodeEncodeError
    ) as error:  # where a text is kept, half an emoji or a name in another encoding has no bytes
        where = error.object[max(0, error.start - 8) : error.end].encode("utf-8", "replace").decode()
        zh = f"“{where}”里有认不出的字（半个表情，或者不是 UTF-8 的字），改了再试"
        note(zh if lang_of() == "zh" else f"'{where}' holds half an emoji or is no UTF-8; mend it and try again")
        return 2
    except BrokenPipeError:
        # The reader has gone (| head): leave quietly, and keep the interpreter from flushing into the closed pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        # What was read and written elsewhere is told there; what is left is the output or the disk.
        reason = error.strerror or type(error).__name__
        with contextlib.suppress(OSError):
            note(f"写不出去：{reason}（磁盘满了？）" if lang_of() == "zh" else f"cannot write: {reason} (disk full?)")
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OUTSIDE
    finally:
        early_lang.reset(told)


def _early_lang(argv: list[str]) -> str:
    """Return what --lang says wherever it stands, so that errors before it are told in that language too."""
    for place, part in enumerate(argv):
        if part.startswith("--lang="):
            return part.partition("=")[2]
        if part == "--lang" and place + 1 < len(argv):
            return argv[place + 1]
    return ""
