"""The sprite of the icons: what the pages draw is in it, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

WEB = Path(__file__).parents[2] / "src" / "kanjo" / "surfaces" / "web"
SPRITE = WEB / "static" / "vendor" / "icons.svg"


def test_every_icon_is_drawn_somewhere() -> None:
    """Each symbol is named in a page, a script or the Python behind it."""
    sources = [path for kind in ("py", "html", "js") for path in WEB.rglob(f"*.{kind}") if "vendor" not in path.parts]
    told = "\n".join(path.read_text("utf-8") for path in sources)
    named = set(re.findall(r"""["'#]([a-z0-9-]+)["']""", told))
    assert set(re.findall(r'<symbol id="([a-z0-9-]+)"', SPRITE.read_text("utf-8"))) - named == set()


def test_no_icon_is_missing() -> None:
    """Each icon that a template draws is in the sprite."""
    templates = "\n".join(path.read_text("utf-8") for path in (WEB / "templates").rglob("*.html"))
    wanted = set(re.findall(r'{% icon "([a-z0-9-]+)"', templates))
    assert wanted - set(re.findall(r'<symbol id="([a-z0-9-]+)"', SPRITE.read_text("utf-8"))) == set()
    assert len(wanted) > 20
