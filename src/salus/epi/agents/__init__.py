"""Agent-based outbreaks for questions of testing, tracing, quarantine and closures."""

from salus.epi.agents.disease import Antibodies, ByLayer, Duration, NaturalHistory
from salus.epi.agents.engine import simulate_outbreak, simulate_outbreaks
from salus.epi.agents.measures import (
    ContactChange,
    DiagnosticTesting,
    Isolation,
    Measures,
    Quarantine,
    Tracing,
    Vaccination,
)
from salus.epi.agents.networks import ContactLayer
from salus.epi.agents.outbreak import Outbreak, OutbreakEnsemble, OutbreakQuantiles, Transmissions
from salus.epi.agents.population import Gathering, Population, population_of, synthesise_population

__all__ = [
    "Antibodies",
    "ByLayer",
    "ContactChange",
    "ContactLayer",
    "DiagnosticTesting",
    "Duration",
    "Gathering",
    "Isolation",
    "Measures",
    "NaturalHistory",
    "Outbreak",
    "OutbreakEnsemble",
    "OutbreakQuantiles",
    "Population",
    "Quarantine",
    "Tracing",
    "Transmissions",
    "Vaccination",
    "population_of",
    "simulate_outbreak",
    "simulate_outbreaks",
    "synthesise_population",
]
