"""Named errors of the numerics library; every message says what to do next."""

from __future__ import annotations


class EpiError(ValueError):
    """Base of every error that `salus.epi` raises about its input."""


class EmptyInputError(EpiError):
    """There is no observation at all."""


class NegativeInputError(EpiError):
    """A count is below zero where counts cannot be."""


class MissingInputError(EpiError):
    """A value is NaN or infinite where every value is needed."""


class ShapeMismatchError(EpiError):
    """Arrays that belong together differ in shape, or have too many axes."""


class TooShortError(EpiError):
    """The series has fewer time steps than the method needs."""


class InvalidSerialIntervalError(EpiError):
    """The serial interval is not a probability distribution over days 0, 1, 2..."""


class InvalidParameterError(EpiError):
    """A parameter of a method lies outside its range."""


class NoDelayHistoryError(EpiError):
    """No date was ever seen at two different reporting delays."""


class NotConvergedError(EpiError):
    """An iterative fit did not settle."""
