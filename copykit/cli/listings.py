"""``copykit listings``: an operator's table in, upload-ready listings out."""

from __future__ import annotations

import hashlib
import itertools
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from copykit import batch, datafiles, tables
from copykit.cli import common
from copykit.cli.common import Group, Text, UsageMistake, note, option, say
from copykit.cli.listings_out import FILES, Output, files_beside, problem_file, write, write_lines, write_problems
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, FileMissing, OverInput
from copykit.journal import Journal, read_journal
from copykit.model import ShopWord
from copykit.platforms import Platforms
from copykit.project import ColumnsUnkept, listing_settings, remember_columns
from copykit.render import listings as render
from copykit.render.listings import PlatformView, Summary, View
from copykit.writing.fields import Shape, load_shape
from copykit.writing.lot import Alike, Lot, Twin, core_of
from copykit.writing.products import Entry, ProductTable, Scan
from copykit.writing.records import Record
from copykit.writing.run import Recipe, build_records
from copykit.writing.terms import AttributeNames
from copykit.writing.wordlist import read_words

SHOWN_TROUBLES = 5
SCREENFUL = 10
FOLDER = "listings"

BUILD = Text(
    "商品表进来，各平台能上传的标题和字段出去：不超字数，没有依据的不写，哪一行有问题说哪一行。\n"
    "\n"
    "copykit listings build 商品.xlsx -p 淘宝,拼多多,小红书 --keywords 关键词.xlsx -o 上架.xlsx\n"
    "copykit listings build 商品.csv -p 淘宝 --alternatives 2 --max-change 0.3 -o 上架.xlsx\n"
    "copykit listings build 商品.csv -p 淘宝 --into 后台模板.xlsx -o 填好.xlsx\n"
    "\n"
    "中断了再运行同一条命令，会接着做；改了几行以后加 --only-failed，只重做没写成的。",
    "An operator's table in, upload-ready listings out: nothing over its limit, nothing that nobody can prove.\n\n"
    "Run the same command again after an interrupt, and it goes on where it stopped.",
)


@click.group(cls=Group, text=Text("上架：商品表变成各平台能上传的标题和字段", "Listings from a table of products"))
@common.lang_option
def listings() -> None:
    """Group of the listing commands."""


@listings.command("build", text=BUILD, keeps=("template",))
@click.argument("source", metavar="商品表|-")
@option(
    "-p",
    "--platform",
    "platforms",
    multiple=True,
    metavar="A,B",
    zh="平台，可以给多个：淘宝,京东,拼多多,抖店,小红书,微信小店,亚马逊,shopify",
    en="platforms: taobao, jd, pinduoduo, douyin_shop, xiaohongshu, wechat_store, amazon, shopify",
)
@option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="写到 .xlsx（一个平台一页）、.csv（一个平台）、.jsonl、.json，或者一个文件夹（每个平台一个 CSV）",
    en="write .xlsx, .csv (one platform), .jsonl, .json, or a folder of CSV files",
)
@option(
    "--keywords",
    "words_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="关键词表：keywords select 的结果，或者有“关键词”和“搜索价值”（成交、点击、搜索人气…）的表",
    en="the shop's keywords: a result of keywords select, or a table of keywords and their worth",
)
@option(
    "--column",
    "columns",
    multiple=True,
    metavar="ROLE=NAME",
    zh="哪一列是什么，如 product=款名；认错了才要写，会存进 copykit.toml",
    en="which column plays which role, such as product=款名; kept in copykit.toml",
)
@option(
    "--max-change",
    type=click.FloatRange(0, 1),
    metavar="0-1",
    zh="在用的标题最多改多少（去掉的、加上的各不超过这一份；默认 0.3，没有搜索流量的随便改；1 是全改）",
    en="how much of titles in use may change (0.3; those that search brings nothing are free; 1: all)",
)
@option(
    "--alternatives",
    type=click.IntRange(0, 9),
    default=0,
    metavar="N",
    zh="每条再给 N 个用词不同的标题，带追踪码，拿来测试",
    en="N further titles in different words to test, with tracking codes",
)
@option(
    "--details",
    is_flag=True,
    zh="再写详情页：一屏一行，主标题、副标题、画面、依据",
    en="write the screens of product pages too: main line, second line, picture, evidence",
)
@option(
    "--only",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="只做这些货号（一行一个，或表里的货号列）",
    en="only these ids",
)
@option(
    "--only-failed",
    is_flag=True,
    zh="只重做上次没写成、被挡下的，别的照上次",
    en="make again only what failed last time",
)
@option(
    "--changed-since",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="只做和这张旧表比有变化的商品",
    en="only products that differ from this older table",
)
@option(
    "--into",
    "template",
    type=click.Path(path_type=Path),
    metavar="XLSX",
    zh="按表头填进你自己的模板（平台后台、聚水潭、店小秘…），别的页和下拉选项不动；要一个平台",
    en="fill your own template by its headers and leave all else of it alone; one platform",
)
@option("--jobs", type=click.IntRange(1), default=1, metavar="N", zh="用几个进程", en="processes")
@option("--again", is_flag=True, zh="从头做，不接着上次的", en="begin anew instead of going on")
@option("--no-save", is_flag=True, zh="不把认出来的列存进 copykit.toml", en="do not keep the columns in copykit.toml")
@option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "jsonl"]),
    default="table",
    zh="不写文件时的输出格式",
    en="output format",
)
@option("--no-bom", is_flag=True, zh="写 CSV 时不加 BOM", en="write CSV without a BOM")
@option("--raw", is_flag=True, zh="写 CSV 时不给 = + - @ 开头的格子加引号", en="do not quote CSV cells like formulas")
@common.today_option
@common.data_option
@common.lang_option
def build(source: str, **options: Any) -> int:
    """Build listings and return the exit code."""
    started = time.monotonic()
    output: Path | None = options["output"]
    files = common.open_data(options["data_folders"])
    settings = listing_settings(Path.cwd())
    shapes = _shapes(files, options["platforms"] or tuple(settings.get("platforms", ())), options["details"])
    _check_output(output, shapes, options)
    with ExitStack() as stack:
        path, shown = _spooled(source, stack)
        chosen = _chosen(options["columns"])
        table = ProductTable(path, files, AttributeNames(files), chosen, shown, settings.get("columns", {}))
        view = View(common.lang_of(), common.terminal(sys.stdout), tuple(map(_platform_view, shapes)))
        for written in files_beside(output, view) if output is not None else ():
            if any(common.is_same_file(given, written) for given in (path, *_tables(options))):
                raise OverInput(written)
        _tell_columns(table, view, options)
        run = _Run(files, table, shapes, view, options, settings)
        journal = stack.enter_context(run.open_journal())
        run.build(journal)
        return run.finish(journal, output, started)


@dataclass(slots=True)
class _Plan:
    """Which entries are built, and which are taken over from an earlier run."""

    ids: frozenset[str] | None = None
    known: frozenset[str] = frozenset()  # digests of entries of an older table
    has_older: bool = False
    earlier: Path | None = None


class _Run:
    """One run over a table: prepares, goes on from a journal, writes, and tells what it has come to."""

    def __init__(
        self,
        files: DataFiles,
        table: ProductTable,
        shapes: tuple[Shape, ...],
        view: View,
        options: dict[str, Any],
        settings: Mapping[str, Any],
    ) -> None:
        self.files, self.table, self.shapes, self.view, self.options = files, table, shapes, view, options
        self.change = options["max_change"] if options["max_change"] is not None else settings.get("max_change")
        self.words = self._words(options["words_path"] or _keyword_path(settings))
        progress = common.ProgressLine("读", "read")
        self.scan: Scan = table.scan(progress.advance)
        progress.close()
        self._tell_short()
        self.plan = self._plan()
        self.folder = (datafiles.project_folder(Path.cwd()) or Path.cwd()) / ".copykit" / FOLDER
        self.today_given = options["today"] is not None
        self.recipe = Recipe(
            files.layers,
            files.cache,
            tuple(shape.platform.id for shape in shapes),
            self.change,
            options["alternatives"],
            common.iso_day(options["today"]),
            view.lang,
            tuple(self.words),
            self.scan.brands,
            self.scan.values,
            options["details"],
        )
        if options["only_failed"]:
            self.plan.earlier = self._last()

    def open_journal(self) -> Journal:
        """Open the journal of this very run: the same table, options, data and version."""
        plan = self.plan
        chosen = None if plan.ids is None else sorted(plan.ids)
        wanted = repr((self.scan.digest, chosen, plan.has_older, sorted(plan.known), str(plan.earlier)))
        digest = hashlib.blake2b(wanted.encode("utf-8", "replace"), digest_size=16)
        digest.update(replace(self.recipe, today="" if not self.today_given else self.recipe.today).digest().encode())
        key = digest.hexdigest()
        journal = Journal(self.folder / f"{key}.journal", key)
        today = journal.about.get("today")
        # A run that was cut off before midnight goes on with the day on which it began; a finished one is of its day.
        if today is not None and (not journal.finished or today == self.recipe.today) and not self.options["again"]:
            self.recipe = replace(self.recipe, today=today)
        else:
            journal.begin({"today": self.recipe.today, "platforms": list(self.recipe.platforms)})
        return journal

    def build(self, journal: Journal) -> None:
        """Build what is not in the journal yet."""
        if journal.finished:
            note(
                say(
                    "表和设置都没变，用上次做好的（要重做加 --again）",
                    "nothing has changed; using the last results (--again builds anew)",
                )
            )
            return
        if journal.records:
            note(
                say(
                    f"接着上次的做：已有 {journal.records:,} 个商品", f"going on: {journal.records:,} products are done"
                )
            )
        entries = itertools.islice(self._chosen(self.table.entries(self.scan.scattered)), journal.records, None)
        total = self.scan.entries if not self._is_partial else None
        progress = common.ProgressLine("写", "built", total, journal.records)
        kept = _Earlier(self.plan.earlier) if self.plan.earlier is not None else None
        last_sync = time.monotonic()
        try:
            with batch.few_collections():
                for records in build_records(
                    entries, self.recipe, jobs=self.options["jobs"], kept=kept.get if kept else lambda entry: None
                ):
                    journal.append(records)
                    progress.advance(len(records))
                    if time.monotonic() - last_sync > SYNC_SECONDS:
                        journal.sync()
                        last_sync = time.monotonic()
        except KeyboardInterrupt:
            progress.close()
            note(
                say(
                    f"做好的 {journal.records:,} 个商品留着，再运行同一条命令会接着做",
                    f"{journal.records:,} products are kept; run the same command to go on",
                )
            )
            raise
        finally:
            progress.close()
        journal.finish()

    def finish(self, journal: Journal, output: Path | None, started: float) -> int:
        """Write the results and tell them; return the exit code."""

        def every() -> Iterator[Record]:
            for record in journal:
                yield from record["listings"]

        lot, alike = Lot(core_of(self.words)), Alike()
        for record in journal:
            lot.add(record)
            for listing in record["listings"]:
                alike.add(listing)
        twins = {(twin.platform, twin.row): self._twin(twin) for twin in alike.twins(every)}
        summary = _summary(lot, len(twins))
        written = Output(every, twins, summary, self.view, not self.options["no_bom"], self.options["raw"])
        cut = 0
        if self.options["template"] is not None and output is not None:
            from copykit.cli.listings_into import fill_template  # late: it loads openpyxl

            entries = self._chosen(self.table.entries(self.scan.scattered))
            fill_template(self.options["template"], output, self.files, self.shapes[0], entries, journal)
            write_problems(problem_file(output), written)
        elif output is not None:
            cut = write(output, written)
        elif self.options["form"] != "table":
            write_lines(every(), self.options["form"])
        else:
            click.echo(render.listing_table(list(itertools.islice(every(), SCREENFUL)), self.view))
        self._remember(journal)
        self._tell(summary, every, output, cut, time.monotonic() - started)
        if not lot.entries:
            note(say("表里一个商品也没有，请检查文件", "there is no product in the table; look at the file"))
        if lot.refused or not lot.entries:
            return common.REJECTED
        return common.FAILED if lot.blocked else 0

    def _tell(self, summary: Summary, every: Any, output: Path | None, cut: int, seconds: float) -> None:
        note(render.closing(summary, self.view, seconds))
        lines, count = render.troubles(every(), self.view, SHOWN_TROUBLES)
        for line in lines:
            note(line)
        left = count - SHOWN_TROUBLES
        if output is None:
            note(say("要上传的文件：加 -o 上架.xlsx", "for files to upload: -o listings.xlsx"))
        else:
            place = self._trouble_place(output)
            again = say("改好后加 --only-failed 再运行", "mend them and run again with --only-failed")
            if left > 0:
                note(say(f"还有 {left:,} 个，见 {place}。{again}", f"{left:,} more: {place}; {again}"))
            elif count:
                note(say(f"都在 {place}。{again}", f"all in {place}; {again}"))
            else:
                note(say(f"全部在 {output}", f"everything is in {output}"))
        for platform in self.view.platforms:
            if platform.guessed:
                note(
                    say(
                        f"{platform.name}没有查到官方标题上限，按 {platform.limit} 写",
                        f"{platform.name}: no official limit was found, {platform.limit} is used",
                    )
                )
        if cut:
            note(
                say(
                    f"{cut:,} 格超过 Excel 的 32,767 字，截短了", f"{cut:,} cells were cut to Excel's 32,767 characters"
                )
            )

    def _trouble_place(self, output: Path) -> str:
        """Return where the troubles of all rows are to be read."""
        match output.suffix.lower():
            case ".xlsx" | ".xlsm" if self.options["template"] is None:
                return say(f"{output} 的「问题」页", f"{output}, sheet 'problems'")
            case ".jsonl" | ".json":
                return say(f"{output} 每条的 findings 和 error", f"{output}, findings and error of each line")
            case ".csv" | ".xlsx" | ".xlsm":
                return str(problem_file(output))
            case _:
                return str(output / say("问题.csv", "problems.csv"))

    def _tell_short(self) -> None:
        """Tell rows that have fewer cells than the header: the last one of them may be cut off."""
        scan = self.scan
        if scan.shorts:
            rows = "、".join(map(str, scan.short)) + ("…" if scan.shorts > len(scan.short) else "")
            note(
                say(
                    f"{scan.shorts:,} 行比表头少几格（第 {rows} 行），少的当空格；少在最后一行的，文件可能没存完",
                    f"{scan.shorts:,} rows have fewer cells than the header (rows {rows.replace('、', ', ')}); what is "
                    "missing counts as empty, and a last row may be cut off",
                )
            )

    def _twin(self, twin: Twin) -> str:
        if twin.same:
            return say(
                f"用词和第 {twin.other:,} 行完全一样，平台可能当重复铺货",
                f"the same words as row {twin.other:,}; it may count as a duplicate",
            )
        return say(
            f"和第 {twin.other:,} 行几乎一样，会互相抢流量", f"nearly the same as row {twin.other:,}; they compete"
        )

    def _words(self, path: Path | None) -> list[ShopWord]:
        if path is None:
            note(
                say(
                    "没有给关键词表（--keywords），标题按商品自己的词和公开搜索词的次数写",
                    "no keywords were given (--keywords): titles are made of the products' own words",
                )
            )
            return []
        refused: list[CopykitError] = []
        words, weighed_by = read_words(path, self.files, refused.append)
        for error in refused[:SHOWN_TROUBLES]:
            note(error.say(self.view.lang))
        how = say("按次序", "by their order") if not weighed_by else say(f"按“{weighed_by}”", f"by {weighed_by}")
        note(
            say(
                f"{path.name}：{len(words):,} 个关键词，{how}算搜索价值",
                f"{path.name}: {len(words):,} keywords, weighed {how}",
            )
        )
        return words

    def _plan(self) -> _Plan:
        plan = _Plan()
        if self.options["only"] is not None:
            plan.ids = frozenset(_ids(self.options["only"], self.files))
        if self.options["changed_since"] is not None:
            older = ProductTable(
                self.options["changed_since"], self.files, AttributeNames(self.files), self.table.columns
            )
            scan = older.scan()
            plan.known = frozenset(entry.digest for entry in older.entries(scan.scattered))
            plan.has_older = True
        return plan

    @property
    def _is_partial(self) -> bool:
        return self.plan.ids is not None or self.plan.has_older

    def _chosen(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        plan = self.plan
        for entry in entries:
            if plan.ids is not None and (entry.product is None or entry.product.id not in plan.ids):
                continue
            if plan.has_older and entry.digest in plan.known:
                continue
            yield entry

    def _pointer(self) -> Path:
        """Return where it stands which journal the last run over this table wrote."""
        name = hashlib.blake2b(str(Path(self.table.name).absolute()).encode("utf-8", "replace"), digest_size=8)
        return self.folder / f"{name.hexdigest()}.last"

    def _last(self) -> Path:
        """Return the journal of the last finished run over this table."""
        pointer = self._pointer()
        path = self.folder / pointer.read_text("utf-8").strip() if pointer.exists() else pointer
        if not path.exists():
            raise UsageMistake(
                "这张表还没有做完过一次，先不带 --only-failed 运行",
                "this table has not been built to the end before; run without --only-failed first",
            )
        return path

    def _remember(self, journal: Journal) -> None:
        """Note this run as the last one over the table, and drop the finished journals that nothing points to."""
        if self._is_partial:
            return
        with tables.atomic(self._pointer()) as out:
            out.write(journal.path.name.encode())
        used = {path.read_text("utf-8").strip() for path in self.folder.glob("*.last")} | {journal.path.name}
        for path in self.folder.glob("*.journal"):
            if path.name not in used:
                _drop_finished(path)


SYNC_SECONDS = 2.0


class _Earlier:
    """The listings of an earlier run, by product; those that failed are not there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._failed: set[str] = set()
        self._seen: set[str] = set()
        for record in read_journal(path):
            self._seen.add(record["id"])
            if any(listing["error"] or listing["blocked"] for listing in record["listings"]):
                self._failed.add(record["id"])
        self._records = read_journal(path)
        self._ahead: dict[str, list[Record]] = {}

    def get(self, entry: Entry) -> list[Record] | None:
        """Return the listings of an entry that need not be made again; tables keep their order, so that few wait."""
        if entry.product is None or entry.product.id in self._failed or entry.product.id not in self._seen:
            return None
        found = self._ahead.pop(entry.product.id, None)
        while found is None:
            record = next(self._records, None)
            if record is None:
                return None
            if record["id"] == entry.product.id:
                found = record["listings"]
            elif record["id"] not in self._failed:
                self._ahead[record["id"]] = record["listings"]
        for listing in found:
            listing["row"] = entry.row  # rows move when others are put in or taken out
        return found


def _drop_finished(path: Path) -> None:
    """Remove a journal that is whole and that nobody writes."""
    try:
        with Journal(path, path.stem) as journal:
            finished = journal.finished
    except CopykitError:
        return
    if finished:
        path.unlink(missing_ok=True)


def _shapes(files: DataFiles, given: tuple[str, ...], details: bool) -> tuple[Shape, ...]:
    platforms = Platforms(files)
    names = [name.strip() for each in given for name in each.replace("，", ",").split(",") if name.strip()]
    if not names:
        raise UsageMistake(
            "用 -p 说上哪些平台，如 -p 淘宝,拼多多,小红书", "say which platforms with -p, such as -p taobao,xiaohongshu"
        )
    found = {platform.id: platform for platform in (platforms[name] for name in names)}
    return tuple(load_shape(files, platform, details=details) for platform in found.values())


def _check_output(output: Path | None, shapes: tuple[Shape, ...], options: dict[str, Any]) -> None:
    if output is not None and output.suffix and output.suffix.lower() not in FILES:
        raise UsageMistake(
            f"-o 只会写 {' '.join(FILES)} 或文件夹，现在是 {output.name}",
            f"-o writes {' '.join(FILES)} or a folder, not {output.name}",
        )
    if output is not None and output.suffix.lower() == ".csv" and len(shapes) > 1 and options["template"] is None:
        raise UsageMistake(
            "一个 CSV 只放得下一个平台：用 .xlsx，或者 -o 写文件夹名，每个平台一个 CSV",
            "one CSV holds one platform: use .xlsx, or a folder, which gets a CSV a platform",
        )
    if options["template"] is not None and (
        len(shapes) > 1 or output is None or output.suffix.lower() not in (".xlsx", ".xlsm")
    ):
        raise UsageMistake(
            "--into 要配一个平台和 -o 填好.xlsx", "--into takes one platform and an output such as -o filled.xlsx"
        )
    if options["template"] is not None and not options["template"].is_file():
        raise FileMissing(path=str(options["template"]))
    if output is not None and not output.absolute().parent.is_dir():
        raise UsageMistake(
            f"-o 的文件夹 {output.parent} 不存在，请先建好",
            f"the folder of -o, {output.parent}, does not exist; create it",
        )


def _tables(options: dict[str, Any]) -> list[Path]:
    """Return the tables that are read besides that of the products."""
    return [options[name] for name in ("words_path", "changed_since") if options[name] is not None]


def _chosen(columns: Iterable[str]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for given in columns:
        role, sign, header = given.partition("=")
        if not sign or not role.strip() or not header.strip():
            raise UsageMistake(
                f"--column 写成 角色=列名，如 product=款名；现在是“{given}”", f"--column takes ROLE=NAME, not '{given}'"
            )
        chosen[role.strip()] = header.strip()
    return chosen


def _tell_columns(table: ProductTable, view: View, options: dict[str, Any]) -> None:
    note(render.columns_line(table.columns, table.attributes, table.unused, view))
    if not options["no_save"]:
        try:
            path = remember_columns(Path.cwd(), table.columns)
        except ColumnsUnkept as unkept:
            note(unkept.say(view.lang))
            return
        if path is not None:
            note(
                say(
                    f"（存进 {datafiles.shown_path(path)}，认错了改那里或用 --column）",
                    f"(kept in {datafiles.shown_path(path)}; mend it there, or with --column)",
                )
            )


def _spooled(source: str, stack: ExitStack) -> tuple[Path, str | None]:
    """Return a file that can be read twice; standard input is copied."""
    if source != "-":
        return Path(source), None
    handle, name = tempfile.mkstemp(prefix="copykit-")
    stack.callback(Path(name).unlink, missing_ok=True)
    with open(handle, "wb") as spool:
        while chunk := sys.stdin.buffer.read(1 << 20):
            spool.write(chunk)
    return Path(name), "-"


def _keyword_path(settings: Mapping[str, Any]) -> Path | None:
    told = settings.get("keywords")
    folder = datafiles.project_folder(Path.cwd())
    return folder / told if told and folder is not None else None


def _ids(path: Path, files: DataFiles) -> Iterator[str]:
    """Yield the ids of a file: the column of ids of a table, or a line each."""
    names = tables.merge_names(files.load("columns")["listing"], ("id",))
    with tables.read_rows(path, wanted=names) as table:
        for row in table:
            if row.error is None and row.text.strip():
                yield row.text.strip()


def _platform_view(shape: Shape) -> PlatformView:
    about = []
    for spec in shape.fields:
        if spec.make in ("title", "seo_title"):
            limit, source = (
                str(shape.room.limit),
                shape.platform.source if not shape.guessed else say("没有查到，copykit 的取舍", "none found; ours"),
            )
        else:
            limit = str(spec.max or "")
            source = spec.limit_source or (say("copykit 的取舍", "ours") if spec.max else "")
        whose = (
            say(f"官方：{spec.official}", f"official: {spec.official}")
            if spec.official
            else say("copykit 起的名", "ours")
        )
        about.append((spec.column, whose, limit, source))
    columns = {spec.id: spec.column for spec in shape.fields}
    return PlatformView(
        shape.platform.id, shape.platform.name, columns, shape.by_sku, tuple(about), shape.guessed, shape.room.limit
    )


def _summary(lot: Lot, twins: int) -> Summary:
    return Summary(
        lot.entries,
        lot.written,
        lot.blocked,
        lot.refused,
        lot.warned,
        lot.unproved,
        dict(lot.by_platform),
        [((word.text, word.weight), count) for word, count in lot.covered()],
        lot.contested(),
        [(missing.word, missing.products, missing.keyword) for missing in lot.unstated()],
        [(each.share, each.row, each.id, each.platforms, each.title) for each in lot.worst()],
        twins,
        lot.made,
    )
