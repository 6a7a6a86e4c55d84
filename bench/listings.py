"""Listings: packed and checked a second, search value against its peers, memory, limits, killed runs, LibreOffice.

The peers know the same keywords, those that the product's data bear out. *Concatenate and cut* joins them by weight and
cuts at the limit; *greedy concatenation* appends a keyword, whole, when it fits and repeats no word; *greedy, words
shared* appends only the words that are not there yet and keeps all rules of the packer, by weight, or by weight for
every unit of length.
"""

from __future__ import annotations

import csv
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from bench.shop import keywords, products, write
from copykit.compliance import Checker
from copykit.datafiles import bundled
from copykit.model import Product, ShopWord
from copykit.platforms import Platforms
from copykit.text.measure import fit, measure
from copykit.writing.fields import Shape, load_shape
from copykit.writing.listing import ListingBuilder, Wishes
from copykit.writing.pack import Puzzle, bits
from copykit.writing.terms import Vocabulary
from copykit.writing.title import TitleRoom, _Bench

TODAY = "2026-11-22"
DAY = ("--today", TODAY)
PLATFORMS = ("taobao", "pinduoduo", "xiaohongshu")
EVERY = ("taobao", "jd", "pinduoduo", "douyin_shop", "xiaohongshu", "wechat_store", "amazon", "shopify")
SHOP, KILLS, ROUNDS = 5_000, 10, 5
# A million take half an hour of one core; COPYKIT_BENCH_PRODUCTS says how many.
MANY = int(os.environ.get("COPYKIT_BENCH_PRODUCTS", "20000"))


def run(data: Path | None) -> None:
    """Print the measures one after the other."""
    goods = list(products(SHOP))
    speed(goods[:1_000])
    value(goods)
    limits(MANY)
    with tempfile.TemporaryDirectory(prefix="copykit-bench-") as folder:
        memory(Path(folder))
    with tempfile.TemporaryDirectory(prefix="copykit-bench-") as folder:
        killed(Path(folder))
    with tempfile.TemporaryDirectory(prefix="copykit-bench-") as folder:
        libreoffice(Path(folder))


def builder(platforms: Sequence[str], goods: Iterable[Product], words: Iterable[ShopWord]) -> ListingBuilder:
    """Return what builds listings of a shop, as the command makes it."""
    files = bundled()
    known = Platforms(files)
    shapes: tuple[Shape, ...] = tuple(load_shape(files, known[name]) for name in platforms)
    values = sorted({part for each in goods for value in each.attributes.values() for part in value.split("、")})
    return ListingBuilder(
        files, Checker(files), Wishes(shapes, today=TODAY), words, ["禾木"], Vocabulary(files, values)
    )


def speed(goods: Sequence[Product]) -> None:
    """Print titles packed and full listings checked a second of one core's time, the best of several rounds."""
    made = builder(PLATFORMS, goods, keywords())
    room = made.wishes.shapes[0].room
    for product in goods[:200]:
        made.build(product)  # what every shop learns once: how its keywords are cut and judged

    def read_and_pack() -> None:
        for product in goods:
            made._packer.task(product, made._reader.read(product)).pack(room, made._change(product))

    def pack() -> None:
        for task, change in tasks:
            task.pack(room, change)

    def build() -> None:
        for product in goods:
            made.build(product)

    def check() -> None:
        for shape, fields, rows, context in ready:
            made._judged(fields, rows, context, shape)

    ready = [
        (shape, dict(listing.fields), listing.rows, made._context(product, made._reader.read(product)))
        for product in goods
        for shape, listing in zip(made.wishes.shapes, made.build(product), strict=True)
    ]
    tasks = [(made._packer.task(product, made._reader.read(product)), made._change(product)) for product in goods]
    packing, reading, building, checking = _best(pack), _best(read_and_pack), _best(build), _best(check)
    count = len(goods)
    print(
        f"titles packed: {count / packing:,.0f}/s; with the row read and its keywords found: {count / reading:,.0f}/s"
    )
    print(f"listings with all fields, packed and checked ({len(PLATFORMS)} platforms): {count * 3 / building:,.0f}/s")
    print(f"full listings checked, the check alone: {len(ready) / checking:,.0f}/s")


def _best(work: Callable[[], None]) -> float:
    """Return the least processor seconds of several rounds: what another program takes away only adds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def value(goods: Sequence[Product]) -> None:
    """Print the search value that titles carry, and how many times that of each peer it is."""
    words = keywords()
    made = builder(PLATFORMS, goods, words)
    for room in (made.wishes.shapes[0].room, made.wishes.shapes[2].room):
        totals = dict.fromkeys(("packed", "possible", "cut", "whole", "shared", "dense"), 0.0)
        unproved = 0
        for product in goods:
            stated = made._reader.read(product)
            task = made._packer.task(product, stated)
            desk = _Bench(made._packer, product, stated, task._words, task._dropped, room, None)
            packing = desk.solve([])
            unproved += not packing.proved
            wants = [
                (needs, word.weight, frozenset(word.keys), word.shop.text)
                for needs, word in zip(desk.needs, desk.words, strict=True)
                if needs >= 0
            ]
            worth = _worth(desk.puzzle, wants)
            totals["packed"] += worth(packing.chosen)
            totals["possible"] += sum(weight for _, weight, _, _ in wants)
            totals["shared"] += worth(_grown(desk, wants))
            dense = sorted(wants, key=lambda want: -want[1] / max(1, _cost(desk.puzzle, want[0])))
            totals["dense"] += worth(_grown(desk, dense))
            for name, text in (("cut", _cut(wants, room)), ("whole", _whole(wants, room))):
                totals[name] += sum(weight for _, weight, keys, _ in wants if all(key in text for key in keys))
        packed = totals["packed"]
        print(
            f"{room.limit} {room.unit}: {packed / totals['possible']:.3f} of what could be said of"
            f" {len(goods):,} products ({unproved} not proved); times the peers:"
            f" concatenate and cut {packed / totals['cut']:.3f}"
            f" · greedy concatenation {packed / totals['whole']:.3f} · greedy, words shared"
            f" {packed / totals['shared']:.3f} · the same by length {packed / totals['dense']:.3f}"
        )


Want = tuple[int, float, frozenset[str], str]


def _worth(puzzle: Puzzle, wants: Sequence[Want]) -> Callable[[int], float]:
    def worth(chosen: int) -> float:
        covered = _covered(puzzle, chosen)
        return sum(weight for needs, weight, _, _ in wants if not needs & ~covered)

    return worth


def _covered(puzzle: Puzzle, chosen: int) -> int:
    covered = chosen
    for term, inside in puzzle.covers.items():
        if chosen >> term & 1:
            covered |= inside
    return covered


def _cost(puzzle: Puzzle, terms: int) -> int:
    return sum(puzzle.costs[bit.bit_length() - 1] for bit in bits(terms))


def _grown(desk: _Bench, wants: Sequence[Want]) -> int:
    """Return what a greedy seller chooses: keyword by keyword, the words that are not there yet, if all of them fit."""
    puzzle, chosen = desk.puzzle, 0
    for needs, _, _, _ in wants:
        lacking = needs & ~_covered(puzzle, chosen)
        more = chosen | lacking
        fits = _cost(puzzle, more) <= puzzle.room and all(
            (more & mask).bit_count() <= most for mask, most in puzzle.caps
        )
        if lacking and fits and desk._fits(more):
            chosen = more
    return chosen


def _cut(wants: Sequence[Want], room: TitleRoom) -> str:
    """Return the keywords one after the other, cut where the room ends."""
    return fit("".join(text for _, _, _, text in wants), room.unit, room.limit).casefold()


def _whole(wants: Sequence[Want], room: TitleRoom) -> str:
    """Return whole keywords one after the other, those that fit and repeat no word."""
    text, said = "", set[str]()
    for _, _, keys, keyword in wants:
        if said.isdisjoint(keys) and measure(text + keyword, room.unit) <= room.limit:
            text += keyword
            said |= keys
    return text.casefold()


def limits(count: int, seed: int = 23) -> None:
    """Print how many fields of many listings are over their limit: there is to be none."""
    made = builder(EVERY, products(2_000), keywords())
    wishes = [made.wishes]
    if count > SHOP * 10:  # so many take turns on the platforms
        wishes = [replace(made.wishes, shapes=(shape,)) for shape in made.wishes.shapes]
    rng = random.Random(11)
    over = built = failed = 0
    longest: dict[str, int] = {}
    start = time.perf_counter()
    for number, product in enumerate(products(count, seed=seed)):
        made.wishes = wishes[number % len(wishes)]
        for listing in made.build(_noisy(product, rng) if number % 3 == 0 else product):
            built += 1
            if listing.title is None:
                failed += 1
                continue
            shape = next(each for each in made.wishes.shapes if each.platform.id == listing.platform)
            over += measure(listing.title.text, shape.room.unit) > shape.room.limit
            longest[listing.platform] = max(longest.get(listing.platform, 0), listing.title.used)
            over += sum(
                spec.max is not None and measure(listing.fields.get(spec.id, ""), spec.unit) > spec.max
                for spec in shape.fields
                if spec.make not in ("title", "seo_title")
            )
    seconds = time.perf_counter() - start
    print(
        f"{count:,} generated products, {built:,} listings on {len(EVERY)} platforms in {seconds:,.0f} s: {over} fields"
        f" over their limit ({failed:,} refused with a reason); longest titles {longest}"
    )


def _noisy(product: Product, rng: random.Random) -> Product:
    """Return a product whose row holds what rows hold: wide letters, emoji, signs, long values, brackets."""
    signs = (
        "ＡＢＣ１２３",
        "🙂",
        "<b>",
        "（内部款）",
        "Type-C USB 3.0",
        "é\u0301",
        "　",
        "A" * 40,
        "很" * 70,
        "&|;",
        "①",
    )
    noise = [rng.choice(signs) for _ in range(3)]
    attributes = {**product.attributes, "适用机型": noise[0], "材质": noise[1] + product.attributes.get("材质", "")}
    fields = {name: getattr(product, name) for name in product.__dataclass_fields__}
    points = (*product.selling_points, noise[2] * 9)
    return Product(**{**fields, "attributes": attributes, "selling_points": points, "name": product.name + noise[2]})


def memory(folder: Path) -> None:
    """Print the peak of memory at 10,000 and at 100,000 rows of CSV."""
    found = {}
    for rows in (10_000, 100_000):
        table, words = folder / f"{rows}.csv", folder / "w.csv"
        write(rows * 2 // 3, table, words)  # half of the products with sizes have several rows
        with table.open(encoding="utf-8-sig") as file:
            lines = sum(1 for _ in csv.reader(file)) - 1
        command = _command(table, "-p", "taobao", "--keywords", str(words), "-o", str(folder / f"{rows}.jsonl"))
        start = time.perf_counter()
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        subprocess.run(command, cwd=folder, check=True, stderr=subprocess.DEVNULL)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        found[rows] = peak / 1024
        told = "" if peak > before else " at most"
        print(f"{lines:,} rows of CSV: {time.perf_counter() - start:,.0f} s, peak{told} {found[rows]:,.0f} MB")
    print(f"100,000 rows take {found[100_000] - found[10_000]:+,.0f} MB beside 10,000")


def _command(*args: str | Path) -> list[str]:
    return [sys.executable, "-m", "copykit", "listings", "build", *map(str, args), *DAY]


def killed(folder: Path) -> None:
    """Print how runs ended that were killed at random moments and then run again."""
    write(1_200, folder / "p.csv", folder / "w.csv")
    args = ("p.csv", "-p", "taobao,pinduoduo,xiaohongshu", "--keywords", "w.csv", "-o")
    start = time.perf_counter()
    subprocess.run(_command(*args, "whole.xlsx"), cwd=folder, check=True, stderr=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    whole = (folder / "whole.xlsx").read_bytes()
    rng = random.Random(5)
    same = resumed = 0
    for _ in range(KILLS):
        shutil.rmtree(folder / ".copykit", ignore_errors=True)
        (folder / "cut.xlsx").unlink(missing_ok=True)
        process = subprocess.Popen(_command(*args, "cut.xlsx"), cwd=folder, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.05, 0.98) * seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        again = subprocess.run(_command(*args, "cut.xlsx"), cwd=folder, check=True, stderr=subprocess.PIPE)
        resumed += "接着上次的做".encode() in again.stderr or "没变".encode() in again.stderr
        same += (folder / "cut.xlsx").read_bytes() == whole
        left = list(folder.glob(".copykit-*.part"))
        for path in left:  # what a killed writer leaves beside the file; it is never the file itself
            path.unlink()
    print(
        f"killed {KILLS} times in a run of {seconds:.1f} s: {resumed} went on, {same} files equal the undisturbed one"
    )


def libreoffice(folder: Path) -> None:
    """Print whether a workbook's cells are the same after LibreOffice has opened and saved it."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        print("skipped: no LibreOffice (Debian's libreoffice-calc-nogui)")
        return
    import openpyxl

    write(300, folder / "p.csv", folder / "w.csv")
    args = ("p.csv", "-p", ",".join(EVERY), "--keywords", "w.csv", "--alternatives", "1", "-o", "a.xlsx")
    subprocess.run(_command(*args), cwd=folder, check=True, stderr=subprocess.DEVNULL)
    (folder / "out").mkdir()
    home = f"-env:UserInstallation=file://{folder}/home"
    command = [office, home, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", "out", "a.xlsx"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600)
    before, after = openpyxl.load_workbook(folder / "a.xlsx"), openpyxl.load_workbook(folder / "out" / "a.xlsx")
    cells = different = formulas = 0
    for sheet in before.worksheets:
        other = after[sheet.title]
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None:
                    continue
                cells += 1
                formulas += cell.data_type == "f"
                saved = other[cell.coordinate].value
                different += saved != cell.value and str(saved) != str(cell.value)
    sheets = len(before.worksheets)
    print(f"after LibreOffice: {cells:,} cells of {sheets} sheets, {different} differ, {formulas} formulas")
