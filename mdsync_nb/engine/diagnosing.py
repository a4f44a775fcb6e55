"""What errors mean: their signature, whether they pass by themselves, and what to do about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.signatures import alike, caused, signature
from mdsync_nb.errors import UsageError
from mdsync_nb.workspace.catalogue import causes, known_errors

TRANSIENT, REAL = "transient", "real"
BY = ("record", "message")

UNKNOWN = {
    "title": "This message is not known",
    "who": "",
    "cause": "The catalogue has no cause for it. What it means has to be read from the message.",
    "fix": "Look at `mdsync explain MAPPING RECORD`. If that does not tell, ask for help and send "
    "what `mdsync bundle JOB` writes: it holds the job, its errors and versions, and no secrets.",
    "verify": "`mdsync errors MAPPING` no longer has it after the next run.",
}
"""What is said of a message that no entry of the catalogue fits."""


def told(errors: pl.DataFrame) -> pl.DataFrame:
    """Give errors of `Lists.errors` with `signature`, `family` and `cause` (`frames.ERRORS`)."""
    found = caused(errors, causes())
    said = signature(pl.col("message"), pl.col("key"))
    return frames.conform(found.with_columns(signature=said), frames.ERRORS)


def chosen(errors: pl.DataFrame, *, by: str, real: bool, transient: bool) -> pl.DataFrame:
    """Give the errors that were asked for, by record or by message (`frames.ERROR_KINDS`).

    errors: as `told` gives them. Raises UsageError for another `by`, or both families at once.
    """
    if by not in BY:
        raise UsageError(f"Errors are not grouped by {by!r}.", hint="Say record or message.")
    if real and transient:
        raise UsageError(
            "An error is real or transient, not both.", hint="Leave both out to see all."
        )
    if real or transient:
        errors = errors.filter(pl.col("family") == (REAL if real else TRANSIENT))
    return errors if by == "record" else kinds(errors)


def kinds(errors: pl.DataFrame) -> pl.DataFrame:
    """Give one row a kind of error with its fix (`frames.ERROR_KINDS`), the most records first."""
    known = known_errors()
    fixes = {name: one.fix for name, one in known.items()}
    fix = pl.col("cause").replace_strict(fixes, default=UNKNOWN["fix"], return_dtype=pl.String)
    return frames.conform(alike(errors).with_columns(fix=fix), frames.ERROR_KINDS)


def diagnosed(messages: Sequence[str]) -> pl.DataFrame:
    """Give what each message means and what to do (`frames.DIAGNOSES`), in the order given.

    One that nobody knows says so, with a blank `id`.
    """
    asked = pl.DataFrame({"message": list(messages)}, schema={"message": pl.String})
    none = pl.lit(None, dtype=pl.String)
    return _explained(asked.with_columns(rule=none, key=none, records=pl.lit(0)))


def of_job(job: Mapping[str, object], errors: pl.DataFrame) -> pl.DataFrame:
    """Give what the errors of a job mean (`frames.DIAGNOSES`), one row a kind of message.

    job: its row, whose own message counts when it failed. errors: of `Lists.job_errors`.
    """
    said = errors.select("message", "rule", "key", records=pl.lit(1))
    if job["status"] == "failed":
        own = {"message": str(job["message"] or ""), "rule": None, "key": None, "records": 0}
        said = pl.concat([pl.DataFrame([own], schema=said.schema), said])
    found = _explained(said)
    counted = found.group_by("signature", "id", maintain_order=True).agg(
        pl.col("records").sum(), pl.exclude("records").first()
    )
    return frames.conform(counted, frames.DIAGNOSES).sort("records", descending=True)


def _explained(asked: pl.DataFrame) -> pl.DataFrame:
    said = signature(pl.col("message"), pl.col("key"))
    found = caused(asked, causes()).with_columns(signature=said).rename({"cause": "id"})
    entries = pl.DataFrame(
        [
            {"id": name, **one.model_dump(include={"title", "who", "cause", "fix", "verify"})}
            for name, one in known_errors().items()
        ]
    )
    joined = found.join(entries, on="id", how="left", maintain_order="left")
    filled = joined.with_columns(
        pl.col("id").fill_null(""), *(pl.col(n).fill_null(text) for n, text in UNKNOWN.items())
    )
    return frames.conform(filled, frames.DIAGNOSES)
