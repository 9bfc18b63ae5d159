"""`make drill`: every row (or those named), one table at the end, exit status 1 when a limit was missed."""

import importlib
import logging
import pkgutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence

from tests.drill import rows, sizes
from tests.drill.figures import Figure, failed, table, write_json
from webapp.config import Settings

Run = Callable[[], Iterator[Figure]]


def found_rows() -> dict[str, Run]:
    """Rows by their names, in the order of the list of required tests."""
    modules = [
        importlib.import_module(f"{rows.__name__}.{info.name}")
        for info in pkgutil.iter_modules(rows.__path__)
    ]
    return {module.ROW: module.run for module in sorted(modules, key=lambda module: module.ROW)}


def main(names: Sequence[str]) -> int:
    """Run the rows. Names that no row has are refused before anything starts."""
    logging.disable(logging.INFO)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is stopped on the way out
    known = found_rows()
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no such row: {', '.join(unknown)}; there are {', '.join(known)}")
        return 2
    figures: list[Figure] = []
    started = time.monotonic()
    for name in names or known:
        before = time.monotonic()
        print(f"{name}: {(known[name].__module__)} …", flush=True)
        try:
            figures += known[name]()
        except Exception as error:  # the other rows still count; the table shows this one as missed
            traceback.print_exc()
            figures.append(failed(name, error))
        print(f"{name}: {time.monotonic() - before:.0f} s", flush=True)
    took_s = time.monotonic() - started
    path = Settings.from_env().var / "drill.json"
    write_json(figures, took_s, path)
    missed = sum(one.ok is False for one in figures)
    print(f"\n{table(figures)}\n")
    print(
        f"{took_s / 60:.1f} minutes, long waits divided by {sizes.FACTOR:g}; {missed} missed; also in {path}"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
