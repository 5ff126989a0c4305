"""Names of people without a field: after a title, before a degree, by given name or surname.

Also two capitalised words that are neither words of findings nor a heading, a name found once
anywhere else in the text, and names that the caller already knows from the record that the text
came with. Knows no dates, no numbers.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final

from petscribe.mining.deid.alphabet import (
    CAPITALISED,
    NAME_WORD,
    Sign,
    choice,
    folded,
    is_medical,
    leading_names,
    no_names,
    tagged,
    texts,
)

_MOST_REPEATED: Final = 60
_PART: Final = 4
"""Letters of a part of a name that is looked for by itself."""


def named(text: str) -> Iterator[Sign]:
    """Yield names that stand beside a title, a degree or a common part of a name."""
    for pattern, group, least in _cued():
        for found in pattern.finditer(text):
            words = found[group].split()
            count = leading_names(words)
            if count >= least:
                kept = re.match(rf"\S+(?:\s+\S+){{{count - 1}}}", found[group])
                assert kept is not None
                yield tagged(found.start(group), found.start(group) + kept.end(), "name")
    yield from _by_parts(text)


def _by_parts(text: str) -> Iterator[Sign]:
    for found in _given().finditer(text):
        last = found[0].split()[-1]
        doubtful = found[0].split()[1] in no_names() or is_medical(last)
        if not (doubtful or found[0] in texts("eponym")):
            yield tagged(*found.span(), "name")
    for found in _surname().finditer(text):
        words = found[0].split()
        if found[0].isupper() and not set(words[1:]) & _capital_middles():
            continue  # a heading in capitals is no name
        if is_medical(" ".join(words[1:2])) and words[1] not in texts("middle"):
            continue
        yield tagged(*found.span(), "name")
    for found in _bare().finditer(text):
        words = found[0].split()
        eponym = any(one in found[0] for one in texts("eponym"))
        other = not no_names().isdisjoint(words) or words[0] in texts("title")
        if not (eponym or other or any(is_medical(word) for word in words)):
            yield tagged(*found.span(), "name")


@cache
def _bare() -> re.Pattern[str]:
    """Return the pattern of capitalised words side by side that are no heading."""
    words = rf"{CAPITALISED} (?:{CAPITALISED}|[A-Z]\.?)(?: {CAPITALISED})?(?![\w-])"
    return re.compile(rf"(?<![\w-]){words}(?! {{0,3}}(?::|$))", re.MULTILINE)


@cache
def _capital_middles() -> frozenset[str]:
    return frozenset(word.upper() for word in texts("middle"))


def repeated(text: str, signs: Sequence[Sign]) -> Iterator[Sign]:
    """Yield every other place of a name that was found with a cue."""
    whole: set[str] = set()
    shared = {word for eponym in texts("eponym") for word in eponym.split()}
    for sign in signs:
        if sign.kind == "name":
            name = text[sign.start : sign.end]
            if " " in name:
                whole.add(name)
            whole.update(
                word
                for word in re.findall(r"[^\W\d_]{4,}", name)
                if word.isascii() and word not in shared and not is_medical(word)
            )
    wanted = sorted(whole, key=len, reverse=True)[:_MOST_REPEATED]
    if wanted:
        forms = [form for name in wanted for form in (name, name.upper(), name.title())]
        for found in re.finditer(rf"(?<!\w){choice(dict.fromkeys(forms))}(?!\w)", text):
            yield tagged(*found.span(), "name")


def known(text: str, values: Iterable[str]) -> Iterator[Sign]:
    """Yield every place of an identifier the caller knows, whatever its accents, case or order."""
    plain = folded(text)
    for value in values:
        words = re.findall(r"[^\W_]+", folded(value))
        if not words or sum(map(len, words)) < 3:
            continue
        between = r"[\s,^_./-]{0,3}"
        forms = {
            between.join(words),
            between.join(words[::-1]),
            between.join(words[1:] + words[:1]),
        }
        if not any(c.isdigit() for c in value):
            forms |= {w for w in words if len(w) >= _PART and not is_medical(w)}
        for form in sorted(forms, key=len, reverse=True):
            for found in re.finditer(rf"(?<![^\W_]){form}(?![^\W_])", plain):
                yield tagged(*found.span(), "known")


@cache
def _cued() -> tuple[tuple[re.Pattern[str], str, int], ...]:
    """Return the patterns with a cue: the group of the name, and the least words of it."""
    name = NAME_WORD
    initials = rf"(?P<name>{name}(?: {name}){{0,3}})"
    degree = choice(texts("credential"))
    return (
        (re.compile(rf"(?<!\w){choice(texts('title', 'en'))}\s{{1,2}}{initials}"), "name", 1),
        (re.compile(rf"(?<!\w){choice(texts('title', 'vi'))}[\s.:]{{1,2}}{initials}"), "name", 1),
        (re.compile(rf"(?<!\w){choice(texts('honorific', 'vi'))}\s{{1,2}}{initials}"), "name", 2),
        (
            re.compile(rf"(?<!\w)(?P<name>{name}(?: {name}){{1,3}}),\s{{0,2}}{degree}(?!\w)"),
            "name",
            1,
        ),
        (
            re.compile(rf"(?<!\w)(?P<name>{name}(?: {name}){{1,3}})\s(?:M\.?D\.?|PhD)(?!\w)"),
            "name",
            1,
        ),
    )


@cache
def _given() -> re.Pattern[str]:
    given = choice(form for text in texts("given") for form in (text, text.upper()))
    return re.compile(rf"(?<!\w){given} (?:{NAME_WORD} )?{NAME_WORD}(?<=\w\w)")


@cache
def _surname() -> re.Pattern[str]:
    surname = choice(form for text in texts("surname") for form in (text, text.upper()))
    return re.compile(rf"(?<!\w){surname}(?: {NAME_WORD}){{1,3}}")
