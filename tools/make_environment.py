"""Write environment.yml from pyproject.toml, the one place where requirements are kept.

conda-forge gives Python and pip; pip installs the rest, because not every pinned version is there.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAD = "# Made from pyproject.toml by tools/make_environment.py; a test holds the two equal.\n"


def environment(project: dict[str, object]) -> str:
    """Give the text of environment.yml for a project's table in pyproject.toml."""
    requires = str(project["requires-python"])
    pinned = [f"      - {one!r}".replace("'", '"') for one in project["dependencies"]]  # type: ignore[attr-defined]
    lines = [
        "name: mdsync_nb",
        "channels: [conda-forge]",
        "dependencies:",
        f'  - "python{requires}"',
        "  - pip",
        "  - pip:",
        *pinned,
    ]
    return HEAD + "\n".join(lines) + "\n"


def main() -> None:
    """Write the file, or print it with `--print`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    text = environment(project)
    if "--print" in sys.argv:
        sys.stdout.write(text)
    else:
        (ROOT / "environment.yml").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
