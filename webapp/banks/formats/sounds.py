"""Sounds of questions: told by their content, written anew as plain MP3 without anything but sound."""

import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg

from webapp.banks.formats.pictures import Picture

MAX_BYTES = 10 * 1024 * 1024
MAX_SECONDS = 600
TIMEOUT_S = 60
RATE = 44_100
SUFFIXES = (".mp3", ".wav", ".ogg", ".oga", ".m4a", ".aac")
MEDIA_TYPE = "audio/mpeg"

_KBITS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MOST_KBITS = 128
_SAMPLES = 1152


class NoEncoder(Exception):
    """The program that writes sounds anew is not installed."""


def kind_of(content: bytes) -> str:
    """What sound the content is, in ffmpeg's words: 'mp3', 'wav', 'ogg', 'mov' (m4a); '' for none of them."""
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "wav"
    if content.startswith(b"OggS"):
        return "ogg"
    if content[4:8] == b"ftyp":
        return "mov"
    if content.startswith(b"ID3") or (content[:1] == b"\xff" and content[1:2] and content[1] & 0xE6 == 0xE2):
        return "mp3"
    return ""


def checked(content: bytes) -> Picture | None:
    """The sound written anew (96 kbit/s MP3, no titles, pictures or comments), or None when it is none, too
    large, longer than MAX_SECONDS or broken. What we wrote ourselves stays as it is. Raise NoEncoder."""
    kind = kind_of(content)
    if not kind or len(content) > MAX_BYTES:
        return None
    if kind == "mp3" and 0 < bare_seconds(content) <= MAX_SECONDS:
        return Picture(content, MEDIA_TYPE)
    written = _written(content, kind)
    if written is None or not 0 < bare_seconds(written) <= MAX_SECONDS:
        return None
    return Picture(written, MEDIA_TYPE)


def bare_seconds(content: bytes) -> float:
    """How long an MP3 lasts that consists of nothing but frames of our kind (44.1 kHz, at most 128 kbit/s);
    0 when there is anything else in it. Written anew it would only lose quality, and be another file."""
    place = frames = 0
    while place < len(content):
        head = content[place : place + 4]
        if len(head) < 4 or head[0] != 0xFF or head[1] not in (0xFA, 0xFB) or head[2] >> 2 & 3:
            return 0
        kbits = _KBITS[head[2] >> 4] if head[2] >> 4 < len(_KBITS) else 0
        if not 0 < kbits <= _MOST_KBITS:
            return 0
        place += 144_000 * kbits // RATE + (head[2] >> 1 & 1)
        frames += 1
    return frames * _SAMPLES / RATE if place == len(content) else 0


def _encoder() -> str:
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (RuntimeError, OSError) as error:
        raise NoEncoder from error


def _written(content: bytes, kind: str) -> bytes | None:
    """The demuxer is named by us and only files may be opened: a playlist in disguise leads nowhere."""
    program = _encoder()
    with tempfile.TemporaryDirectory(prefix="sound-") as room:
        given, made = Path(room, "given"), Path(room, "made.mp3")
        given.write_bytes(content)
        command = [program, "-nostdin", "-v", "error", "-threads", "1", "-protocol_whitelist", "file"]
        command += ["-f", kind, "-i", str(given), "-t", str(MAX_SECONDS + 1), "-map", "0:a:0"]
        command += ["-vn", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-ar", str(RATE)]
        command += [
            "-ac",
            "1",
            "-c:a",
            "libmp3lame",
            "-b:a",
            "96k",
            "-flags:a",
            "+bitexact",
            "-fflags",
            "+bitexact",
        ]
        command += ["-id3v2_version", "0", "-write_id3v1", "0", "-write_xing", "0", "-f", "mp3", str(made)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)
        except subprocess.TimeoutExpired:
            return None
        except OSError as error:
            raise NoEncoder from error
        return made.read_bytes() if done.returncode == 0 and made.exists() else None
