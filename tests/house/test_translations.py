"""Whatever people outside the operations room can meet is said in French and Arabic too."""

from __future__ import annotations

from pathlib import Path

import allauth
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.utils import translation

from salus.config.tools import messages

ALLAUTH = Path(allauth.__file__).parent
# The pages of signing in that are open (see trust.middleware.CLOSED).
SIGN_IN = (
    "account/login.html",
    "account/logout.html",
    "account/password_change.html",
    "account/reauthenticate.html",
    "account/base_reauthenticate.html",
    "account/account_inactive.html",
    "mfa/index.html",
    "mfa/authenticate.html",
    "mfa/reauthenticate.html",
    "mfa/totp/activate_form.html",
    "mfa/totp/deactivate_form.html",
    "mfa/webauthn/add_form.html",
    "mfa/webauthn/authenticator_list.html",
    "mfa/webauthn/reauthenticate.html",
    "mfa/recovery_codes/index.html",
    "mfa/recovery_codes/generate.html",
)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return messages.extracted()


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_public_text_is_translated(catalog: Catalog, language: str) -> None:
    wrong = messages.faults(language, catalog)
    assert not wrong, "python -m salus.config.tools.messages update, then translate:\n" + "\n".join(wrong)


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_text_of_signing_in_is_translated(language: str) -> None:
    files = [ALLAUTH / "templates" / name for name in SIGN_IN]
    files += [ALLAUTH / "account/forms.py", ALLAUTH / "account/adapter.py", ALLAUTH / "mfa/adapter.py"]
    found = messages.extracted([file for file in files if file.exists()])
    assert len(found) > 60
    with (ALLAUTH / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        theirs = read_po(file, locale=language)
    ours = messages.load(language)
    missing = []
    for message in found:
        key = message.id if isinstance(message.id, str) else message.id[0]
        rows = [
            rows for rows in (ours.get(key), theirs.get(key)) if rows is not None and rows.string and not rows.fuzzy
        ]
        if key and not rows:
            missing.append(key)
    assert not missing, missing


def test_arabic_has_its_six_forms() -> None:
    with translation.override("ar"):
        said = {translation.ngettext("%(n)s day", "%(n)s days", n) for n in (0, 1, 2, 3, 11, 100)}
    assert len(said) == 5  # none and hundred are alike in this word
    with translation.override("ar"):
        assert translation.ngettext("%(n)s day", "%(n)s days", 2) == "يومان"
        assert translation.ngettext("%(n)s day", "%(n)s days", 11) == "%(n)s يومًا"
        assert translation.ngettext("%(n)s day", "%(n)s days", 103) == "%(n)s أيام"


def test_a_missing_text_and_a_lost_placeholder_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("{% load i18n %}{% translate 'Nobody said this before' %}", encoding="utf-8")
    assert messages.faults("ar", messages.extracted([page])) == ["ar: 'Nobody said this before' is not translated"]
    assert messages.placeholders("%(a)s {} {b} 50 %") == {"a", "{}", "b"}
