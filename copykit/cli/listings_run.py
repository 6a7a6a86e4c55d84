"""One run of ``listings build`` over a table: what is built, gone on with and taken over, what is written and told."""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from copykit import batch, datafiles, tables
from copykit.cli import common
from copykit.cli.common import note
from copykit.cli.language import UsageMistake, say
from copykit.cli.listings_out import Output, problem_file, write, write_lines, write_problems
from copykit.cli.progress import ProgressLine
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.journal import Journal, read_journal
from copykit.model import ShopWord
from copykit.render import listings as render
from copykit.render.listings import Summary, View
from copykit.writing.fields import Shape
from copykit.writing.lot import Alike, Lot, Twin, core_of
from copykit.writing.products import Entry, ProductTable, Scan
from copykit.writing.records import Record
from copykit.writing.run import Recipe, build_records
from copykit.writing.terms import AttributeNames
from copykit.writing.wordlist import read_words

SHOWN_TROUBLES = 5
SCREENFUL = 10
FOLDER = "listings"


@dataclass(slots=True)
class _Plan:
    """Which entries are built, and which are taken over from an earlier run."""

    ids: frozenset[str] | None = None
    known: frozenset[str] = frozenset()  # digests of entries of an older table
    has_older: bool = False
    earlier: Path | None = None


class Run:
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
        progress = ProgressLine("读", "read")
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
        progress = ProgressLine("写", "built", total, journal.records)
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
        summary = _summary(lot, len(twins), render.warned(every(), twins))
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


def _summary(lot: Lot, twins: int, warned: int) -> Summary:
    return Summary(
        lot.entries,
        lot.written,
        lot.blocked,
        lot.refused,
        warned,
        lot.unproved,
        dict(lot.by_platform),
        [((word.text, word.weight), count) for word, count in lot.covered()],
        lot.contested(),
        [(missing.word, missing.products, missing.keyword) for missing in lot.unstated()],
        [(each.share, each.row, each.id, each.platforms, each.title) for each in lot.worst()],
        twins,
        lot.made,
    )
