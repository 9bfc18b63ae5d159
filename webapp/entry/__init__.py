"""Entry from a host's own app or sign-on: signed one-time tickets and OpenID Connect."""
