"""The demo companies of the workbench: four firms that do not exist, and what happened to them."""
