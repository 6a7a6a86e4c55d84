"""The one Jinja2 environment, values that keep their origin through a template, a cage for other people's templates.

A template file has TOML front matter between lines ``+++`` and a body of *passages*: a line ``== name`` begins one, a
line ``--`` parts its *alternates*, a line ``-- else`` those that are tried only when none before it can be used. An
alternate says what it needs by the variables it uses, so that a fact which is not there makes it unavailable and
nothing else.

A :class:`Fact` renders between private characters with its number; :func:`unmark` takes them out again and knows where
every fact stands. Nothing is searched for in a text that was written.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from copykit.errors import CopykitError, Words

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

# Private characters of Unicode, which clean() keeps out of every value.
_OPEN, _CLOSE, _DIGITS = "\ue000", "\ue001", 0xE100
_BASE = 64
_PRIVATE = re.compile("[\ue000-\uf8ff\x00-\x08\x0b-\x1f\x7f]")


class TemplateFault(CopykitError):
    """A template that cannot be used, and where."""

    zh = "{file}:{line}: 模板写错了：{reason}"
    en = "{file}:{line}: bad template: {reason}"


class Fact:
    """A value of a brief: its text, the field that it comes from, and the address that it leads to, if any."""

    __slots__ = ("_marked", "path", "text", "url")

    def __init__(self, number: int, text: str, path: str, url: str = "") -> None:
        self.text, self.path, self.url = text, path, url
        self._marked = f"{_OPEN}{chr(_DIGITS + number // _BASE)}{chr(_DIGITS + number % _BASE)}{text}{_CLOSE}"

    def __str__(self) -> str:
        return self._marked

    def __repr__(self) -> str:
        return f"Fact({self.path}: {self.text})"

    def written(self, text: str) -> str:
        """Return another way of writing the value, with its origin."""
        return f"{self._marked[:3]}{text}{_CLOSE}"


class Mark(NamedTuple):
    """Where a fact stands in a text: half-open, in code points; ``url`` when it is a link."""

    start: int
    end: int
    path: str
    url: str = ""


Tight = Literal["", "all", "figures"]


class Marked(NamedTuple):
    """A text and where its facts stand, in order."""

    text: str
    marks: tuple[Mark, ...] = ()


def clean(text: str) -> str:
    """Return a value without private and control characters, blanks told once, without the stop at its end."""
    return " ".join(_PRIVATE.sub("", text).split()).rstrip("。；，、;, ")


def unmark(rendered: str, facts: Sequence[Fact], *, tight: Tight = "") -> Marked:
    """Return what a template rendered, as people read it, and where its facts stand.

    Between Han and figures or Latin a blank is put where a fact meets words of the template; ``tight`` takes such
    blanks away instead, since they cost length in a title: all of them, or those beside figures, for a word in Latin
    letters is hard to see without.
    """
    # A template puts a stop behind every sentence; one that asks or trails off has its own sign.
    rendered = _DOUBLE_STOP.sub(r"\1", rendered)
    parts: list[str] = []
    marks: list[Mark] = []
    size = 0
    last = ""
    for match in _MARKED.finditer(rendered):
        text = match[3] if match[3] is not None else match[2]
        if tight:
            text = _LOOSE[tight].sub("", text)
            text = text.lstrip(" ") if _JOINED[tight].match(last + text.lstrip(" ")[:1]) else text
            if text[:1].strip() and parts and _JOINED[tight].match(parts[-1].rstrip(" ")[-1:] + text[:1]):
                size -= len(parts[-1]) - len(parts[-1].rstrip(" "))
                parts[-1] = parts[-1].rstrip(" ")
        if _MEETS.match(last + text[:1]) and not (tight and _JOINED[tight].match(last + text[:1])):
            parts.append(" ")
            size += 1
        if match[3] is None:
            fact = facts[(ord(match[1][0]) - _DIGITS) * _BASE + ord(match[1][1]) - _DIGITS]
            marks.append(Mark(size, size + len(text), fact.path, fact.url))
        parts.append(text)
        size += len(text)
        last = text[-1:] or last
    return Marked("".join(parts), tuple(marks))


_MEETS = re.compile(r"[\u4e00-\u9fff][0-9A-Za-z]|[0-9A-Za-z][\u4e00-\u9fff]")
_JOINED = {"all": _MEETS, "figures": re.compile(r"[\u4e00-\u9fff][0-9]|[0-9][\u4e00-\u9fff]")}
_LOOSE = {
    kind: re.compile(rf"(?<=[\u4e00-\u9fff]) +(?=[{chars}])|(?<=[{chars}]) +(?=[\u4e00-\u9fff])")
    for kind, chars in (("all", "0-9A-Za-z"), ("figures", "0-9"))
}
_DOUBLE_STOP = re.compile(f"([？！…]”?{_CLOSE})[。，]")
_MARKED = re.compile(f"{_OPEN}(..)([^{_CLOSE}]*){_CLOSE}|([^{_OPEN}{_CLOSE}]+)")


# --- template files -------------------------------------------------------------------------------------------------


class Alternate(NamedTuple):
    """One way to say a passage. ``needs`` are its variables (``point.benefit``, ``price``), ``may`` those it can miss.

    ``bare``: it has no words of its own, so that it may be used as often as there are facts. ``rank``: how many
    ``-- else`` stand before it.
    """

    id: str
    source: str
    line: int
    needs: tuple[tuple[str, str], ...]
    may: tuple[tuple[str, str], ...]
    bare: bool
    rank: int = 0


def passages(file: str, body: str, first: int) -> dict[str, tuple[Alternate, ...]]:
    """Return the passages of a body: name → alternates; ``first`` is the line of the file where the body begins.

    A name may say of which goods it speaks: ``send@digital`` stands for ``send`` where the product is delivered over
    the net.

    Raises:
        TemplateFault: an alternate cannot be parsed, is empty, or stands before the first name.
    """
    found: dict[str, list[Alternate]] = {}
    name, lines, begun, rank = "", [], first, 0
    for number, line in enumerate([*body.splitlines(), "== "], first):
        head = _HEAD.match(line)
        if head is None and line.strip() not in ("--", _ELSE):
            lines.append(line)
            continue
        source = "\n".join(lines).strip("\n")
        if name and source.strip():
            known = found.setdefault(name, [])
            known.append(_alternate(f"{file}#{name}.{len(known) + 1}", file, source, begun)._replace(rank=rank))
        elif source.strip():
            reason = Words("第一行“== 名字”之前有文字", "there is text before the first '== name'")
            raise TemplateFault(file=file, line=begun, reason=reason)
        rank += line.strip() == _ELSE
        if head is not None:
            name, rank = head[1], 0
        lines, begun = [], number + 1
    return {name: tuple(each) for name, each in found.items()}


_ELSE = "-- else"
_HEAD = re.compile(r"== ?([a-z][a-z0-9_]*(?:@[a-z]+)?)?\s*$")


def _alternate(identifier: str, file: str, source: str, line: int) -> Alternate:
    from jinja2 import TemplateSyntaxError

    try:
        tree = environment().parse(source)
    except TemplateSyntaxError as error:
        raise TemplateFault(file=file, line=line + error.lineno - 1, reason=error.message) from None
    needed, optional = _variables(tree)
    own = _EXPRESSION.sub("", source)
    return Alternate(identifier, source, line, tuple(needed), tuple(optional), not any(map(_is_word, own)))


_EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def _is_word(char: str) -> bool:
    return char.isalnum()


def _variables(tree: Any) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the variables that a template cannot do without, and those it asks for (inside ``{% if %}``)."""
    from jinja2 import meta, nodes

    reader = meta.TrackingCodeGenerator(tree.environment)
    reader.optimizer = None  # which would work out 'x' * 10**9 while a template is read
    reader.visit(tree)
    given = reader.undeclared_identifiers
    inside = {id(part) for branch in tree.find_all(nodes.If) for part in branch.find_all((nodes.Name, nodes.Getattr))}
    of_a_dot = {id(each.node) for each in tree.find_all(nodes.Getattr)}
    needed: dict[tuple[str, str], None] = {}
    optional: dict[tuple[str, str], None] = {}
    for each in tree.find_all((nodes.Name, nodes.Getattr)):
        if isinstance(each, nodes.Getattr):
            key = (each.node.name, each.attr) if isinstance(each.node, nodes.Name) else None
        else:
            key = (each.name, "") if id(each) not in of_a_dot else None
        if key is not None and key[0] in given:
            (optional if id(each) in inside else needed)[key] = None
    return list(needed), [key for key in optional if key not in needed]


@functools.lru_cache(maxsize=4096)
def _compiled(source: str) -> Template:
    return environment().from_string(source)


def render(alternate: Alternate, variables: Mapping[str, Any]) -> str | None:
    """Return what an alternate says of these variables, marks and all, or None when one that it needs is not there.

    Raises:
        TemplateFault: it fails in any other way.
    """
    from jinja2 import TemplateError, UndefinedError

    pieces = _plain(alternate.source)
    if pieces is not None:
        try:
            return "".join(
                each if isinstance(each, str) else str(_looked_up(variables, each)) for each in pieces
            ).strip()
        except (KeyError, TypeError):
            return None
    try:
        return _compiled(alternate.source).render(variables).strip()
    except UndefinedError:
        return None
    except (*_FAILURES, TemplateError) as error:
        raise TemplateFault(file=alternate.id.partition("#")[0], line=alternate.line, reason=_reason(error)) from None


# What a template may come to, beside what Jinja2 itself says.
_FAILURES = (ArithmeticError, TypeError, ValueError, LookupError, AttributeError, RecursionError, MemoryError)


def _reason(error: BaseException) -> str | Words:
    return _TOO_LARGE if isinstance(error, MemoryError) else str(error) or type(error).__name__


_TOO_LARGE = Words("占用的内存太多", "it takes too much memory")


@functools.lru_cache(maxsize=4096)
def _plain(source: str) -> tuple[str | tuple[str, str], ...] | None:
    """Return text and variables of a source that has nothing else, as most have; Jinja2 takes ten times as long."""
    pieces: list[str | tuple[str, str]] = []
    place = 0
    for match in _VARIABLE.finditer(source):
        pieces += [source[place : match.start()], (match[1], match[2] or "")]
        place = match.end()
    pieces.append(source[place:])
    if any("{" in piece for piece in pieces if isinstance(piece, str)):
        return None
    return tuple(piece for piece in pieces if piece)


_VARIABLE = re.compile(r"\{\{ ([a-z][a-z_]*)(?:\.([a-z][a-z_]*))? \}\}")


def _looked_up(variables: Mapping[str, Any], name: tuple[str, str]) -> Any:
    found = variables[name[0]]
    return found[name[1]] if name[1] else found


@functools.cache
def environment() -> SandboxedEnvironment:
    """Return the environment: sandboxed, strict about what is undefined, without Jinja2's own filters and globals.

    Its filters would take the text out of a fact and lose where it came from. Nothing is worked out while a template
    is read, since only its run is caged: neither by the optimizer nor, what a ``finalize`` that asks for the context
    prevents, by the writer of constant output.
    """
    from jinja2 import StrictUndefined, pass_context
    from jinja2.sandbox import SandboxedEnvironment

    made = SandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, optimized=False, finalize=pass_context(_as_is)
    )
    made.globals = {}
    made.filters = {name: made.filters[name] for name in ("length", "first", "last", "default", "join")}
    made.filters["then"] = pass_context(then)
    made.filters["topic"] = topic
    return made


def _as_is(_: object, value: object) -> object:
    return value


def topic(name: object) -> str:
    """Return a name as a topic (#话题) is written: a blank or a sign inside would end it."""
    if isinstance(name, Fact):
        return name.written(_NO_TOPIC.sub("", name.text))
    return _NO_TOPIC.sub("", str(name))


_NO_TOPIC = re.compile(r"\W+")


def then(context: Mapping[str, Any], first: object, second: object) -> str:
    """Return two statements in a row: one sentence when it stays short and clear, else two.

    One whose second half has a comma of its own would be read as a list of four. ``context`` may say by ``breath``
    how many characters are read in one go.
    """
    one, other = (part.text if isinstance(part, Fact) else str(part) for part in (first, second))
    apart = len(one) + len(other) > context.get("breath", BREATH) or bool(_PAUSE.search(other) or _HALT.search(one))
    return f"{first}{'。' if apart else '，'}{second}"


BREATH = 30  # characters that are read in one go
_PAUSE, _HALT = re.compile(r"[，：；。？！]"), re.compile(r"[：；。？！]|，.*，")


# --- pages ---------------------------------------------------------------------------------------------------------


@functools.cache
def page_environment() -> SandboxedEnvironment:
    """Return the environment of HTML pages: every text is escaped, what is undefined is an error."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def render_page(source: str, variables: Mapping[str, Any], file: str, first: int = 1) -> str:
    """Return what the template of a page says; ``first`` is the line of ``file`` where it begins.

    Raises:
        TemplateFault: it cannot be parsed, or fails.
    """
    from jinja2 import TemplateError, TemplateSyntaxError

    try:
        return page_environment().from_string(source).render(variables)
    except TemplateSyntaxError as error:
        raise TemplateFault(file=file, line=first + error.lineno - 1, reason=error.message) from None
    except (*_FAILURES, TemplateError) as error:
        raise TemplateFault(file=file, line=first + _line_of(error) - 1, reason=_reason(error)) from None


def _line_of(error: BaseException) -> int:
    """Return the line of a template at which it failed; Jinja2 puts its lines among those of Python."""
    import traceback

    found = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == "<template>"]
    return found[-1] if found else 1


# --- the cage -------------------------------------------------------------------------------------------------------


class Caps(NamedTuple):
    """What other people's templates may take: bytes of memory, seconds of a call, bytes of what they say."""

    memory: int = 512_000_000
    seconds: float = 5.0
    output: int = 4_000_000


class Caged(CopykitError):
    """A template that took more than it may."""

    zh = "模板占用太多，已经停下：{reason}（上限：{seconds:g} 秒、{megabytes} MB 内存、输出 {output} MB）"
    en = "a template took too much and was stopped: {reason} (caps: {seconds:g} s, {megabytes} MB, {output} MB out)"


class Cage:
    """Runs functions of copykit on JSON values in a child process whose memory, time and output are limited.

    A sandbox keeps a template from what is none of its business, not from ``'x' * 10**8``. The child is started at
    the first call, kept for the next ones, and killed when a call takes too long, or when nobody holds its cage any
    more. Where the system cannot limit memory (Windows), time and output still are.
    """

    def __init__(self, caps: Caps = Caps()) -> None:  # noqa: B008  (a named tuple is not changed)
        self._caps = caps
        self._child: Any = None

    def call(self, function: str, payload: bytes) -> bytes:
        """Return what ``module:function`` makes of some bytes.

        Raises:
            Caged: it took too much, or died of it.
            TemplateFault: it said so.
        """
        import threading

        child = self._started()
        late = threading.Timer(self._caps.seconds, child.kill)
        late.start()
        try:
            name = function.encode()
            child.stdin.write(len(name).to_bytes(4) + name + len(payload).to_bytes(8) + payload)
            child.stdin.flush()
            head = child.stdout.read(9)
            size = int.from_bytes(head[1:]) if len(head) == 9 else 0
            answer = child.stdout.read(size) if 0 < size <= self._caps.output else b""
        except OSError:
            head, size, answer = b"", 0, b""
        finally:
            waited = not late.is_alive()
            late.cancel()
        if len(head) == 9 and head[:1] == b"=" and len(answer) == size:
            return bytes(answer)
        self.close()
        if waited:
            raise self._caged(Words("超过了时间", "too long"))
        if len(head) == 9 and head[:1] == b"!" and len(answer) == size:
            import orjson

            told = orjson.loads(answer)
            raise TemplateFault(file=told["file"], line=told["line"], reason=Words(told["zh"], told["en"]))
        too_long = size > self._caps.output
        raise self._caged(Words("输出太长", "too long an output") if too_long else Words("内存不够", "out of memory"))

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._ends()
            self._child = None

    def __enter__(self) -> Cage:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _caged(self, reason: Words) -> Caged:
        caps = self._caps
        output = f"{caps.output / 1e6:g}"
        return Caged(reason=reason, seconds=caps.seconds, megabytes=caps.memory // 1_000_000, output=output)

    def _started(self) -> Any:
        import subprocess
        import sys
        import weakref

        if self._child is None or self._child.poll() is not None:
            self.close()
            code = f"import sys; sys.path[:] = {sys.path!r}; from copykit import templating; templating.serve()"
            command = [sys.executable, "-I", "-c", code, str(self._caps.memory), str(self._caps.output)]
            pipe = subprocess.PIPE
            self._child = subprocess.Popen(  # noqa: S603  (our own interpreter, our own words)
                command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
            )
            self._ends = weakref.finalize(self, _end, self._child)
            self._child.stdout.read(1)  # it says when it is ready, so that its start is no part of a call's time
        return self._child


def _end(child: Any) -> None:
    child.kill()
    child.stdin.close()
    child.stdout.close()
    child.wait()


def serve() -> None:
    """Answer calls on standard input until it ends; the other half of :class:`Cage`."""
    import importlib
    import sys

    import orjson

    memory, most = map(int, sys.argv[1:3])
    _limit(memory)
    source, out = sys.stdin.buffer, sys.stdout.buffer
    environment()
    out.write(b"+")
    out.flush()
    while head := source.read(4):
        module, _, function = source.read(int.from_bytes(head)).decode().partition(":")
        payload = source.read(int.from_bytes(source.read(8)))
        try:
            kind, answer = b"=", getattr(importlib.import_module(module), function)(payload)
        except TemplateFault as error:
            reason = error.facts["reason"]
            zh, en = (reason.zh, reason.en) if isinstance(reason, Words) else (str(reason), str(reason))
            told = {"file": error.facts["file"], "line": error.facts["line"], "zh": zh, "en": en}
            kind, answer = b"!", orjson.dumps(told)
        out.write(kind + len(answer).to_bytes(8) + (answer if len(answer) <= most else b""))
        out.flush()


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
