"""What a run of ``copykit titles score`` has come to, told on stderr."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from copykit.cli import common
from copykit.cli.common import note
from copykit.cli.language import say
from copykit.tables import Table

SHOWN_ROWS = 5  # numbers of rows with one and the same trouble


@dataclass(slots=True)
class Rows:
    """How many rows, and the numbers of the first few; ``told`` when the sentence names its row itself."""

    count: int = 0
    told: bool = False
    first: list[int] = field(default_factory=list)

    def add(self, number: int) -> None:
        """Count a row, and keep its number while they are few."""
        self.count += 1
        if self.count <= SHOWN_ROWS:
            self.first.append(number)

    def listed(self) -> str:
        """Return the numbers, and how many more there are."""
        shown = say("、", ", ").join(f"{number:,}" for number in self.first)
        if self.count > len(self.first):
            shown += say(f" 等，共 {self.count:,}", f" and {self.count - len(self.first):,} more")
        return shown


@dataclass(slots=True)
class Tally:
    """What a run has come to.

    ``refused`` maps a sentence to its rows; ``garbled`` counts the places that could not be decoded, ``left_out`` the
    titles that a screenful has no room for.
    """

    done: int = 0
    failed: int = 0
    under: Rows = field(default_factory=Rows)
    seconds: float = 0.0
    garbled: int = 0
    left_out: int = 0
    refused: dict[str, Rows] = field(default_factory=dict)

    def refuse(self, number: int, sentence: str, names_row: bool) -> None:
        """Count a row that could not be scored, under the sentence that says why."""
        self.failed += 1
        rows = self.refused.setdefault(sentence, Rows())
        rows.told = names_row
        rows.add(number)


def told(tally: Tally, table: Table | None, options: dict[str, Any], source: str | None) -> int:
    """Tell what could not be done, and return the exit code."""
    tally.garbled = table.replaced if table is not None else 0
    _report(tally, options, source)
    if table is not None:
        common.tell_table(table)
    if tally.failed or tally.garbled or not tally.done:
        return common.REJECTED
    return common.FAILED if tally.under.count else 0


def _report(tally: Tally, options: dict[str, Any], source: str | None) -> None:
    """Tell on stderr how many were done, which rows were not and why, and where everything is."""
    many = source is not None
    if many:
        note(
            say(
                f"{tally.done:,} 条打好了分，用时 {tally.seconds:.1f} 秒",
                f"{tally.done:,} titles scored in {tally.seconds:.1f} s",
            )
        )
    for sentence, rows in tally.refused.items():
        if rows.told:
            note(sentence)
        elif many:
            note(say(f"第 {rows.listed()} 行没能打分：{sentence}", f"row {rows.listed()} not scored: {sentence}"))
        else:
            note(say(f"第 {rows.listed()} 个标题没能打分：{sentence}", f"title {rows.listed()} not scored: {sentence}"))
    if not tally.done and not tally.failed:
        where = say("标准输入", "stdin") if source == "-" else Path(source or "").name
        note(
            say(
                f"{where} 里一条标题也没有，请检查文件或列名",
                f"there is no title in {where}; check the file or the column",
            )
        )
    if tally.garbled:
        note(
            say(
                f"文件里有 {tally.garbled:,} 处读不出来的字节，已换成 �",
                f"{tally.garbled:,} places could not be decoded",
            )
        )
    if tally.under.count:
        mark, rows_under = f"{options['fail_under']:g}", tally.under.listed()
        note(
            say(
                f"{tally.under.count:,} 条低于 {mark} 分：第 {rows_under} {'行' if many else '条'}",
                f"{tally.under.count:,} under {mark}: {'row' if many else 'title'} {rows_under}",
            )
        )
    if tally.left_out and not options["output"]:
        note(
            say(
                f"只列了分数最高的 {tally.done - tally.left_out} 条，还有 {tally.left_out:,} 条没列："
                f"--top {tally.done} 全列出来，-o 打分.xlsx 存成文件",
                f"the best {tally.done - tally.left_out} are shown, {tally.left_out:,} are not: "
                f"--top {tally.done} shows all, -o scores.xlsx keeps them",
            )
        )
    if options["output"]:
        note(
            say(
                f"全部 {tally.done + tally.failed:,} 行在 {options['output']}",
                f"all {tally.done + tally.failed:,} rows are in {options['output']}",
            )
        )
