"""Put the rooms together: documents in, keywords out, in one process or in several that agree to the last digit."""

from __future__ import annotations

import functools
import itertools
import multiprocessing
import queue
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from copykit.corpus.blocks import Block, Document
from copykit.datafiles import DataFiles, Layer
from copykit.errors import CopykitError
from copykit.keywords import discover, mine
from copykit.keywords.candidates import Phrases, Piece, Reading, in_units, read_block, runs
from copykit.keywords.counts import Counter, Counts, Totals
from copykit.keywords.extract import KeywordExtractor
from copykit.keywords.little import Little
from copykit.keywords.profile import Profile, for_discovery, load_profile, words_maker
from copykit.keywords.rank import Model
from copykit.keywords.rows import Rows
from copykit.keywords.words import Words
from copykit.lexicon import Lexicons
from copykit.model import Keyword, TextKeyword
from copykit.processes import follow_parent, keep_freed, starting_workers
from copykit.text.encoding import decode
from copykit.text.segment import Backend, Segmenter, UserDictionaryError, UserWord, load_user_words

UNITS = 6  # characters or Latin words of a new word at most
BATCH = 512  # documents given to a process at once when each has keywords of its own
MOST_FLYING = 8  # groups for each process that may wait for an earlier one
T = TypeVar("T")


class WorkerLost(CopykitError):
    """A process that ended before its work was done."""

    zh = "有一个工作进程中途退出了（内存不够时会这样），请用 --jobs 1 再试"
    en = "a worker process ended half way (as happens when memory runs out); try again with --jobs 1"
    exit_code: ClassVar[int] = 3


class ScratchFull(CopykitError):
    """Counts that could not be written to the folder for them."""

    zh = "数到一半，临时文件夹写不下去了（{reason}）；请清出空间，或者用 TMPDIR 换一个文件夹"
    en = "counts could not be written to the temporary folder ({reason}); make room, or name another with TMPDIR"
    exit_code: ClassVar[int] = 3


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides a result, small enough to be sent to another process."""

    layers: tuple[Layer, ...]
    cache: Path | None
    kind: str
    backend: Backend = "rjieba"
    user_words: tuple[UserWord, ...] = ()
    stop: tuple[str, ...] = ()
    units: int = 0  # see ``counts.Counter``

    def kitchen(self) -> Kitchen:
        """Open the data files and the segmenter; words that were discovered before stand in ``words`` folders."""
        files = DataFiles(self.layers, self.cache)
        own = [*_saved_words(files), *self.user_words]
        profile = load_profile(files, self.kind)
        if self.units:
            profile = for_discovery(profile, files)
        segmenter = Segmenter(self.backend, own)
        # Counting needs no model, so that it is not read before something asks for it.
        models = (Model(name, files.load("ranking")[name]) for name in [profile.models["zh"]])
        words = words_maker(files, profile, segmenter, models, self.stop, together=not self.units, rows=not self.units)
        return Kitchen(files, profile, segmenter, self.stop, words)


def _saved_words(files: DataFiles) -> list[UserWord]:
    saved = files.load("words")
    try:
        return load_user_words(line for name in sorted(saved) for line in saved[name])
    except UserDictionaryError:
        # What was loaded is without remarks and empty lines, and a mistake names the line of its file.
        for entry in files.entries("words"):
            load_user_words(decode(entry.path.read_bytes()).text.splitlines(), str(entry.path))
        raise


@dataclass(frozen=True, slots=True)
class Kitchen:
    """A recipe with its data files read."""

    files: DataFiles
    profile: Profile
    segmenter: Segmenter
    stop: tuple[str, ...]
    words: Callable[[], Words]  # makes an empty vocabulary for mining

    def extractor(self) -> KeywordExtractor:
        """Return what finds the keywords of single texts."""
        return KeywordExtractor(self.files, self.profile, self.segmenter, self.stop)

    def goods(self) -> Iterable[str]:
        """Return the names of goods that are known, which are words however they are cut."""
        return Lexicons(self.files)["category_words"].entries


def mine_blocks(
    blocks: Iterable[Block],
    recipe: Recipe,
    wanted: mine.Wanted,
    folder: Path,
    *,
    jobs: int = 1,
    roles: Sequence[str] = (),
    highest: Sequence[str] = (),
    advance: Callable[[int], None] = lambda documents: None,
) -> tuple[list[Keyword], Totals]:
    """Return the keywords of a corpus, best first, and what was read.

    ``folder`` is an empty one for what does not fit into memory; ``roles`` are the figures, ``highest`` those of which
    the highest counts. The same documents give the same words and weights whatever the jobs and the blocks.
    """
    opened = functools.cache(recipe.kitchen)
    counting = Counting(recipe, folder, tuple(roles), tuple(highest), wanted)
    little = Little()
    counts, rows = count(little.passing(blocks), counting, jobs=jobs, advance=advance, kitchen=opened)
    kitchen = opened()
    borne_out = little.borne_out(kitchen.extractor, kitchen.goods())
    return mine.rank(counts, rows, kitchen.words(), kitchen.profile, roles, wanted, borne_out), counts.totals


def discover_blocks(
    blocks: Iterable[Block],
    recipe: Recipe,
    wanted: mine.Wanted,
    folder: Path,
    *,
    jobs: int = 1,
    advance: Callable[[int], None] = lambda documents: None,
) -> tuple[list[Keyword], Totals]:
    """Return the words that the dictionary lacks, most word-like first, each with places, and what was read."""
    recipe = replace(recipe, units=UNITS)
    kitchen = recipe.kitchen()
    # Which words there are is known when all is read, and standard input cannot be read again.
    texts = folder / "texts"
    kept = _keeping(blocks, texts)
    segmenter, settings = kitchen.segmenter, kitchen.files.load("discovery")["words"]
    counting = Counting(recipe, folder, (), (), wanted, settings["least"])
    counts, rows = count(kept, counting, jobs=jobs, advance=advance, kitchen=lambda: kitchen)
    model = kitchen.profile.models["zh"]
    words = kitchen.words()
    found = discover.discover(counts, rows, words, settings, wanted, segmenter.knows, segmenter.words, model)

    def read(text: str) -> tuple[Reading, Phrases]:
        letters = kitchen.words()
        reading = in_units(read_block(text, kitchen.words(), segmenter.words), letters)
        return reading, runs(reading, letters, UNITS)

    return discover.with_contexts(found, _kept(texts), read), counts.totals


def _keeping(blocks: Iterable[Block], path: Path) -> Iterator[Block]:
    """Yield blocks, writing their texts to a file."""
    with path.open("wb") as out:
        for block in blocks:
            text = block.text.encode("utf-8", "surrogatepass")
            with _scratch():
                out.write(len(text).to_bytes(8, "little"))
                out.write(text)
            yield block


def _kept(path: Path) -> Iterator[str]:
    """Yield the texts again."""
    with path.open("rb") as file:
        while size := file.read(8):
            yield file.read(int.from_bytes(size, "little")).decode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Counting:
    """What every process that counts is told: the recipe, where to write, the figures, and which counts matter."""

    recipe: Recipe
    folder: Path
    roles: tuple[str, ...]
    highest: tuple[str, ...]
    wanted: mine.Wanted
    least: int = 0  # see ``mine.survivors``

    def counter(self, kitchen: Kitchen, name: str) -> Counter:
        """Return a counter that writes under a name of its own."""
        cut = kitchen.segmenter.words
        return Counter(kitchen.words, cut, self.folder, name, self.roles, self.highest, units=self.recipe.units)

    def sifted(self, counts: Counts, turn: Any) -> mine.Sifted:
        """Return what may survive of the parts that this process gets; ``turn`` is the number of the next part."""
        return mine.sift(counts, self.wanted, self.least, _turns(turn))


def count(
    blocks: Iterable[Block],
    counting: Counting,
    *,
    jobs: int,
    advance: Callable[[int], None],
    kitchen: Callable[[], Kitchen],
) -> tuple[Counts, Rows]:
    """Return the counts of all candidates, and those frequent enough to be weighed.

    This process counts what the others have no time for. What all of them have written is then put together by all of
    them, each taking the next range of keys that nobody has taken. ``kitchen`` opens the recipe; the others start
    meanwhile.
    """
    keep_freed()

    def add(block: Block) -> None:
        with _scratch():
            counter.add(block.text, block.figures)
        advance(block.documents)

    if jobs < 2:
        counter = counting.counter(kitchen(), "0")
        for block in blocks:
            add(block)
        with _scratch():
            counts = counter.finish()
            return counts, mine.survivors(counts, counting.wanted, counting.least)
    # Not forked: a copy of a process with threads may hang, and Windows cannot.
    context = multiprocessing.get_context("spawn")
    names = [str(number) for number in range(1, jobs)]
    todo: Any = context.Queue(2 * len(names))
    done, counted = context.Queue(), context.Queue()
    turn: Any = context.Value("q", 0)
    shared = (todo, counted, done, turn)
    workers = [context.Process(target=_count, args=(counting, name, *shared), daemon=True) for name in names]
    try:
        with starting_workers():
            for worker in workers:
                worker.start()
        counter = counting.counter(kitchen(), "0")
        for block in blocks:
            try:
                todo.put_nowait(block)
                advance(block.documents)
            except queue.Full:
                _check(done, workers)
                add(block)
        with suppress(queue.Empty):
            while True:
                add(todo.get_nowait())
        for _ in workers:
            _put(todo, done, None, workers)
        with _scratch():
            counters = {"0": counter.close()}
        counters |= dict(_get(done, workers) for _ in workers)
        for _ in workers:
            counted.put(counters)
        with _scratch():
            counts = counter.closed(counters)
            sifted = [counting.sifted(counts, turn)]
        sifted += [_get(done, workers)[1] for _ in workers]
    finally:
        for worker in workers:
            # Nothing may write into the folder any more once this returns; one that could not start has no number.
            if worker.pid is not None:
                if sys.exc_info()[0] is not None:
                    worker.terminate()
                worker.join()
        for line in (todo, counted):
            line.close()
            line.cancel_join_thread()
    return counts, mine.brought_together(sifted)


def _turns(turn: Any) -> Iterator[int]:
    """Yield the numbers that no other process has got, without end."""
    while True:
        with turn.get_lock():
            number: int = turn.value
            turn.value = number + 1
        yield number


# Makes what is wanted of a text from its id, its title, itself and its keywords, where they are found.
Present = Callable[[str, str, str, list[TextKeyword]], T]


def extract_documents(
    documents: Iterable[Document],
    recipe: Recipe,
    present: Present[T],
    *,
    top: int,
    explain: bool = False,
    jobs: int = 1,
) -> Iterator[T]:
    """Yield what ``present`` makes of each document and its keywords, in the order of the documents."""
    keep_freed()
    extractor = recipe.kitchen().extractor()
    if jobs < 2:
        for group in _groups(documents):
            yield from _presented(extractor, group, present, top, explain)
        return
    context = multiprocessing.get_context("spawn")
    with starting_workers():
        helpers = context.Pool(jobs - 1, _open_kitchen, (recipe,))
    with helpers as pool:
        # This process takes a group of its own whenever the others have enough to do; imap would read all at once.
        flying: deque[Any] = deque()
        for group in _groups(documents):
            if sum(not result.ready() for result in flying if not isinstance(result, list)) < 2 * (jobs - 1):
                flying.append(pool.apply_async(_extract, (group, present, top, explain)))
            else:
                flying.append(_presented(extractor, group, present, top, explain))
            while flying and (len(flying) > MOST_FLYING * jobs or isinstance(flying[0], list) or flying[0].ready()):
                yield from _landed(flying.popleft())
        while flying:
            yield from _landed(flying.popleft())


def _landed(result: Any) -> list[Any]:
    found: list[Any] = result if isinstance(result, list) else result.get()
    return found


def _presented(
    extractor: KeywordExtractor, group: Sequence[Document], present: Present[T], top: int, explain: bool
) -> list[T]:
    pieces = [Piece(document.title, document.text) for document in group]
    found = extractor.extract(pieces, top, explain=explain)
    return [present(each.id, each.title, each.text, words) for each, words in zip(group, found, strict=True)]


def _groups(documents: Iterable[Document]) -> Iterator[list[Document]]:
    left = iter(documents)
    while group := list(itertools.islice(left, BATCH)):
        yield group


def _count(counting: Counting, name: str, todo: Any, counted: Any, done: Any, turn: Any) -> None:
    """Work in a process of its own: count until there is no further block, then sift what all have counted."""
    follow_parent()
    keep_freed()
    try:
        counter = counting.counter(counting.recipe.kitchen(), name)
    except CopykitError:
        sys.exit(1)  # the process that has begun this one opens the same files, and tells what is wrong with them
    try:
        with _scratch():
            for block in _ahead(todo):
                counter.add(block.text, block.figures)
            done.put((name, counter.close()))
            counters: dict[str, Totals] = counted.get()
            done.put((name, counting.sifted(counter.closed(counters), turn)))
    except CopykitError as error:
        done.put(error.facts["reason"])


def _ahead(todo: Any) -> Iterator[Block]:
    """Yield blocks until there is no further one, the next being brought over while one is counted.

    A block passes a pipe in pieces, for each of which the process that sends it stops counting when it comes to that:
    waiting for them took a tenth of this one's time.
    """
    wanted, ready = threading.Semaphore(1), queue.SimpleQueue[Block | None]()

    def bring() -> None:
        while wanted.acquire():
            ready.put(todo.get())

    threading.Thread(target=bring, daemon=True).start()
    while (block := ready.get()) is not None:
        wanted.release()
        yield block


@contextmanager
def _scratch() -> Iterator[None]:
    """Turn a disk that is full into a sentence."""
    try:
        yield
    except OSError as error:
        raise ScratchFull(reason=error.strerror or str(error)) from error


def _put(todo: Any, done: Any, item: Block | None, workers: Sequence[Any]) -> None:
    while True:
        try:
            todo.put(item, timeout=1)
            return
        except queue.Full:
            _check(done, workers)


def _get(done: Any, workers: Sequence[Any]) -> tuple[str, Any]:
    while True:
        try:
            told: tuple[str, Any] | str = done.get(timeout=1)
        except queue.Empty:
            _check(done, workers, told=True)
            continue
        if isinstance(told, str):
            raise ScratchFull(reason=told)
        return told


def _check(done: Any, workers: Sequence[Any], *, told: bool = False) -> None:
    """Raise if a process is lost; one that ends before it is told to, has said why."""
    if any(worker.exitcode not in (None, 0) for worker in workers):
        raise WorkerLost
    if not told and any(worker.exitcode == 0 for worker in workers):
        _get(done, workers)


_kitchen: dict[str, KeywordExtractor] = {}


def _open_kitchen(recipe: Recipe) -> None:
    follow_parent()
    keep_freed()
    _kitchen["extractor"] = recipe.kitchen().extractor()


def _extract(group: Sequence[Document], present: Present[T], top: int, explain: bool) -> list[T]:
    return _presented(_kitchen["extractor"], group, present, top, explain)
