"""A witness that runs until it is killed, forked from a process that has read its code (see `forking`)."""

from __future__ import annotations

from tests.faults.forking import serve
from wushe.commands.witness import witness


def main(home: str) -> None:
    """The command, as its user gives it."""
    witness(["run", "--listen", "127.0.0.1:0", "--home", home], standalone_mode=False)


if __name__ == "__main__":
    serve(main)
