"""The answer a language model must give: its JSON schema, and reading it with suspicion.

Knows the finding schema and no sentence; whether an answer is true of one is `grounding`'s
business. Figures are asked for as printed, with their unit, so that the model does no arithmetic.
"""

import json
import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, get_args

from petscribe.core.codec import decode
from petscribe.core.errors import ExtractionError, InputError
from petscribe.core.finding import (
    Certainty,
    Change,
    Finding,
    FindingType,
    Operator,
    Side,
    Stat,
    Time,
    Uptake,
)
from petscribe.terms.anatomy import REGIONS

MOST_FINDINGS: Final = 30
_MOST_CLAIMS: Final = 12
_LONGEST: Final = 300
_LARGEST: Final = 100_000.0
"""No SUV, size, volume, glycolysis or image number is beyond it."""
_MM: Final = {"mm": 1.0, "cm": 10.0}


class Claimed(NamedTuple):
    """A finding as a model states it, and the words it rests on."""

    finding: Finding
    quote: str


def answer_schema() -> dict[str, Any]:
    """Return the JSON schema of an answer, in the strict form that servers constrain to."""
    number, text = {"type": "number"}, {"type": "string"}
    maybe = {"type": ["number", "null"]}
    suv = {
        "stat": _enum(Stat), "op": _enum(Operator), "value": maybe, "low": maybe, "high": maybe,
        "time": _enum(Time),
    }  # fmt: skip
    size = {
        "dims": {"type": "array", "items": number},
        "unit": {"type": "string", "enum": list(_MM)},
        "time": {"type": "string", "enum": ["current", "prior"]},
    }
    whole = {"type": ["integer", "null"]}
    finding = {
        "quote": text,
        "anatomy": text,
        "region": {"type": "string", "enum": list(REGIONS)},
        "laterality": _enum(Side, null=True),
        "type": _enum(FindingType, null=True),
        "count": {"anyOf": [{"type": "integer"}, {"type": "string", "enum": ["multiple"]}]},
        "negated": {"type": "boolean"},
        "uptake": _enum(Uptake, null=True),
        "suv": _list(suv),
        "size": _list(size),
        "mtv_ml": maybe,
        "tlg": maybe,
        "refs": _list({"series": whole, "image": whole, "image_end": whole}),
        "change": _enum(Change, null=True),
        "dx": _list({"label": text, "certainty": _enum(Certainty)}),
        "vs": _list(
            {"organ": text, "relation": {"type": "string", "enum": ["above", "equal", "below"]}}
        ),
    }
    return _object({"findings": _list(finding)})


def read_answer(content: str) -> tuple[Claimed, ...]:
    """Return the findings of an answer.

    Raises:
        ExtractionError: no JSON, or not in the schema (code `llm-bad-answer`).
    """
    try:
        data = json.loads(content, parse_constant=_refuse)
        findings = data["findings"]
        if not isinstance(findings, list) or len(findings) > MOST_FINDINGS or len(data) > 1:
            raise ValueError("findings")
        return tuple(_claimed(dict(one)) for one in findings)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, InputError) as fault:
        # the fault's own words may hold text of the report
        raise ExtractionError(
            "llm-bad-answer", f"the answer is not in the schema ({type(fault).__name__})"
        ) from fault


def _claimed(data: dict[str, Any]) -> Claimed:
    _check_size(data)
    quote = data.pop("quote")
    if not isinstance(quote, str):
        raise TypeError("quote")
    sizes = data.pop("size")
    data["size_mm"] = [
        {"dims": [_mm(dim, one["unit"]) for dim in one["dims"]], "time": one["time"]}
        for one in sizes
    ]
    for name in ("span", "source"):
        if name in data:
            raise ValueError(name)
    finding = decode(Finding, data)
    if finding.region not in REGIONS or not all(size.dims for size in finding.size_mm):
        raise ValueError("region or size")
    if any((claim.value is None) == (claim.low is None) for claim in finding.suv):
        raise ValueError("suv")
    if isinstance(finding.count, int) and not 0 < finding.count < 1000:
        raise ValueError("count")
    return Claimed(finding, quote)


def _mm(value: float, unit: str) -> float:
    return round(float(value) * _MM[unit], 6)


def _check_size(data: Any) -> None:  # noqa: ANN401 - JSON is untyped by nature
    """Refuse texts and lists that no sentence could fill, and figures that nothing can have."""
    if isinstance(data, str) and len(data) > _LONGEST:
        raise ValueError("text")
    if isinstance(data, int | float) and not (math.isfinite(data) and 0 <= data <= _LARGEST):
        raise ValueError("number")
    if isinstance(data, list | Mapping):
        if len(data) > (_MOST_CLAIMS if isinstance(data, list) else 20):
            raise ValueError("list")
        for value in data.values() if isinstance(data, Mapping) else data:
            _check_size(value)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _enum(literal: Any, *, null: bool = False) -> dict[str, Any]:  # noqa: ANN401 - a Literal
    values = list(get_args(literal))
    if null:
        return {"type": ["string", "null"], "enum": [*values, None]}
    return {"type": "string", "enum": values}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": _object(properties)}
