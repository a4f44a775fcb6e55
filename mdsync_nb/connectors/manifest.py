"""What is known of an export as a whole: when it was taken, whether it is whole, what it counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import duckdb
from pydantic import BaseModel, ConfigDict, ValidationError

from mdsync_nb.connectors.folders import Delivery, Export, SourceFile
from mdsync_nb.connectors.sql import frame_of
from mdsync_nb.model.company import CompanySettings


class Manifest(BaseModel):
    """`manifest.json` as far as we read it; what else it says is its own affair.

    taken_at: without an offset it is UTC. rows: by table. sha256: by file name or by table.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    taken_at: datetime | None = None
    complete: bool | None = None
    rows: dict[str, int] = {}
    sha256: dict[str, str] = {}


def manifest_of(delivery: Delivery) -> Manifest:
    """Give what the manifest of an export says, nothing when there is none.

    Raises SourceUnreadable when it cannot be understood: then nothing about the export is sure.
    """
    manifest = delivery.manifest
    if not manifest.path.is_file():
        return Manifest()
    try:
        return Manifest.model_validate(json.loads(manifest.path.read_bytes()))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "it"
        raise manifest.unreadable(f"{key} is not what a manifest holds") from error
    except (ValueError, OSError) as error:
        raise manifest.unreadable("it is not JSON, or it was cut off") from error


def check_contents(manifest: Manifest, delivery: Delivery, files: Sequence[SourceFile]) -> None:
    """Make sure that the files are those the manifest was written for; raises SourceUnreadable."""
    for export, file in zip(delivery.exports, files, strict=True):
        if _expected(manifest, export, delivery) not in ("", file.sha256):
            raise export.unreadable("it is not the file manifest.json was written for (sha256)")


def _expected(manifest: Manifest, export: Export, delivery: Delivery) -> str:
    """Give the sha256 a file should have, "" when the manifest does not say."""
    inside = export.path.is_relative_to(delivery.folder)
    name = export.path.relative_to(delivery.folder).as_posix() if inside else export.path.name
    of_table = manifest.sha256.get(export.table, "") if len(delivery.exports) == 1 else ""
    return manifest.sha256.get(name, of_table).lower()


def check_rows(manifest: Manifest, export: Export, rows: int) -> None:
    """Make sure that no row got lost on the way; raises SourceUnreadable."""
    counted = manifest.rows.get(export.table, rows)
    if counted != rows:
        raise export.unreadable(
            f"manifest.json counts {counted:,} rows and {rows:,} are there, so it was cut off"
            if rows < counted
            else f"manifest.json counts {counted:,} rows, but {rows:,} are there"
        )


def when_taken(
    manifest: Manifest,
    settings: CompanySettings,
    exports: Sequence[Export],
    clock: Callable[[], datetime],
    connection: duckdb.DuckDBPyConnection,
) -> tuple[datetime, tuple[str, ...]]:
    """Give when the files were taken (naive UTC), and a note where that had to be corrected.

    The manifest's word goes before the settings', and that before the newest file's own time.
    Nothing was taken in the future.
    """
    if manifest.taken_at:
        taken = _naive_utc(manifest.taken_at)
    elif settings.as_of:
        taken = _declared(settings, connection)
    else:
        taken = max(export.changed_at() for export in exports)
    now = _naive_utc(clock())
    if taken <= now:
        return taken, ()
    return now, (f"taken at {taken:%Y-%m-%d %H:%M} UTC, which is in the future; now is used",)


def _declared(settings: CompanySettings, connection: duckdb.DuckDBPyConnection) -> datetime:
    """Give `as_of:` of the settings; without an offset it is in the company's time zone."""
    moment = datetime.fromisoformat(settings.as_of)
    if moment.tzinfo:
        return _naive_utc(moment)
    zoned = frame_of(
        connection,
        "select timezone('UTC', timezone($zone, $moment::timestamp))",
        {"zone": settings.format.time_zone, "moment": moment},
    )
    found: datetime = zoned.item()
    return found


def _naive_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
