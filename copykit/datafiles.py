"""Find, load and compile data files; knows no kind by name.

A *kind* is a folder (``rules``, ``lexicons``, ``platforms`` …) and an *id* is a file's path inside it without the
ending. Layers lie on top of each other, the nearer one wins id by id: option > project > user > bundled.
A TOML file is held against ``schemas/<kind>.schema.json`` when there is one; every fault of every file is told at
once, with its line. Reading 100 TOML files takes about 30 ms and one JSON file 1 ms, so each layer's kind is compiled
to JSON: inside the wheel when it is built, otherwise in the user's cache folder.
"""

from __future__ import annotations

import functools
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from copykit._version import __version__
from copykit.errors import DataFileError, FileMissing, Problem
from copykit.parsing import in_file, parse_file, shown_path

PACKAGE = Path(__file__).resolve().parent
PROJECT_FILE = "copykit.toml"
SUFFIXES = (".toml", ".txt", ".json", ".jsonl", ".csv", ".j2")
PARSED = (".toml", ".txt", ".json", ".j2")
BUNDLED = "bundled"  # the layer of copykit's own files
SCHEMAS = "schemas"


class Layer(NamedTuple):
    """A set of folders that hold kinds, such as the user's own; ``compiled`` is the wheel's ready-made JSON."""

    name: str
    roots: tuple[Path, ...]
    compiled: Path | None = None


class Entry(NamedTuple):
    """One data file and the layer that it comes from."""

    kind: str
    id: str
    layer: str
    path: Path


class DataFiles:
    """The data files of a run: ``load(kind)`` gives id → value over all layers."""

    def __init__(
        self, layers: Sequence[Layer], cache: Path | None = None, left_out: frozenset[str] = frozenset()
    ) -> None:
        """Take layers from the farthest (bundled) to the nearest; ``cache`` None compiles in memory only.

        ``left_out`` are files, as problems name them, that are treated as if they were not there.
        """
        self.layers = tuple(layers)
        self.cache = cache
        self.left_out = left_out
        self._loaded: dict[str, dict[str, Any]] = {}
        # By layer and kind: the files, and what the values were made from.
        self._listed: dict[tuple[str, str], list[_File]] = {}
        self._keys: dict[tuple[str, str], str] = {}
        self._ready: dict[str, dict[str, Any]] = {}
        self._origins: dict[str, dict[str, str]] = {}

    def load(self, kind: str) -> dict[str, Any]:
        """Return id → parsed value (TOML and JSON: their data; txt: its lines without comments).

        Raises:
            DataFileError: with every fault of every file of the kind.
        """
        if kind not in self._loaded:
            merged: dict[str, Any] = {}
            origins: dict[str, str] = {}
            problems: list[Problem] = []
            for layer in self.layers:
                try:
                    values = self._load_layer(layer, kind)
                except DataFileError as error:
                    problems += error.problems
                    continue
                merged.update(values)
                origins.update(dict.fromkeys(values, layer.name))
            if problems:
                raise DataFileError(problems)
            self._loaded[kind], self._origins[kind] = merged, origins
        return self._loaded[kind]

    def made(
        self,
        name: str,
        kinds: Sequence[str],
        make: Callable[[], dict[str, Any]],
        *,
        code: Sequence[Path] = (),
    ) -> dict[str, Any]:
        """Return what ``make`` makes of the values of ``kinds``, which JSON can hold; kept in the cache as they are.

        There is one ``make`` a name. ``code`` are folders of modules with which what is made of the values may change.
        """
        if name not in self._ready:
            self._ready[name] = make() if self.cache is None else self._made(self.cache, name, kinds, make, code)
        return self._ready[name]

    def _made(
        self,
        cache: Path,
        name: str,
        kinds: Sequence[str],
        make: Callable[[], dict[str, Any]],
        code: Sequence[Path],
    ) -> dict[str, Any]:
        sources = sorted(str(path) for folder in code for path in folder.glob("*.py"))
        key = ascii((__version__, [self._key(kind) for kind in kinds], _stamps(sources)))
        target = cache / f"{name}-made-{_short(ascii(self.layers))}.json"
        ready = _read_compiled(target, key)
        if ready is None:
            ready = make()
            _write_private(target, key, ready)
        return ready

    def origin(self, kind: str, name: str) -> str:
        """Return the name of the layer that a loaded value came from."""
        self.load(kind)
        return self._origins[kind][name]

    def without(self, shown: Iterable[str]) -> DataFiles:
        """Return the same data files but for some, by the names that problems give them."""
        return DataFiles(self.layers, self.cache, self.left_out.union(shown))

    def entries(self, kind: str) -> list[Entry]:
        """Return the files of a kind that are in force, sorted by id."""
        found = {
            file.id: Entry(kind, file.id, layer.name, Path(file.path))
            for layer in self.layers
            for file in self._there(layer, kind)
        }
        return [found[name] for name in sorted(found)]

    def by_name(self, kind: str, fold: Callable[[str], str]) -> dict[str, str]:
        """Return folded id, name or alias → id, for a kind whose files people ask for by name.

        A file that lies ``within`` another may answer to its names, and does: what holds for the other holds for it.

        Raises:
            DataFileError: files of different ids answer to one name, so that one would hide the other; to lay a file
                over another is to give it the same id.
        """
        values = self.load(kind)
        found: dict[str, str] = {}
        clashing: dict[tuple[str, str], str] = {}
        for identifier, data in values.items():
            for name in (identifier, data["name"], *data.get("aliases", ())):
                other = found.setdefault(fold(name), identifier)
                if other in data.get("within", ()):
                    found[fold(name)] = identifier
                elif other != identifier and identifier not in values[other].get("within", ()):
                    clashing.setdefault((other, identifier), name)
        if clashing:
            raise DataFileError([self._clash(kind, *pair, name, fold) for pair, name in clashing.items()])
        return found

    def _clash(self, kind: str, one: str, other: str, name: str, fold: Callable[[str], str]) -> Problem:
        """Return what is wrong where two files answer to one name, told of the nearer one."""
        from copykit import schemas  # late: data files that clash are rare

        order = [layer.name for layer in self.layers]
        entries = [entry for entry in self.entries(kind) if entry.id in (one, other)]
        held, late = sorted(entries, key=lambda entry: order.index(entry.layer))
        key = "name" if fold(self.load(kind)[late.id]["name"]) == fold(name) else "aliases"
        path, file = shown_path(held.path), held.path.name
        zh, en = f"“{name}”已经是 {path} 的名字，换一个", f"'{name}' is a name of {path}; take another"
        if "within" in (schemas.schema_of(kind) or {}).get("properties", {}):
            zh, en = (
                f'{zh}；是它的一种就写 within = ["{held.id}"]',
                f'{en}, write within = ["{held.id}"] if it is one of it',
            )
        zh, en = f"{zh}；要盖过它，文件就叫 {file}", f"{en}, or call this file {file} to lay it over that one"
        return in_file(Problem(late.id, 0, key, zh, en), late.path)

    def kinds(self) -> list[str]:
        """Return the kinds of the farthest layer; other folders of a user's project are none of our business."""
        names = {
            folder.name
            for root in self.layers[0].roots
            if root.is_dir()
            for folder in root.iterdir()
            if folder.is_dir() and folder.name != SCHEMAS and not folder.name.startswith(".")
        }
        return sorted(name for name in names if self.entries(name))

    def _load_layer(self, layer: Layer, kind: str) -> dict[str, Any]:
        if layer.compiled is not None:
            ready = _read_compiled(layer.compiled / f"{kind}.json", __version__)
            if ready is not None:
                return ready
        found = self._found(layer, kind)
        if not found:
            return {}
        key = self._layer_key(layer, kind)
        target = self.cache / f"{kind}-{_short(str(layer.roots))}.json" if self.cache else None
        if target is not None:
            ready = _read_compiled(target, key)
            if ready is not None:
                return ready
        values = parse([Entry(kind, file.id, layer.name, Path(file.path)) for file in found])
        if target is not None:
            _write_private(target, key, values)
        return values

    def _key(self, kind: str) -> list[str]:
        """Return what changes with any file of a kind; none of them is read."""
        return [self._layer_key(layer, kind) for layer in self.layers]

    def _layer_key(self, layer: Layer, kind: str) -> str:
        if (layer.name, kind) not in self._keys:
            compiled = layer.compiled / f"{kind}.json" if layer.compiled is not None else None
            if compiled is not None and compiled.is_file():
                key = _stamps([str(compiled)])
            else:
                key = _fingerprint(kind, self._found(layer, kind))
            self._keys[layer.name, kind] = key
        return self._keys[layer.name, kind]

    def _found(self, layer: Layer, kind: str) -> list[_File]:
        """Return the files of a kind whose values are read; a layer's folders are listed once."""
        if (layer.name, kind) not in self._listed:
            self._listed[layer.name, kind] = [file for file in self._there(layer, kind) if file.path.endswith(PARSED)]
        return self._listed[layer.name, kind]

    def _there(self, layer: Layer, kind: str) -> Iterator[_File]:
        return (
            file
            for file in _files(layer, kind)
            if not self.left_out or shown_path(Path(file.path)) not in self.left_out
        )


def parse(entries: Sequence[Entry]) -> dict[str, Any]:
    """Read and validate files; raise one DataFileError that names all faults."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for entry in entries:
        value, faults = parse_file(entry.path, entry.kind)
        problems += faults
        if value is not None:
            values[entry.id] = value
    if problems:
        raise DataFileError(problems)
    return values


def bundled_layer() -> Layer:
    """Return the data that came with copykit: from the wheel, or from the checkout beside the package."""
    wheel = PACKAGE / "_data"
    if wheel.is_dir():
        return Layer(BUNDLED, (PACKAGE / "data", wheel / "corpora", wheel / "templates"), wheel / "compiled")
    checkout = PACKAGE.parent
    project = checkout / "pyproject.toml"
    if project.is_file() and 'name = "copykit"' in project.read_text(encoding="utf-8", errors="replace"):
        return Layer(BUNDLED, (PACKAGE / "data", checkout / "corpora", checkout / "templates"))
    return Layer(BUNDLED, (PACKAGE / "data",))


def project_folder(start: Path) -> Path | None:
    """Return the nearest folder at or above ``start`` that holds copykit.toml."""
    start = start.absolute()
    # os.path, not Path.is_file: a parent that must not be read is no error but simply holds no project
    return next((folder for folder in (start, *start.parents) if os.path.isfile(folder / PROJECT_FILE)), None)


def open_layers(start: Path | None = None, extra: Sequence[Path] = ()) -> DataFiles:
    """Return the data files seen from a working folder: bundled, the user's, the project's, then ``extra`` folders."""
    import platformdirs

    layers = [bundled_layer()]
    user = Path(platformdirs.user_config_dir("copykit", appauthor=False))
    if os.path.isdir(user):
        layers.append(Layer("user", _roots(user)))
    project = project_folder(start) if start is not None else None
    if project is not None:
        layers.append(Layer("project", _roots(project)))
    for folder in extra:
        if not folder.is_dir():
            raise FileMissing(folder)
        layers.append(Layer("option", _roots(folder)))
    return DataFiles(layers, cache_folder())


def _roots(folder: Path) -> tuple[Path, ...]:
    return folder, folder / "corpora", folder / "templates"


def cache_folder() -> Path:
    """Return the user's folder for compiled data files."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("copykit", appauthor=False))


@functools.cache
def bundled() -> DataFiles:
    """Return the bundled data files alone, for library use."""
    return DataFiles([bundled_layer()], cache_folder())


def load(kind: str) -> dict[str, Any]:
    """Return the bundled files of a kind."""
    return bundled().load(kind)


def compile_bundled(target: Path) -> None:
    """Write one JSON file a kind for the wheel; called while the wheel is built."""
    files = DataFiles([bundled_layer()])
    for kind in files.kinds():
        _write(target / f"{kind}.json", __version__, files.load(kind))


class _File(NamedTuple):
    """A data file as its folder lists it, with its size in bytes and its time in nanoseconds."""

    id: str
    path: str
    size: int
    time: int


def _files(layer: Layer, kind: str) -> Iterator[_File]:
    for root in layer.roots:
        top = os.path.join(root, kind, "")
        for entry in sorted(_walk(top), key=lambda entry: entry.path.split(os.sep)):
            name = os.path.splitext(entry.path.removeprefix(top))[0].replace(os.sep, "/")
            stat = entry.stat()
            yield _File(name, entry.path, stat.st_size, stat.st_mtime_ns)


def _walk(folder: str) -> Iterator[os.DirEntry[str]]:
    """Yield the data files in a folder and in those below, following no folder links, so that none can go round."""
    try:
        found = list(os.scandir(folder))
    except OSError:
        return
    for entry in found:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path)
        # A link is asked by its path, because one that leads round is an error to its entry.
        elif entry.name.endswith(SUFFIXES) and (
            entry.is_file(follow_symlinks=False) or (entry.is_symlink() and os.path.isfile(entry.path))
        ):
            yield entry


def _fingerprint(kind: str, files: Sequence[_File]) -> str:
    """Return what changes with any file: names, sizes and times as they are, as a hash would cost an import."""
    schema = PACKAGE / "data" / SCHEMAS / f"{kind}.schema.json"
    return ascii((__version__, list(map(tuple, files)), _stamps([str(schema)] if schema.is_file() else [])))


def _stamps(paths: Sequence[str]) -> str:
    return ascii([(path, (stat := os.stat(path)).st_size, stat.st_mtime_ns) for path in paths])


def _short(text: str) -> str:
    return f"{zlib.crc32(text.encode('utf-8', 'surrogateescape')):08x}"


def _read_compiled(path: Path, key: str) -> dict[str, Any] | None:
    try:
        data = orjson.loads(path.read_bytes())
        return data["values"] if data["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(path: Path, key: str, values: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps({"key": key, "values": values}))


def _write_private(path: Path, key: str, values: Mapping[str, Any]) -> None:
    """Write the cache whole or not at all, readable by its owner only; a cache that cannot be written is no error."""
    import tempfile

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)  # mkstemp creates with mode 0600
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(orjson.dumps({"key": key, "values": values}))
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError:
        return
