"""Whether a port is free, asked before anything slow is done."""

import errno
import socket


class PortTaken(Exception):
    """Another program listens there; the text says what to do."""

    def __init__(self, port: int, variable: str) -> None:
        other = port + 1 if port < 65535 else 8000
        super().__init__(
            f"Port {port} is taken by another program. Choose another one: {variable}={other} make run\n"
            f"端口 {port} 已被其他程序占用，请换一个端口：{variable}={other} make run"
        )


class PortRefused(Exception):
    """The system does not let us listen there."""


def claim(host: str, port: int, variable: str = "PORT") -> int:
    """The port when it is free; for 0 some free port. Raise PortTaken, PortRefused."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OverflowError as error:
            raise PortRefused(f"{variable}={port} is no port: use 1 to 65535") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(port, variable) from error
            raise PortRefused(f"cannot listen on {host}:{port} ({variable}): {error.strerror}") from error
        return int(probe.getsockname()[1])


def claim_near(host: str, port: int, taken: int) -> int:
    """`port` if free, else some other free one; never `taken`."""
    for wish in (port, 0, 0, 0):
        try:
            found = claim(host, wish, "JIANGSAI_LIVE_PORT")
        except (PortTaken, PortRefused):
            continue
        if found != taken:
            return found
    raise PortRefused("no free port for the live process; set JIANGSAI_LIVE_PORT")
