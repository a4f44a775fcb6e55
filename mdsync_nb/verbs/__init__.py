"""The verbs of the workbench, one module for each kind of question; `Workbench` has them all."""
