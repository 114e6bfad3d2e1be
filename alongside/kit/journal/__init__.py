"""The journal: one chain of digests for each organisation, appended under a lock on its head (TRUST 6).

Answers, tickets and reminders never enter it.
"""

from alongside.kit.journal.chain import BEGINNING, digest, payload_digest
from alongside.kit.journal.checking import Fault, Verdict, organisations, seal_anew, unsealed, verify
from alongside.kit.journal.entries import DEEDS, dated, deed, record
from alongside.kit.journal.forgetting import erase, erase_everywhere, prune

__all__ = [
    "BEGINNING",
    "DEEDS",
    "Fault",
    "Verdict",
    "dated",
    "deed",
    "digest",
    "erase",
    "erase_everywhere",
    "organisations",
    "payload_digest",
    "prune",
    "record",
    "seal_anew",
    "unsealed",
    "verify",
]
