"""A workbench that keeps master data in step between a source company and its subsidiaries."""
