"""How long jobs, loads and reports are kept."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator
from pydantic import Field as Setting

from mdsync_nb.model.base import Settings

AGE = re.compile(r"(\d{1,5}) ?([hdwHDW])")
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
AN_AGE = "a number of hours, days or weeks, like 12h, 90d or 8w"


def age_of(text: str) -> timedelta:
    """Give an age as time: `90d` are 90 days, `12h` hours, `8w` weeks. Raises ValueError."""
    found = AGE.fullmatch(text.strip())
    if found is None:
        raise ValueError(AN_AGE)
    return int(found[1]) * UNITS[found[2].lower()]


def _an_age(text: str) -> str:
    age_of(text)
    return text.strip().lower().replace(" ", "")


Age = Annotated[str, AfterValidator(_an_age)]


class CleanUpSettings(Settings):
    """What `mdsync clean-up` deletes without options: what is older, and not among the newest."""

    jobs: Age = "90d"
    loads: Age = "90d"
    reports: Age = "30d"
    keep: int = Setting(default=200, ge=0)
