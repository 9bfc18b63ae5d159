"""WebVTT files: true captions, one cue per line of speech."""

from collections.abc import Sequence

from webapp.courses.formats.slides.timing import Cue

LANGUAGES = ("zh", "en")


def webvtt(cues: Sequence[Cue], language: str) -> str:
    """The captions in one language (zh or en), in the order of time. Markup characters are escaped."""
    blocks = [
        f"{number}\n{_stamp(cue.start_s)} --> {_stamp(cue.end_s)}\n{_escape(getattr(cue.speech, language))}\n"
        for number, cue in enumerate(cues, 1)
    ]
    return "WEBVTT\n\n" + "\n".join(blocks)


def _stamp(seconds: float) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def _escape(text: str) -> str:
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
