"""The forms on which a line is closed or a site is opened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy

from salus.decide.changes.schemas import EVERY_DAY, SiteHours, Span

Choices = Sequence[tuple[str, str]]
DAY = {"type": "date"}
TIME = {"type": "time"}


class ChooseForm(forms.Form):
    """On which decision, and what."""

    decision = forms.ChoiceField(label=gettext_lazy("On which decision?"))

    def __init__(self, *args: Any, decisions: Choices, name: str, label: str, what: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = decisions  # type: ignore[attr-defined]
        self.fields[name] = forms.ChoiceField(label=label, choices=what)


class OrderForm(forms.Form):
    """In which areas, from when, and why."""

    zones = forms.MultipleChoiceField(
        label=gettext_lazy("In which areas?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    from_on = forms.DateField(
        label=gettext_lazy("From which day?"),
        required=False,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: from today, or from the day on which the decision begins to hold."),
    )
    until_on = forms.DateField(
        label=gettext_lazy("What is the last day?"),
        required=False,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: as long as the decision holds."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Your name stands beside it. The public reads the reason of the decision instead."),
    )

    def __init__(self, *args: Any, areas: Choices, hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zones"].choices = areas  # type: ignore[attr-defined]
        self.fields["zones"].help_text = hint

    def zone_ids(self) -> list[UUID] | None:
        """Return the chosen areas, or none for all."""
        return [UUID(text) for text in self.cleaned_data["zones"]] or None

    def span(self) -> Span:
        """Return the days."""
        return Span(from_on=self.cleaned_data["from_on"], until_on=self.cleaned_data["until_on"])


class HoursForm(forms.Form):
    """When a site is open, and for how many."""

    per_day = forms.IntegerField(label=gettext_lazy("For how many people a day?"), min_value=1)
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("On which days is it open?"), widget=forms.CheckboxSelectMultiple, initial=EVERY_DAY
    )
    opens = forms.TimeField(
        label=gettext_lazy("When does it open?"), widget=forms.TimeInput(attrs=TIME, format="%H:%M"), initial="08:00"
    )
    closes = forms.TimeField(
        label=gettext_lazy("When does it close?"), widget=forms.TimeInput(attrs=TIME, format="%H:%M"), initial="18:00"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days: Iterable[tuple[str, str]] = [(str(day), str(WEEKDAYS[day])) for day in EVERY_DAY]
        self.fields["weekdays"].choices = days  # type: ignore[attr-defined]

    def hours(self) -> SiteHours:
        """Return what was written."""
        given = self.cleaned_data
        return SiteHours(
            per_day=given["per_day"],
            weekdays=tuple(int(day) for day in given["weekdays"]),
            opens=given["opens"].strftime("%H:%M"),
            closes=given["closes"].strftime("%H:%M"),
        )


class SiteForm(HoursForm, OrderForm):
    """Where a site is opened, when, for whom and why."""

    facility = forms.ChoiceField(label=gettext_lazy("Where?"))
    field_order = ("facility", "per_day", "weekdays", "opens", "closes", "zones", "from_on", "until_on", "reason")

    def __init__(self, *args: Any, places: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["facility"].choices = [("", ""), *places]  # type: ignore[attr-defined]
        self.fields["zones"].label = gettext_lazy("For people of which areas?")


class ReviseForm(forms.Form):
    """Until when a change of service holds, and why it is changed."""

    until_on = forms.DateField(
        label=gettext_lazy("What is the last day?"),
        required=False,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: as long as the decision holds."),
    )
    reason = forms.CharField(label=gettext_lazy("Why?"))

    def span(self) -> Span:
        """Return the last day."""
        return Span(until_on=self.cleaned_data["until_on"])


class ReviseSiteForm(HoursForm, ReviseForm):
    """The same for a site, with its hours."""

    field_order = ("per_day", "weekdays", "opens", "closes", "until_on", "reason")
