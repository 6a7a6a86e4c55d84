"""A report as people and machines read it: a page, Markdown, sheets, flat rows, JSON, a message."""

from copykit.render.report.forms import FLAT_COLUMNS, flat_rows, markdown, message_paragraphs, report_json, sheets
from copykit.render.report.page import html, page_template, tried

__all__ = [
    "FLAT_COLUMNS",
    "flat_rows",
    "html",
    "markdown",
    "message_paragraphs",
    "page_template",
    "report_json",
    "sheets",
    "tried",
]
