"""How moments are written: rule 2, always a ``<time>`` element."""

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone, translation

from salus.web.ui import moments

AT = datetime(2031, 3, 18, 23, 5, tzinfo=UTC)


def test_moment_in_the_local_zone_and_language():
    with timezone.override("Europe/Paris"):
        assert str(moments.time_tag(AT)) == '<time datetime="2031-03-19T00:05:00+01:00">19 March 2031, 00:05</time>'
        with translation.override("fr"):
            assert "19 mars 2031" in moments.time_tag(AT)


def test_styles():
    assert moments.day(date(2031, 3, 18), "short") == "18 Mar"
    assert moments.day(date(2031, 3, 18), "weekday") == "Tue 18 Mar"
    assert moments.day(date(2031, 3, 18), "month") == "Mar 2031"


def test_local_digits_in_dates():
    with translation.override("ar-eg"):
        assert "٢٠٣١" in moments.day(date(2031, 3, 18))


def test_unknown_moment_says_so():
    assert "not known" in moments.time_tag(None)


def test_period_of_one_day_is_one_moment():
    assert moments.period_tag(date(2031, 3, 1), date(2031, 3, 1)).count("<time") == 1
    assert moments.period_tag(date(2031, 3, 1), date(2031, 3, 7)).count("<time") == 2


def test_ago():
    assert moments.ago(AT - timedelta(minutes=12), AT) == "12 minutes ago"
    assert moments.ago(AT + timedelta(hours=3), AT) == "in 3 hours"
    assert moments.ago(AT, AT) == "just now"
