"""Words to marks: one pass over the tokens of a sentence with every wording of the lexicon.

Compiles `terms.lexicon` (sites, words, and the structural cues of `cues.<lang>.tsv`) into a trie of
tokens; the longest wording wins, hyphens inside a wording are optional. Knows nothing of grammar.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from petscribe.mining.normalise import normalise
from petscribe.terms.tables import read_table
from petscribe.terms.words import Term, terms, words

_TOKEN: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[^\w\s]|_")
_WORD_KINDS: Final = frozenset(
    ["type", "uptake", "avid", "degree", "diagnosis", "side", "count", "tracer", "change"]
)
_LONE_LETTERS: Final = frozenset(("l", "r", "a", "net", "other"))
_SEPARATORS: Final = {
    ",": "comma",
    ";": "semicolon",
    ":": "colon",
    ".": "dot",
    "(": "open",
    ")": "close",
    "[": "open",
    "]": "close",
    "/": "slash",
    "-": "dash",
    "+": "plus_sign",
    "?": "query",
    "#": "number_sign",
    "=": "equals",
    "*": "star",
    "\u2191": "up",
    "\u2193": "down",
}
_PUNCTUATION: Final[Mapping[str, Mapping[str, Any]]] = {
    sign: {"punct": name} for sign, name in _SEPARATORS.items()
}


class Item(NamedTuple):
    """A marked stretch of a sentence."""

    tags: Mapping[str, Any]
    """What it may be: kind -> value; `num` for a number, `punct` for a sign."""
    i: int
    """First token."""
    j: int
    """Token after the last."""
    start: int
    """First character, in the normalised text."""
    end: int
    text: str
    """Its normalised text, tokens joined."""


Path = tuple[str, ...]
"""The tokens of a wording."""
Node = dict[str | None, Any]


@cache
def vocabulary(lang: str) -> Node:
    """Return the trie of `lang`: token -> node, and under None the tags of a whole wording."""
    sites = {tokens_of(term.text): term for term in terms(lang)}
    found = _worded(lang, sites)
    _add_implied(found)
    for path, term in sites.items():
        tags = _site_tags(path, term, sites)
        if tags and not (path in found and len(path) == 1 and path[0] in _LONE_LETTERS):
            found[path] = {**found.get(path, {}), **tags}
    for letter in _LONE_LETTERS:
        found.pop((letter,), None)
    return _trie(found)


def _worded(lang: str, sites: Mapping[Path, Term]) -> dict[Path, dict[str, Any]]:
    """Return the cues, and the words of the term base that no cue redefines."""
    found: dict[Path, dict[str, Any]] = {}
    for kind, key, text in _cues(lang):
        found.setdefault(tokens_of(text), {}).setdefault(kind, key)
    for word in words(lang):
        path = tokens_of(word.text)
        if word.kind not in _WORD_KINDS or path in found or _holds_site(word.kind, path, sites):
            continue
        if word.kind == "type" and "count" in found.get(path[:1], {}):
            continue  # "several nodes" is a count and a noun
        if word.kind == "uptake" and "neg" in found.get(path[:1], {}):
            continue  # "no uptake" denies either the lesion or its uptake: `groups` decides
        found[path] = {word.kind: word.key}
    return found


def _add_implied(found: dict[Path, dict[str, Any]]) -> None:
    """Give a wording the kinds of the words inside it: "metastatic lesions" are lesions."""
    starts = {path[0] for path, tags in found.items() if "from" in tags and len(path) == 1}
    for path, tags in found.items():
        if "uptake" in tags and "type" not in tags and _holds(path, found, "type", "uptake"):
            tags["type"] = "uptake"
        if "type" in tags and "avid" not in tags and _holds(path, found, "avid", "avid"):
            tags["avid"] = "avid"
        if "diagnosis" in tags and "type" not in tags:
            tags |= _noun_of(path, found)
        if "pron" in tags and "type" in found.get(path[1:], {}):
            tags["type"] = found[path[1:]]["type"]
        if "change" in tags:
            tags |= {"from": "from"} if path[-1] in starts else {}
            since = any("prior" in found.get(path[cut:], {}) for cut in range(1, len(path)))
            tags |= {"since": "prior"} if since else {}


def _holds(path: Path, found: Mapping[Path, Mapping[str, Any]], kind: str, key: str) -> bool:
    """Tell whether a wording begins or ends with one of this kind ("physiologic uptake")."""
    cuts = range(1, len(path))
    parts = [path[cut:] for cut in cuts] + [path[:cut] for cut in cuts]
    return any(found.get(part, {}).get(kind) == key for part in parts)


def _noun_of(path: Path, found: Mapping[Path, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the type of the noun inside a diagnosis, if there is one."""
    for cut in range(1, len(path)):
        for part in (path[cut:], path[:-cut]):
            noun = found.get(part, {}).get("type")
            if noun and part != ("u",):
                return {"type": noun}
    return {}


def tokens_of(text: str) -> Path:
    """Return the tokens of a wording, hyphens left out."""
    return tuple(t for t in _TOKEN.findall(normalise(text).text) if t != "-")


def mark(text: str, start: int, end: int, trie: Node) -> list[Item]:
    """Return every wording, number and sign of `text[start:end]`, in order, without overlaps."""
    words: list[str] = _TOKEN.findall(text, start, end)
    spans = [found.span() for found in _TOKEN.finditer(text, start, end)]
    items: list[Item] = []
    add = items.append
    at, total = 0, len(words)
    while at < total:
        word = words[at]
        node = trie.get(word)
        if node is not None:
            tags, stop = _longest(words, at, node)
            if tags is not None:
                first, last = spans[at][0], spans[stop - 1][1]
                add(Item(tags, at, stop, first, last, text[first:last]))
                at = stop
                continue
        if word[0].isdigit():
            add(Item({"num": word}, at, at + 1, *spans[at], word))
        elif word in _PUNCTUATION:
            add(Item(_PUNCTUATION[word], at, at + 1, *spans[at], word))
        at += 1
    return items


def _longest(words: list[str], at: int, node: Node) -> tuple[Mapping[str, Any] | None, int]:
    """Return the tags of the longest wording that starts at `at`, and the token after it."""
    tags, stop, total = None, at, len(words)
    following: Node | None = node
    while following is not None:
        at += 1
        if None in following:
            tags, stop = following[None], at
        if at >= total:
            break
        if words[at] == "-":
            at += 1
        following = following.get(words[at]) if at < total else None
    return tags, stop


def _cues(lang: str) -> Iterator[tuple[str, str, str]]:
    for row in read_table(f"cues.{lang}.tsv"):
        for text in row["texts"].split(" | "):
            yield row["kind"], row["key"], text


_SPREAD_VI: Final = ("di", "c\u0103n")
"""Metastasis, in Vietnamese."""


def _holds_site(kind: str, path: Path, sites: Mapping[Path, Term]) -> bool:
    """Tell whether a noun names its site as well ("renal cyst"): it is then read in two."""
    if kind not in {"type", "diagnosis"}:
        return False
    for cut in range(1, len(path)):
        site = sites.get(path[:cut])
        if site is not None and site.key != "soft_tissue":
            return kind == "type" or path[-1].startswith(("metasta", "mets", "malignanc"))
        site = sites.get(path[cut:])
        spread = kind == "type" or (cut == 2 and path[:2] == _SPREAD_VI)
        if spread and site is not None and site.lang == "vi":
            return True
    return False


_NODE_WORDS: Final = frozenset(("node", "nodes", "lymph", "nodal"))


def _site_tags(path: Path, term: Term, sites: Mapping[Path, Term]) -> dict[str, Any] | None:
    if term.key == "lymph_node_1" and path in {("l", "1"), ("r", "1")}:
        term = next((t for p, t in sites.items() if t.key == "vertebrae_L1"), term)
    rest = _without_node(path, term.lang)
    if rest == path:
        return {"site": term}
    if not rest:
        return None
    if rest in sites:
        lead = len(path) - len(rest)
        return {"site": sites[rest], "type": "node", "lead": lead} if term.lang == "vi" else None
    if term.region == "brain":
        return {"site": term}
    return {"site": term, "type": "node"}


@cache
def _vi_node() -> tuple[Path, ...]:
    """Return how Vietnamese says "node", "chain of nodes" before a site, longest first."""
    found = [tokens_of(text) for kind, key, text in _cues("vi") if (kind, key) == ("type", "node")]
    return tuple(sorted(found, key=len, reverse=True))


def _without_node(path: Path, lang: str) -> Path:
    if lang == "en":
        return tuple(word for word in path if word not in _NODE_WORDS)
    for lead in _vi_node():
        if path[: len(lead)] == lead and len(path) > len(lead):
            return path[len(lead) :]
    return path


def _trie(found: Mapping[Path, Mapping[str, Any]]) -> Node:
    root: Node = {}
    for path, tags in found.items():
        node = root
        for token in path:
            node = node.setdefault(token, {})
        if path:
            node[None] = tags
    return root
