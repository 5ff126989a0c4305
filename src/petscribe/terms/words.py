"""The lexicon: every wording of a site, and the cue words of findings, in both languages.

This is what `mining` compiles into its matcher. Knows words, not grammar.

`lexicon/anatomy.<lang>.tsv`, one row per thing, columns:

    key     base of an organ (`terms.anatomy.ORGANS`; `rib_6`, `kidney`) or a region
    side    left, right or midline when the wording itself decides it (RUL, 4R, subcarinal)
    region  only where it differs from the key's own region (abdominal aorta)
    nodes   region of a lymph node said to lie here (neck -> neck_nodes), if it differs from the
            region's own `nodes` column in `regions.tsv`
    texts   wordings, separated by " | "; patterns as in `terms.tables`; compare case-insensitively

`lexicon/words.<lang>.tsv`, columns `kind`, `key`, `texts`: see `KINDS`. `#` starts a comment line.
The structural cues of sentences (negation, certainty, time, ...) are mining's own, in
`cues.<lang>.tsv`; section headings in `headings.tsv`.
Vietnamese is NFC with the tone mark on the first vowel (hoa', thuy`: the older placement), so a
reader of texts must fold the newer placement into it.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from petscribe.terms.anatomy import ORGANS, REGION_TABLE, names_by_language, organ_key, side_words
from petscribe.terms.tables import read_table

KINDS: Final = (
    "type",  # key: a finding type, or `abnormality` for a noun that names none
    "uptake",  # key: an uptake degree of the schema
    "avid",  # key: `avid`; "FDG-avid", "hypermetabolic": taken up, degree told by a neighbour
    "degree",  # key: an uptake degree that an adjective or adverb gives to avid or uptake
    "change",  # key: new, increased, decreased, stable, resolved
    "diagnosis",  # key: the label as it stands in a record; the first wording is the printed one
    "side",  # key: left, right, bilateral, midline
    "count",  # key: a number, or `multiple`
    "tracer",  # key: a tracer of `core.exam.Tracer`
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One wording of one site in one language."""

    text: str
    key: str
    """Base of an organ, or a region."""
    region: str
    side: str | None
    """left, right, bilateral or midline when the wording decides it."""
    kind: str
    """The organ's kind, or `region`."""
    lang: str
    nodes: str | None
    """Region of a lymph node said to lie here; None when it is `region`."""

    def organ(self, side: str | None) -> str | None:
        """Return the organ key on `side` (the wording's own side wins), None when there is none."""
        said = self.side if self.side in {"left", "right"} else side
        found = organ_key(self.key, said) or organ_key(self.key, self.side)
        return found or (self.key if self.key in ORGANS else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One wording of one cue in one language."""

    text: str
    kind: str
    key: str
    lang: str


@cache
def terms(lang: str) -> tuple[Term, ...]:
    """Return every wording of every site in `lang`, each text once.

    The wordings of `anatomy.<lang>.tsv` come first, then every name that `terms.anatomy` prints,
    with its side inside ("right hilum", "both kidneys"): those are in lower case.
    """
    found: dict[str, Term] = {}
    sides = side_words(lang)
    for row in read_table(f"anatomy.{lang}.tsv"):
        region, kind, nodes = _facts(row["base"])
        region = row["region"] or region
        for text in row["texts"].split(" | "):
            term = Term(
                text=text.replace("{side}", sides.get(row["side"], "")),
                key=row["base"],
                region=region,
                side=row["side"] or None,
                kind=kind,
                lang=lang,
                nodes=row["nodes"] or nodes,
            )
            found.setdefault(term.text.lower(), term)
    for text, (key, side) in names_by_language(lang).items():
        found.setdefault(text, _named(text, key, side, lang))
    return tuple(found.values())


def _named(text: str, key: str, side: str | None, lang: str) -> Term:
    base = ORGANS[key].base if key in ORGANS else key
    region, kind, nodes = _facts(base)
    return Term(text=text, key=base, region=region, side=side, kind=kind, lang=lang, nodes=nodes)


@cache
def words(lang: str) -> tuple[Word, ...]:
    """Return every cue word of `lang`."""
    return tuple(
        Word(text=text, kind=row["kind"], key=row["key"], lang=lang)
        for row in read_table(f"words.{lang}.tsv")
        for text in row["texts"].split(" | ")
    )


@cache
def _facts(base: str) -> tuple[str, str, str | None]:
    if base in REGION_TABLE:
        region = REGION_TABLE[base]
        return base, "region", region.nodes if region.nodes != base else None
    organ = _bases().get(base)
    if organ is None:
        raise ValueError(f"lexicon key {base!r} is neither an organ nor a region")
    region = REGION_TABLE[ORGANS[organ].region]
    nodes = None if ORGANS[organ].kind == "node" or region.nodes == region.key else region.nodes
    return region.key, ORGANS[organ].kind, nodes


@cache
def _bases() -> dict[str, str]:
    return {organ.base: organ.key for organ in ORGANS.values()}
