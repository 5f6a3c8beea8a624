"""Settings: everything that differs between installations comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from salus.config.secrets import secret_key

PACKAGE_DIR = Path(__file__).resolve().parent.parent
SALUS_DATA_DIR = Path(os.environ.get("SALUS_DATA_DIR", "var/salus")).resolve()
SALUS_DEMO = os.environ.get("SALUS_DEMO", "") == "1"
SALUS_CREW = os.environ.get("SALUS_CREW", "") == "1"
# The name of the stage of an exercise that this installation is.
SALUS_STAGE = os.environ.get("SALUS_STAGE", "")
# The live stream is served by its own process, on the port after the pages' unless a proxy joins them.
SALUS_LIVE_PORT = os.environ.get("SALUS_LIVE_PORT", "")
DEBUG = os.environ.get("SALUS_DEBUG", "") == "1"
SECRET_KEY = secret_key(SALUS_DATA_DIR)
ALLOWED_HOSTS = os.environ.get("SALUS_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("SALUS_ORIGINS", "").split(",") if o]

PACKAGES = ["base", "trust", "city", "gather", "assess", "plan", "decide", "act", "learn"]

INSTALLED_APPS = [
    # The faces come first, so that their templates stand in for those of the libraries.
    "salus.web.ui",
    "salus.web.ops",
    "salus.web.public",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    *(f"salus.{name}" for name in PACKAGES),
    "salus.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    # Public pages are answered here: above the session, so that they know of none.
    "salus.web.public.middleware.PublicFirst",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "salus.trust.middleware.TrustMiddleware",
    "salus.web.ui.refusals.PlainRefusals",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "salus.config.urls"
WSGI_APPLICATION = "salus.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path) or ":memory:",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
                " PRAGMA temp_store=MEMORY;",
            },
            "CONN_MAX_AGE": None,
        }
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }


# One setting chooses the database: sqlite:///path or postgresql://user:password@host/name.
SALUS_DATABASE_URL = os.environ.get("SALUS_DATABASE_URL", f"sqlite://{SALUS_DATA_DIR / 'salus.sqlite3'}")
DATABASES = {"default": _database(SALUS_DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {
    "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "alerts"]},
}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2000}}}

AUTH_USER_MODEL = "trust.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/ops/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
# A browser keeps cookies by host, not by port: a stage beside its desk needs names of its own.
if SALUS_STAGE:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"sessionid-{SALUS_STAGE}", f"csrftoken-{SALUS_STAGE}"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("SALUS_HTTPS", "") == "1"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

ACCOUNT_LOGIN_METHODS = {"username"}
# A person's address is sealed with their own key, so allauth neither finds nor stores it.
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "salus.trust.accounts.ClosedSignup"
MFA_ADAPTER = "salus.trust.accounts.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Salus"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or SALUS_DEMO

# A whole operations room signs in from one address; a name alone can hardly be locked by a stranger.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "10/m/ip,30/5m/key"}
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# The audit tells who signed in; a second list with addresses and browsers would be personal data for nothing.
AXES_DISABLE_ACCESS_LOG = True


def _live_origins() -> list[str]:
    hosts = [host for host in ALLOWED_HOSTS if not host.startswith("[")]
    return [f"http://{host}:{SALUS_LIVE_PORT}" for host in hosts] if SALUS_LIVE_PORT else []


CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, *_live_origins()],
        "worker-src": [SELF, "blob:"],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

CSRF_FAILURE_VIEW = "salus.web.ui.errors.csrf_failure"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("ar", _("Arabic"))]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("SALUS_TIME_ZONE", "UTC")

STATIC_URL = "/static/"
STATIC_ROOT = SALUS_DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = SALUS_DATA_DIR / "files"
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"scrub": {"()": "salus.trust.privacy.ScrubFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["scrub"]}},
    "root": {"handlers": ["console"], "level": os.environ.get("SALUS_LOG_LEVEL", "WARNING")},
}
