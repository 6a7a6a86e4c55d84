"""``copykit`` and ``python -m copykit``."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line; Ctrl-C while its modules load is told as it is later."""
    try:
        from copykit.cli import main as run

        run()
    except KeyboardInterrupt:
        asked = " ".join(sys.argv).replace("=", " ")
        english = "--lang en" in asked or os.environ.get("COPYKIT_LANG", "").lower().startswith("en")
        sys.stderr.write("interrupted\n" if english else "已中断\n")
        sys.exit(130)


if __name__ == "__main__":  # further processes load this file as well, and have no use for a command line
    main()
