"""The form on which a decision is written."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.texts import pick
from salus.decide.schemas import DecisionEdit, DecisionRow
from salus.trust import policy
from salus.trust.permissions import PERSON_VIEW
from salus.trust.selectors import person_list
from salus.web.ops.work.words import days_of

TEXTS = {"title": gettext_lazy("Title"), "public_text": gettext_lazy("What the public is told")}
LOCAL = {"type": "datetime-local"}


class DecisionForm(forms.Form):
    """Everything that a decision needs before it can be handed to a second person."""

    option = forms.ChoiceField(label=gettext_lazy("Which option?"), widget=forms.RadioSelect, required=False)
    rationale = forms.CharField(
        label=gettext_lazy("Why this one?"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    dissent = forms.CharField(
        label=gettext_lazy("Who sees it otherwise, and why?"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    accountable = forms.ChoiceField(label=gettext_lazy("Who answers for it?"), required=False)
    in_force_from = forms.DateTimeField(
        label=gettext_lazy("In force from"), required=False, widget=forms.DateTimeInput(attrs=LOCAL)
    )
    in_force_until = forms.DateTimeField(
        label=gettext_lazy("In force until"), required=False, widget=forms.DateTimeInput(attrs=LOCAL)
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, request: HttpRequest, row: DecisionRow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.language = row, get_language() or "en"
        self.languages = [(code, str(name)) for code, name in settings.LANGUAGES]
        self._choices(request)
        self._rejections()
        self._texts()
        self.initial = {**self._kept(), **self.initial}

    def _choices(self, request: HttpRequest) -> None:
        options = [(option.key, pick(option.title, self.language)) for option in self.row.options]
        self.fields["option"].choices = options  # type: ignore[attr-defined]
        viewer = request.viewer  # type: ignore[attr-defined]
        people = person_list(viewer=viewer) if policy.may_somewhere(viewer, PERSON_VIEW) else []
        names = [
            (str(one.id), f"{one.name} ({', '.join(one.roles).replace('_', ' ')})")
            for one in people
            if one.active and one.roles
        ]
        self.fields["accountable"].choices = [("", _("Nobody yet")), *names]  # type: ignore[attr-defined]

    def _rejections(self) -> None:
        for option in self.row.options:
            label = _("If not “%(option)s”, why not?") % {"option": pick(option.title, self.language)}
            self.fields[f"why_{option.key}"] = forms.CharField(
                label=label, required=False, initial=option.why_rejected, widget=forms.Textarea(attrs={"rows": 2})
            )

    def _texts(self) -> None:
        for name, label in TEXTS.items():
            for code, language in self.languages:
                rows = 4 if name == "public_text" else 1
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=f"{label} ({language})",
                    required=False,
                    widget=forms.Textarea(attrs={"rows": rows, "lang": code, "dir": "rtl" if code == "ar" else "ltr"}),
                )

    def _kept(self) -> dict[str, Any]:
        row = self.row
        kept: dict[str, Any] = {
            "option": row.option_key,
            "rationale": row.rationale,
            "dissent": row.dissent,
            "accountable": str(row.accountable_id or ""),
            "in_force_from": days_of(row.in_force_from),
            "in_force_until": days_of(row.in_force_until),
            "version": row.version,
        }
        for name in TEXTS:
            kept |= {f"{name}_{code}": getattr(row, name).get(code, "") for code, _name in self.languages}
        return kept

    def _text(self, name: str) -> dict[str, str]:
        given = {code: self.cleaned_data[f"{name}_{code}"].strip() for code, _name in self.languages}
        return {code: text for code, text in given.items() if text}

    def edit(self) -> DecisionEdit:
        """Return what the person wrote."""
        given = self.cleaned_data
        zone = clock.city_zone()
        moments = {
            name: given[name].replace(tzinfo=zone) if given[name] and given[name].tzinfo is None else given[name]
            for name in ("in_force_from", "in_force_until")
        }
        return DecisionEdit(
            title=self._text("title"),
            option=given["option"] or None,
            rationale=given["rationale"],
            dissent=given["dissent"],
            why_rejected={option.key: given[f"why_{option.key}"] for option in self.row.options},
            accountable=UUID(given["accountable"]) if given["accountable"] else None,
            public_text=self._text("public_text"),
            **moments,
        )
