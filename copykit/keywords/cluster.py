"""Count on more than one machine: the same blocks, by dask.distributed, to the same words and weights.

A task is a number of blocks, counted as a further process would count them; what comes back are the files that it
would have written, so that all that follows is the same. Tasks carry their texts, so that those of a worker that was
lost are simply done by another; none is ever looked up by what it is made of (``pure=False``).
"""

from __future__ import annotations

import importlib
import importlib.metadata
import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from copykit._version import __version__
from copykit.corpus.blocks import Block
from copykit.datafiles import DataFiles, Layer, bundled_layer, cache_folder
from copykit.errors import CopykitError
from copykit.keywords import mine
from copykit.keywords.counts import Counter, Totals
from copykit.keywords.little import Little
from copykit.keywords.run import Kitchen, Recipe, ScratchFull
from copykit.model import Keyword
from copykit.processes import scratch

BLOCKS = 8  # of a task: about three megabytes of text, which a scheduler takes in its stride
TASKS_A_THREAD = 3  # that wait or run at once, so that memory does not grow with the corpus
CONNECT_SECONDS = 10
WORKER_SECONDS = 30  # without a single worker, before a run is given up
KINDS = ("words", "keywords", "stopwords", "tags")  # of data files that counting reads
KITCHENS = 2  # that a worker keeps


class NoDistributed(CopykitError):
    """The package that speaks to a cluster is not there."""

    zh = "--cluster 要用 dask.distributed，还没装：pip install 'copykit[cluster]'"
    en = "--cluster needs dask.distributed, which is not installed: pip install 'copykit[cluster]'"


class ClusterUnreachable(CopykitError):
    """No scheduler answers at an address."""

    zh = "连不上 {address}（{reason}）；先在一台机器上运行 dask scheduler，再用它显示的地址，例如 tcp://10.0.0.5:8786"
    en = "no scheduler answers at {address} ({reason}); run dask scheduler and use the address it shows"
    exit_code: ClassVar[int] = 3


class ClusterEmpty(CopykitError):
    """A scheduler that has no workers, or has them no longer."""

    zh = "{address} 上没有能干活的进程：在每台机器上运行 dask worker {address} --nthreads 1；这次什么也没写"
    en = "{address} has no workers: run dask worker {address} --nthreads 1 on each machine; nothing was written"
    exit_code: ClassVar[int] = 3


class ClusterBroke(CopykitError):
    """Work that the workers could not finish."""

    zh = "集群没能做完（{reason}）；这次什么也没写，可以去掉 --cluster 在本机做"
    en = "the cluster could not finish ({reason}); nothing was written, without --cluster it is done on this machine"
    exit_code: ClassVar[int] = 3


class ClusterDiffers(CopykitError):
    """Workers that run something else than this machine."""

    zh = "集群里装的是 {theirs}，本机是 {ours}，结果会不一样；装成同一版再试"
    en = "the workers run {theirs}, this machine {ours}, and would find other words; install the same"


class Parcel(NamedTuple):
    """A recipe that another machine can open: its own bundled files, and the texts of all others that counting reads.

    ``files``: layer, path inside it, contents; ``runs`` is what the machine that packed it has installed.
    """

    recipe: Recipe
    files: tuple[tuple[str, str, bytes], ...]
    runs: str


class Part(NamedTuple):
    """What one task counted: the files that a process of its own would have written."""

    totals: Totals
    files: dict[str, bytes]


def mine_on_cluster(
    blocks: Iterable[Block],
    recipe: Recipe,
    wanted: mine.Wanted,
    folder: Path,
    address: str,
    *,
    roles: Sequence[str] = (),
    highest: Sequence[str] = (),
    advance: Callable[[int], None] = lambda documents: None,
) -> tuple[list[Keyword], Totals]:
    """Return the keywords of a corpus as ``run.mine_blocks`` does, counted by the workers of a scheduler.

    Raises:
        NoDistributed, ClusterUnreachable, ClusterEmpty, ClusterBroke, ClusterDiffers: nothing was counted then.
    """
    kitchen = recipe.kitchen()
    counter = Counter(kitchen.words, kitchen.segmenter.words, folder, "0", roles, highest)
    others: dict[str, Totals] = {}
    little = Little()
    with _client(address) as client:
        for name, part in _parts(little.passing(blocks), pack(recipe), client, address, roles, highest):
            try:
                for file, content in part.files.items():
                    (folder / file).write_bytes(content)
            except OSError as error:
                raise ScratchFull(reason=error.strerror or str(error)) from error
            others[name] = part.totals
            advance(part.totals.documents)
    counts = counter.finish(others)
    rows = mine.survivors(counts, wanted)
    borne_out = little.borne_out(kitchen.extractor, kitchen.goods())
    return mine.rank(counts, rows, kitchen.words(), kitchen.profile, roles, wanted, borne_out), counts.totals


def pack(recipe: Recipe) -> Parcel:
    """Return a recipe with the files of the user, the project and the options, which other machines do not have."""
    files = DataFiles(recipe.layers, recipe.cache)
    packed = []
    for kind in KINDS:
        for entry in files.entries(kind):
            if entry.layer != "bundled":
                inside = f"{kind}/{entry.id}{entry.path.suffix}"
                packed.append((entry.layer, inside, entry.path.read_bytes()))
    return Parcel(replace(recipe, layers=(), cache=None), tuple(packed), _installed(recipe.backend))


def open_parcel(parcel: Parcel) -> Kitchen:
    """Return the kitchen of a recipe that came from another machine."""
    with scratch() as folder:
        layers = [bundled_layer()]
        for name in dict.fromkeys(layer for layer, _, _ in parcel.files):
            root = folder / name
            for _, inside, content in (file for file in parcel.files if file[0] == name):
                path = root / inside
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            layers.append(Layer(name, (root,)))
        bundled_cache = cache_folder() if len(layers) == 1 else None
        return replace(parcel.recipe, layers=tuple(layers), cache=bundled_cache).kitchen()


_kitchens: dict[Parcel, Kitchen] = {}
# Threads of one worker share a segmenter, which keeps the interpreter to itself anyway.
_counting = threading.Lock()


def count_part(
    parcel: Parcel, name: str, blocks: Sequence[Block], roles: Sequence[str], highest: Sequence[str]
) -> Part | str:
    """Count some blocks on a worker; what it has installed where that is something else, ``!`` and why if it failed."""
    installed = _installed(parcel.recipe.backend)
    if installed != parcel.runs:
        return installed
    with _counting, scratch() as folder:
        if parcel not in _kitchens:
            while len(_kitchens) >= KITCHENS:
                _kitchens.pop(next(iter(_kitchens)))
            _kitchens[parcel] = open_parcel(parcel)
        kitchen = _kitchens[parcel]
        try:
            counter = Counter(kitchen.words, kitchen.segmenter.words, folder, name, roles, highest)
            for block in blocks:
                counter.add(block.text, block.figures)
            totals = counter.close()
            return Part(totals, {path.name: path.read_bytes() for path in sorted(folder.iterdir())})
        except OSError as error:
            return f"!{error.strerror or error}"


def _installed(backend: str) -> str:
    return f"copykit {__version__}, {backend} {importlib.metadata.version(backend)}"


@contextmanager
def _client(address: str) -> Iterator[Any]:
    distributed = _distributed()
    log = logging.getLogger("distributed")
    level = log.level
    log.setLevel(logging.CRITICAL)  # what goes wrong is told in a sentence
    try:
        try:
            # Asked first, as a client whose address is none takes half a minute to be thrown away.
            importlib.import_module("distributed.comm").get_address_host_port(whole_address(address))
            client = distributed.Client(whole_address(address), timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            reason = " ".join(str(error).split())[:120] or type(error).__name__
            raise ClusterUnreachable(address=address, reason=reason) from error
        try:
            yield client
        finally:
            client.close(timeout=5)
    finally:
        log.setLevel(level)


def _distributed() -> Any:
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise NoDistributed from None


def whole_address(address: str) -> str:
    """Return an address with its protocol and port, dask's own where none is named."""
    protocol, _, place = address.rpartition("://")
    if ":" not in place.rpartition("]")[2]:
        place += ":8786"
    return f"{protocol or 'tcp'}://{place}"


def _parts(
    blocks: Iterable[Block],
    parcel: Parcel,
    client: Any,
    address: str,
    roles: Sequence[str],
    highest: Sequence[str],
) -> Iterator[tuple[str, Part]]:
    """Yield what the tasks counted as they end, whichever is first."""
    flying: dict[Any, str] = {}
    try:
        for number, some in enumerate(_batches(blocks), 1):
            while len(flying) >= TASKS_A_THREAD * max(_threads(client), 1):
                yield from _landed(flying, client, address, parcel)
            name = str(number)
            future = client.submit(count_part, parcel, name, some, list(roles), list(highest), pure=False)
            flying[future] = name
        while flying:
            yield from _landed(flying, client, address, parcel)
    finally:
        for future in flying:  # of a run that was broken off
            future.cancel()


def _landed(flying: dict[Any, str], client: Any, address: str, parcel: Parcel) -> Iterator[tuple[str, Part]]:
    wait = _distributed().wait
    alone_since = time.monotonic()
    while True:
        try:
            with client.as_current():
                done = wait(list(flying), timeout=1, return_when="FIRST_COMPLETED").done
            break
        except TimeoutError:
            if _threads(client):
                alone_since = time.monotonic()
            elif time.monotonic() - alone_since > WORKER_SECONDS:
                raise ClusterEmpty(address=address) from None
        except (CancelledError, OSError) as error:  # the scheduler went away
            raise ClusterBroke(reason=type(error).__name__) from error
    for future in done:
        name = flying.pop(future)
        yield name, _result(future, parcel)


def _result(future: Any, parcel: Parcel) -> Part:
    try:
        part: Part | str = future.result()
    except (ImportError, AttributeError) as error:
        raise ClusterDiffers(theirs=str(error), ours=parcel.runs) from error
    except (CancelledError, Exception) as error:
        raise ClusterBroke(reason=type(error).__name__) from error
    if isinstance(part, str):
        if part.startswith("!"):
            raise ScratchFull(reason=part[1:])
        raise ClusterDiffers(theirs=part, ours=parcel.runs)
    return part


def _threads(client: Any) -> int:
    try:
        return sum(client.nthreads().values()) if client.status == "running" else 0
    except OSError:
        return 0


def _batches(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    left = iter(blocks)
    while some := list(itertools.islice(left, BLOCKS)):
        yield some
