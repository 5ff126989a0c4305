"""Rules and models to one record: where they agree it says so, where they differ a policy decides.

The policy goes by field: figures, sides, negation and counts are the rules'; a model fills what the
rules left unsaid in words (type, uptake, change, diagnoses, comparisons, a side or region that
stands in the passage). A finding that only the models made is added under their names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from petscribe.core.codec import encode
from petscribe.core.finding import Finding
from petscribe.mining.llm.weighing.pairing import figures_of, paired
from petscribe.mining.llm.weighing.voting import Voted

_RULES: Final = ("negated", "count", "suv", "size_mm", "mtv_ml", "tlg", "refs")
"""Fields in which the rules always win."""
_FILLED: Final = ("region", "laterality", "type", "uptake", "change", "dx", "vs")
"""Fields in which the rules win when they say something, and the models are heard when not."""
FIELDS: Final = (*_RULES, *_FILLED)

Standing = Literal["agreed", "differs", "rules_only", "models_only", "not_asked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field in which rules and models differ, and whose word was kept."""

    field: str
    rules: Any
    models: Any
    kept: Literal["rules", "models"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What the models think of one finding of the record."""

    finding: int
    """Place in the record's findings."""
    standing: Standing
    models: tuple[str, ...] = ()
    """The models that made this finding."""
    agreed: tuple[str, ...] = ()
    """Fields in which rules and models say the same."""
    differences: tuple[Difference, ...] = ()
    contested: tuple[str, ...] = ()
    """Fields on which the models had no majority."""


def reconciled(
    rules: Sequence[Finding], models: Sequence[Voted]
) -> tuple[list[tuple[Finding, Agreement]], list[Voted]]:
    """Bring the rules' findings of a passage together with the models' ones.

    Returns:
        The rules' findings, filled by the models, each with its agreement (`finding` is its place
        in `rules`); and the findings that only the models made.
    """
    at = dict(paired(rules, [one.claim.finding for one in models]))
    made = [
        _compared(k, finding, models[at[k]])
        if k in at
        else (finding, Agreement(finding=k, standing="rules_only"))
        for k, finding in enumerate(rules)
    ]
    heard = set(at.values())
    return made, [one for k, one in enumerate(models) if k not in heard]


def is_new(finding: Finding, *, beside: Sequence[Finding], known: Sequence[Finding]) -> bool:
    """Tell whether a finding that only models made says something no other one does.

    Args:
        finding: theirs.
        beside: the rules' findings of its passage; a figure of one of these has its owner.
        known: every finding of the text; what repeats one without a figure of its own is not new.
    """
    figures = figures_of(finding)
    if any(figures & figures_of(other) for other in beside):
        return False
    return not any(
        other.region == finding.region
        and other.negated == finding.negated
        and (
            other.laterality == finding.laterality or None in {other.laterality, finding.laterality}
        )
        and figures <= figures_of(other)
        for other in known
    )


def _compared(k: int, finding: Finding, said: Voted) -> tuple[Finding, Agreement]:
    model = said.claim.finding
    agreed: list[str] = []
    differences: list[Difference] = []
    filled: dict[str, Any] = {}
    for name in FIELDS:
        mine, theirs = getattr(finding, name), getattr(model, name)
        if _same(name, mine, theirs):
            agreed.append(name)
            continue
        if name in said.contested:
            continue  # the models do not know: no difference of opinion
        fills = name in _FILLED and _is_silent(mine) and not _is_silent(theirs)
        if fills and not (finding.negated and name in {"uptake", "vs"}):
            filled[name] = theirs
        kept: Literal["rules", "models"] = "models" if name in filled else "rules"
        differences.append(
            Difference(field=name, rules=encode(mine), models=encode(theirs), kept=kept)
        )
    agreement = Agreement(
        finding=k,
        standing="differs" if any(d.kept == "rules" for d in differences) else "agreed",
        models=said.models,
        agreed=tuple(agreed),
        differences=tuple(differences),
        contested=said.contested,
    )
    if "region" in filled and not finding.anatomy:
        filled["anatomy"] = model.anatomy  # the words that the region stands on
    return replace(finding, **filled), agreement


def _is_silent(value: Any) -> bool:  # noqa: ANN401 - a field of a finding
    return value in (None, (), "other")


def _same(name: str, mine: Any, theirs: Any) -> bool:  # noqa: ANN401 - fields of a finding
    if name == "suv":
        mine, theirs = (tuple(replace(c, site=None) for c in claims) for claims in (mine, theirs))
    if isinstance(mine, tuple):
        return set(mine) == set(theirs)
    return bool(mine == theirs)
