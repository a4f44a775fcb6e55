"""Config templates: the values new records get besides those that are transferred."""

from __future__ import annotations

from pydantic import Field as Setting
from pydantic import model_validator

from mdsync_nb.model.base import Settings
from mdsync_nb.model.filter import Condition, FilterOrView
from mdsync_nb.model.kinds import Direction


class ConfigTemplate(Settings):
    """A template by its code: its values, and the template that is applied after it."""

    values: dict[str, str] = Setting(default_factory=dict)
    next: str = ""


class TemplateSettings(Settings):
    """A template of a mapping: a declared one by its code, or one with values of its own.

    filter: of the source records it is for. The first that matches is applied, by priority.
    """

    code: str = ""
    priority: int = Setting(default=1, ge=0)
    direction: Direction = Direction.FROM_INTEGRATION
    filter: FilterOrView | None = None
    values: dict[str, str] = Setting(default_factory=dict)

    @model_validator(mode="after")
    def _a_template_has_values(self) -> TemplateSettings:
        if not self.code and not self.values:
            raise ValueError("`values`, or the `code` of a template of `config_templates:`")
        return self


class Template(Settings):
    """A template in force. found: false for a code that nobody declared."""

    code: str
    direction: Direction
    filter: tuple[Condition, ...] = ()
    values: dict[str, str] = Setting(default_factory=dict)
    found: bool = True
