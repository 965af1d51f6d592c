"""Django's settings, made from the environment and nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kanjo.config.database import embedded_server, login_for
from kanjo.config.environment import environment, secret_key
from kanjo.platform.database.roles import DatabaseRole

# What the floors below read of the installation: they cannot import this one.
ENVIRONMENT = environment()
EMBEDDED_SERVER = None if ENVIRONMENT.database_url else embedded_server(ENVIRONMENT)
LOGINS = {role: login_for(role, ENVIRONMENT) for role in DatabaseRole}
PACKAGE = Path(__file__).resolve().parents[1]

SECRET_KEY = secret_key(ENVIRONMENT.home)
DEBUG = False
ALLOWED_HOSTS = sorted({ENVIRONMENT.address, "127.0.0.1", "localhost", ENVIRONMENT.public_host})
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.public_url]

PLATFORM_APPS = [
    "kanjo.platform.companies",
    "kanjo.platform.identity",
    "kanjo.platform.access",
    "kanjo.platform.privacy",
    "kanjo.platform.audit",
    "kanjo.platform.outbox",
    "kanjo.platform.webhooks",
    "kanjo.platform.worklist",
    "kanjo.platform.notices",
    "kanjo.platform.deputies",
    "kanjo.platform.numbering",
    "kanjo.platform.runs",
    "kanjo.platform.bulk",
    "kanjo.platform.bookmarks",
    "kanjo.platform.files",
    "kanjo.platform.ledger",
    "kanjo.platform.imports",
    "kanjo.platform.search",
]
DOMAIN_APPS: list[str] = [
    "kanjo.domains.customers",
    "kanjo.domains.catalog",
    "kanjo.domains.approvals",
    "kanjo.domains.opportunities",
    "kanjo.domains.quotes",
    "kanjo.domains.contracts",
    "kanjo.domains.orders",
    "kanjo.domains.billing",
    "kanjo.domains.receivables",
    "kanjo.domains.licenses",
    "kanjo.domains.renewals",
    "kanjo.domains.revenue",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "pgtrigger",
    "procrastinate.contrib.django",
    *PLATFORM_APPS,
    *DOMAIN_APPS,
    "kanjo.processes",
    "kanjo.surfaces.jobs",
]

PROCRASTINATE_IMPORT_PATHS = ["kanjo.surfaces.api.tasks"]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kanjo.surfaces.web.middleware.ContentPolicy",
    "kanjo.surfaces.web.middleware.AtTheDesk",
    "kanjo.surfaces.api.middleware.AtTheCounter",
]
ROOT_URLCONF = "kanjo.config.urls"
WSGI_APPLICATION = "kanjo.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "surfaces" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kanjo.surfaces.web.context.house",
            ],
            "libraries": {"kanjo": "kanjo.surfaces.web.templatetags.kanjo"},
        },
    }
]

# One database, two ways in: everything acts as the application, `migrate --database owner` changes tables.
DATABASES = {
    "default": LOGINS[DatabaseRole.APPLICATION].for_django(),
    "owner": {**LOGINS[DatabaseRole.OWNER].for_django(), "TEST": {"MIRROR": "default"}},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "identity.Person"
AUTHENTICATION_BACKENDS = ["kanjo.surfaces.web.sign_in.WithRights"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "kanjo.surfaces.web.sign_in.OnlyAdmitted"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_RATE_LIMITS = {
    # Wrong passwords and wrong codes: so many of one address, and so many for one account, whoever tries.
    "login_failed": "20/5m/ip,5/5m/key",
    "login": "60/m/ip",
    # Looks at links that were mailed: nobody is signed in there.
    "paper-link": "60/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.trusted_proxies
CACHES = {"default": {"BACKEND": "kanjo.platform.identity.attempts.SharedAttempts"}}
"""Holds what the limits count. In the database, so that all processes count together."""

COMPANY_SIGN_IN = ENVIRONMENT.company_sign_in
SECOND_FACTOR = ENVIRONMENT.second_factor
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENVIRONMENT.secure
"""Browsers offer passkeys over https, and on the machine itself."""
MFA_TOTP_ISSUER = "Kanjo"

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"

DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
"""The largest body that is no upload: a signed paper or a bank file comes to the API in base64."""

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.home / "static"
STATICFILES_DIRS = [PACKAGE / "surfaces" / "web" / "static"]
MEDIA_ROOT = ENVIRONMENT.home / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

if ENVIRONMENT.mail is None:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = ENVIRONMENT.home / "mail"
else:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = ENVIRONMENT.mail.host, ENVIRONMENT.mail.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = ENVIRONMENT.mail.user, ENVIRONMENT.mail.password
    EMAIL_USE_SSL, EMAIL_USE_TLS = ENVIRONMENT.mail.encrypted_at_once, not ENVIRONMENT.mail.encrypted_at_once
    EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = (ENVIRONMENT.mail and ENVIRONMENT.mail.sender) or f"kanjo@{ENVIRONMENT.public_host}"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.secure
SESSION_ENGINE = "kanjo.platform.identity.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
"""A session ends so long after the sign-in, whatever is done in it; and so long after the last request:"""
SESSION_IDLE = timedelta(hours=2)
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.secure else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.secure else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
