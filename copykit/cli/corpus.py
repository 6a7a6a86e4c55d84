"""``copykit corpus``: pages, feeds and files collected into one place, and found there again."""

from __future__ import annotations

import datetime
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from copykit import tables
from copykit.cli import common, web
from copykit.cli.command import Group, option
from copykit.cli.common import note, tell_mended
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.cli.progress import ProgressLine
from copykit.cli.web import fetch_options
from copykit.corpus.store import Store, corpus_path, find_corpus
from copykit.errors import CopykitError
from copykit.render.corpus import CorpusView, collected_json, collected_text, found_json, found_text
from copykit.text.clean import MENDS

BROKE = 3
SHOWN_ERRORS = 5

COLLECT = Text(
    "把网页、网站地图、订阅和本地的文章、表格收到一处，去重，只收变了的。\n"
    "\n"
    "copykit corpus collect https://blog.example/sitemap.xml https://news.example/rss\n"
    "copykit corpus collect 笔记导出.xlsx 文章/ --into 竞品\n"
    "copykit corpus collect 标题.txt --kind title\n"
    "copykit keywords mine corpus:      用收好的语料找词（corpus:竞品 是叫竞品的那份）\n"
    "\n"
    "一行一个网址的文件用 --urls 给。边收边存，断了再跑一遍会接着来。\n"
    "网页守 robots.txt，一个站一次一页、隔几秒；一页最多 5 MB、30 秒、5 次跳转；\n"
    "内网地址一律不去。",
    "Collect pages, sitemaps, feeds and local files into one corpus: each text once, mended, only what changed.\n"
    "What comes is kept at once; a run that was broken off goes on. robots.txt is obeyed; caps: 5 MB, 30 s,\n"
    "5 redirects a page; private addresses are never asked.",
)
SEARCH = Text(
    '在收好的语料里搜：好几个词都要有，"一个短语" 连着，-词 不要。\n'
    "\n"
    "copykit corpus search 睫毛膏 不晕染\n"
    "copykit corpus search 打底裤 -加绒 --since 2026-11-01 --from 竞品",
    'Search a corpus: all words, "a phrase", -barred ones.',
)


@click.group(cls=Group, text=Text("语料：收到一处，搜得到", "Corpora: collect and search"))
@common.lang_option
def corpus() -> None:
    """Group of the corpus commands."""


@corpus.command("collect", text=COLLECT)
@click.argument("sources", nargs=-1, metavar="[网址|文件|文件夹|-]...")
@option(
    "--into", "name", default="", metavar="NAME|FILE", zh="收到哪份语料（名字，或 .sqlite3 文件）", en="which corpus"
)
@option(
    "--urls",
    "url_files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="一行一个网址的文件，# 开头的不算",
    en="a file of addresses, one a line",
)
@option(
    "--kind",
    default="article",
    metavar="KIND",
    zh="本地文本是哪种：article 一个文件一篇（默认）· title、product、query 一行一条",
    en="kind of local text: article a file, title, product, query a line",
)
@option("--column", metavar="NAME", zh="文字在哪一列", en="the column of texts")
@common.input_format_option
@option(
    "--most",
    type=click.IntRange(1, 50_000),
    default=500,
    show_default=True,
    metavar="N",
    zh="一个网站地图、订阅一次最多问几页，新的先来",
    en="pages of a sitemap or feed in a run, the latest first",
)
@option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    zh="更早的不收（网页和订阅，写了日期的）",
    en="leave out older pages, where a date is told",
)
@option(
    "--keep",
    multiple=True,
    metavar="NAME",
    zh=f"不做哪种清理：{' '.join(MENDS)}；all 是都不做",
    en=f"leave something unmended: {' '.join(MENDS)}, or all",
)
@option(
    "--reader",
    type=click.Choice(["own", "trafilatura"]),
    default="own",
    zh="用什么找正文：自带的，或 trafilatura（要另装）",
    en="what finds the text of a page",
)
@option("--format", "form", type=click.Choice(["text", "json"]), default="text", zh="输出格式", en="output format")
@fetch_options
@common.today_option
@common.data_option
@common.lang_option
def collect(sources: tuple[str, ...], name: str, form: str, **options: Any) -> int:
    """Collect and return the exit code."""
    from copykit.corpus.collect import Collector, Wishes
    from copykit.corpus.columns import columns_of
    from copykit.keywords.profile import load_profile
    from copykit.reports.collect import read_lines

    given = [*sources, *(url for path in options["url_files"] for url in read_lines(path))]
    if not given:
        raise UsageMistake(
            "请给出网址、文件、文件夹或 -（标准输入）；写法看 copykit corpus collect --help",
            "name addresses, files, folders or - (stdin); see copykit corpus collect --help",
        )
    files = common.open_data(options["data_folders"])
    profile = load_profile(files, options["kind"])
    path = corpus_path(name, Path.cwd())
    wishes = Wishes(
        _now(options["today"]),
        options["most"],
        options["since"].date().isoformat() if options["since"] else "",
        profile.by_line,
        options["column"],
        options["input_format"],
        options["keep"],
        options["reader"],
    )
    errors: list[CopykitError] = []
    columns = columns_of(files.load("columns"), queries=options["kind"] == "query", days=True)
    progress = ProgressLine("收", "collected")
    with (
        Store.collecting(path) as store,
        closing(progress),
        web.open_fetcher(options["contact"], options["pause"]) as fetcher,
    ):
        collector = Collector(
            store,
            files,
            columns,
            wishes,
            fetcher=fetcher,
            stdin=sys.stdin.buffer,
            advance=progress.advance,
            on_error=errors.append,
        )
        try:
            result = collector.collect(given)
        except KeyboardInterrupt:
            note(say("收到的都存下了，再跑一遍会接着来", "what has come is kept; run it again to go on"))
            raise
        total = store.count()
    if form == "json":
        sys.stdout.buffer.write(common.encoded(collected_json(result, total, str(path))))
    else:
        click.echo(collected_text(result, total, _view()))
    tell_mended(result.mended)
    _tell(errors, result.resumed, name if total else None)
    if any(failure.given for failure in result.failures):
        return BROKE
    return common.REJECTED if errors else 0


@corpus.command("search", text=SEARCH, context_settings={"ignore_unknown_options": True})  # -加绒 is no option
@click.argument("words", nargs=-1, required=True, metavar="词...", type=click.UNPROCESSED)
@option(
    "--from", "name", default="", metavar="NAME|FILE", zh="在哪份语料里（名字，或 .sqlite3 文件）", en="which corpus"
)
@option("--top", type=click.IntRange(1, 1000), default=10, show_default=True, metavar="N", zh="要几篇", en="how many")
@option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", zh="从哪天起的", en="from this day on")
@option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", zh="到哪天为止的", en="up to this day")
@option("--untrusted", is_flag=True, zh="不可信的也搜", en="search what is untrusted, too")
@option(
    "--format", "form", type=click.Choice(["text", "json", "jsonl"]), default="text", zh="输出格式", en="output format"
)
@common.lang_option
def search(words: tuple[str, ...], name: str, top: int, form: str, untrusted: bool, **days: Any) -> int:
    """Search a corpus and print what was found."""
    from copykit.corpus.search import search as find

    limits = {key: day.date().isoformat() if day else "" for key, day in days.items()}
    # What a shell took the quotes off is one phrase still.
    query = " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)
    with Store(find_corpus(name, Path.cwd())) as store:
        found, total = find(store, query, most=top, untrusted=untrusted, **limits)
    if form == "text":
        click.echo(found_text(found, total, _view()))
        return 0
    rows = [found_json(each) for each in found]
    sys.stdout.flush()
    if form == "json":
        sys.stdout.buffer.write(common.encoded({"total": total, "found": rows}))
    else:
        sys.stdout.buffer.write(b"".join(tables.json_bytes(row) + b"\n" for row in rows))
    return 0


def _now(today: datetime.datetime | None) -> str:
    if today is not None:
        return today.isoformat(timespec="seconds")
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")


def _tell(errors: list[CopykitError], resumed: bool, name: str | None) -> None:
    for error in errors[:SHOWN_ERRORS]:
        note(error.say(lang_of()))
    if len(errors) > SHOWN_ERRORS:
        more = len(errors) - SHOWN_ERRORS
        note(say(f"还有 {more:,} 处同样没能读", f"and {more:,} more could not be read"))
    if resumed:
        note(say("上次没收完，这次接着收的", "went on with a run that was broken off"))
    if name is None:
        return
    where = f" --from {name}" if name else ""
    source = f"corpus:{name}" if not name.endswith(".sqlite3") else name
    note(
        say(
            f"找词：copykit keywords mine {source} · 搜：copykit corpus search 词{where}",
            f"mine it: copykit keywords mine {source} · search it: copykit corpus search WORD{where}",
        )
    )


def _view() -> CorpusView:
    return CorpusView(lang_of(), common.terminal(sys.stdout))
