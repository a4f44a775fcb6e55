"""The words of the workbench: settings as people write them, names as everybody uses them."""

from mdsync_nb.model.company import CompanySettings, FileFormat, TableFile
from mdsync_nb.model.filter import Condition
from mdsync_nb.model.kinds import (
    Action,
    CellClass,
    Completeness,
    DeletionConflict,
    Direction,
    FieldType,
    FirstSync,
    LineStatus,
    LinkKind,
    OnlyCoupled,
    PairClass,
    Recommendation,
    UpdateConflict,
    WriteMode,
)
from mdsync_nb.model.mapping import (
    FieldChoice,
    FieldRow,
    FieldSettings,
    Limits,
    MappingSettings,
    MatchField,
)
from mdsync_nb.model.notify import DeliveryStatus, NoticeEvent, NotifySettings
from mdsync_nb.model.profile import Profile
from mdsync_nb.model.queue import (
    ONCE,
    EntryKind,
    EntryStatus,
    QueueSettings,
    Schedule,
    WorkerSettings,
)
from mdsync_nb.model.schema import Field, TableSchema
from mdsync_nb.model.table_mapping import FieldMapping, TableMapping
from mdsync_nb.model.template import ConfigTemplate, Template, TemplateSettings
from mdsync_nb.model.transformation import TransformationRule, TransformationType
from mdsync_nb.model.workspace import (
    DeclaredTable,
    LinkSettings,
    Pack,
    ReportSettings,
    WorkspaceSettings,
)

__all__ = [
    "ONCE",
    "Action",
    "CellClass",
    "CompanySettings",
    "Completeness",
    "Condition",
    "ConfigTemplate",
    "DeclaredTable",
    "DeletionConflict",
    "DeliveryStatus",
    "Direction",
    "EntryKind",
    "EntryStatus",
    "Field",
    "FieldChoice",
    "FieldMapping",
    "FieldRow",
    "FieldSettings",
    "FieldType",
    "FileFormat",
    "FirstSync",
    "Limits",
    "LineStatus",
    "LinkKind",
    "LinkSettings",
    "MappingSettings",
    "MatchField",
    "NoticeEvent",
    "NotifySettings",
    "OnlyCoupled",
    "Pack",
    "PairClass",
    "Profile",
    "QueueSettings",
    "Recommendation",
    "ReportSettings",
    "Schedule",
    "TableFile",
    "TableMapping",
    "TableSchema",
    "Template",
    "TemplateSettings",
    "TransformationRule",
    "TransformationType",
    "UpdateConflict",
    "WorkerSettings",
    "WorkspaceSettings",
    "WriteMode",
]
