"""JupyterLab in a workspace. `labconfig` is what we set of it, found by JUPYTER_CONFIG_PATH."""

from mdsync_nb.lab.opening import lay_out, open_lab

__all__ = ["lay_out", "open_lab"]
