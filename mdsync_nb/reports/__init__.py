"""What people read: page one of the comparison report, the worklist file, and rendered notebooks.

A fragment is a function of `Comparison` that gives `Html`; it shows itself in a notebook, and a
page shows it without asking the network for anything.
"""

from mdsync_nb.reports.by_table import matrix
from mdsync_nb.reports.five_figures import figures
from mdsync_nb.reports.kinds_chart import kinds
from mdsync_nb.reports.markup import Html, joined, tag
from mdsync_nb.reports.masking import masked
from mdsync_nb.reports.page import render
from mdsync_nb.reports.page_one import front, sections
from mdsync_nb.reports.reconciled import reconciliation
from mdsync_nb.reports.steps import causes
from mdsync_nb.reports.top_fields import fields
from mdsync_nb.reports.verdict import band, footer, heading, stopped
from mdsync_nb.reports.waiting import worklist
from mdsync_nb.reports.worklist_file import write_worklist

__all__ = [
    "Html",
    "band",
    "causes",
    "fields",
    "figures",
    "footer",
    "front",
    "heading",
    "joined",
    "kinds",
    "masked",
    "matrix",
    "reconciliation",
    "render",
    "sections",
    "stopped",
    "tag",
    "worklist",
    "write_worklist",
]
