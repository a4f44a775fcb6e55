"""The verbs of the workbench about whole links: switch them off and on, give them another source.

Each is a method of `Workbench`. What changes mdsync.yaml gives an `Edit` and writes nothing;
`write_settings` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mdsync_nb.errors import UnknownName, UsageError
from mdsync_nb.verbs.mapping import settings_now
from mdsync_nb.workspace.editing import Edit, with_word
from mdsync_nb.workspace.mapping_changes import edit_of

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench


def disable_link(self: Workbench, link: str) -> Edit:
    """Switch a link off: none of its mappings is run. Writes nothing yet.

    Mappings, couplings and what was last agreed stay, so that switching it on again goes on where
    it ended; `forget_link` takes the couplings away. Raises UnknownName. Source: semantics.md 8.1.
    """
    return _said(self, link, "enabled", "no", same=not self.workspace.link(link).enabled)


def enable_link(self: Workbench, link: str) -> Edit:
    """Switch a link on again. Writes nothing yet. Raises UnknownName."""
    return _said(self, link, "enabled", "yes", same=self.workspace.link(link).enabled)


def change_source(self: Workbench, link: str, company: str) -> Edit:
    """Give a link another company on the integration side. Writes nothing yet.

    Its couplings are those with the company before: `forget_link` takes them away, as the product
    does when the source company changes. Raises UnknownName, UsageError for the local company.
    Source: semantics.md 8.1.
    """
    now, companies = self.workspace.link(link), self.workspace.settings.companies
    if company not in companies:
        raise UnknownName("company", company, list(companies))
    if company == now.local:
        raise UsageError(
            f"{company} is the local company of {link}.", hint="Choose another source company."
        )
    return _said(self, link, "integration", company, same=company == now.integration)


def forget_link(self: Workbench, link: str) -> dict[str, int]:
    """Take the couplings of a link apart and forget how far its mappings were read.

    No company is written. Gives the jobs that did it, by mapping, each of which `undo` takes back;
    none where nothing was coupled. Raises UnknownName.
    """
    self.workspace.link(link)
    names = [one.name for one in self.workspace.mappings.values() if one.link == link]
    return self.store.couplings.forget_mappings(names, at=self._clock())


def _said(self: Workbench, link: str, word: str, value: str, *, same: bool) -> Edit:
    workspace, text = settings_now(self)
    after = text if same else with_word(text, ("links", link, word), value)
    return edit_of(workspace, text, after)
