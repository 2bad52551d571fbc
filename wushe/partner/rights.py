"""The rights of a partner's user at the broker: it reads its own queue, and may do nothing else."""

from __future__ import annotations

import secrets
import shlex
import subprocess
from dataclasses import dataclass

import click

NOTHING = "^$"
LIMITS = '{"max-connections": 5, "max-channels": 20}'


def user_of(organization_id: str) -> str:
    """The login of an organization's program."""
    return f"p.{organization_id}"


@dataclass(frozen=True)
class Broker:
    """A broker as its operator reaches it: by `rabbitmqctl`, or whatever runs it (`docker compose exec -T rabbitmq …`)."""

    ctl: str
    vhost: str

    def admit(self, organization_id: str) -> tuple[str, str]:
        """The organization's user with a new password, and the right to read its own queue; answers login and password."""
        user, password = user_of(organization_id), secrets.token_urlsafe(32)
        known = {line.split("\t")[0] for line in self._run("list_users", "--no-table-headers").splitlines()}
        self._run("change_password" if user in known else "add_user", user, given=password)
        self._run("set_permissions", "-p", self.vhost, user, NOTHING, NOTHING, rf"^q\.{organization_id}$")
        self._run("set_user_limits", user, LIMITS)
        return user, password

    def dismiss(self, organization_id: str) -> None:
        """The organization's user is no more; its connections end."""
        self._run("delete_user", user_of(organization_id))

    def _run(self, *arguments: str, given: str = "") -> str:
        command = [*shlex.split(self.ctl), "--quiet", *arguments]
        try:
            done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 - the operator's own command
        except (OSError, subprocess.TimeoutExpired) as gone:
            raise click.ClickException(f"{command[0]}: {type(gone).__name__} (see --rabbitmqctl)") from gone
        if done.returncode:
            raise click.ClickException((done.stderr or done.stdout).strip().splitlines()[-1])
        return done.stdout
