"""Run the measures and print them as tables; what needs labelled data is skipped with a message where there is none."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from bench import (
    collect,
    compare,
    expand,
    keywords,
    law,
    learn,
    links,
    listings,
    million,
    notes,
    report,
    risk,
    select,
    speed,
    trends,
    writing,
)

MEASURES = {
    "speed": speed.run,
    "risk": risk.run,
    "notes": notes.run,
    "law": law.run,
    "keywords": keywords.run,
    "select": select.run,
    "trends": trends.run,
    "expand": expand.run,
    "million": million.run,
    "compare": compare.run,
    "links": links.run,
    "collect": collect.run,
    "learn": learn.run,
    "listings": listings.run,
    "report": report.run,
    "writing": writing.run,
}


def main() -> None:
    """Run the measures that were asked for, all by default."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("measures", nargs="*", choices=[*MEASURES, []], help="all when none is named")
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ["COPYKIT_BENCH_DATA"]) if "COPYKIT_BENCH_DATA" in os.environ else None,
        help="folder of labelled data: titles/*.jsonl, compliance/*.jsonl, keywords/*.jsonl",
    )
    given = parser.parse_args()
    for name in given.measures or MEASURES:
        print(f"\n== {name}")
        MEASURES[name](given.data)


if __name__ == "__main__":
    main()
