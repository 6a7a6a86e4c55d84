"""Run the commands of docs/tutorial.md anew and write what they print under them.

python tools/make_tutorial.py          write the page
python tools/make_tutorial.py --check  exit 1 when it is out of date
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
from pathlib import Path

from copykit.cli.demo import Step, lay_out, run_step

TARGET = Path(__file__).resolve().parent.parent / "docs" / "tutorial.md"
# <!-- lines N --> says how much of the output is worth showing.
BLOCK = re.compile(r"<!-- lines (\d+) -->\n```\n\$ copykit ([^\n]+)\n(.*?)```", re.DOTALL)


def page(text: str) -> str:
    """Return the page with every command's output as it is now, run in order in a fresh sample shop."""
    width = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "80"
    try:
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            lay_out(Path("copykit-demo"))
            with contextlib.chdir("copykit-demo"):
                return BLOCK.sub(lambda found: _block(found, Path.cwd()), text)
    finally:
        if width is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = width


def _block(found: re.Match[str], folder: Path) -> str:
    lines, command = int(found[1]), found[2]
    _, shown = run_step(Step("", "", tuple(command.split(" ")), lines))
    shown = [_TIMES.sub(" ", line.replace(f"{folder}/", "")) for line in shown]
    kept = [line.rstrip() for line in shown[:lines]] + (["……"] if len(shown) > lines else [])
    return "\n".join([f"<!-- lines {lines} -->", "```", f"$ copykit {command}", "", *kept, "```"])


# How long something took is another matter each time.
_TIMES = re.compile(r"[，,] ?(?:用时 )?\d+(?:\.\d+)? 秒| in \d+(?:\.\d+)? s")


if __name__ == "__main__":
    now = TARGET.read_text("utf-8")
    if "--check" in sys.argv[1:]:
        sys.exit(now != page(now))
    TARGET.write_text(page(now), "utf-8")
