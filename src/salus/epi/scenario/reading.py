"""Models as plain data, as JSON and YAML hold it."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np

from salus.epi.errors import InvalidParameterError
from salus.epi.scenario.care import discretised_delay
from salus.epi.scenario.model import InForce, Model

_INFINITE = {".inf": float("inf"), "inf": float("inf"), "infinite": float("inf")}


def model_to_plain(model: Model) -> dict[str, Any]:
    """Return a model as dictionaries, lists, numbers and strings.

    Parameters
    ----------
    model : Model
        The epidemic and the city.

    Returns
    -------
    dict
        JSON and YAML can hold it; "inf" stands for infinity.

    """
    out: dict[str, Any] = _plain(model)
    return out


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(part) for part in value]
    if isinstance(value, float) and value == float("inf"):
        return "inf"
    return value


def model_from_plain(data: Mapping[str, Any]) -> Model:
    """Make a model from plain data.

    Parameters
    ----------
    data : mapping
        Keys are the names of `Model`'s parameters and of those inside it. Where a delay or a
        generation interval is asked for, ``{mean: 5, sd: 2}`` in days may stand for it.

    Returns
    -------
    Model

    Raises
    ------
    InvalidParameterError
        If a key is unknown or missing; others as `Model`.

    """
    out: Model = _read(Model, data, "model")
    return out


def order_from_plain(data: Mapping[str, Any]) -> InForce:
    """Make a measure in force from plain data: measure, start, end, zones, compliance."""
    out: InForce = _read(InForce, data, "order")
    return out


def _read(kind: Any, data: Any, where: str) -> Any:
    if not isinstance(data, Mapping):
        raise InvalidParameterError(f"{where} must be a mapping of names to values.")
    known = get_type_hints(kind)
    unknown = sorted(set(data) - set(known))
    if unknown:
        raise InvalidParameterError(f"{where} has unknown keys {unknown}: known are {sorted(known)}.")
    values = {name: _value(known[name], part, f"{where}.{name}") for name, part in data.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise InvalidParameterError(f"{where} is incomplete or ill-typed: {error}.") from error


def _value(hint: Any, data: Any, where: str) -> Any:
    if isinstance(data, str) and data.lower() in _INFINITE:
        return _INFINITE[data.lower()]
    options = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    for option in options:
        if is_dataclass(option) and isinstance(data, Mapping):
            return _read(option, data, where)
        if get_origin(option) is tuple and isinstance(data, (list, tuple)):
            inner = get_args(option)[0]
            return tuple(_value(inner, part, f"{where}[{index}]") for index, part in enumerate(data))
    if isinstance(data, Mapping) and set(data) == {"mean", "sd"}:
        return _delay(float(data["mean"]), float(data["sd"]), where)
    if isinstance(data, list):
        return _numbers(data, where)
    return data


def _delay(mean: float, sd: float, where: str) -> Any:
    if not where.endswith(".generation"):
        return discretised_delay(mean, sd)
    from salus.epi.generation import discretised_serial_interval

    weights = discretised_serial_interval(mean, sd)
    return weights / weights.sum()


def _numbers(data: list[Any], where: str) -> Any:
    try:
        return np.array([_deep(part) for part in data], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidParameterError(f"{where} must be numbers in rows of equal length.") from error


def _deep(part: Any) -> Any:
    if isinstance(part, list):
        return [_deep(inner) for inner in part]
    return _INFINITE.get(part, part) if isinstance(part, str) else part
