"""``copykit keywords``: the words buyers use, mined from texts, chosen, widened, and compared over time."""

from __future__ import annotations

import click

from copykit.cli import common
from copykit.cli.command import Group
from copykit.cli.language import Text


@click.group(
    cls=Group,
    text=Text(
        "关键词：从文本里找词、找新词，选哪些投，比哪些在涨",
        "Keywords: mine texts, discover new words, choose and widen them, compare periods",
    ),
    lazy={
        "mine": (
            "copykit.cli.keywords.mine",
            "mine",
            Text("从文章、标题、评论、搜索词里找值得写的词", "find the words worth writing for"),
        ),
        "discover": (
            "copykit.cli.keywords.mine",
            "discover",
            Text("找词典里没有的新词", "find words no dictionary has"),
        ),
        "select": (
            "copykit.cli.keywords.select",
            "select",
            Text("为一件商品选词：核心、长尾、品牌、效果差、否定", "choose the words for a product"),
        ),
        "expand": (
            "copykit.cli.keywords.expand",
            "expand",
            Text("扩词：词根配上属性、人群、场景、季节、促销", "widen a root by what buyers put beside it"),
        ),
        "compare": (
            "copykit.cli.keywords.compare",
            "compare",
            Text("比几段时间：新来的、在涨的、在跌的、没了的", "compare periods: new, rising, falling, gone"),
        ),
    },
)
@common.lang_option
def keywords() -> None:
    """Group of the keyword commands."""
