"""Which fields of a mapping somebody wants to see: by what is said of them, type and name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as ui
import polars as pl

from mdsync_nb.reports import wording
from mdsync_nb.widgets.surface import button, counted, row, shows, told

KINDS = {
    "All": pl.lit(True),
    "On": pl.col("enabled"),
    "Off": ~pl.col("enabled"),
    "Match": pl.col("match"),
    "Overwrites": pl.col("overwrite_local_change"),
    "Constant or rule": pl.col("constant").is_not_null() | pl.col("transformation").is_not_null(),
    "May lose something": (pl.col("local_loses") != "") | (pl.col("integration_loses") != ""),
    "Said in mdsync.yaml": pl.col("said_here"),
    "Changed": pl.col("changed"),
}
"""What can be asked for; what no field of a mapping is, is not offered."""


class FieldFilters:
    """The filters of fields. then: called when something else is asked for."""

    def __init__(self, then: Callable[[], None]) -> None:
        self.then = then
        self.kind, self.type, self.text = "All", "", ""
        self._fields = pl.DataFrame()
        self._quiet = False
        self._chips = {name: self._chip(name) for name in KINDS}
        self._types = ui.Dropdown(options=[("", "")])
        self._types.observe(lambda change: self._asked("type", change), "value")
        self._text = ui.Text(placeholder="Name of a field", continuous_update=False)
        self._text.observe(lambda change: self._asked("text", change), "value")
        self._all = button("Show all", self.clear, key="x", kind="link")
        self.box = ui.VBox([
            row(told("Fields"), row(*self._chips.values())),
            row(told("Only"), self._types, self._text, self._all),
        ])  # fmt: skip
        self.box.add_class("filters")

    def take(self, fields: pl.DataFrame) -> pl.DataFrame:
        """Take the fields there are, and give those that are asked for."""
        self._fields = fields
        return self.shown()

    def shown(self) -> pl.DataFrame:
        """Give the fields asked for, and say how many each other choice would show."""
        if self.kind != "All" and not self._fields.select(KINDS[self.kind].any()).item():
            self.kind = "All"
        by_name, by_type = self._by_name(), self._by_type()
        named = self._fields.filter(by_name)
        self._draw_kinds(named.filter(by_type))
        self._offer_types(named.filter(KINDS[self.kind]))
        shows(self._all, now=bool(self.kind != "All" or self.type or self.text))
        return named.filter(by_type, KINDS[self.kind])

    def clear(self) -> None:
        """Ask for nothing in particular."""
        self.kind, self.type, self.text = "All", "", ""
        self._quietly(self._text, "")
        self.then()

    def ask(self, **words: str) -> None:
        """Ask for something else: `kind`, `type`, `text`."""
        for name, value in words.items():
            setattr(self, name, value)
        self.then()

    def _by_name(self) -> pl.Expr:
        text = self.text.strip().lower()
        names = pl.concat_str("field", "integration", separator="\n").str.to_lowercase()
        return names.str.contains(text, literal=True)

    def _by_type(self) -> pl.Expr:
        return _kind_of_type() == self.type if self.type else pl.lit(True)

    def _draw_kinds(self, fields: pl.DataFrame) -> None:
        there = self._fields.select(one.any().alias(name) for name, one in KINDS.items()).row(0)
        many = fields.select(one.sum().alias(name) for name, one in KINDS.items()).row(0)
        for (name, chip), number, offered in zip(self._chips.items(), many, there, strict=True):
            counted(chip, name, fields.height if name == "All" else int(number or 0))
            shows(chip, now=bool(offered) or name == "All")
            self._quietly(chip, name == self.kind)

    def _offer_types(self, fields: pl.DataFrame) -> None:
        found = fields.group_by(type=_kind_of_type()).len().drop_nulls().sort("type")
        some = [(f"{name} ({wording.number(many)})", name) for name, many in found.iter_rows()]
        gone = [(self.type, self.type)] if self.type and self.type not in found["type"] else []
        self._quiet = True
        self._types.options = [("Type: any", ""), *some, *gone]
        self._types.value = self.type
        self._quiet = False

    def _chip(self, name: str) -> ui.ToggleButton:
        chip = ui.ToggleButton(description=name)
        chip.observe(lambda _: None if self._quiet else self.ask(kind=name), "value")
        return chip

    def _asked(self, word: str, change: dict[str, Any]) -> None:
        if not self._quiet:
            self.ask(**{word: change["new"]})

    def _quietly(self, widget: Any, value: object) -> None:
        self._quiet = True
        widget.value = value
        self._quiet = False


def _kind_of_type() -> pl.Expr:
    """The type of a field without its length."""
    return pl.coalesce("type", "integration_type").str.extract(r"^(\w+)")
