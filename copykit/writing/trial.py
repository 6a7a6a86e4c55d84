"""Try a form: what is wrong with its file, and which combination of plan, passage and facts breaks a rule or limit."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from contextlib import closing

from copykit import natures
from copykit.brief import brief_from
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, DataFileError, Problem
from copykit.model import Draft
from copykit.writing.facts import VARIABLES
from copykit.writing.forms import LENGTHS, Form, check_form
from copykit.writing.variants import LONGEST, own_words
from copykit.writing.writer import NotWritable, Options, Prepared, Writer

SEEDS = tuple(map(str, range(6)))
DEFAULT_SAMPLE = "briefs/torch"
# The day on which the sample briefs are true: their stories and stock expire as real ones do.
SAMPLES_HOLD = "2026-11-22"
MOST = 10  # a fault of a passage comes up in many texts


def check_template(files: DataFiles, kind: str, identifier: str, *, strict: bool) -> list[Problem]:
    """Return what is wrong with a form: its declarations, then its texts of every length with its sample brief.

    ``strict``, for bundled forms: long runs of the template's own words too, in which variants are alike.
    """
    try:
        writer = _writer(files, kind)
        form = writer.forms[identifier]
        problems = check_form(form, VARIABLES, files.load(natures.KIND))
        for refused in form.settings.get("refuses", {}).values():
            writer.forms[refused["instead"]]  # UnknownForm when there is none
        sample = form.data.get("sample", DEFAULT_SAMPLE)
        data = files.load("samples").get(sample)
        if data is None:
            zh, en = f"没有样例资料“{sample}”", f"there is no sample brief '{sample}'"
            return [*problems, Problem(identifier, 0, "sample", zh, en)]
        if problems:
            return problems
        with closing(writer):
            brief = brief_from(data, sample)
            consented = dataclasses.replace(brief, shop=dataclasses.replace(brief.shop, consent=True))
            return _tried(writer, form, writer.prepare(consented, SAMPLES_HOLD), strict=strict)
    except DataFileError:
        raise
    except CopykitError as error:
        return [Problem(identifier, 0, "", error.say("zh"), error.say("en"))]


@functools.lru_cache(maxsize=4)
def _writer(files: DataFiles, kind: str) -> Writer:
    """Return what writes texts of a kind; forms are tried one after another, and making its rules takes a second."""
    return Writer(files, kind)


def _tried(writer: Writer, form: Form, prepared: Prepared, *, strict: bool) -> list[Problem]:
    found: dict[tuple[str, str], Problem] = {}
    outline = form.data.get("settings", {}).get("outline", False)
    for length in LENGTHS:
        for seed in SEEDS:
            try:
                draft = writer.write(prepared, form, Options(seed, length))
            except NotWritable as error:
                key = ("plans", f"{length}{error.lacks}")
                found.setdefault(key, Problem(form.id, 0, "plans", error.say("zh"), error.say("en")))
                continue
            for zh, en in _faults(draft, strict=strict and not outline):
                place = f"{draft.plan} · {draft.length} · {seed}"
                found.setdefault((zh, ""), Problem(form.id, 0, place, zh, en))
    return list(found.values())[:MOST]


def _faults(draft: Draft, *, strict: bool) -> Iterator[tuple[str, str]]:
    if not draft.title:
        yield "没有一个标题写得出又不超长", "no title can be written within the limit"
    for finding in draft.findings:
        if finding.severity == "hint":
            continue
        fields = {
            path for each in draft.trace if each.start < finding.end and each.end > finding.start for path in each.facts
        }
        on = f"（用到 {'、'.join(sorted(fields))}）" if fields else "（模板自己的话）"
        yield (
            f"“{finding.match}” {finding.message}{on}",
            f"'{finding.match}' breaks {finding.rule} ({', '.join(sorted(fields)) or 'own words'})",
        )
    for words in own_words(draft.blocks) if strict else ():
        if len(words) >= LONGEST:
            yield (
                f"模板自己的话连着 {len(words)} 个字：{words}；拆短，或者换成资料里的话",
                f"{len(words)} characters of the template's own in a row: {words}",
            )
