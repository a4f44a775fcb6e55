"""How every setting behaves: frozen once read, and closed to words it does not know."""

from __future__ import annotations

import math
import os
import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from mdsync_nb.errors import UsageError

ENVIRONMENT = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Unsaid(str):
    """A key with nothing behind it (`currency:`): the setting keeps what it had without the key."""

    __slots__ = ()


class Settings(BaseModel):
    """A frozen piece of settings; an unknown word is an error, not a silence.

    A ValueError of a validator says what would be right, so that it can be shown beside the line.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _what_is_not_said_keeps_its_default(cls, written: object) -> object:
        if not isinstance(written, dict):
            return written
        return {word: value for word, value in written.items() if not isinstance(value, Unsaid)}


def shape(value: object) -> str:
    """Give `text`, `list` or `block`: the form somebody chose where more than one is allowed."""
    if isinstance(value, (dict, BaseModel)):
        return "block"
    return "list" if isinstance(value, (list, tuple)) else "text"


def from_environment(value: str) -> str:
    """Give the text with every `${NAME}` replaced by the environment's value, at the point of use.

    Settings keep the placeholder, so a secret is never stored, printed or rendered.
    Raises UsageError naming the variable when the environment does not hold it.
    """

    def looked_up(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in os.environ:
            raise UsageError(
                f"The environment holds no {name}.", hint=f"Set {name} before you run the command."
            )
        return os.environ[name]

    return ENVIRONMENT.sub(looked_up, value)


def without_secrets(text: str, *placeholders: str) -> str:
    """Give the text with the values of all `${NAME}` in `placeholders` put back as their names."""
    for placeholder in placeholders:
        for name in ENVIRONMENT.findall(placeholder):
            secret = os.environ.get(name, "")
            if secret:
                text = text.replace(secret, f"${{{name}}}")
    return text


def one_or_many(value: object) -> object:
    """Give one text as a list of one; a list stays."""
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(one_or_many)]


def _share(value: object) -> object:
    if not isinstance(value, str):
        return value
    number, percent, rest = value.strip().partition("%")
    try:
        share = float(number) / (100 if percent else 1)
    except ValueError:
        share = math.nan
    if rest or not 0 <= share <= 1:
        raise ValueError("a share between 0% and 100%, like 20%")
    return share


Share = Annotated[float, BeforeValidator(_share)]
