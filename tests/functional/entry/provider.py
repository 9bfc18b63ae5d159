"""A small OpenID provider behind a real socket: discovery, code flow with PKCE, signed identity tokens."""

import base64
import contextvars
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "jiangsai", "a secret that both sides know, long enough"


@dataclass
class Provider:
    """subject, name: who presses the button there. twist: changes claims before they are signed."""

    address: str = ""
    subject: str = "worker-7"
    name: str = "林晓䶮"
    twist: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)


@contextmanager
def provider() -> Iterator[Provider]:
    made = Provider()
    server = make_server("127.0.0.1", 0, _app(made), threaded=True)
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=contextvars.Context().run, args=(server.serve_forever,), daemon=True)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def _app(made: Provider) -> Flask:
    app = Flask("provider")

    @app.get("/.well-known/openid-configuration")
    def configuration() -> Response:
        return jsonify(
            issuer=made.address,
            authorization_endpoint=f"{made.address}/authorize",
            token_endpoint=f"{made.address}/token",
            jwks_uri=f"{made.address}/keys",
            id_token_signing_alg_values_supported=["RS256"],
        )

    @app.get("/keys")
    def keys() -> Response:
        return jsonify(keys=[made.key.as_dict(private=False)])

    @app.get("/authorize")
    def authorize() -> Any:
        asked = request.args
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        made.codes[code] = dict(asked)
        return redirect(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")

    @app.post("/token")
    def token() -> Any:
        asked = made.codes.pop(request.form["code"], None)
        digest = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
        given = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        who = request.authorization
        is_client = who is not None and (who.username, who.password) == (CLIENT_ID, CLIENT_SECRET)
        if asked is None or not is_client or given != asked["code_challenge"]:
            return jsonify(error="invalid_grant"), 400
        now = int(time.time())
        claims = {
            "iss": made.address,
            "aud": CLIENT_ID,
            "sub": made.subject,
            "name": made.name,
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce", ""),
            **made.twist,
        }
        signed = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, made.key)
        return jsonify(access_token="x", token_type="Bearer", expires_in=300, id_token=signed)

    return app
