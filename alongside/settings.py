"""All settings, read from the environment; docs/settings.md has a line for each.

Nothing here needs to be set to try Alongside: a data folder, a key and an SQLite database come by themselves.
"""

import os
from collections.abc import Collection
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.csp import CSP

from alongside.kit import keyfile, languages

DATA = Path(os.environ.get("ALONGSIDE_DATA", "var")).resolve()
DEMO = os.environ.get("ALONGSIDE_DEMO") == "1"
PUBLIC_URL = os.environ.get("ALONGSIDE_URL", "http://127.0.0.1:" + os.environ.get("ALONGSIDE_PORT", "8000")).rstrip("/")
# Where the phones of a hall answer; a laptop without internet gives its own address there (`alongside live`).
ROOM_URL = os.environ.get("ALONGSIDE_ROOM_URL", PUBLIC_URL).rstrip("/")
KEYS = Path(os.environ.get("ALONGSIDE_KEYS", str(DATA / "keys"))).resolve()
SECURE = PUBLIC_URL.startswith("https://")

SECRET_KEY = os.environ.get("ALONGSIDE_SECRET_KEY") or keyfile.read_or_create(DATA / "secret.key")
DEBUG = False
ALLOWED_HOSTS = [urlsplit(PUBLIC_URL).hostname or "127.0.0.1"]
if DEMO:
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_ox",
    # Without the app "allauth" itself, which holds nothing but pages: none of its own pages can ever be shown.
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "alongside.kit",
    "alongside.network",
    "alongside.people",
    "alongside.calendar",
    "alongside.surveys",
    "alongside.evidence",
    "alongside.goals",
    "alongside.doors",
    "alongside.demo",
]

ROOM_ONLY = os.environ.get("ALONGSIDE_ROOM_ONLY") == "1"  # this process serves the phones of a hall and nothing else

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "alongside.kit.middleware.security_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "alongside.kit.middleware.KnowUploadLimit",
    "django.middleware.csrf.CsrfViewMiddleware",
    "alongside.kit.middleware.RefuseLargeUploads",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "alongside.kit.middleware.speak",
    "alongside.kit.middleware.AnswerRefusals",
    "alongside.people.middleware.WhoAsksWhere",
]

ROOT_URLCONF = "alongside.urls"
if ROOM_ONLY:
    # Plain http on a laptop's own Wi-Fi: answering only, so nothing here knows a session, a cookie or a person (TRUST 6).
    ROOT_URLCONF = "alongside.room_urls"
    ALLOWED_HOSTS = [urlsplit(ROOM_URL).hostname or "127.0.0.1"]
    MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "alongside.kit.middleware.security_headers",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "allauth.account.middleware.AccountMiddleware",  # its app will not start without; no page of it is reachable
        "alongside.kit.middleware.speak",
        "alongside.kit.middleware.AnswerRefusals",
    ]
WSGI_APPLICATION = "alongside.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "alongside.people.frames.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "alongside.kit.templatetags.alongside",
                "alongside.kit.templatetags.places",
            ],
        },
    }
]


def _database(url: str) -> dict[str, object]:
    """What Django wants to know of a database, from one address. See TRUST 4 for the values."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        name = unquote(parts.path[1:])
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
            },
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        # A new connection for each request costs seven times as much as a pooled one.
        "OPTIONS": {"pool": {"min_size": 2, "max_size": 12, "timeout": 20}},
    }


DATABASES = {
    "default": _database(os.environ.get("ALONGSIDE_DATABASE_URL") or f"sqlite:///{DATA / 'alongside.sqlite3'}")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600

# Signing in: docs/decisions/0031-sign-in-with-allauth.md. Nobody signs up: people exist by invitation or staff list.
ACCOUNT_ADAPTER = "alongside.people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_RATE_LIMITS = False  # they would need a shared cache: alongside.people.throttle counts in the database
MFA_ADAPTER = "alongside.people.adapters.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Alongside"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE  # on loopback only, see above
SOCIALACCOUNT_ADAPTER = "alongside.people.adapters.WorkAccountAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form that leads to another host would need that host in the CSP
SOCIALACCOUNT_PROVIDERS: dict[str, object] = {}
OIDC_NAME = os.environ.get("ALONGSIDE_OIDC_NAME", "your work account")
OIDC_DOMAINS = os.environ.get("ALONGSIDE_OIDC_DOMAINS", "").lower().replace(",", " ").split()
if _oidc := os.environ.get("ALONGSIDE_OIDC_URL", ""):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "work",
                "name": OIDC_NAME,
                "client_id": os.environ.get("ALONGSIDE_OIDC_ID", ""),
                "secret": os.environ.get("ALONGSIDE_OIDC_SECRET", ""),
                "settings": {"server_url": _oidc.rstrip("/"), "fetch_userinfo": False},
            }
        ],
    }

TASKS = {
    "default": {
        "BACKEND": "django_ox.backend.OxBackend",
        "OPTIONS": {
            "MAX_ATTEMPTS": 20,
            "LOCK_TIMEOUT": 60,
            "BACKOFF_INITIAL": 2,
            "BACKOFF_MAX": 300,
            "SCHEDULES": {
                "due-work": {"task": "alongside.surveys.tasks.due_work", "every": 20},
                "old-register-files": {"task": "alongside.network.tasks.forget_register_files", "every": 3600},
                "weekly-digest": {"task": "alongside.doors.tasks.weekly_digest", "every": 300},
                "tidy": {"task": "alongside.kit.tasks.tidy", "every": 3600},
                "clear-away": {"task": "alongside.people.tasks.clear_away", "cron": "30 2 * * *"},
            },
        },
    }
}

_mail = urlsplit(os.environ.get("ALONGSIDE_SMTP_URL", ""))
MAIL_FROM = os.environ.get("ALONGSIDE_MAIL_FROM", "Alongside <alongside@localhost>")
MAILBOX = DATA / "mailbox"
# Nobody's quiet is disturbed by the demo's mailbox.
LETTERS_AT_ANY_HOUR = DEMO or os.environ.get("ALONGSIDE_QUIET_HOURS") == "off"
if _mail.hostname:
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": _mail.hostname,
                "port": _mail.port or 25,
                "username": unquote(_mail.username or ""),
                "password": unquote(_mail.password or ""),
                "use_tls": _mail.scheme == "smtp+tls",
                "use_ssl": _mail.scheme == "smtps",
                "timeout": 20,
            },
        }
    }
else:
    MAILERS = {"default": {"BACKEND": "alongside.kit.mail.MailboxBackend" if DEMO else "alongside.kit.mail.NoServer"}}

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = languages.ENGLISH
USE_I18N = True


# English, and the languages whose files lie in the package or in the data folder.
LANGUAGES = languages.listed(DATA)


LANGUAGES_REVIEWED = languages.reviewed_codes(DATA)


LOCALE_PATHS = [languages.folder(DATA)]


LANGUAGE_COOKIE_NAME = languages.COOKIE

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "alongside.kit.static_files.Storage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_MAX_AGE = 600

# The web: TRUST 6. Plain http is for loopback only; `alongside serve` refuses anything else without https.
SECURE_CSP: dict[str, Collection[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
# Under no-referrer a browser sends "Origin: null" with our own forms, which no CSRF check can accept; answering pages,
# whose address is the secret, set no-referrer themselves (docs/decisions/0012-keep-referrers-at-home.md).
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "alongside.kit.views.csrf_failure"
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_HANDLERS = ["alongside.kit.uploads.LimitedUpload"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"scrub": {"()": "alongside.kit.logs.ScrubTokens"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["scrub"], "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("ALONGSIDE_LOG_LEVEL", "WARNING")},
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
}
