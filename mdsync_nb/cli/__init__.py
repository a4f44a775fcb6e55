"""The command line: each verb of the workbench, with help, JSON, and a question before writing."""

from mdsync_nb.cli.app import app, main

__all__ = ["app", "main"]
