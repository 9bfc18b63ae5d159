"""Numbers in addresses: what no row can have is an address that does not exist."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**63 - 1
"""The largest value of a bigint column: beyond it the database would refuse the statement."""


class IdConverter(IntegerConverter):
    """`<int:…>` in a route: digits up to the largest id, anything else answers 404."""

    def __init__(self, url_map: Map, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max", LARGEST_ID)
        super().__init__(url_map, *args, **kwargs)  # type: ignore[arg-type]  # passed on as they came


def init_addresses(app: Flask) -> None:
    app.url_map.converters["int"] = IdConverter
