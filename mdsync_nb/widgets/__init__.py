"""The views of the workbench in a notebook: each is usable alone, `workbench.view.errors()`."""

from mdsync_nb.widgets.views import Views

__all__ = ["Views"]
