"""Write the demo companies: `python data/generate.py` fills `data/demo` and `data/EXPECTED.csv`."""

import argparse
from pathlib import Path

from generator.expected import write_expected
from generator.files import EXPORTS, write_snapshot
from generator.world import world


def generate(into: Path) -> None:
    """Write all snapshots of all companies and what to expect of them below one folder."""
    built = world()
    for (name, day), company in built.snapshots.items():
        write_snapshot(into / "demo" / name / day, company, EXPORTS[name])
    write_expected(into / "EXPECTED.csv", built)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=Path(__file__).parent, help="another folder")
    generate(parser.parse_args().into)
