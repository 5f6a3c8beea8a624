"""Small truths and bad input of the agent-based engine."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from salus.epi import errors
from salus.epi.agents import (
    ByLayer,
    ContactChange,
    ContactLayer,
    DiagnosticTesting,
    Duration,
    Gathering,
    Isolation,
    Measures,
    NaturalHistory,
    Quarantine,
    Tracing,
    Vaccination,
    population_of,
    simulate_outbreak,
    simulate_outbreaks,
    synthesise_population,
)
from salus.epi.agents.disease import course_tables


def rng():
    return np.random.default_rng(1)


def made(size=200, shares=(0.5, 0.5), homes=(0.5, 0.5), **options):
    options = {"age_edges": (0, 40, 90), "rng": rng(), **options}
    return synthesise_population(size, age_shares=shares, household_shares=homes, **options)


def run(**options):
    return simulate_outbreak(made(), **{"days": 5, "rng": rng(), **options})


def measured(**options):
    return run(measures=Measures(**options))


def disease(**options):
    return run(disease=NaturalHistory(**options))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: made(size=1), errors.InvalidParameterError),
        (lambda: made(shares=()), errors.EmptyInputError),
        (lambda: made(shares=(0, 0)), errors.EmptyInputError),
        (lambda: made(shares=(0.5, -0.5)), errors.InvalidParameterError),
        (lambda: made(shares=(0.5, np.nan)), errors.InvalidParameterError),
        (lambda: made(homes=(0, 0)), errors.EmptyInputError),
        (lambda: made(age_edges=(0, 40)), errors.InvalidParameterError),
        (lambda: made(age_edges=(0, 90, 40)), errors.InvalidParameterError),
        (lambda: made(community=-1), errors.InvalidParameterError),
        (lambda: made(work=Gathering((18, 65), share=2.0)), errors.InvalidParameterError),
        (lambda: made(work=Gathering((18, 65), size=0.0)), errors.InvalidParameterError),
        (lambda: run(days=0), errors.InvalidParameterError),
        (lambda: run(seeds=201), errors.InvalidParameterError),
        (lambda: simulate_outbreaks(made(), days=5, runs=0, rng=rng()), errors.InvalidParameterError),
        (lambda: run().of("sneezes"), errors.InvalidParameterError),
        (lambda: run().now("deaths"), errors.InvalidParameterError),
        (lambda: made().layer("bus"), errors.InvalidParameterError),
        (lambda: disease(transmission=1.0), errors.InvalidParameterError),
        (lambda: disease(dispersion=0.0), errors.InvalidParameterError),
        (lambda: disease(susceptibility=(1.0,)), errors.InvalidParameterError),
        (lambda: disease(symptomatic=(0.0,) * 10), errors.InvalidParameterError),
        (lambda: disease(latent=Duration(-1, 1)), errors.InvalidParameterError),
        (lambda: measured(testing=(DiagnosticTesting(symptomatic=1.1),)), errors.InvalidParameterError),
        (lambda: measured(testing=(DiagnosticTesting(delay=99),)), errors.InvalidParameterError),
        (lambda: measured(testing=(DiagnosticTesting(start=5, end=2),)), errors.InvalidParameterError),
        (lambda: measured(tracing=(Tracing(ByLayer(2, 0, 0, 0)),)), errors.InvalidParameterError),
        (lambda: measured(contacts=(ContactChange("bus"),)), errors.InvalidParameterError),
        (lambda: measured(contacts=(ContactChange("work", contacts=-0.1),)), errors.InvalidParameterError),
        (lambda: measured(isolation=Isolation(compliance=2)), errors.InvalidParameterError),
        (lambda: measured(quarantine=Quarantine(days=0)), errors.InvalidParameterError),
        (lambda: measured(vaccination=(Vaccination(0.0),)), errors.InvalidParameterError),
    ],
)
def test_bad_input_raises_a_named_error_with_advice(call, error):
    with pytest.raises(error) as caught:
        call()
    assert len(str(caught.value)) > 20


def test_contacts_of_people_who_do_not_exist_are_refused():
    none = ContactLayer(np.zeros(3, dtype=np.int64), np.zeros(0, dtype=np.int32))
    wrong = ContactLayer(np.array([0, 1, 1]), np.array([9], dtype=np.int32))
    with pytest.raises(errors.InvalidParameterError, match="0 to N - 1"):
        population_of([30.0, 40.0], np.array([0, 2]), [wrong, none, none, none])


def couples(count):
    none = ContactLayer(np.zeros(2 * count + 1, dtype=np.int64), np.zeros(0, dtype=np.int32))
    partner = (np.arange(2 * count) ^ 1).astype(np.int32)
    home = ContactLayer(np.arange(2 * count + 1), partner)
    return population_of(np.full(2 * count, 30.0), np.arange(0, 2 * count + 1, 2), [home, none, none, none])


@pytest.mark.parametrize("daily", [0.02, 0.3])
def test_one_contact_is_infected_as_often_as_the_formula_says(daily):
    plain = NaturalHistory(
        transmission=daily, layer_weight=ByLayer(1, 0, 0, 0), dispersion=float("inf"), peak_ratio=1.0,
        latent=Duration(2, 0), asymptomatic=Duration(5, 0), symptomatic=(0,) * 10, severe=(0,) * 10,
        critical=(0,) * 10, fatal=(0,) * 10, immunity=None, susceptibility=(1,) * 10,
    )  # fmt: skip
    outbreak = simulate_outbreak(couples(100_000), days=12, rng=rng(), disease=plain, seeds=2000)
    hit = outbreak.of("infections")[2:7].sum()
    # Some twenty of the first are couples with each other.
    expected, tries = 1 - (1 - daily) ** 5, 1980
    assert abs(hit - tries * expected) < 4 * np.sqrt(tries * expected * (1 - expected)) + 20 * expected


def test_durations_have_the_mean_and_spread_that_were_asked_for():
    for mean, spread in ((4.5, 1.5), (18.1, 6.3), (10.7, 4.8)):
        law = Duration(mean, spread).cumulative()
        chance = np.diff(law, prepend=0.0)
        found = chance @ np.arange(law.size)
        assert found == pytest.approx(mean, rel=0.01)
        assert np.sqrt(chance @ np.arange(law.size) ** 2 - found**2) == pytest.approx(spread, rel=0.05)
    assert Duration(3, 0).cumulative().tolist() == [0, 0, 0, 1]


def test_infectiousness_has_mean_one_and_the_dispersion_that_was_asked_for():
    law = np.diff(course_tables(NaturalHistory(), 10).laws[9], prepend=0.0)
    value = 0.01 * np.arange(law.size)
    assert law @ value == pytest.approx(1.0, rel=1e-3)
    assert law @ value**2 - 1 == pytest.approx(1 / 0.45, rel=0.02)


def test_false_positives_isolate_and_come_back():
    test = DiagnosticTesting(routine=1.0, specificity=0.0, end=1)
    outbreak = run(days=15, seeds=0, measures=Measures(testing=(test,)))
    assert outbreak.of("positives").tolist() == [200] + [0] * 14
    assert outbreak.now("in_isolation").tolist() == [200] * 10 + [0] * 5


def test_doses_are_given_once_at_their_rate_and_to_the_oldest_first():
    doses = Vaccination(60.0, ages=(40, 150), oldest_first=True, start=1)
    outbreak = run(days=6, seeds=0, measures=Measures(vaccination=(doses,)))
    eligible = int((made().age >= 40).sum())
    assert outbreak.of("vaccinated").tolist()[:2] == [0, 60]
    assert outbreak.of("vaccinated").sum() == eligible
    assert outbreak.of("vaccinated", by_age=True)[:, :4].sum() == 0


def test_importing_compiles_nothing():
    code = """
import sys, salus.epi.agents
ours = [m for name, m in list(sys.modules.items()) if name.startswith("salus.epi.agents")]
print(sum(len(f.signatures) for m in ours for f in vars(m).values() if hasattr(f, "signatures")))
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "0"
