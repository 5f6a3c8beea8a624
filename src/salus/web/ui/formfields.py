"""How Django's form fields become questions in the GOV.UK manner."""

from typing import Any, Literal

from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect

FieldKind = Literal["hidden", "checkbox", "choices", "group", "single"]


def field_kind(bound: BoundField) -> FieldKind:
    """Which of five layouts a field takes."""
    widget = bound.field.widget
    if bound.is_hidden:
        return "hidden"
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "checkbox"
    return "group" if widget.use_fieldset else "single"


def choices_of(bound: BoundField) -> list[Any]:
    """The single choices of a radio or checkbox list, each with ``tag``, ``choice_label`` and an id."""
    return list(bound.subwidgets) if field_kind(bound) == "choices" else []


def _first_id(bound: BoundField) -> str:
    """Where a link to the field leads: its first choice, or the widget itself."""
    subwidgets = choices_of(bound)
    return str(subwidgets[0].id_for_label) if subwidgets else str(bound.id_for_label or bound.auto_id)


def form_errors(form: BaseForm) -> list[dict[str, str]]:
    """Every message of a form with the address of the field that it is about."""
    found = [{"text": str(text), "href": ""} for text in form.non_field_errors()] if form.is_bound else []
    for bound in form:
        found += [{"text": f"{bound.label}: {text}", "href": f"#{_first_id(bound)}"} for text in bound.errors]
    return found
