"""Words chosen from logs whose truth is known, against ranking them by volume and by their raw conversion.

    python -m bench select

Twenty logs of 10,000 searches: views are log-normal, click rates and conversions are drawn for each word; a word's
worth is what a further period would bring, views × true click rate × true conversion. What is told is the share of the
best ten's worth that ten chosen words catch; brands are none of them, so that only figures decide. *At best* knows from
what the rates were drawn: nobody can expect to catch more from the same figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

LOGS, SEARCHES, CORE = 20, 10_000, 10
# What shops are like: median views, spread of views (of their log), mean click rate, mean conversion, and how alike
# words are (trials that the average weighs).
SHOPS = {
    "small shop": (40.0, 1.4, 0.04, 0.02, 60.0),
    "middle shop": (100.0, 1.6, 0.04, 0.03, 60.0),
    "words differ little": (100.0, 1.6, 0.04, 0.03, 400.0),
    "words differ much": (100.0, 1.6, 0.04, 0.03, 15.0),
}


class Log(NamedTuple):
    """What was measured, and each word's true worth."""

    views: NDArray[np.int64]
    clicks: NDArray[np.int64]
    orders: NDArray[np.int64]
    worth: NDArray[np.float64]


def run(data: Path | None) -> None:
    """Print the shares caught."""
    print(f"worth caught by {CORE} of {SEARCHES:,} words, mean (worst) of {LOGS} logs; asked for: 0.90")
    for name, shop in SHOPS.items():
        shares: dict[str, list[float]] = {
            "select": [],
            "at best": [],
            "by volume": [],
            "by raw rate": [],
            "by orders": [],
        }
        for log in logs(shop):
            best = np.sort(log.worth)[-CORE:].sum()
            rate = np.divide(log.orders, log.clicks, out=np.zeros(len(log.worth)), where=log.clicks > 0)
            ways = {
                "select": chosen(log),
                "at best": informed(log, shop),
                "by volume": np.argsort(-log.views)[:CORE],
                "by raw rate": np.lexsort((-log.views, -rate))[:CORE],
                "by orders": np.lexsort((-log.views, -log.orders))[:CORE],
            }
            for way, places in ways.items():
                shares[way].append(float(log.worth[places].sum() / best))
        told = "   ".join(f"{way} {np.mean(values):.3f} ({min(values):.3f})" for way, values in shares.items())
        print(f"{name:20s} {told}")


def logs(shop: tuple[float, ...]) -> Iterator[Log]:
    """Yield made logs."""
    median, spread, click_rate, conversion, alike = shop
    for seed in range(LOGS):
        random = np.random.default_rng(seed)
        views = random.lognormal(np.log(median), spread, SEARCHES).astype(np.int64) + 1
        clicked = random.beta(click_rate * 100, (1 - click_rate) * 100, SEARCHES)
        bought = random.beta(conversion * alike, (1 - conversion) * alike, SEARCHES)
        clicks = random.binomial(views, clicked)
        yield Log(views, clicks, random.binomial(clicks, bought), views * clicked * bought)


def informed(log: Log, shop: tuple[float, ...]) -> NDArray[np.int64]:
    """Return the ten words of the highest expected worth, given the distributions that rates come from."""
    _, _, click_rate, conversion, alike = shop
    clicked = (log.clicks + click_rate * 100) / (log.views + 100)
    bought = (log.orders + conversion * alike) / (log.clicks + alike)
    return np.argsort(-(log.views * clicked * bought))[:CORE]


def chosen(log: Log) -> list[int]:
    """Return the places of the core words."""
    from copykit.corpus.blocks import Document
    from copykit.datafiles import bundled
    from copykit.keywords.figures import figure_columns, gather
    from copykit.keywords.product import product_of
    from copykit.keywords.searches import SearchReader
    from copykit.keywords.select import select
    from copykit.text.segment import Segmenter

    files = bundled()
    rows = zip(log.views.tolist(), log.clicks.tolist(), log.orders.tolist(), strict=True)
    documents = [
        Document("", f"w{number}", "", dict(zip(("impressions", "clicks", "orders"), row, strict=True)))
        for number, row in enumerate(rows)
    ]
    table = gather(documents, figure_columns(files.load("columns")).measures)
    product = product_of(files)
    searches = list(SearchReader(files, product, Segmenter()).read(table.folded))
    settings: dict[str, Any] = files.load("selection")["standard"]
    selection = select(table, searches, product, settings, core=CORE)
    return [int(word.text[1:]) for word in selection.words if word.role == "core"]
