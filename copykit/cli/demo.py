"""``copykit demo``: score the bundled sample titles and say what to do next."""

from __future__ import annotations

import click

from copykit.cli import common
from copykit.cli.common import Command, Text, say


@click.command(cls=Command, text=Text("给自带的样例标题打分，看看效果", "Score the bundled sample titles"))
@common.today_option
@common.lang_option
@click.pass_context
def demo(ctx: click.Context, today: object) -> int:
    """Run the scoring command on the samples, printing each command so that one can repeat it."""
    from copykit.cli.titles import score
    from copykit.datafiles import bundled

    samples = {entry.id: entry.path for entry in bundled().entries("samples")}
    brief, titles = samples["mascara"], samples["mascara_titles"]
    best = say("11块钱的睫毛膏，凭什么三个月断货5次？", "11块钱的睫毛膏，凭什么三个月断货5次？")
    runs = (
        (
            say("一条标题，看理由和改法", "one title: reasons and changes"),
            [best, "-p", "小红书", "--brief", str(brief)],
        ),
        (
            say("一个文件，看哪条最好", "a file: which is best"),
            ["-i", str(titles), "-p", "小红书", "--brief", str(brief), "--top", "5"],
        ),
        (
            say("上架标题按另一套标准", "a listing title is judged by another profile"),
            ["加绒打底裤女冬季包邮高品质打底裤", "-p", "淘宝"],
        ),
    )
    day = ["--today", common.iso_day(today)] if today else []  # type: ignore[arg-type]
    for what, args in runs:
        shown = " ".join(f'"{part}"' if " " in part or "，" in part else part for part in args)
        click.echo(f"\n# {what}\n$ copykit titles score {shown}\n")
        score.main([*args, *day], standalone_mode=False, parent=ctx.parent, prog_name="score")
    click.echo()
    click.echo(
        say(
            '给自己的标题打分：copykit titles score "你的标题" -p 小红书',
            'your own: copykit titles score "…" -p 小红书',
        )
    )
    click.echo(
        say(
            "整张表：copykit titles score -i 标题.xlsx --column 标题 -o 打分.xlsx",
            "a table: copykit titles score -i titles.xlsx -o scored.xlsx",
        )
    )
    return 0
