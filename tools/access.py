"""For developers: write docs/access.md anew, so that a change of who may do what is seen where it is reviewed."""

from __future__ import annotations

import os
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanjo.config.settings")
    django.setup()
    from kanjo.surfaces.access import as_page, lines

    kept = Path(__file__).parents[1] / "docs" / "access.md"
    kept.write_text(as_page(lines()))
