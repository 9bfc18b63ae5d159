"""Pictures with durations become two H.264 files by the ffmpeg that comes with the program."""

import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg

from webapp.courses.formats.slides.timing import FRAMES_PER_S

KEYFRAME_S = 2
"""A player may jump to any of these instants without decoding more than two seconds."""


class Cancelled(Exception):
    """Somebody asked to stop; nothing half-written was left under its final name."""


class EncodingFailed(Exception):
    """What ffmpeg said."""


def ffmpeg() -> str:
    """The program's path."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def encode(
    pictures: Sequence[tuple[Path, float]], video: Path, low: Path, stop: threading.Event | None = None
) -> None:
    """Write `video` (1280 x 720) and `low` (640 x 360): constant frame rate, H.264 High, yuv420p,
    index in front, no sound, the same bytes for the same pictures.

    pictures: files and seconds, whole frames each. raise (Cancelled, EncodingFailed)."""
    plan = pictures[0][0].parent / f"{video.stem}.ffconcat"
    # The last picture is named twice: ffmpeg ignores the duration of the last entry.
    entries = [f"file {path.name}\nduration {seconds}\n" for path, seconds in pictures]
    plan.write_text(
        "ffconcat version 1.0\n" + "".join(entries) + f"file {pictures[-1][0].name}\n", encoding="utf-8"
    )
    length = str(sum(seconds for _, seconds in pictures))
    half = plan.parent / f"{video.stem}.half.mp4", plan.parent / f"{low.stem}.half.mp4"
    colours = "out_color_matrix=bt709:out_range=tv"
    graph = (
        f"[0:v]fps={FRAMES_PER_S},split[a][b];"
        f"[a]scale=1280:720:{colours},format=yuv420p[big];[b]scale=640:360:flags=lanczos:{colours},format=yuv420p[small]"
    )
    command = [ffmpeg(), "-nostdin", "-v", "error", "-y", "-f", "concat", "-safe", "1", "-i", str(plan)]
    command += ["-filter_complex", graph, "-filter_complex_threads", "1"]
    for label, crf, target in (("[big]", "23", half[0]), ("[small]", "24", half[1])):
        command += ["-map", label, *_codec(crf), "-t", length, str(target)]
    _run(command, stop)
    half[0].replace(video)
    half[1].replace(low)


def _codec(crf: str) -> list[str]:
    key = str(FRAMES_PER_S * KEYFRAME_S)
    options = [
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-tune",
        "stillimage",
        "-profile:v",
        "high",
        "-crf",
        crf,
    ]
    options += ["-g", key, "-keyint_min", key, "-sc_threshold", "0", "-threads", "1", "-r", str(FRAMES_PER_S)]
    options += [
        "-colorspace",
        "bt709",
        "-color_primaries",
        "bt709",
        "-color_trc",
        "bt709",
        "-color_range",
        "tv",
    ]
    return [
        *options,
        "-map_metadata",
        "-1",
        "-fflags",
        "+bitexact",
        "-flags:v",
        "+bitexact",
        "-movflags",
        "+faststart",
    ]


def _run(command: list[str], stop: threading.Event | None) -> None:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        while True:
            try:
                _, said = process.communicate(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                if stop is not None and stop.is_set():
                    process.kill()
                    process.communicate()
                    raise Cancelled from None
    if process.returncode:
        raise EncodingFailed(said.strip()[-800:])
