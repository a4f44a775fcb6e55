"""The four companies with all their snapshots, built in the order in which things happened."""

from dataclasses import dataclass

from generator import deutschland as german
from generator.audit import Change, after
from generator.german_differences import GermanDifferences, stale
from generator.holding import holding
from generator.lumiere import Numbers, french_differences, lumiere, with_differences
from generator.names import Register
from generator.nordic import nordic
from generator.story import Story, holding_afterwards, story
from generator.tables import Company, dice


@dataclass(frozen=True)
class World:
    """Companies by name and day, and what was planted in them."""

    snapshots: dict[tuple[str, str], Company]
    told: Story
    german: list[Change]
    stale: list[Change]
    french: list[Change]
    numbers: Numbers

    def latest(self, name: str) -> Company:
        """The last snapshot of a company."""
        return self.snapshots[max(at for at in self.snapshots if at[0] == name)]


def world() -> World:
    """Everything, from nothing but the seed."""
    register = Register(dice("names"))
    before = holding(register)
    nordic_before = nordic(register, before)
    told = story(register, before)
    seen = after(before, [c for c in told.holding if c.at < german.TAKEN])
    germans = GermanDifferences(register, seen, told.holding).planted()
    own = german.own_records(register)
    numbers = Numbers()
    plain = lumiere(register, before, numbers)
    french = list(french_differences(register, plain))
    package = german.package(seen, germans, own)
    snapshots = {
        ("holding", "2026-03-02"): before,
        ("holding", "2026-03-10"): holding_afterwards(before, told),
        ("nordic", "2026-03-02"): nordic_before,
        ("nordic", "2026-03-10"): after(nordic_before, told.nordic),
        ("deutschland", "2026-02-27"): german.earlier_package(before, germans, own),
        ("deutschland", "2026-03-06"): package,
        ("lumiere", "2026-02-28"): with_differences(plain, french),
    }
    return World(snapshots, told, germans, stale(package, told.holding), french, numbers)
