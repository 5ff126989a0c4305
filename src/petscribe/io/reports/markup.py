"""HTML to the text that a reader sees, line by line; knows tags and follows no link.

One pass in time proportional to the length, however broken the markup: the standard library's
parser takes quadratic time on some.
"""

import html
import re
from typing import Final

_LINES: Final = frozenset(
    ["p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr"]
)
_UNSEEN: Final = frozenset(["script", "style", "head", "title"])
_TAG: Final = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)[^<>]*>|<[!?][^<>]*>")


def text_of_html(markup: str) -> str:
    """Return the text of HTML or XHTML, however broken."""
    parts: list[str] = []
    unseen = preformatted = at = 0
    markup = _without_comments(markup)
    for tag in _TAG.finditer(markup):
        _add(parts, markup[at : tag.start()], unseen=unseen, preformatted=preformatted)
        at = tag.end()
        name = (tag["name"] or "").lower()
        step = -1 if tag["end"] else 1
        if name in _UNSEEN:
            unseen = max(0, unseen + step)
        elif name == "pre":
            preformatted = max(0, preformatted + step)
        parts.append("\n" if name in _LINES else " " if name in {"td", "th"} else "")
    _add(parts, markup[at:], unseen=unseen, preformatted=preformatted)
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _add(parts: list[str], text: str, *, unseen: int, preformatted: int) -> None:
    if not unseen:
        seen = html.unescape(text)
        parts.append(seen if preformatted else seen.replace("\n", " "))


def _without_comments(markup: str) -> str:
    parts: list[str] = []
    at = 0
    while (start := markup.find("<!--", at)) >= 0:
        end = markup.find("-->", start + 4)
        if end < 0:
            break
        parts.append(markup[at:start])
        at = end + 3
    parts.append(markup[at:])
    return "".join(parts)
