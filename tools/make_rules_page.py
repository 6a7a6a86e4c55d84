"""Write docs/rules.md from the rules themselves.

python tools/make_rules_page.py          write the page
python tools/make_rules_page.py --check  exit 1 when it is out of date
"""

from __future__ import annotations

import sys
from pathlib import Path

from copykit.datafiles import bundled
from copykit.render.rules import rules_markdown
from copykit.rulepage import Pages

PACKS = ("law", "style")
TARGET = Path(__file__).resolve().parent.parent / "docs" / "rules.md"
HEAD = """\
# 规则一览

由 `python tools/make_rules_page.py` 从规则文件生成，不要手改。一条规则的条件、例外、例句：`copykit data show 规则`。

依据写的是条号，理由是我们自己的话；标“非官方文本”的，手里只有二手来源，规则最多是提醒。这里的内容不是法律意见。"""


def page() -> str:
    """Return the page as it should be."""
    pages = Pages(bundled())
    groups = [group for pack in PACKS for group in pages.pack(pack)]
    return "\n".join(rules_markdown(groups, HEAD)) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        sys.exit(TARGET.read_text("utf-8") != page())
    TARGET.write_text(page(), "utf-8")
