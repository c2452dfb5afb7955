"""A small OpenID provider on loopback for tests: anybody signs in by a click, and what it says can be spoiled.

Discovery, authorization code with PKCE (RFC 7636, S256 only), ID tokens signed with an RSA key made at the start,
userinfo and the end of a session (OpenID Connect RP-Initiated Logout 1.0). Each code works once.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, PASSWORD = "hpi", "only-for-tests"
COOKIE_SECRET = "not a secret, only for tests " * 2
ANN, BEN = "ann", "ben"


@dataclass
class Provider:
    """What the provider knows and how it is spoiled; tests change it while it runs.

    Parameters
    ----------
    people
        Subject -> the claims that go into the ID token.
    spoiled
        Claims that replace those of the ID token: another nonce, an expiry in the past...
    is_down
        Whether every request is answered with 503.
    key, published
        What ID tokens are signed with, and the key that is shown to the world where that is another.
    asked
        The paths that were asked for, in order.
    """

    url: str = ""
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    spoiled: dict[str, Any] = field(default_factory=dict)
    is_down: bool = False
    asked: list[str] = field(default_factory=list)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    published: RSAKey | None = None
    waiting: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    def secrets_toml(self, base: str = "", port: int | str = "{port}") -> str:
        """What belongs into the secrets of a server on loopback; Streamlit fills in {port} with its own."""
        return (
            f'[auth]\nredirect_uri = "http://127.0.0.1:{port}{base}/oauth2callback"\n'
            f'cookie_secret = "{COOKIE_SECRET}"\n'
            f'client_id = "{CLIENT}"\nclient_secret = "{PASSWORD}"\n'
            f'server_metadata_url = "{self.url}/.well-known/openid-configuration"\n'
        )

    def discovery(self) -> dict[str, Any]:
        """The metadata of OpenID Connect Discovery 1.0, as far as a client here reads them."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "end_session_endpoint": f"{self.url}/end",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def id_token(self, subject: str, nonce: str) -> str:
        """A signed ID token (OpenID Connect Core 1.0, section 2)."""
        now = int(time.time())
        claims = {"iss": self.url, "sub": subject, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        claims |= self.people[subject] | self.spoiled
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)


class Handler(BaseHTTPRequestHandler):
    """The provider's pages."""

    def __init__(self, provider: Provider, *given: Any) -> None:  # noqa: ANN401
        self.provider = provider
        super().__init__(*given)

    def log_message(self, *said: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Discovery, keys, the form, userinfo, the end of a session."""
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self._answer(parts.path, query, {"/authorize": self._form, "/end": self._end, "/userinfo": self._userinfo})

    def do_POST(self) -> None:
        """The click on a name, and the exchange of a code for tokens."""
        given = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        fields = {key: values[0] for key, values in parse_qs(given).items()}
        self._answer(urlsplit(self.path).path, fields, {"/choose": self._choose, "/token": self._token})

    def _answer(self, path: str, fields: dict[str, str], routes: dict[str, Any]) -> None:
        provider = self.provider
        provider.asked.append(path)
        if provider.is_down:
            self._send(503, b"down for a while")
        elif path == "/.well-known/openid-configuration":
            self._json(provider.discovery())
        elif path == "/jwks":
            self._json({"keys": [(provider.published or provider.key).as_dict(private=False)]})
        elif path in routes:
            routes[path](fields)
        else:
            self._send(404, b"no such page")

    def _form(self, query: dict[str, str]) -> None:
        """A button for each person, and one for nobody."""
        wanted = {"client_id": CLIENT, "response_type": "code", "code_challenge_method": "S256"}
        if any(query.get(key) != value for key, value in wanted.items()) or not query.get("code_challenge"):
            self._send(400, b"not a request for a code with S256")
            return
        request = secrets.token_urlsafe(16)
        self.provider.waiting[request] = query
        buttons = "".join(
            f'<button name="who" value="{html.escape(who)}">{html.escape(who)}</button>'
            for who in [*self.provider.people, "nobody"]
        )
        page = f'<form method="post" action="/choose"><input type="hidden" name="request" value="{request}">{buttons}'
        head = '<!doctype html><title>Who are you?</title><link rel="icon" href="data:,">'
        self._send(200, f"{head}{page}</form>".encode(), "text/html")

    def _choose(self, fields: dict[str, str]) -> None:
        query, who = self.provider.waiting.pop(fields["request"]), fields["who"]
        answer = {"state": query["state"]}
        if who in self.provider.people:
            answer["code"] = secrets.token_urlsafe(16)
            self.provider.codes[answer["code"]] = (who, query)
        else:
            answer["error"] = "access_denied"
        self._lead_to(f"{query['redirect_uri']}?{urlencode(answer)}")

    def _token(self, fields: dict[str, str]) -> None:
        who, query = self.provider.codes.pop(fields.get("code", ""), ("", {}))
        digest = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        password = base64.b64encode(f"{CLIENT}:{PASSWORD}".encode()).decode()
        right = self.headers.get("Authorization") == f"Basic {password}"
        if not (who and right and proof == query["code_challenge"] and fields["redirect_uri"] == query["redirect_uri"]):
            self._json({"error": "invalid_grant"}, 400)
            return
        token = self.provider.id_token(who, query["nonce"])
        self._json({"access_token": f"{who}-access", "token_type": "Bearer", "expires_in": 300, "id_token": token})

    def _userinfo(self, query: dict[str, str]) -> None:
        who = self.headers.get("Authorization", "").removeprefix("Bearer ").removesuffix("-access")
        self._json({"sub": who, **self.provider.people[who]})

    def _end(self, query: dict[str, str]) -> None:
        jwt.decode(query["id_token_hint"], self.provider.published or self.provider.key, algorithms=["RS256"])
        self._lead_to(query["post_logout_redirect_uri"])

    def _lead_to(self, address: str) -> None:
        self.send_response(303)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, value: object, status: int = 200) -> None:
        self._send(status, json.dumps(value).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that knows Ann and Ben, on a free port of this machine, until the end of the block."""
    known = Provider(people={ANN: {"name": "Ann Example"}, BEN: {"name": "Ben Example"}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, known))
    known.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
