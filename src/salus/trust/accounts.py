"""How allauth signs people in here: nobody signs up, and secrets are sealed at rest."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from salus.trust import vault
from salus.trust.selectors import viewer_for


class ClosedSignup(DefaultAccountAdapter):
    """Accounts are opened by administrators; passwords are changed through the service."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody opens their own account."""
        return False

    def clean_password(self, password: str, user: Any = None) -> str:
        """Refuse a weak password, and the one that the person has now."""
        cleaned: str = super().clean_password(password, user=user)
        if user is not None and user.pk and user.check_password(cleaned):
            raise ValidationError(_("This is the password you have now. Choose another."))
        return cleaned

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go on to work, not back to the form."""
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Change the password through the service, so that it is audited."""
        from salus.trust.services import password_change

        password_change(person=user.pk, password=password, by=viewer_for(person=user.pk))
        user.refresh_from_db()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send nothing: no address of a person leaves the vault for a mail server."""


class SealedFactors(DefaultMFAAdapter):
    """Second factors, their secrets sealed with the installation's key."""

    def encrypt(self, text: str) -> str:
        return vault.secret_close(text)

    def decrypt(self, encrypted_text: str) -> str:
        return vault.secret_open(encrypted_text)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing; the audit tells of a changed factor."""
