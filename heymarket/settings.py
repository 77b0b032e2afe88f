"""Settings of the installation, read from the environment; the defaults work right after a clone."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.csp import CSP
from environs import Env, validate
from kombu import Exchange, Queue

from devserver.addresses import VAR, default_urls, remembered
from heymarket import environment
from heymarket.logs.config import FORMATS, logging_config
from heymarket.media_storage import media_storage

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"  # what is made from the code; data is in VAR
env = Env()

# Without a DATABASE_URL this is a developer's clone, which uses the servers from the wheels.
DEVELOPMENT = env.bool("DEVELOPMENT", not env.str("DATABASE_URL", ""))
DEBUG = env.bool("DEBUG", False)


_secrets = environment.secrets(env, development=DEVELOPMENT)
SECRET_KEY = _secrets["SECRET_KEY"]
# Secrets are encrypted with the first key and decrypted with any key. To rotate, put the new key first.
ENCRYPTION_KEYS = [key for key in _secrets["ENCRYPTION_KEYS"].split(",") if key]
# Evidence sheets and the roots of ledgers are signed with the first key; all public keys are published.
EVIDENCE_KEYS = [key for key in env.str("EVIDENCE_KEYS", "").split(",") if key] or ENCRYPTION_KEYS

# -- addresses -------------------------------------------------------------------------------------------------

# The base URL for carriers and browsers. Signatures are computed over it, never over the Host header.
# In a clone, commands in other terminals find the address of the last `make run`.
_listens = remembered() if DEVELOPMENT else {}
HOST = env.str("HOST", _listens.get("HOST", "127.0.0.1"))
PORT = env.int("PORT", int(_listens.get("PORT", 8000)))
_listening = f"http://{'127.0.0.1' if HOST == '0.0.0.0' else HOST}:{PORT}"
PUBLIC_URL = environment.address(env, "PUBLIC_URL", _listening).rstrip("/")
PUBLIC_HOST = urlsplit(PUBLIC_URL).hostname or "localhost"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [PUBLIC_HOST, *(["localhost", "127.0.0.1", "[::1]"] * DEVELOPMENT)])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE = PUBLIC_URL.startswith("https://")

# The folder of the page servers' sockets; `heymarket.serve` sets it.
PAGE_SOCKETS = env.path("PAGE_SOCKETS", VAR_DIR / "run")

# -- database, cache, broker --------------------------------------------------------------------------------

_local = default_urls()


def database(parts: dict[str, Any]) -> dict[str, Any]:
    """A Django DATABASES entry from the parts of a libpq URL; those without a Django key are passed to libpq."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "heymarket"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            # Statements are planned once per connection. Set 0 behind a pooler that cannot keep prepared statements.
            "server_side_binding": True,
            "prepare_threshold": env.int("PREPARE_THRESHOLD", 3) or None,
            **parts,
        },
    }


DATABASE_URL = env.str("DATABASE_URL", _local["DATABASE_URL"])
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", _local["DATABASE_OWNER_URL"])
# The owner creates and changes tables; everything else runs as a role that tenant isolation binds.
DATABASE_ROLE = env.str("HEYMARKET_DATABASE_ROLE", "runtime")
_runtime = environment.database_parts("DATABASE_URL", DATABASE_URL)
_owner = environment.database_parts("DATABASE_OWNER_URL", DATABASE_OWNER_URL)
DATABASE_RUNTIME_USER = _runtime.get("user", "")
DATABASES = {"default": database(_owner if DATABASE_ROLE == "owner" else _runtime)}
# On a cluster: where this process reaches the nodes, if not at the addresses that the coordinating node knows
# (docs/scale.md): worker1:5432=10.0.0.1:6432,worker2:5432=…
DATABASE_NODES: dict[str, str] = env.dict("DATABASE_NODES", {})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = environment.address(env, "REDIS_URL", _local["REDIS_URL"])
CACHES = {
    # What must be kept, in PostgreSQL: allauth counts attempts to sign in here.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_signinlimit",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    },
    # What may be lost (kernel.cache).
    "valkey": {
        "BACKEND": "kernel.cache.OptionalCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "heymarket",
        "OPTIONS": {
            "SOCKET_CONNECT_TIMEOUT": 0.3,
            "SOCKET_TIMEOUT": 0.3,
        },
    },
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A task that cannot be published at once is dropped: the sweeps find its row in the database.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    # A request that wakes a worker does not wait for the broker.
    "max_retries": 1,
    "interval_start": 0,
}
# A worker without --queues takes from both in turns: no sweep waits behind thousands of texts to deliver.
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), name) for name in ("celery", "sweeps")]
# Fetching missed texts waits for carriers: a worker of its own, so that no text to send waits behind it.
CELERY_TASK_ROUTES = {
    "messaging.tasks.fetch_missed_texts": {"queue": "missed"},
    "messaging.tasks.fetch_missed": {"queue": "missed"},
    "messaging.tasks.reconcile_broadcast": {"queue": "missed"},
    "messaging.tasks.look_up_line_types": {"queue": "missed"},
    "messaging.tasks.push_opt_outs": {"queue": "missed"},
    # Broadcasts: a worker of their own, so that no reply waits for a list.
    "messaging.tasks.sweep_broadcasts": {"queue": "broadcasts"},
    "messaging.tasks.work_on_broadcast": {"queue": "broadcasts"},
    "messaging.tasks.work_on_lane": {"queue": "broadcasts"},
    # Attachments wait for carriers and need memory for pictures.
    "messaging.tasks.work_on_attachment": {"queue": "media"},
    "messaging.tasks.sweep_attachments": {"queue": "media"},
    # Push services are other systems, as the receivers of webhooks are.
    "messaging.tasks.tell_member": {"queue": "webhooks"},
    "messaging.tasks.retain": {"queue": "bulk"},
}
CELERY_BEAT_SCHEDULE = {
    "continue broadcasts": {
        "task": "messaging.tasks.sweep_broadcasts",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    "deliver due texts": {
        "task": "messaging.tasks.sweep",
        "schedule": 2.0,
        "options": {"expires": 10, "queue": "sweeps"},
    },
    "send due webhooks": {
        "task": "webhooks.tasks.sweep_webhooks",
        "schedule": 2.0,
        "options": {"expires": 10, "queue": "sweeps"},
    },
    "delete old webhook events": {
        "task": "webhooks.tasks.purge_old_events",
        "schedule": 3600.0,
        "options": {"expires": 3000, "queue": "webhooks"},
    },
    "continue waiting runs": {
        "task": "contacts.tasks.sweep_runs",
        "schedule": 5.0,
        "options": {"expires": 10, "queue": "sweeps"},
    },
    "delete expired undo records": {
        "task": "contacts.tasks.purge_expired_undo_records",
        "schedule": 3600.0,
        "options": {"expires": 3600, "queue": "bulk"},
    },
    "delete expired rows of contacts": {
        "task": "contacts.tasks.delete_expired_rows",
        "schedule": 3600.0,
        "options": {"expires": 3000, "queue": "bulk"},
    },
    "delete expired sessions": {
        "task": "accounts.tasks.delete_expired_sessions",
        "schedule": 3600.0,
        "options": {"expires": 3000, "queue": "bulk"},
    },
    "delete expired invitations": {
        "task": "accounts.tasks.delete_expired_invitations",
        "schedule": 3600.0,
        "options": {"expires": 3000, "queue": "bulk"},
    },
    "check claimed domains": {
        "task": "accounts.tasks.check_claimed_domains",
        "schedule": 3600.0,
        "options": {"expires": 3000, "queue": "bulk"},
    },
    "index texts": {
        "task": "messaging.tasks.index_texts",
        "schedule": 10.0,
        "options": {"expires": 10, "queue": "bulk"},
    },
    "update rollups": {
        "task": "reports.tasks.update_rollups",
        "schedule": 10.0,
        "options": {"expires": 10, "queue": "sweeps"},
    },
    "take snapshots": {
        "task": "reports.tasks.take_due_snapshots",
        "schedule": 60.0,  # a day begins in another time zone each hour
        "options": {"expires": 60, "queue": "bulk"},
    },
    "send scheduled reports": {
        "task": "reports.tasks.send_due_reports",
        "schedule": 60.0,
        "options": {"expires": 60, "queue": "sweeps"},
    },
    "fetch and delete due attachments": {
        "task": "messaging.tasks.sweep_attachments",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "tell members": {
        "task": "messaging.tasks.tell_members",
        "schedule": 2.0,
        "options": {"expires": 10, "queue": "sweeps"},
    },
    "send emails about unseen events": {
        "task": "messaging.tasks.send_unseen_emails",
        "schedule": 60.0,
        "options": {"expires": 60, "queue": "bulk"},
    },
    "look up line types": {
        "task": "messaging.tasks.sweep_line_types",
        "schedule": 2.0,
        "options": {"expires": 10, "queue": "missed"},
    },
    "push opt-outs to carriers": {
        "task": "messaging.tasks.push_due_opt_outs",
        "schedule": 10.0,
        "options": {"expires": 10, "queue": "missed"},
    },
    "fetch missed texts": {
        "task": "messaging.tasks.fetch_missed_texts",
        "schedule": env.float("FETCH_MISSED_EVERY", 60.0),
        "options": {"expires": 60},
    },
    "check pending opt-ins": {
        "task": "messaging.tasks.check_due_opt_ins",
        "schedule": 10.0,
        "options": {"expires": 10, "queue": "sweeps"},
    },
    "send scheduled texts": {
        "task": "messaging.tasks.send_scheduled_texts",
        "schedule": 10.0,
        "options": {"expires": 10, "queue": "sweeps"},
    },
    "wake snoozed conversations": {
        "task": "messaging.tasks.wake_snoozed_conversations",
        "schedule": 20.0,
        "options": {"expires": 20, "queue": "sweeps"},
    },
    "make daily roots": {
        "task": "optout.tasks.make_due_roots",
        "schedule": 600.0,  # a day begins in another time zone each hour; an email that failed is tried again
        "options": {"expires": 600, "queue": "bulk"},
    },
    "copy opt-outs to linked teams": {
        "task": "optout.tasks.copy_to_linked_teams",
        "schedule": 10.0,
        "options": {"expires": 10, "queue": "bulk"},
    },
    "delete due teams": {
        "task": "portability.tasks.delete_due_teams",
        "schedule": 300.0,
        "options": {"expires": 300, "queue": "bulk"},
    },
    "lapse due holds": {
        "task": "messaging.tasks.lapse_due_holds",
        "schedule": 60.0,  # a day ends in another time zone each hour
        "options": {"expires": 60, "queue": "sweeps"},
    },
    "remind of due holds": {
        "task": "messaging.tasks.remind_of_due_holds",
        "schedule": 900.0,
        "options": {"expires": 900, "queue": "sweeps"},
    },
    "erase old texts": {
        "task": "messaging.tasks.start_retention",
        "schedule": 60.0,  # a day begins in another time zone each hour
        "options": {"expires": 60, "queue": "bulk"},
    },
    "delete expired idempotency keys": {
        "task": "messaging.tasks.delete_expired_idempotency_keys",
        "schedule": 3600.0,
        "options": {"expires": 3600, "queue": "bulk"},
    },
}

# -- application -----------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "kernel",
    "accounts",
    "webhooks",
    "api",
    "optout",
    "contacts",
    "messaging",
    "reports",
    "portability",
    "demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "heymarket.metrics.requests.request_middleware",
    "django.middleware.security.SecurityMiddleware",
    "accounts.audit.client.client_middleware",
    "api.entry.api_entry",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "heymarket.compression.HTMLCompressionMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.sessions.activity.session_middleware",
    "accounts.sessions.known_browsers.known_browser_middleware",
    "heymarket.changed_meanwhile.ChangedMeanwhileMiddleware",
    "heymarket.form_addresses.form_address_middleware",
]

ROOT_URLCONF = "heymarket.urls"
WSGI_APPLICATION = "heymarket.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "heymarket.typeface.TypefaceFinder",
]
# Attachments: a folder, or a bucket as MEDIA_STORAGE names it (docs/operations.md).
MEDIA_ROOT = env.path("MEDIA_ROOT", VAR / "media")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "media": media_storage(env.str("MEDIA_STORAGE", ""), MEDIA_ROOT),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "heymarket.static_files.JoinedStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEVELOPMENT

# -- users -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
# The email address is unique regardless of case, by a constraint that this check does not know.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "accounts.sign_in_forms.SignupForm",
    "login": "accounts.sign_in_forms.SignInForm",
    "add_email": "accounts.sign_in_forms.NewEmailForm",
    "change_password": "accounts.sign_in_forms.PasswordChangeForm",
    "reset_password": "accounts.sign_in_forms.PasswordResetForm",
    "reset_password_from_key": "accounts.sign_in_forms.NewPasswordForm",
    "reauthenticate": "accounts.sign_in_forms.PasswordConfirmationForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.reset_tokens.ResetTokens"  # noqa: S105
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_RATE_LIMITS = {
    # Wrong passwords: from one source, for one address from one source, and for one address from all sources.
    "login_failed": "10/m/ip,5/5m/key",
    "login_failed_anywhere": "100/h/key",
    # Sign-ups of one source, and the emails that they send to one address (docs/limits.md).
    "signup": "10/m/ip,50/h/ip",
    "signup_email": "3/h/key,10/d/key",
    # Links of emails: what their pages are sent. New teams of one user.
    "open_link": "20/m/ip",
    "new_team": "10/d/user",
    # Each new address for roots of the ledger gets an email.
    "root_email": "5/h/user,10/d/user",
    # Single sign-on: the way to an issuer and back, GETs too; what an owner asks issuers and DNS.
    "single_sign_on": "60/m/ip",
    "single_sign_on_test": "10/m/user",
}
# Issuers of single sign-on must have public addresses. In development they may also be on this machine, without TLS.
SINGLE_SIGN_ON_ALLOW_LOOPBACK = env.bool("SINGLE_SIGN_ON_ALLOW_LOOPBACK", DEVELOPMENT)
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # for changes of addresses; those of second factors always need it
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # seconds
MFA_ADAPTER = "accounts.two_factor.adapter.TwoFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.two_factor.forms.SecondFactorForm",
    "reauthenticate": "accounts.two_factor.forms.ConfirmationForm",
    "activate_totp": "accounts.two_factor.forms.NewAppForm",
    "add_webauthn": "accounts.two_factor.forms.NewPasskeyForm",
    "edit_webauthn": "accounts.two_factor.forms.PasskeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # codes of the 30 seconds before and after, since clocks differ (RFC 6238, 5.2)
# An address that nobody has proved keeps its owner out of nothing (accounts.addresses).
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE  # browsers allow it on localhost alone
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

# Notifications in browsers (RFC 8292): `manage.py create_vapid_key` makes a key. Without it they are not offered.
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", "")
VAPID_SUBJECT = env.str("VAPID_SUBJECT", f"mailto:no-reply@{PUBLIC_HOST}")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"Heymarket <no-reply@{PUBLIC_HOST}>")
_smtp = urlsplit(environment.address(env, "SMTP_URL", ""))
MAILERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": _smtp.hostname,
            "port": _smtp.port or 587,
            "username": _smtp.username or "",
            "password": _smtp.password or "",
            "use_tls": _smtp.scheme == "smtp",
            "use_ssl": _smtp.scheme == "smtps",
            "timeout": 10,
        },
    }
    if _smtp.hostname
    else {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": VAR / "mail"},
    }
}

# -- security --------------------------------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", SECURE)
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 60 * 60 * 24 * 365 if SECURE else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool("HSTS_SUBDOMAINS", SECURE)
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|status|metrics)$"]  # asked from inside
# The token with which monitoring reads /status and /metrics.
STATUS_TOKEN = env.str("STATUS_TOKEN", "")
# Where a worker or beat shows that it lives, for the health check of its container.
SIGN_OF_LIFE_FILE = env.str("SIGN_OF_LIFE_FILE", "")
if env.bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # sign-in rate limits use its X-Forwarded-For
X_FRAME_OPTIONS = "DENY"
# A carrier webhook has a few kilobytes; a page's form has fewer.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
FILE_UPLOAD_HANDLERS = [
    "contacts.imports.upload.SizeLimitUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
CSRF_FAILURE_VIEW = "heymarket.error_pages.csrf_failure"

# -- API ---------------------------------------------------------------------------------------------------------

# Requests per API key and clock minute; 0 means no limit.
API_REQUESTS_A_MINUTE = env.int("API_REQUESTS_A_MINUTE", 500)

# -- texting ---------------------------------------------------------------------------------------------------

# Timeouts of calls to carriers (connect, read), in seconds.
CARRIER_TIMEOUT = (5.0, 10.0)
TWILIO_API_URL = env.str("TWILIO_API_URL", "")  # another base URL for tests with a fake Twilio
CARRIER_API_URL = env.str("CARRIER_API_URL", "")  # the same for the other carriers

# Endpoints must have public addresses. In development they may also be on this machine, without TLS.
WEBHOOKS_ALLOW_LOOPBACK = env.bool("WEBHOOKS_ALLOW_LOOPBACK", DEVELOPMENT)

# Lines of the log: text or json, from this level on (docs/operations.md).
LOG_FORMAT = env.str("LOG_FORMAT", "text", validate=validate.OneOf(FORMATS))
LOGGING = logging_config(LOG_FORMAT, env.str("LOG_LEVEL", ""))
