"""``copykit demo``: the whole loop on a sample shop, each step a command that can be typed again."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
import time
from pathlib import Path
from typing import NamedTuple

import click

from copykit.cli import common
from copykit.cli.command import Command
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.datafiles import bundled

DEMO = Text(
    "用自带的样例店走一遍：找词、选词、出标题、写文章、查、上架、排计划、打码、周报。每一步都把命令写出来，可以照着再敲。\n"
    "\n"
    "copykit demo\n"
    "copykit demo 随便一个文件夹",
    "Walk the whole loop on a bundled sample shop; every command is shown so that you can repeat it.",
)
FOLDER = "copykit-demo"
DAY = "2026-11-23"  # of the sample's figures; claims of its brief hold on it
MARK = ".copykit-demo"
BRIEF, REPORT = "护手霜.toml", "周报.toml"


class Step(NamedTuple):
    """One command: what it is for, its words, and how many lines of its output are worth showing."""

    zh: str
    en: str
    args: tuple[str, ...]
    lines: int = 8


STEPS = (
    Step(
        "评论里，买家自己用什么词",
        "the words in reviews",
        ("keywords", "mine", "评论.txt", "--kind", "title", "--top", "6"),
        9,
    ),
    Step(
        "搜索词里，先投哪十个",
        "which ten searches to take first",
        ("keywords", "select", "搜索词/搜索词-2026-11-16.csv", "--brief", BRIEF, "-o", "选词.xlsx"),
        10,
    ),
    Step(
        "用资料出标题：每条都靠资料里的话",
        "titles made of what the brief tells",
        ("titles", "suggest", BRIEF, "-p", "小红书", "-n", "6", "-o", "标题.xlsx", "--today", DAY),
        12,
    ),
    Step(
        "挑一条，看为什么是这个分",
        "one of them: why this score",
        (
            "titles",
            "score",
            "手背爱起皮的人可以试，手已经裂口的人别买",
            "-p",
            "小红书",
            "--brief",
            BRIEF,
            "--today",
            DAY,
        ),
        16,
    ),
    Step(
        "写一篇问答：没有证据的话不写",
        "an article: nothing without evidence",
        ("write", "article", BRIEF, "--form", "问答", "-o", "问答.md", "--today", DAY),
        3,
    ),
    Step("发之前查一遍", "checked before it goes out", ("check", "问答.md", "--category", "化妆品"), 6),
    Step(
        "一张商品表，三个平台的上架标题",
        "a table of products, listings for three platforms",
        ("listings", "build", "商品.csv", "-p", "淘宝,拼多多,小红书", "-o", "上架.xlsx"),
        10,
    ),
    Step(
        "每周六小时、三千块，怎么引流",
        "six hours a week and 3,000 yuan: which channels",
        (
            *("channels", "plan", BRIEF, "--budget", "3000", "--hours", "6", "--weeks", "4"),
            *("--today", DAY, "--save", "-o", "计划.md", "-o", "计划.ics"),
        ),
        12,
    ),
    Step(
        "给链接打码，看得出人从哪来",
        "a link that tells where a buyer came from",
        ("links", "tag", "https://shop.example/p/1", "--source", "xiaohongshu", "--campaign", "冬天"),
        4,
    ),
    Step(
        "周报：先跑上一周",
        "the weekly report: the week before",
        ("report", "run", REPORT, "--period", "2026-W46", "--today", DAY),
        2,
    ),
    Step("再跑这一周，和上一周比", "and this week, compared", ("report", "run", REPORT, "--today", DAY), 5),
)


@click.command(cls=Command, text=DEMO)
@click.argument("folder", metavar="[文件夹]", default=FOLDER, type=click.Path(path_type=Path, file_okay=False))
@common.lang_option
def demo(folder: Path) -> int:
    """Make the sample shop and run every step in it; exit with the worst code of the steps that should be fine."""
    begun = time.monotonic()
    lay_out(folder)
    failed = []
    with contextlib.chdir(folder):
        for number, step in enumerate(STEPS, 1):
            click.echo(f"\n{number}. {say(step.zh, step.en)}")
            click.echo(f"   $ copykit {' '.join(map(_word, step.args))}\n")
            code, shown = run_step(step)
            for line in shown[: step.lines]:
                click.echo(f"   {line}" if line else "")
            if len(shown) > step.lines:
                click.echo(say("   ……", "   …"))
            if code not in (0, 1, 2):
                failed.append(number)
    seconds = time.monotonic() - begun
    page = folder / "报告" / "2026-W47" / "report.html"
    click.echo(
        say(
            f"\n走完了，{seconds:.0f} 秒，都在 {folder}/\n"
            f"先看：{page}（用浏览器打开），再看 问答.md、上架.xlsx、计划.md\n"
            "换成自己的：copykit init 我的店",
            f"\ndone in {seconds:.0f} s, all of it in {folder}/\n"
            f"first look at {page}, then 问答.md, 上架.xlsx, 计划.md\nyour own: copykit init my-shop",
        )
    )
    return 3 if failed else 0


def _word(word: str) -> str:
    """Return a word as one would type it: quotes only where the shell needs them."""
    return word if _PLAIN.fullmatch(word) else shlex.quote(word)


_PLAIN = re.compile(r"[\w@%+=:,./，-]+")


def lay_out(folder: Path) -> None:
    """Lay the sample shop out; a folder with anything else in it is left alone."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise UsageMistake(
            f"{folder} 里已经有别的东西，换一个文件夹：copykit demo 另一个名字",
            f"{folder} holds something else; name another folder",
        )
    # What an earlier demo made is made anew; files that somebody put there stay.
    for made in ("报告", ".copykit"):
        shutil.rmtree(folder / made, ignore_errors=True)
    samples = {entry.id: entry.path for entry in bundled().entries("samples")}
    (folder / "搜索词").mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("", "utf-8")
    for name, target in (
        ("briefs/hand_cream", BRIEF),
        ("shop/products", "商品.csv"),
        ("shop/titles", "标题.txt"),
        ("shop/reviews", "评论.txt"),
        ("shop/weekly", REPORT),
        *((f"shop/searches-2026-11-{day}", f"搜索词/搜索词-2026-11-{day}.csv") for day in ("02", "09", "16")),
    ):
        shutil.copyfile(samples[name], folder / target)
    # A project of its own, so that no settings further up have a say in it.
    (folder / "copykit.toml").write_text("[check]\n", "utf-8")


def run_step(step: Step) -> tuple[int, list[str]]:
    """Run a command as the shell would, and return its exit code and what it printed."""
    from copykit.cli import run

    shown = _Screen()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
        code = run([*step.args, "--lang", lang_of()])
    lines = shown.getvalue().split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return code, lines


class _Screen(io.StringIO):
    """Takes what is printed, as a stream of UTF-8 that is no terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Return False: no colours, no progress."""
        return False
