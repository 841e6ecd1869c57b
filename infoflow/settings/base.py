"""Settings common to every installation. What differs lives in dev, test and production."""

import os
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONCE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("INFOFLOW_VAR", BASE_DIR / "var"))

INSTALLED_APPS = [
    "infoflow.units",
    "infoflow.desk",
    "infoflow.worktime",
    "infoflow.notices",
    "cms.scanning",
    "cms.similar",
    "cms.search",
    "cms.attachments",
    "cms.review",
    "cms.items",
    "cms.bulletins",
    "scoring.closings",
    "scoring.adoptions",
    "scoring.duty",
    "scoring.commissions",
    "scoring.urgent",
    "scoring.schemes",
    "scoring.targets",
    "scoring.ledger",
    "scoring.tallies",
    "scoring.objections",
    "scoring.rankings",
    "scoring.progress",
    "scoring.boards",
    "scoring.circulars",
    "scoring.settling",
    "scoring.imports",
    "scoring.demo",
    "simple_history",
    "wagtail.users",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.snippets",
    "wagtail.sites",
    "modelsearch",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "axes",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "infoflow.desk.middleware.NoStoreMiddleware",
    "infoflow.desk.middleware.HalfFormMiddleware",
    "infoflow.units.middleware.PasswordChangeMiddleware",
    "infoflow.units.doors.OfficeDoorMiddleware",
    "cms.scanning.middleware.DoorMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "cms.review.middleware.GateMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "infoflow.urls"
WSGI_APPLICATION = "infoflow.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "infoflow.desk.context_processors.desk",
            ],
        },
    },
]


def database(url: str) -> dict[str, Any]:
    """Return the DATABASES entry for one database address.

    SQLite gets the options without which concurrent writers fail (measured: 94 % of
    page creations with Django's defaults): writes begin IMMEDIATE, wait up to 30 s,
    and LIKE is case-sensitive so that tree paths use their index.

    Raises:
        ImproperlyConfigured: the address is neither PostgreSQL's nor SQLite's. The message
            leaves the address out: it may hold a password.
    """
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError:
        config = {"ENGINE": ""}
    if config["ENGINE"] not in ("django.db.backends.sqlite3", "django.db.backends.postgresql"):
        raise ImproperlyConfigured(
            "环境变量 DATABASE_URL 的地址不正确：应为 postgres://用户:密码@主机/库名，"
            "或 sqlite:////文件的完整路径。"
        )
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["ENGINE"] = "infoflow.sqlite"
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
                "PRAGMA case_sensitive_like=ON;PRAGMA foreign_keys=ON;"
            ),
        }
    else:
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
    return config


DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'infoflow.sqlite3'}"
DATABASES = {"default": database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "units.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name"]},
    },
    {"NAME": "infoflow.units.validators.LengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "infoflow.units.validators.LettersAndDigitsValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

# Five wrong passwords lock the account name for half an hour; never the address, which a
# whole office shares.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_LOCKOUT_TEMPLATE = "desk/locked.html"
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "infoflow.desk.views.csrf_failure"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
WAGTAIL_CONTENT_LANGUAGES = [("zh-hans", "简体中文")]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "infoflow" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
WAGTAIL_USER_TIME_ZONES = ["Asia/Shanghai"]

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "infoflow" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # No address leads here (MEDIA_URL is served by nobody): files leave through a view.
    "attachments": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": MEDIA_ROOT / "attachments",
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Uploads never touch the disk before they are looked through; the cap is for one file.
FILE_UPLOAD_HANDLERS = ["infoflow.uploads.handlers.CappedMemoryHandler"]
INFOFLOW_UPLOAD_MAX_SIZE = 20 * 1024 * 1024
# Files of one item: how many, and how many bytes together.
INFOFLOW_ATTACHMENTS_MAX = 10
INFOFLOW_ATTACHMENTS_TOTAL = 50 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/office/"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"

# "django" has no handler of its own: its error mails would carry what a person sent.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"no_marks": {"()": "cms.scanning.logs.NoMarks"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "no_marks"}},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}

# Wagtail: nothing leaves the network, one login door, no second publishing path.
WAGTAIL_SITE_NAME = "政务信息报送系统"
WAGTAILADMIN_BASE_URL = os.environ.get("INFOFLOW_BASE_URL", "http://127.0.0.1:8000")
WAGTAILADMIN_LOGIN_URL = "login"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_COMMENTS_ENABLED = False
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
WAGTAIL_AUTOSAVE_INTERVAL = 0
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = False
WAGTAIL_FINISH_WORKFLOW_ACTION = "cms.review.finish.publish_cleared"
WAGTAIL_MODERATION_ENABLED = True
WAGTAIL_ALLOW_UNICODE_SLUGS = True
WAGTAIL_I18N_ENABLED = False
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# The demonstration set prints its passwords; only settings that say so may carry it.
INFOFLOW_DEMO_ALLOWED = False
