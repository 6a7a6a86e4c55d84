"""What a check found as SARIF 2.1.0, which code hosts and editors show beside the lines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from copykit.model import Checked, Finding, Place, Spared

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "https://pypi.org/project/copykit/"
_LEVELS = {"error": "error", "warning": "warning", "hint": "note"}

# A rule's id → its page: name, message, why, severity, source, url, official.
RulePage = Callable[[str], Mapping[str, Any]]


def sarif_parts(results: Iterable[Checked], page: RulePage, version: str, lang: str) -> Iterator[bytes]:
    """Yield a SARIF log piece by piece, so that a long run needs no memory for its results.

    Columns count code points. What the law lets stand is a result that asks for a review; what its author excused is
    suppressed, with the reason.
    """
    used: dict[str, None] = {}
    yield f'{{"$schema":"{SCHEMA}","version":"2.1.0","runs":[{{"columnKind":"unicodeCodePoints","results":['.encode()
    first = True
    for checked in results:
        seen: dict[str, int] = {}
        for result in _results(checked, seen):
            used.setdefault(result["ruleId"])
            yield (b"\n" if first else b",\n") + _dump(result)
            first = False
    driver = {
        "name": "copykit",
        "version": version,
        "informationUri": HOME,
        "language": "zh-CN" if lang == "zh" else "en",
        "rules": [_rule(name, page(name)) for name in sorted(used)],
    }
    yield b'\n],"tool":{"driver":' + _dump(driver) + b"}}]}\n"


def _dump(value: Any) -> bytes:
    # Half an emoji, which no UTF-8 can hold, becomes the sign for damage.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode()


def _results(checked: Checked, seen: dict[str, int]) -> Iterator[dict[str, Any]]:
    for finding, place in checked.findings:
        yield {**_result(checked, finding, place, seen), "level": _LEVELS[finding.severity]}
    for spared in checked.exempted:
        told = _spared(spared)
        yield {**_result(checked, spared.finding, spared.place, seen), "kind": "review", "level": "none", **told}
    for spared in checked.excused:
        why = {
            "kind": "external" if spared.by.startswith("copykit.toml") else "inSource",
            "justification": spared.reason,
        }
        result = _result(checked, spared.finding, spared.place, seen)
        yield {**result, "level": _LEVELS[spared.finding.severity], "suppressions": [why]}


def _spared(spared: Spared) -> dict[str, Any]:
    told = {"clause": spared.clause, "reason": spared.reason, "evidenceNeeded": spared.evidence_needed}
    return {"properties": told}


def _result(checked: Checked, finding: Finding, place: Place, seen: dict[str, int]) -> dict[str, Any]:
    text = "。".join(part.rstrip("。") for part in (finding.message, finding.why) if part)
    if finding.suggestions:
        text += "。可以：" + "；".join(finding.suggestions)
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(checked.file)}}
    location["region"] = {"startLine": place.line, "snippet": {"text": finding.match}}
    logical = [{"name": place.field, "kind": "member"}] if place.field else []
    if checked.row is None:
        location["region"] |= {
            "startColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
            "charOffset": finding.start,
            "charLength": finding.end - finding.start,
        }
    # The same words under the same rule are the same finding though lines above them come and go.
    key = f"{finding.rule}\0{place.field}\0{finding.matched_as}"
    seen[key] = seen.get(key, 0) + 1
    print_ = hashlib.blake2b(f"{key}\0{seen[key]}".encode("utf-8", "replace"), digest_size=12).hexdigest()
    return {
        "ruleId": finding.rule,
        "message": {"text": text},
        "locations": [{"physicalLocation": location} | ({"logicalLocations": logical} if logical else {})],
        "partialFingerprints": {"copykitFinding/v1": print_},
    }


def _rule(name: str, page: Mapping[str, Any]) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": name, "shortDescription": {"text": page.get("name") or name}}
    if page.get("why"):
        rule["fullDescription"] = {"text": page["why"]}
        rule["help"] = {"text": "\n".join(filter(None, (page["why"], page.get("source", ""))))}
    if page.get("url"):
        rule["helpUri"] = page["url"]
    rule["defaultConfiguration"] = {"level": _LEVELS[page.get("severity", "warning")]}
    rule["properties"] = {
        "tags": name.split("/")[:-1],
        "source": page.get("source", ""),
        **({"officialText": page["official"]} if "official" in page else {}),
    }
    return rule


def _uri(file: str) -> str:
    return "stdin" if file == "-" else quote(file, safe="/:" if "://" in file else "/")
