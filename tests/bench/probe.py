"""What long work takes, and what the web answers meanwhile."""

import contextlib
import cProfile
import pstats
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

ASK = """
import sys, time, urllib.request
took = []
while True:
    begun = time.monotonic()
    asked = urllib.request.Request(sys.argv[1], headers={'Cookie': sys.argv[2], 'User-Agent': 'bench'})
    try: urllib.request.urlopen(asked, timeout=20).read()
    except OSError as error: print('refused', error, flush=True)
    took.append(time.monotonic() - begun)
    every = sorted(took)
    print(f'{len(every)} pages, median {every[len(every) // 2] * 1000:.0f} ms, 99 in 100 below '
          f'{every[int(len(every) * .99)] * 1000:.0f} ms, slowest {every[-1] * 1000:.0f} ms', flush=True)
    time.sleep(0.2)
"""

T = TypeVar("T")


def measured(what: str, work: Callable[[], T], *, profile: bool = False) -> T:
    """Do it and print what it took; profile: and which functions took it."""
    began, spent = time.monotonic(), time.process_time()
    watcher = cProfile.Profile() if profile else None
    made = watcher.runcall(work) if watcher else work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{what}: {time.monotonic() - began:.1f} s, {time.process_time() - spent:.1f} s of processor (without the"
        f" database), at most {peak:.0f} MiB in the worker",
        flush=True,
    )
    if watcher:
        pstats.Stats(watcher).sort_stats("cumulative").print_stats(40)
    return made


@contextlib.contextmanager
def web_asked(address: str, said: Path, cookie: str = "") -> Iterator[None]:
    """Somebody asks for a page five times a second."""
    with said.open("w") as out:
        probe = subprocess.Popen([sys.executable, "-c", ASK, address, cookie], stdout=out)
        try:
            yield
        finally:
            probe.terminate()
            probe.wait()
