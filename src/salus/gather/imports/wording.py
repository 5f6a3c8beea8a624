"""What defects are called and what to do about them, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from salus.gather.schemas import Defect

MESSAGES = {
    "bad_line": gettext_lazy("This line has %(found)s fields; the header has %(expected)s."),
    "bad_quotes": gettext_lazy("This line opens a quotation mark and does not close it."),
    "bad_encoding": gettext_lazy("This line holds characters that are not %(encoding)s."),
    "bad_json": gettext_lazy("This line is not valid JSON: %(problem)s."),
    "empty": gettext_lazy("'%(column)s' is empty."),
    "unknown_zone": gettext_lazy("The city has no zone '%(value)s'."),
    "wrong_level": gettext_lazy("The zone '%(value)s' is a %(level)s; this series is kept by %(wanted)s."),
    "unknown_series": gettext_lazy("The source has no series '%(value)s'."),
    "unknown_stratum": gettext_lazy("There is no stratum '%(value)s'."),
    "bad_date": gettext_lazy("'%(value)s' is not a date (%(order)s)."),
    "future_date": gettext_lazy("The date %(value)s lies in the future (today is %(today)s)."),
    "bad_known": gettext_lazy("'%(value)s' is not a moment of publication."),
    "future_known": gettext_lazy("The moment of publication %(value)s lies in the future."),
    "known_before_valid": gettext_lazy("It was published (%(value)s) before its period began (%(valid)s)."),
    "bad_number": gettext_lazy("'%(value)s' is not a number."),
    "huge_number": gettext_lazy("%(value)s is too large to be true."),
    "negative": gettext_lazy("%(value)s is below zero; a %(kind)s cannot be."),
    "fraction": gettext_lazy("%(value)s is not a whole number; a count must be."),
    "bad_message": gettext_lazy("%(column)s: %(problem)s"),
    "unknown_event": gettext_lazy("'%(value)s' is no hazard that is known here."),
    "unknown_sensor": gettext_lazy("There is no sensor '%(value)s' in the register."),
    "unknown_unit": gettext_lazy("'%(value)s' is no unit that can be converted."),
    "bad_reference": gettext_lazy("%(column)s refers to '%(value)s', which is not in the message."),
    "unknown_code": gettext_lazy("'%(value)s' is no code that is known at %(column)s."),
    "no_result": gettext_lazy("The message holds no report of a result."),
    "unknown_place": gettext_lazy("The city has no place '%(value)s' of this kind."),
    "unknown_product": gettext_lazy("'%(value)s' is none of the goods that are known."),
    "other_unit": gettext_lazy("'%(value)s' is no unit of these goods, which are counted by the %(wanted)s."),
    "unknown_kind": gettext_lazy("'%(value)s' is no kind of posting; there are %(kinds)s."),
    "unlikely_price": gettext_lazy("%(value)s is far from what is asked elsewhere (%(usual)s)."),
    "unlikely_amount": gettext_lazy("%(value)s cannot be right: %(kind)s is never below zero."),
    "unknown_topic": gettext_lazy("There is no topic '%(value)s'."),
    "unsure_topic": gettext_lazy("It is not clear what this call is about; it may be '%(value)s'."),
    # Of a line that names a person it is told what is wrong, and never what stood there.
    "no_moment": gettext_lazy("'%(column)s' holds no moment that can be read."),
    "no_such_zone": gettext_lazy("'%(column)s' names no zone of the city."),
    "no_such_word": gettext_lazy("'%(column)s' holds none of the words that are known."),
    "no_such_age": gettext_lazy("'%(column)s' is no age of a person."),
    "too_late": gettext_lazy("'%(column)s' is later than it can be."),
    "duplicate": gettext_lazy("Lines %(lines)s state different values (%(values)s) for the same observation."),
}

REMEDIES = {
    "bad_line": gettext_lazy("Correct the line, or dismiss it."),
    "bad_quotes": gettext_lazy("Close the quotation mark, or remove it."),
    "bad_encoding": gettext_lazy("Type the text again, or save the file as UTF-8."),
    "bad_json": gettext_lazy("Correct the line, or dismiss it."),
    "empty": gettext_lazy("Fill it in, or dismiss the row."),
    "unknown_zone": gettext_lazy("Correct the code, or add the zone to the city's boundaries."),
    "wrong_level": gettext_lazy("Choose a zone of that level."),
    "unknown_series": gettext_lazy("Correct the code, or add the series to the source's manifest."),
    "unknown_stratum": gettext_lazy("Correct the code, or define the stratum."),
    "bad_date": gettext_lazy("Write it as year-month-day, for example 2021-11-15."),
    "future_date": gettext_lazy("Correct the date."),
    "bad_known": gettext_lazy("Write it as year-month-day, with the time if there is one."),
    "future_known": gettext_lazy("Correct the moment."),
    "known_before_valid": gettext_lazy("Correct one of the two dates."),
    "bad_number": gettext_lazy("Correct the number; leave it empty if it is not known."),
    "huge_number": gettext_lazy("Correct the number."),
    "negative": gettext_lazy("Correct the number."),
    "fraction": gettext_lazy("Correct the number, or check the decimal mark in the mapping."),
    "bad_message": gettext_lazy("Ask the sender for a corrected message, or put this one aside."),
    "unknown_event": gettext_lazy("Read the message; put it aside if nothing follows from it."),
    "unknown_sensor": gettext_lazy("Add the sensor to the register, or put the message aside."),
    "unknown_unit": gettext_lazy("Ask whoever keeps the device which unit it is."),
    "bad_reference": gettext_lazy("Ask the sender for the whole message."),
    "unknown_code": gettext_lazy("Correct the code."),
    "no_result": gettext_lazy("Ask the laboratory what it meant to send, or put the message aside."),
    "unknown_place": gettext_lazy("Correct the code, or add the place to the city's facilities."),
    "unknown_product": gettext_lazy("Correct the code, or put the row aside."),
    "other_unit": gettext_lazy("Correct the unit, or state the price in the usual one."),
    "unknown_kind": gettext_lazy("Choose one of them."),
    "unlikely_price": gettext_lazy("Ask the market; correct the price or its unit."),
    "unlikely_amount": gettext_lazy("Correct the amount, or post it as a correction."),
    "unknown_topic": gettext_lazy("Write one of the topics of this source."),
    "unsure_topic": gettext_lazy("Read it, write the right topic and take it in."),
    "no_moment": gettext_lazy("Write it as 2026-03-06T13:00."),
    "no_such_zone": gettext_lazy("Write the zone's code; ask where the person lives or works."),
    "no_such_word": gettext_lazy("Write one of: case, control."),
    "no_such_age": gettext_lazy("Write the age in years, or leave it empty."),
    "too_late": gettext_lazy(
        "Nobody falls ill after they were reported, and no report comes from the future: ask when."
    ),
    "duplicate": gettext_lazy("Keep the right one and dismiss the others."),
}

ORDERS = {
    "ymd": gettext_lazy("expected year-month-day"),
    "dmy": gettext_lazy("expected day/month/year"),
    "mdy": gettext_lazy("expected month/day/year"),
}


def message(defect: Defect) -> str:
    """Return what is wrong, in plain words."""
    params = {"value": defect.value, "column": defect.column, **defect.params}
    if "order" in params:
        params["order"] = str(ORDERS.get(params["order"], params["order"]))
    text = MESSAGES.get(defect.code)
    return str(text) % params if text else defect.code


def remedy(defect: Defect) -> str:
    """Return what to do about it."""
    return str(REMEDIES.get(defect.code, _("Correct the row, or dismiss it.")))
