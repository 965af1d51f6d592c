"""Putting a file into the drop folder: whole under its name, or not there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings


def drop(*, company: str, name: str, content: bytes) -> Path:
    """Put a file into the folder of a company and return where it is; the same file again changes nothing."""
    folder = Path(settings.ENVIRONMENT.home) / "outgoing" / Path(company).name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    target = folder / Path(name).name
    Path(temporary).replace(target)
    return target
