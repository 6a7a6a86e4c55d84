"""Cut Chinese text into words with parts of speech; the only module that knows a segmenter."""

from __future__ import annotations

import contextlib
import functools
import importlib
import operator
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from copykit.errors import CopykitError, Words
from copykit.late import late
from copykit.model import Token
from copykit.text.beside import Beside, Gone

Backend = Literal["rjieba", "jieba"]
T = TypeVar("T")
# Words with their tags, whose texts joined are the text that was cut.
Tagged = list[tuple[str, str]]

# Far above any count in the bundled dictionaries, and far below what the segmenters can add up.
MAX_FREQUENCY = 1_000_000_000


class Cut(NamedTuple):
    """Many texts cut into words: all words in one row and their tags in another, as whole rows are quick to work on.

    The words of text ``n`` stand at ``begins[n]`` up to ``ends[n]``; a line feed, tagged x, stands after each text.
    """

    words: list[str]
    tags: list[str]
    begins: list[int]
    ends: list[int]


NO_CUT = Cut([], [], [], [])


class UserWord(NamedTuple):
    """A word of the user's own; without ``freq`` the segmenter chooses one that keeps the word whole."""

    word: str
    freq: int | None = None
    tag: str | None = None


class UserDictionaryError(CopykitError):
    """Lines of a user dictionary that cannot be read, all of them at once."""

    zh = (
        "用户词典 {file} 有 {count} 行读不懂：{faults}。每行应写成“词 词频 词性”，后两项可省；词里不能有空格，"
        "词频是 1 到 {most} 的整数，词性是字母（如 n、nz）"
    )
    en = (
        "{count} lines of the user dictionary {file} cannot be read: {faults}. A line is 'word frequency tag', the "
        "last two optional; a word holds no blanks, a frequency is a whole number from 1 to {most}, a tag is letters "
        "such as n"
    )


class Segmenter:
    """Cuts texts with rjieba, or with jieba for results equal to a pipeline that uses it."""

    def __init__(
        self, backend: Backend = "rjieba", user_words: Sequence[UserWord] = (), beside: Beside | None = None
    ) -> None:
        """Load the dictionary: about 0.1 s with rjieba, 0.5 s with jieba; user words cost a second copy of it.

        ``beside`` has loaded rjieba's meanwhile, and is asked for a few texts.
        """
        if backend == "rjieba" and beside is not None and not user_words:
            self._tag, self._cut, self.knows = _asking(beside)
        else:
            self._tag, self._cut, self.knows = (_rjieba if backend == "rjieba" else _jieba)(user_words)
        self._backend, self._user_words = backend, user_words
        self.user_tags = {word.word: word.tag for word in user_words if word.tag is not None}
        own = {word.word for word in user_words}
        self.untagged = frozenset(own - self.user_tags.keys())
        mixed = frozenset(word for word in own if not _is_latin(word) and (_is_latin(word[0]) or _is_latin(word[-1])))
        if mixed:
            plain_tag, plain_cut, _ = (_rjieba if backend == "rjieba" else _jieba)(())
            tag, cut = self._tag, self._cut
            self._tag = lambda text: _latin_whole(tag(text), mixed, plain_tag, _WORD)
            self._cut = lambda text: _latin_whole(cut(text), mixed, plain_cut, str)
        if own:
            knows = self.knows
            self.knows = lambda word: word in own or knows(word)
        if self.user_tags:
            # Neither segmenter gives a word that its dictionary has another tag.
            self._tag = _with_tags(self._tag, self.user_tags)

    def words(self, text: str) -> list[str]:
        """Return the words alone, which tile the text: at half the time of cutting and tagging."""
        try:
            return self._cut(text)
        except UnicodeEncodeError:  # half a character; looking for one first would cost all texts something
            return self._cut(_SURROGATE.sub("\ufffd", text))

    def kept_whole(self, counts: Mapping[str, int]) -> list[UserWord]:
        """Return words with frequencies at which a dictionary that takes them cuts none of them into pieces.

        A frequency is the word's count or, where that is higher, what its best cut weighs in this dictionary, so that
        words of common characters need thousands; shorter ones are weighed first, for longer ones hold them.
        """
        if self._backend == "rjieba":
            own = _own_rjieba(self._user_words)
        else:
            own = _own_jieba(importlib.import_module("jieba"), self._user_words)
        found: dict[str, UserWord] = {}
        for word in sorted(counts, key=lambda word: (len(word), word)):
            if _is_latin(word):
                found[word] = UserWord(word, counts[word])  # whole already
                continue
            # One more than is needed: what jieba and rjieba say differs by the rounding of a product of shares.
            needed = min(max(counts[word], own.suggest_freq(word) + 1), MAX_FREQUENCY)
            own.add_word(word, needed, "x")
            found[word] = UserWord(word, needed)
        return [found[word] for word in counts]

    def without_own(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each of the user's words with how the dictionary cuts it that does not have them."""
        if self._user_words:
            cut = (_rjieba if self._backend == "rjieba" else _jieba)(()).cut
            for word in self._user_words:
                yield word.word, cut(word.word)

    def tags_of(self, words: Sequence[str]) -> list[str]:
        """Return the tag of each word by itself; ``eng`` or ``x`` for what the dictionary would cut further."""
        # A line feed parts the words, being a word of its own; one that holds a blank sign is asked by itself.
        joined = "\n".join("\ufffd" if word.isspace() else word for word in words)
        tagged = self._tag(_NOT_JOINABLE.sub("\ufffd", joined))
        parts, tags = list(map(_WORD, tagged)), list(map(_TAG, tagged))
        if len(tagged) == 2 * len(words) - 1 and parts[1::2] == ["\n"] * (len(words) - 1):
            return tags[::2]
        found: list[str] = []
        begin = 0
        parts.append("\n")
        for word in words:
            end = parts.index("\n", begin)
            own = tags[begin] if end == begin + 1 else "eng" if word.isascii() and word.isalnum() else "x"
            found.append(own)
            begin = end + 1
        return found

    def tokens(self, text: str) -> list[Token]:
        """Return tokens that tile the text exactly, blanks and signs included."""
        tokens: list[Token] = []
        start = 0
        for word, tag in self._tag(_SURROGATE.sub("\ufffd", text)):
            end = start + len(word)
            tokens.append(Token(text[start:end], start, end, tag))
            start = end
        return tokens

    def tag_many(self, texts: Sequence[str]) -> list[Tagged]:
        """Return the words and tags of each text, as ``tokens`` would cut them one by one, at half the time."""
        words, tags, begins, ends = self.cut_many(texts)
        return [
            list(zip(words[begin:end], tags[begin:end], strict=True)) for begin, end in zip(begins, ends, strict=True)
        ]

    def cut_many(self, texts: Sequence[str]) -> Cut:
        """Return the words of many texts in one row, as ``tokens`` would cut them one by one, at half the time."""
        words: list[str] = []
        tags: list[str] = []
        begins: list[int] = []
        ends: list[int] = []
        for chunk in _chunks(texts):
            # Both segmenters tag blanks as x and make one word of each line feed.
            joined = "\n".join(chunk) + "\n"
            if _NOT_JOINABLE.search(joined) is None and joined.count("\n") == len(chunk):
                tagged = self._tag(joined)
                place = len(words)
                words += map(_WORD, tagged)
                tags += map(_TAG, tagged)
                for _ in chunk:
                    begins.append(place)
                    place = words.index("\n", place)
                    ends.append(place)
                    place += 1
            else:
                for text in chunk:
                    begins.append(len(words))
                    for token in self.tokens(text):
                        words.append(token.text)
                        tags.append(token.tag)
                    ends.append(len(words))
                    words.append("\n")
                    tags.append("x")
        return Cut(words, tags, begins, ends)


def load_user_words(lines: Iterable[str], file: str = "") -> list[UserWord]:
    """Read a dictionary in jieba's format, ``word [frequency] [tag]``; blank lines and ``# remarks`` are passed over.

    ``file`` is what a mistake names.

    Raises:
        UserDictionaryError: naming the first lines that cannot be read, how many more there are, and what they should
            be.
    """
    words: list[UserWord] = []
    faults: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        parts = line.removeprefix("\ufeff").split()
        if not parts or parts[0] == "#":
            continue
        word = _user_word(parts)
        if word is not None:
            words.append(word)
        else:
            faults.append((number, " ".join(parts)))
    if faults:
        shown = [(number, line if len(line) <= SHOWN_CHARS else f"{line[:SHOWN_CHARS]}…") for number, line in faults]
        zh = "、".join(f"第 {number} 行“{line}”" for number, line in shown[:SHOWN_FAULTS])
        en = ", ".join(f"line {number} '{line}'" for number, line in shown[:SHOWN_FAULTS])
        if more := max(0, len(faults) - SHOWN_FAULTS):
            zh, en = f"{zh}，还有 {more:,} 行", f"{en}, and {more:,} more"
        raise UserDictionaryError(file=file, count=len(faults), faults=Words(zh, en), most=MAX_FREQUENCY)
    return words


def is_dictionary(lines: Iterable[str]) -> bool:
    """Return whether every line is a word, as of a user dictionary, and none a sentence."""
    try:
        words = load_user_words(line for line in lines if not line.lstrip().startswith("#"))
    except UserDictionaryError:
        return False
    return not any(len(word.word) > WORD_CHARS or _SENTENCE.search(word.word) for word in words)


SHOWN_FAULTS, SHOWN_CHARS = 3, 20  # of a dictionary that is none, such as an article
WORD_CHARS = 20  # a line that is longer is a sentence
_SENTENCE = late("[，。！？；：、,;]")


# A return at a text's end would make one token with the line feed that joins it to the next; surrogates are refused.
_NOT_JOINABLE = late("[\r\ud800-\udfff]")
_SURROGATE = late("[\ud800-\udfff]")
_WORD, _TAG = operator.itemgetter(0), operator.itemgetter(1)
# Measured best at 64 to 128 titles: smaller feels the cost of the call, larger leaves the processor cache.
_CHUNK_TEXTS = 128


def _chunks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), _CHUNK_TEXTS):
        yield texts[start : start + _CHUNK_TEXTS]


def _user_word(parts: Sequence[str]) -> UserWord | None:
    """Return the word of one line, None where the line is none."""
    match parts:
        case [word]:
            return UserWord(word)
        case [word, tag] if _is_tag(tag):
            return UserWord(word, None, tag)
        case [word, freq] if _is_frequency(freq):
            return UserWord(word, int(freq))
        case [word, freq, tag] if _is_frequency(freq) and _is_tag(tag):
            return UserWord(word, int(freq), tag)
    return None


def _is_tag(part: str) -> bool:
    return part.isascii() and part.isalpha()


def _is_frequency(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= 10 and 1 <= int(part) <= MAX_FREQUENCY


def _latin_whole(
    words: list[T], mixed: frozenset[str], plain: Callable[[str], list[T]], text_of: Callable[[T], str]
) -> list[T]:
    """Return words with those cut anew that a user's word of Latin letters and others parts inside a Latin word."""
    hits = [place for place, word in enumerate(words) if text_of(word) in mixed]
    if not hits:
        return words
    found: list[T] = []
    done = 0
    for hit in hits:
        begin, end = hit, hit + 1
        while begin > done and _parted(text_of(words[begin - 1]), text_of(words[begin])):
            begin -= 1
        while end < len(words) and _parted(text_of(words[end - 1]), text_of(words[end])):
            end += 1
        if end - begin > 1 and hit >= done:
            found += words[done:begin]
            found += plain("".join(map(text_of, words[begin:end])))
            done = end
    return found + words[done:]


def _parted(before: str, after: str) -> bool:
    """Return whether a Latin word or a number goes on from one word to the next."""
    return _is_latin(before[-1]) and _is_latin(after[0])


def _is_latin(word: str) -> bool:
    """Return whether a word is of Latin letters and digits alone, which no segmenter parts by itself."""
    return word.isascii() and word.isalnum()


def _with_tags(tag: Callable[[str], Tagged], own: Mapping[str, str]) -> Callable[[str], Tagged]:
    return lambda text: [(word, own.get(word, given)) for word, given in tag(text)]


class _Backend(NamedTuple):
    """What cuts and tags, what only cuts, and whether a word is in the dictionary."""

    tag: Callable[[str], Tagged]
    cut: Callable[[str], list[str]]
    knows: Callable[[str], bool]


def _rjieba(user_words: Sequence[UserWord]) -> _Backend:
    rjieba: Any = importlib.import_module("rjieba")
    segmenter: Any = rjieba
    if user_words:
        segmenter = _own_rjieba(user_words)
    return _Backend(segmenter.tag, segmenter.cut, segmenter.has_word)


def _own_rjieba(user_words: Sequence[UserWord]) -> Any:
    """Return a dictionary of its own: added words would otherwise reach every other user of the module."""
    segmenter: Any = importlib.import_module("rjieba").Jieba()
    for word in _to_add(user_words):
        segmenter.add_word(word.word, word.freq, word.tag or "x")  # as jieba says of a word without a tag
    return segmenter


def _to_add(words: Iterable[UserWord]) -> Iterator[UserWord]:
    """Yield the words that a segmenter does not keep whole anyway; with ar it would cut carslan into three."""
    return (word for word in words if not _is_latin(word.word))


def _asking(beside: Beside) -> _Backend:
    """Return what asks the process beside, and loads the dictionary here once that has gone or was asked for much."""
    own = functools.cache(lambda: _rjieba(()))

    def answer(name: str) -> Callable[[str], Any]:
        def ask(text: str) -> Any:
            if beside.open:
                with contextlib.suppress(Gone):
                    return beside.call(name, text)
            return getattr(own(), _OURS[name])(text)

        return ask

    return _Backend(answer("tag"), answer("cut"), answer("has_word"))


_OURS = {"tag": "tag", "cut": "cut", "has_word": "knows"}


def _jieba(user_words: Sequence[UserWord]) -> _Backend:
    import platformdirs

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's own source warns of old escapes and of pkg_resources
        jieba: Any = importlib.import_module("jieba")
        posseg: Any = importlib.import_module("jieba.posseg")
    jieba.setLogLevel("WARNING")
    # jieba keeps its cache under a fixed name in the shared temporary folder, where another user could plant one.
    folder = Path(platformdirs.user_cache_dir("copykit", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    jieba.dt.tmp_dir = str(folder)
    tokenizer = jieba.dt
    if user_words:
        tokenizer = _own_jieba(jieba, user_words)
    tagger = posseg.POSTokenizer(tokenizer)
    return _Backend(
        lambda text: [(pair.word, pair.flag) for pair in tagger.lcut(text)],
        tokenizer.lcut,
        lambda word: bool(tokenizer.FREQ.get(word)),
    )


def _own_jieba(jieba: Any, user_words: Sequence[UserWord]) -> Any:
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = jieba.dt.tmp_dir
    for word in _to_add(user_words):
        tokenizer.add_word(word.word, word.freq, word.tag)
    return tokenizer
