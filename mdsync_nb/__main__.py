"""`python -m mdsync_nb` is the command `mdsync`."""

from mdsync_nb.cli import main

if __name__ == "__main__":
    main()
