"""Records to JSON and back, strictly: a missing, surplus or ill-typed key is named.

Works on frozen dataclasses by their fields and annotations; knows no record by name. NaN and
infinity never leave.
"""

import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from petscribe.core.errors import InputError

T = TypeVar("T")


def field_names(record: type) -> frozenset[str]:
    """Return the names of a record's fields."""
    return frozenset(f.name for f in fields(record))


def encode(value: Any) -> Any:
    """Return the JSON form of a record or of any value a record may hold.

    Raises:
        ValueError: a float that JSON cannot hold (NaN, infinity), or a type that is no record,
        number or text.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: encode(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(k): encode(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [encode(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} has no JSON form")
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise ValueError(f"{type(value).__name__} has no JSON form")


def decode(record: type[T], data: Any, *, path: str = "") -> T:
    """Build a record from its JSON form.

    Args:
        record: the dataclass to build.
        data: a JSON object; keys with defaults may be absent.
        path: where in the file this object stands, for messages.

    Raises:
        InputError: a missing or surplus key, or a value of another type (code `bad-record`).
    """
    where = path or record.__name__
    if not isinstance(data, Mapping):
        raise InputError("bad-record", f"{where}: expected an object, found {type(data).__name__}")
    hints = get_type_hints(record)
    known = fields(record)  # type: ignore[arg-type]
    surplus = sorted(set(data) - {f.name for f in known})
    if surplus:
        raise InputError("bad-record", f"{where}: unknown key {surplus[0]!r}")
    values: dict[str, Any] = {}
    for item in known:
        if item.name in data:
            values[item.name] = _cast(hints[item.name], data[item.name], f"{where}.{item.name}")
        elif item.default is MISSING and item.default_factory is MISSING:
            raise InputError("bad-record", f"{where}: missing key {item.name!r}")
    try:
        return record(**values)
    except ValueError as fault:
        raise InputError("bad-record", f"{where}: {fault}") from fault


def _cast(hint: Any, value: Any, where: str) -> Any:
    if hint is Any:
        return value
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _cast_union(get_args(hint), value, where)
    if origin is Literal:
        return _require(value in get_args(hint), value, where)
    if origin is tuple:
        return _cast_tuple(get_args(hint), value, where)
    if origin is not None and issubclass(origin, Mapping):
        _require(isinstance(value, Mapping), value, where)
        return {
            _key(get_args(hint)[0], k): _cast(get_args(hint)[1], v, f"{where}.{k}")
            for k, v in value.items()
        }
    if is_dataclass(hint) and isinstance(hint, type):
        return decode(hint, value, path=where)
    if hint is float:
        _require(isinstance(value, int | float) and not isinstance(value, bool), value, where)
        return float(value)
    if hint is int:
        return _require(isinstance(value, int) and not isinstance(value, bool), value, where)
    if isinstance(hint, type):
        return _require(isinstance(value, hint), value, where)
    return value


def _cast_union(options: tuple[Any, ...], value: Any, where: str) -> Any:
    if value is None and type(None) in options:
        return None
    faults: list[InputError] = []
    for option in options:
        if option is type(None):
            continue
        try:
            return _cast(option, value, where)
        except InputError as fault:
            faults.append(fault)
    raise faults[0]


def _cast_tuple(options: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    _require(isinstance(value, list | tuple), value, where)
    if len(options) == 2 and options[1] is Ellipsis:
        return tuple(_cast(options[0], v, f"{where}[{i}]") for i, v in enumerate(value))
    _require(len(options) == len(value), value, where)
    return tuple(
        _cast(o, v, f"{where}[{i}]") for i, (o, v) in enumerate(zip(options, value, strict=True))
    )


def _key(hint: Any, key: str) -> Any:
    return int(key) if hint is int else key


def _require(condition: bool, value: Any, where: str) -> Any:
    if not condition:
        raise InputError("bad-record", f"{where}: unexpected value {str(value)[:60]!r}")
    return value
