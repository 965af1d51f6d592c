"""Renew the parts of others that the pages use: `python tools/vendor.py` after a change of the list below.

The archives come through `npm pack`; each must have the SHA-256 written here. What is kept goes to `static/vendor/`:
the files, their licences, the sprite of the icons we use and a manifest. Neither users nor CI need Node.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

WEB = Path(__file__).resolve().parents[1] / "src" / "kanjo" / "surfaces" / "web"
VENDOR = WEB / "static" / "vendor"


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the registry: what it is, how its archive is recognised, and which of its files are kept."""

    name: str
    version: str
    licence: str
    sha256: str
    files: dict[str, str] = field(default_factory=dict)

    @property
    def short(self) -> str:
        """The name as files carry it."""
        return self.name.rpartition("/")[2].partition(".")[0]


PACKAGES = (
    Package(
        "bootstrap",
        "5.3.9",
        "MIT",
        "06bdf78289c3c12ea99d40df84eedf6278c724c73eebf38f11f3a65b44ec8c94",
        {"dist/css/bootstrap.min.css": "bootstrap.css"},
    ),
    Package(
        "htmx.org",
        "4.0.1",
        "0BSD",
        "5fba65616ca148a86d377e9771bcada7f35faee3558651feb929eea425e13b3c",
        {"dist/htmx.min.js": "htmx.js"},
    ),
    Package(
        "echarts",
        "6.1.0",
        "Apache-2.0",
        "681aff88cc1038c3fa941a3a53d1b177a52250b05335efc607d6105ae13be481",
        {"dist/echarts.common.min.js": "echarts.js"},
    ),
    Package(
        "@tabler/icons",
        "3.51.0",
        "MIT",
        "b30108713d3fa60aee862c2a133225da8e0f309be0708fe2925763ff810c766c",
    ),
)

ICONS = """
adjustments alert-octagon alert-triangle api arrow-down arrow-right arrow-up arrows-exchange bell building
building-bank calendar calendar-stats cash chart-histogram check checkbox checklist chevron-left chevron-right
circle-check circle-dashed circle-dot circle-half-2 clock columns download file-text filter history hourglass inbox
key license list-check list-details lock-open logout menu-2 message moon package plus receipt refresh route scale
search settings shield-check shopping-cart signature stack-2 sun target-arrow users x
"""
"""Outline icons of the sprite, by their own names."""

OURS = '<path d="M3 3h4v18H3zM9 11 17 3h4.6l-8.4 8.6L22 21h-4.8L9 12.9z"/>'
"""Our mark, the first symbol of the sprite."""

_PICTURE = re.compile(r'url\("?(data:image/svg\+xml,[^)]*?)"?\)')


def fetched(package: Package, folder: Path) -> tarfile.TarFile:
    """Return the archive of a package; stops when it is not the one that was looked at."""
    told = subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(folder), f"{package.name}@{package.version}"],  # noqa: S607  # npm is where its user put it
        capture_output=True,
        check=True,
        text=True,
    )
    archive = folder / told.stdout.strip().splitlines()[-1]
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != package.sha256:
        raise SystemExit(f"{package.name} {package.version} has the SHA-256 {digest}, another than the one noted here.")
    return tarfile.open(archive)


def text_of(archive: tarfile.TarFile, path: str) -> str:
    """Return one text of an archive."""
    member = archive.extractfile(f"package/{path}")
    assert member is not None, f"{path} is no file"
    return member.read().decode()


def without_data(css: str) -> str:
    """Return the style sheet with each embedded picture as a file: our policy draws none that is embedded."""
    pictures: dict[str, str] = {}

    def outside(found: re.Match[str]) -> str:
        picture = unquote(found[1].partition(",")[2]).replace("\\'", "'")
        name = pictures.setdefault(picture, f"picture-{len(pictures) + 1:02}.svg")
        (VENDOR / name).write_text(picture.replace("'", '"') + "\n")
        return f'url("{name}")'

    return _PICTURE.sub(outside, css)


def kept(text: str) -> str:
    """Return a text without the address of its source map, which is not served."""
    return re.sub(r"\n?(//|/\*)# sourceMappingURL=.*?(\*/)?\s*$", "\n", text)


def sprite(archive: tarfile.TarFile) -> str:
    """Return our icons as symbols of one file, under their own names; first our mark."""
    symbols = [f'<symbol id="kanjo" viewBox="0 0 24 24">{OURS}</symbol>']
    for name in ICONS.split():
        svg = text_of(archive, f"icons/outline/{name}.svg")
        drawn = re.findall(r"<(?:path|circle|rect|line)\b[^>]*?/>", svg)
        shapes = "".join(" ".join(one.split()) for one in drawn if 'd="M0 0h24v24H0z"' not in one)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def renew() -> None:
    """Write the folder anew."""
    VENDOR.mkdir(exist_ok=True)
    for old in VENDOR.iterdir():
        old.unlink()
    manifest = []
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            with fetched(package, Path(folder)) as archive:
                (VENDOR / f"LICENSE-{package.short}").write_text(text_of(archive, "LICENSE"))
                for path, name in package.files.items():
                    text = kept(text_of(archive, path))
                    (VENDOR / name).write_text(without_data(text) if name.endswith(".css") else text)
                if not package.files:
                    (VENDOR / "icons.svg").write_text(sprite(archive))
            files = list(package.files.values()) or ["icons.svg"]
            digests = {name: hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() for name in files}
            manifest.append(
                {"name": package.name, "version": package.version, "licence": package.licence, "sha256": digests}
            )
    (VENDOR / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    renew()
    print(VENDOR)
