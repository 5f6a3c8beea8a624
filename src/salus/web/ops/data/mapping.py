"""The form that says what the columns of a file mean."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from salus.gather.schemas import ImportRow, MappingSpec

NONE = ("", gettext_lazy("(none)"))
COLUMNS = {
    "valid_column": gettext_lazy("Which column holds the date?"),
    "zone_column": gettext_lazy("Which column holds the zone?"),
    "value_column": gettext_lazy("Which column holds the value?"),
    "series_column": gettext_lazy("Which column names the series?"),
    "stratum_column": gettext_lazy("Which column holds the age group or other stratum?"),
}
ORDERS = [
    ("auto", gettext_lazy("Find out from the file")),
    ("ymd", gettext_lazy("Year, month, day")),
    ("dmy", gettext_lazy("Day, month, year")),
    ("mdy", gettext_lazy("Month, day, year")),
]
MARKS = [("auto", gettext_lazy("Find out from the file")), (".", "1234.5"), (",", "1234,5")]


def _kept(row: ImportRow) -> dict[str, Any]:
    """Return what is known already: the mapping in use, or the guess by names."""
    if row.mapping is not None:
        return row.mapping.as_json()
    return dict(row.report.get("suggestion") or {})


class MappingForm(forms.Form):
    """Which column means what; starts from a guess."""

    def __init__(self, *args: Any, row: ImportRow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = _kept(row)
        headers = [(name, name) for name in row.report.get("headers") or (row.mapping.columns if row.mapping else ())]
        for name, label in COLUMNS.items():
            self.fields[name] = forms.ChoiceField(
                label=label, choices=[NONE, *headers], required=name == "valid_column", initial=self.kept.get(name, "")
            )
        fixed = _("Or: all rows are of this series (its code)")
        self.fields["series_fixed"] = forms.CharField(
            label=fixed, required=False, initial=self.kept.get("series_fixed", "")
        )
        zone = _("Or: all rows are of this zone (its code)")
        self.fields["zone_fixed"] = forms.CharField(label=zone, required=False, initial=self.kept.get("zone_fixed", ""))
        self.fields["date_order"] = forms.ChoiceField(
            label=_("How are dates written?"), choices=ORDERS, initial=self.kept.get("date_order", "auto")
        )
        self.fields["decimal"] = forms.ChoiceField(
            label=_("How are decimals written?"), choices=MARKS, initial=self.kept.get("decimal", "auto")
        )

    def spec(self) -> MappingSpec:
        """Return the mapping as answered, on top of what was known."""
        given = dict(self.cleaned_data)
        values = self.kept.get("values") or {}
        base = MappingSpec.from_json({"valid_column": given["valid_column"], **self.kept})
        return replace(base, **given, values={} if given["value_column"] else values)


def mapping_form(row: ImportRow) -> MappingForm:
    """Return the form filled with what is known."""
    return MappingForm(row=row)
