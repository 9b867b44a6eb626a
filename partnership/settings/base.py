"""What every setting shares. Demo, test and production add where the servers are and how much is trusted."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF

os.environ["OPENPYXL_LXML"] = (
    "False"  # workbooks are read by defusedxml everywhere, whatever else is installed
)
django_stubs_ext.monkeypatch()  # so that admin and form classes can say what they are of

BASE_DIR = Path(__file__).resolve().parents[2]

INSTALLED_APPS = [
    "partnership.ui",
    "partnership.audit",
    "partnership.accounts",
    "partnership.access",
    "partnership.outbox",
    "partnership.home",
    "schools",
    "transitions",
    "cpd",
    "taskgroups",
    "partnership.accounts.admin_apps.PartnershipAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_filters",
    "django_htmx",
    "csp",
    "import_export",
    "django.forms",
]

# The headers first, so that no answer goes without them. Health answers without session, host check or transaction.
# AccessMiddleware opens the outer transaction and sets the database context; it stands after everything that says who
# is asking. Once stands inside it, so that what is remembered of a POST is written with what the POST did.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "partnership.home.health.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "partnership.accounts.sessions.SessionLimits",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "partnership.access.middleware.AccessMiddleware",
    "partnership.access.once.OnceMiddleware",
    "partnership.access.middleware.SignedInMiddleware",
    "partnership.accounts.admin_site.NoIdAtTheDesk",
]

ROOT_URLCONF = "partnership.urls"
WSGI_APPLICATION = "partnership.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "partnership.ui.context.page",
            ],
        },
    },
]

FORM_RENDERER = "partnership.ui.forms.Renderer"
PLATFORM_NAME = "Handover"
DEMO = False

# Language and time: one country, one clock.
LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = "partnership.formats"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

# People and the door.
AUTH_USER_MODEL = "accounts.User"
VIEWER_BUILDER = "schools.queries.viewers.viewer_for"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "partnership.accounts.passwords.GuessableFiguresValidator"},
    {"NAME": "partnership.accounts.passwords.ExpectedWordsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "partnership.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "partnership.accounts.forms.LoginForm",
    "reset_password": "partnership.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "partnership.accounts.forms.ResetPasswordKeyForm",
    "change_password": "partnership.accounts.forms.ChangePasswordForm",
    "set_password": "partnership.accounts.forms.SetPasswordForm",
    "reauthenticate": "partnership.accounts.forms.ReauthenticateForm",
    "request_login_code": "partnership.accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "partnership.accounts.forms.ConfirmLoginCodeForm",
}
OUTBOX_WORKING_FOR = "schools.queries.working.working_for"  # nothing is sent on other days
OUTBOX_MAIL_HOURS: str | tuple[str, str] = ("07:30", "18:00")
OUTBOX_DIGEST = (1, "07:30")  # the weekly digest, unless somebody chose another day: Monday morning
LETTERS = "partnership.outbox.letters.post_letter"  # how the door sends mail
ACCOUNT_HOME_URL = "/account/"  # where somebody keeps their own password and second step
ACCOUNT_EMAIL_NOTIFICATIONS = True  # whose password or second step changes is told by mail
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation is bound to its address and proves it
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # an unknown address gets no mail (walls §1)
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a class, which asks no table
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True  # one step, as a password is: pages about children ask for the second
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
OFFICE_CODE_LASTS = timedelta(
    minutes=10
)  # as the code by mail: from the office to the device in the staff room
SOCIALACCOUNT_ADAPTER = "partnership.accounts.work_sign_in.WorkAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # our adapter says whose address is believed
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
ROLE_MAILBOXES = "schools.queries.mailboxes.is_role_mailbox"  # addresses that are nobody's sign-in
WORK_SIGN_INS = "schools.queries.sign_in"  # which organisation has which tenant
WORK_SIGN_IN_ISSUERS = {
    "microsoft": "https://login.microsoftonline.com/{tenant}/v2.0",
    "google": "https://accounts.google.com",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # its PIN, finger or face is the other factor
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}  # a school signs in from one address, at half past eight
MFA_ADAPTER = "partnership.accounts.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "partnership.accounts.forms.AuthenticateForm",
    "reauthenticate": "partnership.accounts.forms.ReauthenticateByCodeForm",
    "activate_totp": "partnership.accounts.forms.ActivateTOTPForm",
    "add_webauthn": "partnership.accounts.forms.AddPasskeyForm",
    "login_webauthn": "partnership.accounts.forms.SignInByPasskeyForm",
    "authenticate_webauthn": "partnership.accounts.forms.SecondStepByPasskeyForm",
    "reauthenticate_webauthn": "partnership.accounts.forms.ReauthenticateByPasskeyForm",
    "edit_webauthn": "partnership.accounts.forms.RenamePasskeyForm",
}
MFA_RECOVERY_CODE_COUNT = 20  # a month of school days, for those who have only the printed sheet
MFA_TOTP_ISSUER = PLATFORM_NAME
MFA_TOTP_TOLERANCE = 0  # a used code is remembered for one period: a wider window would let it be used again
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_IDLE = timedelta(minutes=60)  # a lesson: shared desks in schools, and drafts are saved as one types
SESSION_IDLE_SHARED = timedelta(
    minutes=15
)  # begun by a code of the office: whoever comes next finds nobody signed in
SESSION_ABSOLUTE = timedelta(hours=12)  # a long school day: every morning begins with both steps
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # forms carry the token: no script of ours reads the cookie
PASSWORD_RESET_TIMEOUT = 3 * 60 * 60  # longer than the first four tries of a mail take (outbox)
MESSAGE_STORAGE = (
    "django.contrib.messages.storage.session.SessionStorage"  # they can name people: no cookie of theirs
)

# Counters of failed sign-ins must be shared by all processes: they lie in the database, which is there anyway.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
}

# A second connection in autocommit: what is counted there stays, whatever becomes of the request (walls §2).
DATABASE_ROUTERS = ["partnership.access.routers.BesideRouter"]
COUNTERS_BY = "beside"
ACCOUNT_RATE_LIMITS = {
    "login": "240/m/ip",  # a school comes from one address
    "login_failed": "60/m/ip,5/300s/key",  # guesses at one account stop after five, wherever they come from
    "request_login_code": "60/m/ip,3/m/key",
    "reset_password": "60/m/ip,3/m/key",
    "office_code": "20/m/ip,200/h/ip",  # thirty-four bits, for ten minutes: counted where they come from
}
EXPORTS_AN_HOUR = 20  # files of children that one person may ask for; at least 1
PERSON_LIMITS = {  # of one person; exports have their own
    "search": "60/m/user,1000/d/user",  # a box of names and schools; a filter that is changed again counts too
    "upload": "30/h/user",  # an office that mends a file and sends it again
}
CALENDAR_LIMITS = {  # calendars ask by themselves, some of them many for one address
    "calendar": "60/h/key",
    "calendar_unknown": "30/m/ip",
    "calendar_public": "120/m/ip",
}
CODE_LIMITS = {"code": "20/m/ip,200/h/ip"}  # codes of certificates tried from one place: of sixty bits each
REAUTHENTICATE_AFTER = timedelta(minutes=15)  # before exports and before posts change, unless signed in since

# Pages: nothing from another host, nothing inline without a nonce.
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        # A form leads on to a school's own Microsoft or Google sign-in (browsers apply this to redirects too).
        "form-action": [SELF, "https://login.microsoftonline.com", "https://accounts.google.com"],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}

# The map: boundary lines from a GeoJSON file; tiles, and with them another host, only where an operator names one.
MAP_BOUNDARY_FILE = ""
MAP_TILE_URL = ""
MAP_TILE_ATTRIBUTION = ""

REMEMBER_SECONDS = (
    60  # for so long a process may still say terms and duties that another has changed meanwhile
)

# Files. `static/built` is made by `npm run build` and never committed.
STATIC_URL = "/static/"
STATIC_ROOT: Path | None = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [folder for folder in [BASE_DIR / "static" / "built"] if folder.is_dir()]
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site needs our fonts
MEDIA_ROOT = BASE_DIR / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

# Celery is the clock and the muscle; PostgreSQL is the record (walls §3).
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 10, "socket_connect_timeout": 2}

EMAIL_TIMEOUT = 10  # the lease of a delivery is 60 s (walls §3)
DEFAULT_FROM_EMAIL = "School partnership <no-reply@partnership.example>"
PUBLIC_URL = "http://127.0.0.1:8000"

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",  # with the hour's distance from UTC: one hour comes twice in October
        }
    },
    "filters": {"refusals": {"()": "partnership.logs.RefusalsInOneLine"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["refusals"]}
    },
    "root": {"handlers": ["console"], "level": "INFO"},
}
