"""Counting on a cluster finds what one process finds, on real workers, one of which is killed half way."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from copykit.cli import cli
from copykit.corpus.blocks import Block, marked
from copykit.datafiles import Layer, bundled
from copykit.keywords import cluster
from copykit.keywords.counts import Counter
from copykit.keywords.mine import Wanted, rank, survivors
from copykit.keywords.run import Recipe, mine_blocks
from copykit.model import Keyword

BEGINNINGS = ["平价睫毛膏", "加绒打底裤", "復購率", "复购率", "ＬＥＤ化妆镜", "卷翘睫毛膏", "三合一冲锋衣", "云朵绒"]
ENDINGS = ["真的好用", "冬天也不冷", "比去年高", "照得清楚", "不晕染也不掉渣", "我买了2件", "洗了不起球"]
TEXTS = [f"{BEGINNINGS[n % 8]}{ENDINGS[n % 7]}，{BEGINNINGS[n % 5]}{ENDINGS[n % 3]}{n % 13}次" for n in range(6_000)]
WANTED = Wanted(top=None, explain=True)


def blocks(size: int = 200) -> list[Block]:
    return [
        Block("".join(marked(text, "") for text in TEXTS[start : start + size]), size, [{"clicks": 1.5}] * size)
        for start in range(0, len(TEXTS), size)
    ]


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    """Return a recipe with a word of the project's own, which no other machine has."""
    words = tmp_path / "project" / "words"
    words.mkdir(parents=True)
    (words / "own.txt").write_text("云朵绒 100 n\n", "utf-8")
    return Recipe((*bundled().layers, Layer("project", (tmp_path / "project",))), None, "product", stop=("真的",))


def on_one(recipe: Recipe, folder: Path) -> list[Keyword]:
    folder.mkdir()
    return mine_blocks(blocks(), recipe, WANTED, folder, roles=["clicks"])[0]


def test_what_travels_counts_the_same(recipe: Recipe, tmp_path: Path) -> None:
    folder = tmp_path / "counts"
    folder.mkdir()
    parcel = pickle.loads(pickle.dumps(cluster.pack(recipe)))
    assert str(tmp_path) not in str(parcel.recipe)
    kitchen = recipe.kitchen()
    totals = {}
    every = blocks()
    for number, part in enumerate((every[20:], every[:20]), 1):  # whichever comes first
        found = cluster.count_part(parcel, str(number), part, ["clicks"], [])
        assert isinstance(found, cluster.Part)
        for name, content in found.files.items():
            (folder / name).write_bytes(content)
        totals[str(number)] = found.totals
    counter = Counter(kitchen.words, kitchen.segmenter.words, folder, "0", ["clicks"])
    counts = counter.finish(totals)
    words = rank(counts, survivors(counts, WANTED), kitchen.words(), kitchen.profile, ["clicks"], WANTED)
    assert words == on_one(recipe, tmp_path / "one")
    assert "云朵绒" in {word.text for word in words}


def test_workers_with_something_else_installed_count_nothing(recipe: Recipe) -> None:
    parcel = cluster.pack(recipe)._replace(runs="copykit 0.0.1, rjieba 0.0.1")
    assert str(cluster.count_part(parcel, "1", blocks()[:1], [], [])).startswith("copykit ")


def test_without_the_package_the_sentence_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = CliRunner().invoke(cli, ["keywords", "mine", "-", "--cluster", "10.0.0.5"], input="睫毛膏\n")
    assert isinstance(result.exception, cluster.NoDistributed)
    assert "copykit[cluster]" in result.exception.say("zh")


@pytest.mark.parametrize("option", ["--per-document", "--jobs=2"])
def test_what_does_not_go_together_is_said(option: str) -> None:
    result = CliRunner().invoke(cli, ["keywords", "mine", "-", "--cluster", "10.0.0.5", option], input="睫毛膏\n")
    assert option.partition("=")[0] in str(result.exception)


@pytest.mark.parametrize("address", ["tcp://a:b:c", "ftp://10.0.0.5"])
def test_an_address_that_is_none_is_told_at_once(address: str, recipe: Recipe, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="needs copykit[cluster]")
    with pytest.raises(cluster.ClusterUnreachable):
        cluster.mine_on_cluster(blocks(), recipe, WANTED, tmp_path, address)


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ("10.0.0.5", "tcp://10.0.0.5:8786"),
        ("tcp://10.0.0.5", "tcp://10.0.0.5:8786"),
        ("tls://box:9000", "tls://box:9000"),
        ("[::1]", "tcp://[::1]:8786"),
    ],
)
def test_an_address_may_be_short(given: str, whole: str) -> None:
    assert cluster.whole_address(given) == whole


class Machines(NamedTuple):
    """A scheduler and two workers, each a process of its own."""

    address: str
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    """Start a real cluster on this machine, without nannies that would bring a dead worker back."""
    pytest.importorskip("distributed", reason="needs copykit[cluster]")
    told = tmp_path / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": str(Path(cluster.__file__).parents[2])}

    def start(module: str, *more: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *more, "--scheduler-file", str(told)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(command, env=environment, cwd=tmp_path, **quiet)

    here = ("--host", "127.0.0.1", "--no-dashboard")
    scheduler = start("dask_scheduler", *here, "--port", "0")
    workers: list[subprocess.Popen[bytes]] = []
    try:
        until = time.monotonic() + 60
        while not told.exists() and time.monotonic() < until:
            time.sleep(0.1)
        workers += [start("dask_worker", *here, "--nthreads", "1", "--no-nanny") for _ in range(2)]
        import json

        from distributed import Client

        address = json.loads(told.read_text("utf-8"))["address"]
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        yield Machines(address, workers)
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def test_a_killed_worker_changes_nothing(
    machines: Machines, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "BLOCKS", 1)
    folder = tmp_path / "many"
    folder.mkdir()
    counted: list[int] = []

    def advance(documents: int) -> None:
        counted.append(documents)
        if len(counted) == 5:
            machines.workers[0].kill()

    found, totals = cluster.mine_on_cluster(
        blocks(), recipe, WANTED, folder, machines.address, roles=["clicks"], advance=advance
    )
    assert machines.workers[0].wait() != 0
    assert len(counted) == len(blocks())  # each of them once
    assert totals.documents == len(TEXTS)
    assert found == on_one(recipe, tmp_path / "one")


def test_the_command_writes_the_same_file(machines: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("标题.txt").write_text("\n".join(TEXTS), "utf-8")
    common = ["keywords", "mine", "标题.txt", "--kind", "product"]
    for output, more in (("一台.csv", []), ("两台.csv", ["--cluster", machines.address])):
        result = CliRunner().invoke(cli, [*common, "-o", output, *more])
        assert result.exit_code == 0, result.output
    assert Path("两台.csv").read_bytes() == Path("一台.csv").read_bytes()
