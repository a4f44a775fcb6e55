"""What people set for a whole workspace: the content of `mdsync.yaml`."""

from __future__ import annotations

from pydantic import Field as Setting

from mdsync_nb.model.base import Names, Settings
from mdsync_nb.model.clean_up import CleanUpSettings
from mdsync_nb.model.company import CompanySettings
from mdsync_nb.model.culture import CultureName
from mdsync_nb.model.kinds import FirstSync, LinkKind
from mdsync_nb.model.mapping import Limits, MappingSettings
from mdsync_nb.model.notify import NotifySettings
from mdsync_nb.model.queue import QueueSettings, WorkerSettings
from mdsync_nb.model.template import ConfigTemplate
from mdsync_nb.model.transformation import TransformationRule


class LinkSettings(Settings):
    """A company (local) paired with its source company, or with Dataverse (integration).

    enabled: without it none of its mappings is run.
    """

    kind: LinkKind = LinkKind.MASTER_DATA
    local: str
    integration: str
    enabled: bool = True
    first_sync: FirstSync = FirstSync.ASK
    only: tuple[str, ...] = ()
    mappings: dict[str, MappingSettings] = Setting(default_factory=dict)


class DeclaredTable(Settings):
    """A table the product's facts do not know: its key, and the types of its fields.

    fields: name -> type: `text`, `code(20)`, `decimal(2)`, `option(Open, Closed)`. A type with
    nothing in parentheses has no limit; the fields of the key are text unless they stand here.
    Without a key, the fields are added to a table the product knows (those of an extension).
    """

    key: Names = ()
    fields: dict[str, str] = Setting(default_factory=dict)


class Pack(Settings):
    """A named set of mappings to start from; a workspace and its links say what differs.

    kind: the links it is for.
    """

    pack: str
    kind: LinkKind = LinkKind.MASTER_DATA
    mappings: dict[str, MappingSettings]
    transformations: dict[str, TransformationRule] = Setting(default_factory=dict)


class ReportSettings(Settings):
    """How reports look: fields whose values are hidden, and how their readers write numbers, dates
    and times. time_zone: blank is that of the computer that makes a page."""

    mask: tuple[str, ...] = ()
    worklist: int = 200
    culture: CultureName = "en-GB"
    time_zone: str = ""


class WorkspaceSettings(Settings):
    """`mdsync.yaml` as a whole."""

    name: str = "Workspace"
    packs: Names = ("master_data",)
    companies: dict[str, CompanySettings]
    links: dict[str, LinkSettings] = Setting(default_factory=dict)
    tables: dict[str, DeclaredTable] = Setting(default_factory=dict)
    mappings: dict[str, MappingSettings] = Setting(default_factory=dict)
    transformations: dict[str, TransformationRule] = Setting(default_factory=dict)
    config_templates: dict[str, ConfigTemplate] = Setting(default_factory=dict)
    limits: Limits = Limits()
    queue: QueueSettings = QueueSettings()
    worker: WorkerSettings = WorkerSettings()
    report: ReportSettings = ReportSettings()
    notify: NotifySettings = NotifySettings()
    clean_up: CleanUpSettings = CleanUpSettings()
    out: str = "out"
    reports: str = "reports"
