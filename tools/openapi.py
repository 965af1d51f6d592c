"""For developers: write docs/openapi.json anew, so that a change of the API is seen where it is reviewed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import django


def written(described: Mapping[str, Any], depth: int) -> str:
    """Return the description with one address and one schema to a line."""
    if not depth:
        return json.dumps(described, ensure_ascii=False, sort_keys=True)
    parts = (
        f"{json.dumps(name)}: {written(part, depth - 1) if isinstance(part, dict) else json.dumps(part)}"
        for name, part in sorted(described.items())
    )
    return "{\n" + ",\n".join(parts) + "\n}"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanjo.config.settings")
    django.setup()
    from kanjo.surfaces.api.addresses import openapi

    kept = Path(__file__).parents[1] / "docs" / "openapi.json"
    kept.write_text(written(openapi(), 3) + "\n")
