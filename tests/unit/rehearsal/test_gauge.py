"""What a rehearsal takes: the memory of every process below it, seen while it is taken."""

import subprocess
import sys

from webapp.rehearsal.gauge import Gauge, family, memory_mib
from webapp.supervisor import processes

SEEN_WITHIN_S = 30.0
"""A guard against hanging: on a busy machine a look at every process takes its time."""

A_CHILD = "held = bytearray(80 << 20); print('ready', flush=True); input()"


def test_the_memory_of_a_child_counts_as_long_as_it_lives() -> None:
    before = memory_mib()
    with Gauge(every_s=0.02) as gauge:
        child = subprocess.Popen(
            [sys.executable, "-c", A_CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        assert child.pid in set(family())
        held = memory_mib()
        processes.wait_until(lambda: gauge.peak_mib > before + 40, SEEN_WITHIN_S)
        child.communicate("\n")
    assert held > before + 75
    assert gauge.peak_mib > before + 40
    assert memory_mib() < held - 60
    assert child.pid not in set(family())
