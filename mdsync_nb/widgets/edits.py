"""A change of mdsync.yaml: its lines first, written on a yes, and taken back the same way."""

from __future__ import annotations

from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, tag
from mdsync_nb.reports.pieces.difference import difference
from mdsync_nb.widgets.strip import Did, Strip
from mdsync_nb.workspace.editing import Edit


def ask_edit(strip: Strip, title: str, said: str, edit: Edit) -> None:
    """Show what an edit changes in the file, and write it on a yes. said: what it means."""
    if not edit.changes:
        strip.say("Nothing changes.", f"{edit.file} says so already.")
        return

    def write() -> Did:
        strip.workbench.write_settings(edit)
        again = f"The lines of {edit.file} are as they were before."
        return Did(
            f"{title}: written.", back=lambda: ask_edit(strip, f"Undo: {title}", again, edit.back)
        )

    notes = (tag("p", wording.prose(one)) for one in edit.notes)
    shown = Html(tag("p", said), *notes)
    strip.ask(title, shown, word=f"Write {edit.file}", does=write, below=difference(edit.diff))
