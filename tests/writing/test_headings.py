"""What stands under a heading is about the same thing: a part that names an item in both binds it for both."""

from __future__ import annotations

import pytest

from copykit.datafiles import bundled
from copykit.writing.forms import Form, Forms

FORMS = [form for kind in ("article", "post", "reply") for form in Forms(bundled(), kind)]
# A reader's pain above another pain reads well; a question above another's answer does not.
FREE = {"pain"}


def pools(form: Form, name: str) -> set[str]:
    return {pool for alternate in form.passages.get(name, ()) for pool, field in alternate.needs if field}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.kind}-{form.id}")
def test_a_heading_and_its_text_speak_of_one_item(form: Form) -> None:
    for plan in form.plans:
        for part in plan.parts:
            if part.head is None:
                continue
            owner, _, inner = part.each.rpartition(".")
            bound = {*part.take, part.each, owner, inner.rstrip("s")}
            said = {pool for paragraph in part.say for slot in paragraph for pool in pools(form, slot.name)}
            assert (pools(form, part.head.name) & said) - bound <= FREE, f"{plan.id}: {part.head.name}"
