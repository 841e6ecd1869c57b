"""Settings of bin/run and of development: local, demonstration data allowed."""

import os
import secrets

from .base import *  # noqa: F403
from .base import VAR_DIR


def _secret_key() -> str:
    """Return the installation's own key, made on the first start and kept under var/."""
    path = VAR_DIR / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        key = secrets.token_urlsafe(50)
        path.touch(mode=0o600)
        path.write_text(key)
        return key


DEBUG = os.environ.get("INFOFLOW_DEBUG") == "1"
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
INFOFLOW_DEMO_ALLOWED = True
