"""The single forms of which the page that designs an exercise is made."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from salus.plan.exercises.schemas import KINDS
from salus.web.ops.exercises.words import kind_word, when_choices

Choices = list[tuple[str, str]]
LARGEST_FILE = 200_000


def _short(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=200, required=False, **more)


class MainForm(forms.Form):
    """What is played, in which city, how fast."""

    emergency = forms.ChoiceField(label=gettext_lazy("Emergency"))
    emergency_file = forms.FileField(
        label=gettext_lazy("An emergency of your own (a YAML file)"),
        required=False,
        help_text=gettext_lazy("It is read into the box below, where its faults are named and can be put right."),
    )
    emergency_text = forms.CharField(
        label=gettext_lazy("The text of your own emergency"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "class": "mono", "spellcheck": "false", "dir": "ltr"}),
        help_text=gettext_lazy("While there is text here, it is played instead of the choice above."),
    )
    people = forms.IntegerField(
        label=gettext_lazy("People in the city"),
        help_text=gettext_lazy("20,000 are built in seconds, 400,000 in a minute."),
    )
    city_seed = forms.IntegerField(
        label=gettext_lazy("Seed of the city"), help_text=gettext_lazy("The same seed makes the same city.")
    )
    seed = forms.IntegerField(
        label=gettext_lazy("Seed of chance"),
        help_text=gettext_lazy("The same seed and the same decisions make the same course."),
    )
    start_on = forms.DateField(
        label=gettext_lazy("First day of the exercise"), widget=forms.DateInput(attrs={"type": "date"})
    )
    lead_in_days = forms.IntegerField(
        label=gettext_lazy("Days that have happened before"),
        help_text=gettext_lazy("Nobody plays them: the first cases spread unseen."),
    )
    days = forms.IntegerField(label=gettext_lazy("Days of the exercise"))
    speed = forms.CharField(
        label=gettext_lazy("Speed"), max_length=32, help_text=gettext_lazy("1d/2m is a day every two minutes.")
    )
    crew = forms.BooleanField(
        label=gettext_lazy("Machines play the roles that nobody takes"),
        required=False,
    )

    def __init__(self, *args: Any, emergencies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["emergency"].choices = emergencies  # type: ignore[attr-defined]
        for code, language in settings.LANGUAGES:
            self.fields[f"title_{code}"] = _short(
                _("Title (%(language)s)") % {"language": language},
                widget=forms.TextInput(attrs={"lang": code, "dir": "rtl" if code == "ar" else "ltr"}),
            )

    def clean_emergency_file(self) -> str:
        """Return the text of the file that was sent, or refuse what is no text."""
        file = self.cleaned_data["emergency_file"]
        if not file:
            return ""
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is too large. Send one of at most 200 kB."))
        try:
            return str(file.read().decode("utf-8"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("The file is not text in UTF-8. Save it as such.")) from error

    @property
    def title(self) -> dict[str, str]:
        """Return the title in the languages in which it was written."""
        given = {code: str(self.cleaned_data.get(f"title_{code}", "")).strip() for code, _name in settings.LANGUAGES}
        return {code: text for code, text in given.items() if text}


class ObjectiveForm(forms.Form):
    """One thing that the exercise is to show or to train."""

    text = _short(gettext_lazy("Objective"))
    was = forms.IntegerField(widget=forms.HiddenInput, required=False)


class PersonForm(forms.Form):
    """Somebody who plays."""

    team = _short(gettext_lazy("Team"), widget=forms.TextInput(attrs={"list": "team-names"}))
    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False)
    username = _short(gettext_lazy("Sign-in name"), widget=forms.TextInput(attrs={"autocapitalize": "none"}))
    name = _short(gettext_lazy("Name"))

    def __init__(self, *args: Any, roles: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]


class InjectForm(forms.Form):
    """Something that befalls the city or a team."""

    key = _short(
        gettext_lazy("Short name"), widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"})
    )
    title = _short(gettext_lazy("Title"))
    kind = forms.ChoiceField(label=gettext_lazy("What happens"))
    when = forms.ChoiceField(label=gettext_lazy("When"))
    day = forms.IntegerField(label=gettext_lazy("Day"), required=False, min_value=0, max_value=9999)
    value = _short(
        gettext_lazy("What it waits for"),
        widget=forms.TextInput(attrs={"list": "waits-for"}),
        help_text=gettext_lazy(
            "A series of signals, a level from 1 to 3, a measure, or the short name of another inject."
        ),
    )
    delay = forms.IntegerField(label=gettext_lazy("Days after or before"), required=False, min_value=0, max_value=9999)
    days = forms.IntegerField(
        label=gettext_lazy("Lasts for days"),
        required=False,
        min_value=0,
        max_value=9999,
        help_text=gettext_lazy("Empty: to the end."),
    )
    size = forms.FloatField(
        label=gettext_lazy("How much"),
        required=False,
        help_text=gettext_lazy("A share of beds, staff or trust from 0 to 1; of a false alarm, cases a day."),
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    zones = _short(
        gettext_lazy("Zones"),
        help_text=gettext_lazy("Codes with commas between them."),
        widget=forms.TextInput(attrs={"list": "zone-codes"}),
    )
    facility = _short(gettext_lazy("Facility"), widget=forms.TextInput(attrs={"list": "facility-codes"}))
    supplier = _short(gettext_lazy("Supplier"), widget=forms.TextInput(attrs={"list": "supplier-codes"}))
    feed = _short(gettext_lazy("Feed"), widget=forms.TextInput(attrs={"list": "feed-codes"}))
    to_team = _short(
        gettext_lazy("Told to the team"),
        widget=forms.TextInput(attrs={"list": "team-names"}),
        help_text=gettext_lazy("Empty: to everybody whom it concerns."),
    )
    words = forms.CharField(
        label=gettext_lazy("What people say or ask"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, kind_word(kind)) for kind in KINDS]  # type: ignore[attr-defined]
        self.fields["when"].choices = when_choices()  # type: ignore[attr-defined]
