"""Where scores stand among titles of their kind: 99 percentiles a profile → corpora/background/percentiles.json.

    python tools/train_percentiles.py DATA     DATA holds titles/*.jsonl and keywords/*.jsonl

Content titles are compared with Xiaohongshu notes and Toutiao titles, listing titles with Taobao titles, English ones
with headlines that Upworthy tested; no text is kept. To be run again after rules, lists or profiles have changed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from copykit.datafiles import DataFiles, bundled_layer
from copykit.errors import CopykitError
from copykit.titles.profile import load_profile
from copykit.titles.score import Settings, TitleScorer

KINDS = {
    "content": ("titles/xhs_notes.jsonl", "keywords/news_titles.jsonl"),
    "listing": ("keywords/product_titles.jsonl",),
    "en": ("titles/upworthy_packages.jsonl",),
}
TARGET = Path(__file__).parent.parent / "corpora" / "background" / "percentiles.json"


def main(data: Path) -> None:
    """Score the titles of each kind and write the percentiles of the overall score."""
    files = DataFiles([bundled_layer()])
    profiles = {}
    for name, sources in KINDS.items():
        scorer = TitleScorer(files, Settings(load_profile(files, name)))
        values = []
        for source in sources:
            for line in (data / source).read_text("utf-8").splitlines():
                try:
                    values.append(scorer.score(json.loads(line)["title"]).overall.value)
                except CopykitError:
                    continue
        values.sort()
        profiles[name] = [values[len(values) * percent // 100] for percent in range(1, 100)]
    value = {
        "origin": "scores of Xiaohongshu notes (noterx, Apache-2.0) and Toutiao titles (FewCLUE) for content, of Taobao"
        " titles (ner_incomplete_annotation) for listing, of the Upworthy Research Archive (CC BY 4.0) for en;"
        " tools/train_percentiles.py",
        "checked": "2026-11-22",
        "profiles": profiles,
    }
    TARGET.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
