"""Who may call: keys of programs (RFC 6750) and accounts of people (RFC 7617), compared in constant time."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from ipqa.settings import Settings

_BEARER = 'Bearer realm="ipqa"'
BASIC = 'Basic realm="ipqa", charset="UTF-8"'


@dataclass(frozen=True)
class Access:
    """The keys that open the services and the accounts that open everything; without either all is open."""

    keys: tuple[str, ...] = field(default=(), repr=False)
    accounts: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Access:
        """Who may call, as the settings have it."""
        return cls(settings.api_keys, settings.accounts)

    @property
    def is_open(self) -> bool:
        """Whether anyone may call the services."""
        return not self.keys and not self.accounts

    @property
    def challenge(self) -> str:
        """What ``WWW-Authenticate`` asks a caller of the services for."""
        return ", ".join([_BEARER] * bool(self.keys) + [BASIC] * bool(self.accounts))

    def lets_in(self, authorization: str) -> bool:
        """Whether a call of a service may go on that bears this ``Authorization`` header."""
        return self.is_open or self.has_key(authorization) or self.is_account(authorization)

    def has_key(self, authorization: str) -> bool:
        """Whether the header bears one of the keys."""
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return False
        given = key.strip().encode()
        # Compared with every key, in the same time wherever they differ.
        return any([secrets.compare_digest(given, known.encode()) for known in self.keys])

    def is_account(self, authorization: str) -> bool:
        """Whether the header bears the name and password of an account."""
        scheme, _, encoded = authorization.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            user, _, password = base64.b64decode(encoded, validate=True).partition(b":")
        except (binascii.Error, ValueError):
            return False
        matches = [
            secrets.compare_digest(user, name.encode()) & secrets.compare_digest(password, word.encode())
            for name, word in self.accounts.items()
        ]
        return any(matches)


def is_bearer(authorization: str) -> bool:
    """Whether a header has the form ``Bearer KEY``."""
    scheme, _, key = authorization.partition(" ")
    return scheme.lower() == "bearer" and bool(key.strip())
