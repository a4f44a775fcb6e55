"""The closed word lists: every option people can set and every class a pair or cell can have."""

from __future__ import annotations

from enum import StrEnum


class Direction(StrEnum):
    """Where values flow within a mapping or a field (semantics.md 1.2)."""

    FROM_INTEGRATION = "from_integration"
    TO_INTEGRATION = "to_integration"
    BIDIRECTIONAL = "bidirectional"


class LinkKind(StrEnum):
    """What a link keeps in step: master data of companies, or a company with Dataverse."""

    MASTER_DATA = "master_data"
    DATAVERSE = "dataverse"


class FieldType(StrEnum):
    """The type of a field, as the product declares it."""

    CODE = "code"
    TEXT = "text"
    INTEGER = "integer"
    BIG_INTEGER = "big_integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    OPTION = "option"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    DATE_FORMULA = "date_formula"
    DURATION = "duration"
    GUID = "guid"
    BLOB = "blob"
    MEDIA = "media"
    RECORD_ID = "record_id"


class Completeness(StrEnum):
    """Whether a load holds every record of its table. Only `yes` lets us say one is missing."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class FirstSync(StrEnum):
    """What happens to a pair that differs when nobody can say who changed it."""

    ASK = "ask"
    SOURCE_WINS = "source_wins"


class UpdateConflict(StrEnum):
    """What happens when both records of a pair changed since they agreed (semantics.md 4.6, 8.4).

    In a link of master data only the local company is written: `send_update_to_integration` leaves
    it as it is, `get_update_from_integration` lets the source win. `merge` is ours.
    """

    NONE = "none"
    SEND_UPDATE_TO_INTEGRATION = "send_update_to_integration"
    GET_UPDATE_FROM_INTEGRATION = "get_update_from_integration"
    MERGE = "merge"


class DeletionConflict(StrEnum):
    """What happens when one record of a pair is gone (semantics.md 4.7, 8.2)."""

    NONE = "none"
    RESTORE_RECORDS = "restore_records"
    REMOVE_COUPLING = "remove_coupling"


class WriteMode(StrEnum):
    """How an applied plan reaches a company of files."""

    CHANGE_SET = "change_set"
    IN_PLACE = "in_place"


class Action(StrEnum):
    """What a decision does to the destination; each counts in one counter of its job (4.1)."""

    INSERT = "insert"
    MODIFY = "modify"
    DELETE = "delete"
    UNCHANGED = "unchanged"
    SKIP = "skip"
    FAIL = "fail"
    WAIT = "wait"
    UNCOUPLE = "uncouple"
    NONE = "none"

    @property
    def writes(self) -> bool:
        """True when the destination company is written."""
        return self in (Action.INSERT, Action.MODIFY, Action.DELETE)

    @property
    def waits(self) -> bool:
        """True when the record is left for a person, or fails."""
        return self in (Action.WAIT, Action.FAIL, Action.SKIP)


class PairClass(StrEnum):
    """Presence and change of a pair on base, source and destination, whatever any policy says."""

    AGREES = "agrees"
    CHANGED_SOURCE = "changed_source"
    CHANGED_DESTINATION = "changed_destination"
    CHANGED_BOTH_SAME = "changed_both_same"
    CHANGED_BOTH = "changed_both"
    ORIGIN_UNKNOWN = "origin_unknown"
    NEW_SOURCE = "new_source"
    NEW_DESTINATION = "new_destination"
    NEW_BOTH_SAME = "new_both_same"
    NEW_BOTH_DIFFER = "new_both_differ"
    GONE_SOURCE = "gone_source"
    GONE_DESTINATION = "gone_destination"
    GONE_BOTH = "gone_both"
    GONE_SOURCE_CHANGED_DESTINATION = "gone_source_changed_destination"
    GONE_DESTINATION_CHANGED_SOURCE = "gone_destination_changed_source"
    UNDECIDED = "undecided"
    NOT_COMPARED = "not_compared"


class CellClass(StrEnum):
    """Who changed a field since the two records last agreed."""

    SOURCE = "source"
    DESTINATION = "destination"
    BOTH_SAME = "both_same"
    BOTH = "both"
    UNKNOWN = "unknown"


class Recommendation(StrEnum):
    """What brings a table in step for the first time (semantics.md 6.3); the last one is ours."""

    FULL = "Full Synchronization"
    COUPLE = "Couple Records"
    NO_RECORDS = "No Records Found"
    NOT_LOADED = "Not Loaded"


class LineStatus(StrEnum):
    """How far a line of the full synchronization is (semantics.md 6.1); blank: not started."""

    BLANK = ""
    READY = "ready"
    IN_PROCESS = "in process"
    FINISHED = "finished"
    ERROR = "error"
    EXCLUDED = "excluded"


class OnlyCoupled(StrEnum):
    """What a full synchronization makes of `only_coupled` (semantics.md 6.5).

    change: off from then on, so that new source records flow, as in the product's master data.
    keep: as it was.
    """

    CHANGE = "change"
    KEEP = "keep"
