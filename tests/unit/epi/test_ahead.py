"""Small truths of the weekly families and of the widths: renewal, noise by level, pace, revisions."""

from __future__ import annotations

import numpy as np
import pytest

from salus.epi import forecast
from salus.epi.ahead import Related, learn_revisions
from salus.epi.ahead.asked import Asked
from salus.epi.ahead.common_growth import common_growth, everyones_growth
from salus.epi.ahead.ensemble import FAMILIES
from salus.epi.ahead.rehearsal import learn
from salus.epi.ahead.renewal import GENERATION, renewal
from salus.epi.ahead.seasons import learn_season, shared_part, waves
from salus.epi.errors import InvalidParameterError, TooShortError
from salus.epi.noise import learn_noise
from salus.epi.pace import learn_pace

LEVELS = np.array([0.025, 0.25, 0.5, 0.75, 0.975])


def _epidemics(places, weeks, seed):
    """Renewal epidemics whose reproduction wanders about one and falls with what was infected lately."""
    rng = np.random.default_rng(seed)
    cases, growth = np.full((weeks, places), 200.0), np.zeros(places)
    for week in range(3, weeks):
        shared = rng.normal(0, 0.08)
        growth = 0.8 * growth + shared + rng.normal(0, 0.05, places)
        depleted = np.log(cases[max(0, week - 20) : week].mean(axis=0) / 200)
        mean = GENERATION @ cases[week - 3 : week][::-1] * np.exp(growth - 0.2 * depleted)
        cases[week] = rng.poisson(mean)
    return cases


def _ahead(table, origin, horizon=4):
    return renewal(Asked(table[: origin + 1], horizon, origin + 1, np.array([origin]), LEVELS))[0]


def test_renewal_holds_epidemics_of_its_own_kind_and_beats_staying():
    table = _epidemics(12, 190, 5)
    inside, middle, errors, still = [], [], [], []
    for origin in range(90, 185, 5):
        found, truth = _ahead(table, origin), table[origin + 1 : origin + 5]
        inside.append((found[..., 0] <= truth) & (truth <= found[..., 4]))
        middle.append((found[..., 1] <= truth) & (truth <= found[..., 3]))
        errors.append(np.abs(np.log((found[..., 2] + 1) / (truth + 1))))
        still.append(np.abs(np.log((table[origin] + 1) / (truth + 1))))
    assert 0.88 <= np.mean(inside) <= 0.99
    assert 0.38 <= np.mean(middle) <= 0.65
    assert np.mean(errors) < 0.9 * np.mean(still)


def test_renewal_learns_nothing_from_after_its_end():
    table = _epidemics(5, 80, 2)
    other = table.copy()
    other[60:] = 7.0
    told = [renewal(Asked(each, 3, 60, np.array([59]), LEVELS)) for each in (table, other)]
    np.testing.assert_array_equal(told[0], told[1])


@pytest.mark.parametrize("weeks", [3, 4, 6, 9])
def test_renewal_speaks_from_the_third_week_and_follows_growth(weeks):
    rising = 50 * 1.3 ** np.arange(weeks)[:, None] * np.ones(4)
    found = _ahead(rising, weeks - 1)
    assert np.isfinite(found).all() and (np.diff(found, axis=-1) >= 0).all()
    assert (found[0, :, 2] > 0.97 * rising[-1]).all()
    assert (found[3, :, 2] > rising[-1]).all()
    # Both a continued rise and far less are thought possible.
    assert (found[3, :, 4] > 1.3**4 * rising[-1]).all() and (found[3, :, 0] < 1.3**3 * rising[-1]).all()


def test_noise_is_told_apart_from_lasting_spread():
    rng = np.random.default_rng(1)
    level = np.exp(rng.uniform(np.log(3), np.log(3000), 6000))
    error = rng.normal(0, np.sqrt(0.02 + 1.5 / level))
    constant, part = learn_noise(level, error, 0.06, 4.0)
    assert constant == pytest.approx(0.02, rel=0.15)
    # The largest errors, nearly all of small counts, are drawn in: the part is told too small.
    assert 1.0 < part < 1.6


def test_noise_without_errors_is_what_was_assumed():
    np.testing.assert_allclose(learn_noise(np.ones(3), np.full(3, np.nan), 0.06, 4.0), [0.06, 0.0])


def _errors(rng, scale):
    return rng.standard_normal((160, 7, 3)) * scale[:160, None, None]


def test_errors_that_grow_with_speed_widen_a_fast_present_only():
    rng = np.random.default_rng(4)
    moved = np.tile(np.where(np.arange(161) % 40 < 8, 1.0, 0.05)[:, None], (1, 3))
    error = _errors(rng, np.abs(moved[:, 0]))
    fast, slow = moved.copy(), moved.copy()
    fast[-1], slow[-1] = 1.5, 0.05
    wide, narrow = (learn_pace(error, np.ones(160), each, 7) for each in (fast, slow))
    assert wide.power > 0.4
    assert (wide.now > 3 * narrow.now).all()


def _with_newest(error, size):
    """Errors as known now, the three newest of each horizon of one size."""
    out = error.copy()
    for ahead in range(1, 8):
        out[160 - ahead + 1 :, ahead - 1] = np.nan
        out[160 - ahead - 2 : 160 - ahead + 1, ahead - 1] = size
    return out


def test_misses_larger_than_expected_widen_what_comes_next():
    rng = np.random.default_rng(6)
    scale = np.where(np.arange(160) % 50 < 12, 3.0, 1.0)
    error, moved = _errors(rng, scale), np.full((161, 3), 0.1)
    wide, narrow = (learn_pace(_with_newest(error, size), np.ones(160), moved, 7) for size in (4.0, 0.5))
    assert (wide.now > 1.5 * narrow.now).all()


def test_what_happened_last_week_to_the_newest_value_counts_at_once():
    table = np.full((6, 3), 120.0)
    before = np.full((1, 6, 3), np.nan)
    before[0, :5] = 120.0
    before[0, 4] = 100.0
    assert (learn_revisions(table, before).factor[0] > 1.05).all()


def _taught(weeks):
    """Lesson from two families, of which the first was right."""
    table = 100 + 10 * np.random.default_rng(2).standard_normal((weeks, 4))
    origins = np.arange(weeks - 20, weeks - 1)
    truth = table[np.minimum(origins[:, None] + np.arange(1, 3), weeks - 1)]
    spread = np.linspace(-5, 5, LEVELS.size)
    past = np.stack([truth[..., None] + spread, truth[..., None] + 60 + spread])
    return learn(past, table, origins, LEVELS, np.ones(4), np.array([0.5, 0.5]))


def test_the_family_that_was_right_is_trusted_more_and_most_after_many_seasons():
    few, many = _taught(40), _taught(800)
    assert few.weights.sum() == pytest.approx(1.0) and many.weights.sum() == pytest.approx(1.0)
    assert many.weights[0] > few.weights[0] > 0.5
    assert many.weights[0] > 0.57


def test_weights_of_all_families_are_told_and_sum_to_one():
    counts = np.random.default_rng(1).poisson(30, (9, 4))
    told = forecast(counts, horizon=3, rng=np.random.default_rng(1), period=1, samples=0).parameters
    assert set(told["weights"]) == set(FAMILIES)
    assert sum(told["weights"].values()) == pytest.approx(1.0)
    assert told["maturity"] == 0.0 and told["weights"]["common growth"] > 0.5


def _seasonal(weeks, places, first_day):
    """Epidemics that rise in autumn and fall in spring, and the day numbers of their weeks."""
    days = first_day + 7 * np.arange(weeks)
    level = np.cumsum(0.15 * np.cos(2 * np.pi * (days - 300) / 365.25))
    rng = np.random.default_rng(3)
    return rng.poisson(np.exp(5 + level[:, None] + rng.normal(0, 0.3, places))).astype(float), days


def _median(first_day, related):
    rising = 100.0 * 1.1 ** np.arange(5)[:, None] * np.ones(4)
    days = first_day + 7 * np.arange(5)
    found = forecast(rising, horizon=4, rng=np.random.default_rng(1), period=1, days=days, related=related, samples=0)
    return found.median[3].mean(), found.parameters


def test_a_new_report_rises_and_falls_with_the_season_of_a_related_one():
    table, days = _seasonal(150, 6, 738_000)
    related = [Related(table, days)]
    last = int(days[-1])
    autumn, spring = (last + int((phase - last) % 365.25) for phase in (285, 105))
    alone, _ = _median(autumn, [])
    (rising, told), (falling, _) = _median(autumn, related), _median(spring, related)
    assert rising > 1.05 * alone > alone > 1.02 * falling
    assert np.abs(told["shared_season"]).max() > 0.02
    # The season itself is told well by three years.
    assert np.abs(learn_season(everyones_growth(table), days)).max() == pytest.approx(0.15, abs=0.04)


def test_a_season_that_the_report_has_not_followed_is_given_up():
    days = 738_000 + 7 * np.arange(52)
    season = np.array([0.1, 0.1, 0.0, 0.0])
    followed, opposed = (shared_part(season, sign * waves(days) @ season, days) for sign in (1.0, -1.0))
    assert followed > 0.9 and opposed == 0.0
    assert shared_part(season, np.zeros(0), days[:0]) == pytest.approx(0.75)


@pytest.mark.parametrize("given", [{"period": 7}, {"period": 1}])
def test_related_series_without_weeks_are_refused(given):
    table, days = _seasonal(80, 3, 738_000)
    with pytest.raises(InvalidParameterError, match="related"):
        forecast(table, horizon=2, rng=np.random.default_rng(1), related=[Related(table, days)], **given)


def test_related_series_of_less_than_a_year_are_refused():
    table, days = _seasonal(30, 3, 738_000)
    with pytest.raises(TooShortError, match="related"):
        forecast(
            table,
            horizon=2,
            rng=np.random.default_rng(1),
            period=1,
            days=days,
            related=[Related(table, days)],
        )


def test_shared_growth_holds_new_epidemics_of_its_own_kind_and_beats_staying():
    rng = np.random.default_rng(8)
    inside, errors, still = [], [], []
    for _ in range(40):
        growth, level, weeks = rng.normal(0, 0.25), np.full(12, 6.0), []
        for _ in range(12):
            growth = (0.5 if growth > 0 else 0.85) * growth + rng.normal(0, 0.14)
            level = level + growth + rng.normal(0, 0.05, 12)
            weeks.append(rng.poisson(np.exp(level)).astype(float))
        table = np.array(weeks)
        found = common_growth(Asked(table[:6], 4, 6, np.array([5]), LEVELS))[0]
        inside.append((found[..., 0] <= table[6:10]) & (table[6:10] <= found[..., 4]))
        errors.append(np.abs(np.log((found[..., 2] + 1) / (table[6:10] + 1))))
        still.append(np.abs(np.log((table[5] + 1) / (table[6:10] + 1))))
    assert 0.88 <= np.mean(inside) <= 0.995
    assert np.mean(errors) < 0.95 * np.mean(still)


def test_one_state_tells_less_of_revisions_than_many_that_agree():
    table = np.full((12, 3), 120.0)
    states = np.full((8, 12, 3), np.nan)
    for ago in range(8):
        states[ago, : 11 - ago] = 120.0
        states[ago, 10 - ago] = 108.0
    one, many = (learn_revisions(table, states[:count]).factor[0] for count in (1, 8))
    assert (one > 1.0).all() and (one < many).all() and (many > 1.08).all() and (many < 120 / 108).all()
