"""What texts come to: every form of all kinds with every sample and many seeds, and how fast articles are written.

Counted are errors of the checker, statements that the brief does not hold with evidence today, passages that are empty
or told twice, titles and main lines over their limit, and pairs of variants that share a run of the templates' words
as long as readers remember. Facts of the product are in all of them and count for nothing.
"""

from __future__ import annotations

import dataclasses
import itertools
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from copykit.brief import read_brief
from copykit.brief.said import said_in
from copykit.datafiles import bundled
from copykit.model import Brief, Draft
from copykit.writing.facts import NAMES
from copykit.writing.variants import LONGEST, own_words, variants
from copykit.writing.writer import Options, Prepared, Writer

TODAY = "2026-11-22"  # the day on which the samples hold
KINDS = ("article", "post", "reply")
SEEDS = 20
ROUNDS = 3
WANTED = 5  # variants that a person may ask for
TITLE, LINE = 30, 12


def run(data: Path | None) -> None:
    """Print the counts, the share of pairs that are alike, and articles a second."""
    samples = [entry.path for entry in bundled().entries("samples") if entry.id.startswith("briefs/")]
    for kind in KINDS:
        writer = Writer(bundled(), kind)
        prepared = [writer.prepare(_consented(read_brief(path)), TODAY) for path in samples]
        counts: Counter[str] = Counter()
        pairs = alike = 0
        offered: dict[str, list[int]] = defaultdict(list)
        for each, form in itertools.product(prepared, writer.forms):
            drafts = [writer.write(each, form, Options(str(seed))) for seed in range(SEEDS)]
            counts["texts"] += len(drafts)
            offered[form.name].append(sum(1 for _ in variants(writer, each, form, Options("1"), WANTED)))
            for draft in drafts:
                counts.update(_faults(draft, each))
            if not form.data.get("settings", {}).get("outline"):  # it is for asking, not for choosing
                runs = [_runs(draft) for draft in drafts]
                pairs += len(runs) * (len(runs) - 1) // 2
                alike += sum(bool(one & other) for one, other in itertools.combinations(runs, 2))
        print(
            f"{kind}: {counts.pop('texts')} texts, {len(samples)} samples: "
            + ", ".join(f"{n} {what}" for what, n in counts.items())
        )
        print(f"{kind}: pairs that share {LONGEST} characters of own words: {alike} of {pairs} ({alike / pairs:.1%})")
        few = {name: found for name, found in offered.items() if min(found) < WANTED}
        told = "; ".join(f"{name} {found}" for name, found in few.items())
        print(f"{kind}: {len(offered) - len(few)} of {len(offered)} forms give {WANTED} variants {told}".rstrip())
        if kind == KINDS[0]:
            _speed(writer, prepared)


def _consented(brief: Brief) -> Brief:
    """Return a brief whose buyers agreed to messages, so that the text message is tried too."""
    return dataclasses.replace(brief, shop=dataclasses.replace(brief.shop, consent=True))


FAULTS = ("errors", "warnings", "hints", "unproven", "empty", "doubled", "too long")


def _faults(draft: Draft, prepared: Prepared) -> Counter[str]:
    found: Counter[str] = Counter(dict.fromkeys(FAULTS, 0))
    for finding in draft.findings:
        found[f"{finding.severity}s"] += 1
    held = {".".join(map(str, path)) for path, _ in said_in(prepared.ledger.brief)}
    parts = [part for block in draft.blocks for part in block.parts]
    stated = [
        mark.path for part in parts for mark in part.marks if mark.path.rpartition(".")[2] not in NAMES and not mark.url
    ]
    derived = ("stock.", "price", "count")
    found["unproven"] += sum(
        path not in held and not path.startswith(derived) and not path.endswith(("date", "until")) for path in stated
    )
    found["empty"] += sum(not part.text.strip() for part in parts)
    # Words on a cover are a picture's: the note below says them too.
    covers = Counter(mark.path for block in draft.blocks if block.kind == "quote" for mark in block.parts[0].marks)
    found["doubled"] += sum(count - 1 for count in (Counter(stated) - covers).values())
    found["too long"] += len(draft.title) > TITLE or not draft.title
    if draft.form == "detail_page":
        found["too long"] += sum(len(block.parts[1].text) > LINE for block in draft.blocks if block.kind == "row")
    return found


def _runs(draft: Draft) -> set[str]:
    return {words[at : at + LONGEST] for words in own_words(draft.blocks) for at in range(len(words) - LONGEST + 1)}


def _speed(writer: Writer, prepared: Iterable[Prepared]) -> None:
    """Print articles a second on one core, composed and checked, the median of some rounds."""
    work = list(itertools.product(prepared, writer.forms))
    rates = []
    for number in range(ROUNDS):
        begun, cpu = time.perf_counter(), time.process_time()
        size = sum(len(writer.write(each, form, Options(f"r{number}")).text) for each, form in work)
        rates.append(
            (len(work) / (time.perf_counter() - begun), len(work) / (time.process_time() - cpu), size / len(work))
        )
    wall, cpu_rate, size = sorted(rates)[ROUNDS // 2]
    print(
        f"{wall:.0f} articles/s of {size:.0f} characters, written and checked ({cpu_rate:.0f} a second of this process)"
    )
