"""A passkey in software, as a browser and its device would answer."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

FLAG = AuthenticatorData.FLAG
ORIGIN = "http://testserver"


@dataclass
class SoftwarePasskey:
    user_handle: str = ""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def create(self, options: dict[str, Any]) -> str:
        """The answer to the options of a registration."""
        self.user_handle = options["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = self._data(options["rp"]["id"], FLAG.UP | FLAG.UV | FLAG.AT, credential)
        attestation = AttestationObject.create("none", data, {})
        return self._answer(
            options,
            "webauthn.create",
            {"attestationObject": websafe_encode(attestation)},
            {"credProps": {"rk": True}},
        )

    def get(self, options: dict[str, Any], flags: FLAG = FLAG.UP | FLAG.UV) -> str:
        """The answer to the options of a sign-in."""
        data = self._data(options["rpId"], flags)
        client = self._client(options, "webauthn.get")
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        more = {
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": self.user_handle,
        }
        return self._answer(options, "webauthn.get", more, {})

    def _data(self, host: str, flags: FLAG, credential: bytes = b"") -> AuthenticatorData:
        return AuthenticatorData.create(hashlib.sha256(host.encode()).digest(), flags, 0, credential)

    def _client(self, options: dict[str, Any], type: str) -> bytes:
        return json.dumps({"type": type, "challenge": options["challenge"], "origin": ORIGIN}).encode()

    def _answer(self, options: dict[str, Any], type: str, response: dict[str, str], extensions: Any) -> str:
        id = websafe_encode(self.id)
        client = websafe_encode(self._client(options, type))
        return json.dumps({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": extensions,
            "response": {"clientDataJSON": client, **response},
        })  # fmt: skip
