"""Traceback: which node of a supply network the contamination came from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

from salus.epi.arrays import BoolArray, FloatArray, as_series
from salus.epi.errors import EmptyInputError, InvalidParameterError, NegativeInputError, ShapeMismatchError

# Unrelated share of cases: Beta(1, 9), a tenth expected, on a grid that integrates it.
_UNRELATED = (np.arange(200) + 0.5) / 200


@dataclass(frozen=True, slots=True)
class Traceback:
    """Posterior of the source of contamination.

    Attributes
    ----------
    probability : FloatArray, shape (N,)
        That each node is the source; sum 1.
    ranking : tuple of int
        Nodes by falling probability.
    explained : FloatArray, shape (N,)
        Expected share of cases that the node would have caused, were it the source.
    expected : FloatArray, shape (N,)
        Cases expected at each node if the likeliest node is the source.
    concentration : FloatArray, shape (N, N)
        Share of what reaches a node (column) that passed through a source (row).
    credible : tuple of int
        Fewest nodes that together hold 95 % of the probability: inspect these.

    """

    probability: FloatArray
    ranking: tuple[int, ...]
    explained: FloatArray
    expected: FloatArray
    concentration: FloatArray
    credible: tuple[int, ...]


def traceback(
    flows: npt.ArrayLike,
    cases: npt.ArrayLike,
    consumers: npt.ArrayLike,
    *,
    prior: npt.ArrayLike | None = None,
) -> Traceback:
    r"""Find the source of an outbreak in a network of suppliers, lots or mains.

    If node :math:`s` is the source, a share :math:`c_{sj}` of what reaches node :math:`j` passed
    through it, and a case belongs to node :math:`j` with probability
    :math:`(1-u) \frac{n_j c_{sj}}{\sum_l n_l c_{sl}} + u \frac{n_j}{\sum_l n_l}`.

    Parameters
    ----------
    flows : array_like, shape (N, N)
        Amount from each node (row) to each node (column), in one unit; a node's own production
        stands on the diagonal and is clean unless the node is the source.
    cases : array_like, shape (N,)
        Cases that obtained the product at each node.
    consumers : array_like, shape (N,)
        People who obtained it there, or its sales; 0 for nodes that serve nobody directly.
    prior : array_like, shape (N,), optional
        How likely each node is beforehand, such as from inspections. Default: all alike.

    Returns
    -------
    Traceback

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError,
    InvalidParameterError

    Notes
    -----
    :math:`c` solves the mixing equations :math:`c_j = \sum_i p_{ij} c_i` with :math:`c_s = 1`
    and :math:`p_{ij}` the share of :math:`j`'s supply that comes from :math:`i`, loops included.
    The share :math:`u` of unrelated cases is integrated out under Beta(1, 9). Nodes that
    supply the same consumers in the same shares cannot be told apart and share the probability.

    References
    ----------
    Horn AL, Friedrich H. Locating the source of large-scale outbreaks of foodborne disease. J R
    Soc Interface 2019;16:20180624. https://doi.org/10.1098/rsif.2018.0624
    Norstroem M et al. An adjusted likelihood ratio approach analysing distribution of food
    products to assist the investigation of foodborne outbreaks. PLoS One 2015;10:e0134344.
    https://doi.org/10.1371/journal.pone.0134344

    """
    moved, ill, people, before = _checked(flows, cases, consumers, prior)
    concentration = _mix(moved)
    served = concentration * people
    total = served.sum(axis=1)
    reaches = total > 0
    share = served / np.where(reaches, total, 1.0)[:, None]
    plain = people / people.sum()
    logs = _log_likelihoods(share, plain, ill, reaches)
    with np.errstate(divide="ignore"):
        evidence = logsumexp(logs, axis=1) + np.log(before)
    if not np.isfinite(evidence).any():
        raise InvalidParameterError("no node with a prior above 0 reaches any consumer: check flows and consumers.")
    probability = np.exp(evidence - logsumexp(evidence))
    explained = _explained(logs)
    ranking = np.argsort(-probability, kind="stable")
    best = int(ranking[0])
    expected = ill.sum() * (explained[best] * share[best] + (1 - explained[best]) * plain)
    enough = int(np.searchsorted(np.cumsum(probability[ranking]), 0.95)) + 1
    return Traceback(
        probability=probability,
        ranking=tuple(int(node) for node in ranking),
        explained=explained,
        expected=expected,
        concentration=concentration,
        credible=tuple(int(node) for node in ranking[:enough]),
    )


def _explained(logs: FloatArray) -> FloatArray:
    """Posterior mean of the related share, given each source; 0 where it reaches nobody."""
    top = logs.max(axis=1, keepdims=True)
    weight = np.exp(logs - np.where(np.isfinite(top), top, 0.0))
    total = weight.sum(axis=1)
    share: FloatArray = (weight @ (1 - _UNRELATED)) / np.where(total > 0, total, 1.0)
    return share


def _log_likelihoods(share: FloatArray, plain: FloatArray, ill: FloatArray, reaches: BoolArray) -> FloatArray:
    """Return the log likelihood of each source under each share of unrelated cases, with its prior weight."""
    logs = np.full((share.shape[0], _UNRELATED.size), -np.inf)
    weight = 8 * np.log1p(-_UNRELATED)
    here = ill > 0
    for place, unrelated in enumerate(_UNRELATED):
        mixed = (1 - unrelated) * share[:, here] + unrelated * plain[here]
        logs[:, place] = np.log(mixed) @ ill[here] + weight[place]
    logs[~reaches] = -np.inf
    return logs


def _checked(
    flows: npt.ArrayLike, cases: npt.ArrayLike, consumers: npt.ArrayLike, prior: npt.ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    moved, _ = as_series(flows, "flows", missing=False)
    nodes = moved.shape[0]
    if moved.shape != (nodes, nodes):
        raise ShapeMismatchError("flows must be square: one row and one column per node.")
    ill, people = (
        as_series(each, name, missing=False)[0] for each, name in ((cases, "cases"), (consumers, "consumers"))
    )
    before = np.ones((nodes, 1)) if prior is None else as_series(prior, "prior", missing=False)[0]
    if not ill.shape == people.shape == before.shape == (nodes, 1):
        raise ShapeMismatchError("cases, consumers and prior must have one value per node.")
    if float(ill.sum()) == 0:
        raise EmptyInputError("there are no cases: nothing can be traced.")
    if bool(((ill > 0) & (people == 0)).any()):
        raise InvalidParameterError("a node has cases but no consumers: add those who obtained the product there.")
    if float(before.sum()) == 0:
        raise NegativeInputError("prior is 0 everywhere: give at least one node a chance.")
    return moved, ill[:, 0], people[:, 0], before[:, 0] / before.sum()


def _mix(moved: FloatArray) -> FloatArray:
    """Share of each node's supply (column) that passed through each source (row)."""
    nodes = moved.shape[0]
    supply = moved.sum(axis=0)
    shares = moved / np.where(supply > 0, supply, 1.0)
    np.fill_diagonal(shares, 0.0)
    system = np.eye(nodes) - shares
    if np.linalg.cond(system) > 1e12:
        raise InvalidParameterError("some nodes only feed each other in a loop: add what enters it from outside.")
    # Injecting so much at the source that its own concentration is 1 divides by the diagonal.
    spread = np.linalg.inv(system)
    found: FloatArray = np.clip(spread / np.diag(spread)[:, None], 0.0, 1.0)
    return found
