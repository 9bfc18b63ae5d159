"""A PostgreSQL socket that cuts connections right after something was committed but before it is told."""

import contextlib
import socket
import threading
from pathlib import Path
from types import TracebackType


class CuttingProxy:
    """Listens on `folder`/.s.PGSQL.<port> and passes everything on to the socket `target`.

    While `cut` > 0, each COMMIT, and each change of a sheet that commits by itself, is passed on, its answer
    is awaited and thrown away, and the client's connection is closed: the client cannot know whether it was
    committed."""

    def __init__(self, folder: Path, target: Path) -> None:
        self.folder = folder
        self.target = target
        self.cut = 0
        self.cuts_done = 0
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / target.name))
        self._listener.listen(100)
        self._open: list[socket.socket] = [self._listener]

    def __enter__(self) -> "CuttingProxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self.target))
            self._open += [client, server]
            dead = threading.Event()
            threading.Thread(target=self._to_server, args=(client, server, dead), daemon=True).start()
            threading.Thread(target=self._to_client, args=(server, client, dead), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket, dead: threading.Event) -> None:
        in_transaction = False
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                in_transaction = in_transaction or b"BEGIN" in data
                commits_itself = not in_transaction and b"UPDATE sheets" in data
                if (b"COMMIT\x00" in data or commits_itself) and self._take():
                    dead.set()
                in_transaction = in_transaction and not (b"COMMIT\x00" in data or b"ROLLBACK" in data)
                server.sendall(data)
        _end(server)

    def _to_client(self, server: socket.socket, client: socket.socket, dead: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if dead.is_set():
                    break
                client.sendall(data)
        _end(client)
        _end(server)

    def _take(self) -> bool:
        with self._lock:
            if self.cut <= 0:
                return False
            self.cut -= 1
            self.cuts_done += 1
            return True


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
