"""Setting of the storage of attachments: a local folder, or a bucket of an S3-compatible service."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.core.exceptions import ImproperlyConfigured

_OPTIONS = {"endpoint": "endpoint_url", "region": "region_name"}


def media_storage(url: str, folder: Path) -> dict[str, Any]:
    """The entry of STORAGES. `url` is empty for the folder, or s3://bucket/prefix?endpoint=https://…&region=….

    Credentials of a bucket are the environment's (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or the machine's role.
    Raises ImproperlyConfigured.
    """
    if not url:
        options = {"location": folder, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    parts, given = urlsplit(url), dict(parse_qsl(urlsplit(url).query))
    if parts.scheme != "s3" or not parts.netloc or given.keys() - _OPTIONS.keys():
        raise ImproperlyConfigured(
            "MEDIA_STORAGE must look like s3://bucket/prefix?endpoint=https://…&region=…."
        )
    options = {
        "bucket_name": parts.netloc,
        "location": parts.path.strip("/"),
        "default_acl": None,
        "file_overwrite": True,
        "querystring_auth": True,
        **{_OPTIONS[name]: value for name, value in given.items()},
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
