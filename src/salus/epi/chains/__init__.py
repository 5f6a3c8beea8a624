"""Transmission chains: pairs, serial intervals, superspreading, and who infected whom.

Names are imported on first use, so that nothing is compiled by importing the package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from salus.epi.on_first_use import on_first_use

if TYPE_CHECKING:
    from salus.epi.chains.intervals import DelayDistribution as DelayDistribution
    from salus.epi.chains.intervals import delay_distribution as delay_distribution
    from salus.epi.chains.offspring import OffspringDistribution as OffspringDistribution
    from salus.epi.chains.offspring import extinction_probability as extinction_probability
    from salus.epi.chains.offspring import offspring_distribution as offspring_distribution
    from salus.epi.chains.offspring import offspring_from_clusters as offspring_from_clusters
    from salus.epi.chains.offspring import share_of_top as share_of_top
    from salus.epi.chains.pairs import TransmissionPairs as TransmissionPairs
    from salus.epi.chains.pairs import transmission_pairs as transmission_pairs
    from salus.epi.chains.transmission_tree import TransmissionTree as TransmissionTree
    from salus.epi.chains.transmission_tree import who_infected_whom as who_infected_whom

_HOME = {
    "DelayDistribution": "salus.epi.chains.intervals",
    "OffspringDistribution": "salus.epi.chains.offspring",
    "TransmissionPairs": "salus.epi.chains.pairs",
    "TransmissionTree": "salus.epi.chains.transmission_tree",
    "delay_distribution": "salus.epi.chains.intervals",
    "extinction_probability": "salus.epi.chains.offspring",
    "offspring_distribution": "salus.epi.chains.offspring",
    "offspring_from_clusters": "salus.epi.chains.offspring",
    "share_of_top": "salus.epi.chains.offspring",
    "transmission_pairs": "salus.epi.chains.pairs",
    "who_infected_whom": "salus.epi.chains.transmission_tree",
}

__all__ = [
    "DelayDistribution",
    "OffspringDistribution",
    "TransmissionPairs",
    "TransmissionTree",
    "delay_distribution",
    "extinction_probability",
    "offspring_distribution",
    "offspring_from_clusters",
    "share_of_top",
    "transmission_pairs",
    "who_infected_whom",
]

__getattr__, __dir__ = on_first_use(__name__, _HOME)
