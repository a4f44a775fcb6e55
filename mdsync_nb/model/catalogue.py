"""Known errors as the catalogue keeps them: what a message means, and what to do about it."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field as Setting
from pydantic import field_validator

from mdsync_nb.model.base import Names, Settings


class KnownError(Settings):
    """One cause of errors: how its messages read, why it happens, what to do, how to see it done.

    patterns: regular expressions, whatever the capitals. rules: rules of ours that mean it. who:
    can mend it. transient: it passes by itself, so the next run may succeed.
    """

    title: str
    patterns: Names = ()
    rules: Names = ()
    who: Literal["users", "set-up", "nobody"]
    transient: bool = False
    cause: str
    fix: str
    verify: str

    @field_validator("patterns")
    @classmethod
    def _a_pattern_can_be_read(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for one in patterns:
            try:
                re.compile(one)
            except re.error as error:
                raise ValueError(f"a regular expression; {one!r} is none: {error}") from error
        return patterns


class Catalogue(Settings):
    """The known errors by their ids, in the order in which they are asked."""

    errors: dict[str, KnownError] = Setting(default_factory=dict)
