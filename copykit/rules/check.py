"""Run the sentences that a rule carries: those it must flag, those it must leave alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, DataFileError, Problem
from copykit.laws import Laws
from copykit.rules.engine import Engine
from copykit.rules.kinds import KINDS, KindMaker
from copykit.rules.reading import Context
from copykit.rules.rule import from_data, load
from copykit.text.segment import Segmenter

ContextMaker = Callable[[Mapping[str, Any]], Context]


def plain_context(given: Mapping[str, Any]) -> Context:
    """Return the context of a rule's cases from its ``[cases.given]`` table."""
    from copykit.brief import brief_from  # late: the words of briefs take 20 ms, and judging a title needs none of this

    brief = brief_from(given["brief"], "cases.given.brief") if "brief" in given else None
    return Context(brief=brief, category=brief.category if brief else "", today=given.get("today", ""))


def check_rule(
    name: str,
    data: Mapping[str, Any],
    files: DataFiles,
    segmenter: Segmenter,
    kinds: Mapping[str, KindMaker] = KINDS,
    make_context: ContextMaker = plain_context,
    minimum: int = 1,
    *,
    trusted: bool = True,
) -> list[Problem]:
    """Return what is wrong with a rule: it cannot be built, misses a case, or carries fewer than ``minimum``.

    ``trusted`` False runs its pattern as a user's own, under a time limit.

    Raises:
        DataFileError: other files that it needs cannot be used.
    """
    given = data["cases"].get("given", {})
    try:
        context = make_context(given)
    except CopykitError as error:
        return [Problem(name, 0, "", error.say("zh"), error.say("en"))]
    try:
        rules = [from_data(name, data, trusted=trusted)]
        # A rule that concludes from others (settings.rules) is run with them; only its own findings are looked at.
        others = data.get("settings", {}).get("rules", ())
        rules += [rule for rule in load(files) if rule.id in others and rule.id != name] if others else []
        engine = Engine(rules, files, segmenter, kinds)
    except DataFileError:  # other files, which are to be told by their own names
        raise
    except CopykitError as error:
        return [Problem(name, 0, "", error.say("zh"), error.say("en"))]
    except Exception as error:  # a pattern that does not compile, a setting of the wrong shape
        return [Problem(name, 0, "", f"用不了：{error}", f"cannot be built: {error}")]
    problems: list[Problem] = []
    cases = data["cases"]
    for key in ("flag", "pass"):
        if len(cases[key]) < minimum:
            zh, en = (
                f"至少要 {minimum} 句，现在 {len(cases[key])} 句",
                f"needs {minimum} sentences, has {len(cases[key])}",
            )
            problems.append(Problem(name, 0, f"cases.{key}", zh, en))
    try:
        problems += _run(name, "flag", cases["flag"], engine, context, given)
        problems += _run(name, "pass", cases["pass"], engine, context, given)
    except CopykitError as error:  # a pattern that takes too long, a message that nothing fills
        problems.append(Problem(name, 0, "", error.say("zh"), error.say("en")))
    except re.error as error:  # a bundled pattern is compiled at its first use
        problems.append(Problem(name, 0, "pattern", f"pattern 写错了：{error}", f"bad pattern: {error}"))
    return problems


def check_source(name: str, data: Mapping[str, Any], laws: Laws) -> list[Problem]:
    """Return what is wrong with a law rule's source: a law that there is not, or an error on unofficial texts alone."""
    problems: list[Problem] = []
    cited = laws.cited(data["source"])
    read = any(law is not None and law.official for law, _ in cited)
    for law, article in cited:
        if law is None:
            known = "、".join(sorted(each.short for each in laws))
            zh = f"不认识“{article}”，法规的简称有 {known}"
            problems.append(Problem(name, 0, "source", zh, f"no law is called '{article}'; known: {known}"))
        elif not article.startswith("第"):
            zh, en = f"《{law.short}》后面要写第几条", f"name the article of {law.short}"
            problems.append(Problem(name, 0, "source", zh, en))
        elif not read and data.get("severity") == "error":
            zh = f"《{law.short}》手里不是官方文本，依据它的规则最多写 warning"
            en = f"{law.short} was not read in its official text; a rule on it is a warning at most"
            problems.append(Problem(name, 0, "severity", zh, en))
    return problems


def _run(
    name: str, key: str, sentences: Sequence[str], engine: Engine, context: Context, given: Mapping[str, Any]
) -> list[Problem]:
    problems = []
    bodies = [given["body"]] * len(sentences) if "body" in given else ()
    for sentence, reading in zip(sentences, engine.read(sentences, context, bodies), strict=True):
        findings = [*engine.find(reading), *engine.find_whole(reading)]
        findings = [finding for finding in findings if finding.rule == name]
        if key == "flag" and not findings:
            zh, en = f"该命中却没有：{sentence}", f"must flag, does not: {sentence}"
            problems.append(Problem(name, 0, "cases.flag", zh, en))
        if key == "pass" and findings:
            match = findings[0].match
            zh, en = f"不该命中却命中“{match}”：{sentence}", f"must leave alone, flags '{match}': {sentence}"
            problems.append(Problem(name, 0, "cases.pass", zh, en))
    return problems
