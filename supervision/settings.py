"""Settings, all from the environment. docs/settings.md explains each; a missing secret refuses to start."""

from __future__ import annotations

import os
from datetime import time
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from supervision.records import keyring

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def env_flag(name: str) -> bool:
    return env(name).lower() in {"1", "true", "yes", "on"}


def env_list(name: str) -> list[str]:
    return [part.strip() for part in env(name).split(",") if part.strip()]


TESTING = env_flag("COMMON_HOUR_TESTING")
DEBUG = env_flag("COMMON_HOUR_DEBUG")

# Data and secrets are different directories: a backup takes the first and never the second.
DATA_DIR = Path(env("COMMON_HOUR_DATA_DIR") or BASE_DIR / "var" / "data")
SECRETS_DIR = Path(env("COMMON_HOUR_SECRETS_DIR") or BASE_DIR / "var" / "secrets")
MAIL_DIR = Path(env("COMMON_HOUR_MAIL_DIR") or DATA_DIR / "mail")
ANCHOR_DIR = Path(env("COMMON_HOUR_ANCHOR_DIR") or DATA_DIR / "anchors")
SECRETS_FILE = SECRETS_DIR / "keys.json"


def _keyring() -> keyring.Keyring:
    if TESTING and not SECRETS_FILE.exists():
        return keyring.Keyring.new()
    if env_flag("COMMON_HOUR_CREATE_SECRETS") and not SECRETS_FILE.exists():
        keyring.save(SECRETS_FILE, keyring.Keyring.new())
    try:
        return keyring.load(SECRETS_FILE)
    except keyring.MissingSecrets as error:
        raise ImproperlyConfigured(str(error)) from error


KEYRING = _keyring()
SECRET_KEY = env("SECRET_KEY") or KEYRING.secret_key

ALLOWED_HOSTS = env_list("ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
SITE_URL = env("SITE_URL") or "http://127.0.0.1:8000"
HTTPS = SITE_URL.startswith("https://")
TRUSTED_PROXIES = int(env("TRUSTED_PROXIES") or 0)

INSTALLED_APPS = [
    "supervision.pages",
    "supervision.records",
    "supervision.jobs",
    "supervision.guidance",
    "supervision.people",
    "supervision.requirements",
    "supervision.notices",
    "agreements",
    "competencies",
    "supervision.sessions",
    "supervision.notes",
    "supervision.performance",
    "supervision.concerns",
    "supervision.overview",
    "supervision.reports",
    "supervision.imports",
    "supervision.portfolio",
    "supervision.retention",
    "supervision.disclosure",
    "supervision.handover",
    "supervision.hours",
    "supervision.demo",
    "crispy_forms",
    "crispy_bootstrap5",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
]

# Commands of apps that bring in what they ship as rows, each time the server is prepared. Safe to repeat.
PREPARED_BY = ["bring_in_frameworks", "bring_in_requirements"]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "supervision.middleware.security_headers",
    "supervision.middleware.busy_database",
    "supervision.pages.incoming.readable_body",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "supervision.middleware.unlocked_keys",
    "supervision.middleware.sign_in_required",
    "supervision.middleware.own_time_zone",
    "supervision.middleware.second_factor_required",
    "supervision.middleware.forget_what_was_sent",
    "supervision.middleware.plain_refusals",
]

ROOT_URLCONF = "supervision.urls"
WSGI_APPLICATION = "supervision.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates", BASE_DIR / "templates" / "allauth_overrides"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "supervision.overview.context.frame",
                "supervision.pages.typed.typed_words",
            ],
            "builtins": ["django.templatetags.i18n", "supervision.pages.templatetags.ui"],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
FORM_RENDERER = "supervision.pages.widgets.Renderer"
CRISPY_FAIL_SILENTLY = not TESTING

# Database ------------------------------------------------------------------------------------------
DATABASE_URL = env("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'common-hour.sqlite3'}"
MIGRATE_DATABASE_URL = env("MIGRATE_DATABASE_URL")
_default = dj_database_url.parse(DATABASE_URL)
if _default["ENGINE"].endswith("sqlite3"):
    _default["ENGINE"] = "supervision.sqlite"
    _default["OPTIONS"] = {"timeout": 20}
    _default["CONN_MAX_AGE"] = None
else:
    _default["CONN_MAX_AGE"] = 600
    _default["CONN_HEALTH_CHECKS"] = True
DATABASES = {"default": _default}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

# People and sign-in -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["supervision.people.backend.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "preferred_name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "supervision.people.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # an address that nobody has here gets no mail from here
ACCOUNT_FORMS = {
    "login": "supervision.people.entry_forms.SignInForm",
    "reset_password": "supervision.people.entry_forms.ResetForm",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "supervision.people.tokens.ResetTokens"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(env("COMMON_HOUR_REAUTHENTICATE_AFTER") or 300)
ACCOUNT_RATE_LIMITS = {  # beside allauth's own limits of sign-in and reset
    "verify": "30/m/ip",
    "calendar": "120/m/ip",  # one calendar service fetches for many people
    "leaving": "5/5m/key,60/h/ip",  # as at the sign-in
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "supervision.people.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Common Hour"
MFA_TOTP_TOLERANCE = 1  # half a minute early or late: phones and servers disagree, and people type slowly
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
USERSESSIONS_TRACK_ACTIVITY = False

SESSION_COOKIE_AGE = int(env("COMMON_HOUR_SESSION_SECONDS") or 12 * 3600)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "supervision.urls.csrf_failure"
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# What may come in: uploads stay in memory under a cap, nothing of a request is ever written to disk.
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 26 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["supervision.records.uploads.InMemoryOnly"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Language, time ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files: served by the application itself, compressed and named by their content.
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env("COMMON_HOUR_STATIC_DIR") or BASE_DIR / "var" / "static")
_static = "django.contrib.staticfiles.storage.StaticFilesStorage"
if not (TESTING or DEBUG):
    _static = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": _static},
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# Mail: to a file that only the owner can read, until SMTP is configured.
if env("EMAIL_HOST"):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = env("EMAIL_HOST")
    EMAIL_PORT = int(env("EMAIL_PORT") or 587)
    EMAIL_HOST_USER = env("EMAIL_HOST_USER")
    EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD")
    EMAIL_USE_TLS = env("EMAIL_SECURITY", "starttls") == "starttls"
    EMAIL_USE_SSL = env("EMAIL_SECURITY") == "tls"
else:
    EMAIL_BACKEND = "supervision.records.mail.OwnerOnlyFileBackend"
    EMAIL_FILE_PATH = str(MAIL_DIR)
DEFAULT_FROM_EMAIL = env("EMAIL_FROM") or "Common Hour <no-reply@localhost>"
EMAIL_SUBJECT_PREFIX = ""

# Background work
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
JOBS_ZONE = "supervision.people.zones.of_agency"  # whose days they are
DAILY_JOBS = [
    "supervision.records.daily.digest_of_openings",
    "supervision.records.daily.missing_documents",
    "supervision.records.daily.opened_at_the_instant_of_an_offer",
    "supervision.records.daily.fresh_statistics",
    "supervision.records.daily.old_mail",
    "supervision.portfolio.tasks.tidy",
    "supervision.retention.tasks.daily",
    "supervision.records.drafts.clear_old",
    "supervision.reports.tasks.tidy",
    "supervision.reports.tasks.make_monthly",
    "supervision.imports.tasks.tidy",
    "supervision.jobs.tasks.tidy",
    "supervision.people.tasks.apply_due_addresses",
    "supervision.people.tasks.send_due_resets",
    "supervision.notices.tasks.daily",
    "supervision.overview.reminders.find",
    "agreements.tasks.restate",
    "supervision.notes.operations.purge",
    "competencies.training.operations.credentials.tell_of_expiry",
    "competencies.programs.tasks.put_together_what_closed",
    "supervision.overview.opened.yearly.tell_of_the_year",
]

# Reminders: the quiet hours of who has chosen none, and who knows what is still due
_quiet = env("COMMON_HOUR_QUIET_HOURS") or "21:00-07:00"
REMINDERS_QUIET = None if _quiet == "none" else tuple(map(time.fromisoformat, _quiet.split("-", 1)))
REMINDERS_STILL_DUE = "supervision.overview.reminders.still_due"

# Prompts and hints
GUIDANCE_FILE = env("COMMON_HOUR_GUIDANCE_FILE")

# PDF and seal
PDF_PAGE_SIZE = env("PDF_PAGE_SIZE") or "Letter"
SEAL_TSA_URL = env("SEAL_TSA_URL")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"plain": {"()": "supervision.records.logs.NoWords"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["plain"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "supervision": {"level": "INFO"},
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
