"""Running job queue entries: what is due, one after the other, unattended."""
