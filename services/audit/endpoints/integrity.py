"""Whether the ledger is what it says, over HTTP: where it ends, what was signed, checks, and letting signing go on."""

from __future__ import annotations

from typing import Any

from services.audit import archive, asked, checkpoints, fsck
from services.audit.archive import b64
from services.audit.checkpointer import Pen
from services.audit.domain import integrity
from services.audit.fsck import Verification
from services.audit.inspecting import crooked
from services.audit.ledger import instant
from services.audit.verifying import shown, told
from services.audit.views import signing
from services.contracts.audit import ResumeSigning
from services.kernel.entrypoints import Request, http

PUBLISHERS = ("intake", "referral", "volunteer", "partner", "console", "audit")
AUDITORS = ("auditor", "service")
KEEPERS = (*AUDITORS, "administrator")
HEADED = {"type": "object", "required": ["size", "root"]}
STATE = {"type": "object", "required": ["size", "signed", "signing"]}


class Integrity:
    """Auditors and administrators look; a check that was asked for is on record with what came of it."""

    log: Any

    @http("GET", "/ledger/head", roles=KEEPERS, answer=HEADED, says="where the ledger ends")
    def head(self, request: Request) -> object:
        """The ledger's size and root, and how far each publisher has been recorded."""
        asked.only(request.query)
        size = archive.size_of(self.log.look)
        publishers = archive.positions(self.log.look, PUBLISHERS)
        return {"size": size, "root": b64(archive.root_of(self.log.look, size)), "publishers": publishers}

    @http("GET", "/ledger/state", roles=KEEPERS, answer=STATE, says="whether the ledger is sound and signed")
    def ledger_state(self, request: Request) -> object:
        """How far the ledger reaches, how far it is signed and since when, and whether signing is halted and why."""
        asked.only(request.query)
        last, row = checkpoints.latest(self.log.look), self.log.look.one(signing, 1)
        halted = row is not None and row["state"] == "halted"
        return {
            "size": archive.size_of(self.log.look),
            "origin": self.log.settings.log_origin,
            "signed": None
            if last is None
            else {"size": last.size, "root": b64(last.root), "at": instant(last.signed_at)},
            "signing": "halted" if halted else "signed",
            "since": row["since"] if row else None,
            "flaw": {"code": row["code"], "entry": row["entry"]} if halted else None,
            "keys": [
                str(signer.verifier)
                for signer in Pen.of(self.log.settings.log_origin, self.log.settings.log_keys).signers
            ],
            "crooked": [{"view": each["view"], "key": each["key"]} for each in self.log.look.all(crooked)],
            "duties": self.log.duties.health(),
        }

    @http("GET", "/ledger/verification", roles=KEEPERS, answer=HEADED, says="whether it is sound")
    def verification(self, request: Request) -> object:
        """Every entry read and hashed again and compared with the tree; what came of it is on record.

        Whoever asks waits until it is done: of a large ledger rather begin it (`POST /verifications`) and follow it.
        """
        asked.only(request.query)
        found = self._verified(request)
        return shown(found)

    def _verified(self, request: Request) -> Verification:
        found = fsck.verify(self.log.look)
        self.log.ask(integrity.DECIDER, integrity.STREAM, told(found), request)
        return found

    @http("POST", "/ledger/signing", roles=("auditor", "administrator"), answer=HEADED, says="signing goes on")
    def resume(self, request: Request) -> object:
        """Let checkpoints be signed again: the ledger is verified, and where it is sound, signing goes on."""
        asked.only(request.query)
        found = self._verified(request)
        command = ResumeSigning(size=found.size, root=b64(found.root))
        self.log.ask(integrity.DECIDER, integrity.STREAM, command, request)
        return {"size": found.size, "root": b64(found.root)}
