"""The performance file of an event: what has to be in it, and what is still missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from webapp.core.words import N_, Message
from webapp.hosting.rules.terms import HARD, Terms

ABOUT_PCT = 20
"""A report of "about" so many characters may be shorter or longer by this share; beyond it people are asked."""
MEGABYTE = 1024 * 1024
MINUTE = 60
HEADING_WORDS = {
    "name": N_("Name of the contest"),
    "purpose": N_("Purpose and meaning"),
    "participants": N_("Participants"),
    "course": N_("Course of the contest"),
    "winners": N_("Winners"),
    "money": N_("Use of the money"),
    "results": N_("Results achieved"),
    "suggestions": N_("Suggestions"),
    "shortcomings": N_("Shortcomings"),
}


@dataclass(frozen=True)
class FileRules:
    """What the file of a contest asks for; None or empty: nothing. Sizes in MB, lengths in minutes and characters."""

    force: str = HARD
    weeks: int | None = None
    working_days: int | None = None
    characters: int | None = None
    headings: tuple[str, ...] = ()
    photos: tuple[int, int] | None = None
    photo_dpi: int | None = None
    photo_mb: int | None = None
    video_minutes: int | None = None
    filing_days: int | None = None
    retention_days: int | None = None


@dataclass(frozen=True)
class Photo:
    """dpi: as the picture itself says, None when it says nothing."""

    name: str
    size_bytes: int
    dpi: int | None


@dataclass(frozen=True)
class Video:
    """length_s: None when it cannot be read (no mp4)."""

    name: str
    length_s: int | None


@dataclass(frozen=True)
class Delivered:
    """What is there. scores_filed: signed by the chief judge, sealed, with a scan."""

    report: Mapping[str, str]
    photos: Sequence[Photo] = ()
    videos: Sequence[Video] = ()
    recordings_kept: bool = False
    scores_filed: bool = False


@dataclass(frozen=True)
class Item:
    """One line of the checklist. is_hard: without it nothing is handed in. lacks: why it is not done; empty: done."""

    key: str
    title: Message
    is_hard: bool
    lacks: tuple[Message, ...]

    @property
    def is_done(self) -> bool:
        return not self.lacks


def file_rules(terms: Terms) -> FileRules | None:
    """What a contest asks for after an event; None when it asks for nothing. Source: CONTESTS 4 and 5."""
    rule, filing = terms.rules.get("performance-file"), terms.rules.get("confirmation-days")
    if rule is None and filing is None:
        return None
    told = rule.value if rule is not None and isinstance(rule.value, dict) else {}
    photos = told.get("photos")
    return FileRules(
        force=rule.force if rule is not None else HARD,
        weeks=told.get("weeks"),
        working_days=told.get("working_days"),
        characters=told.get("report_characters"),
        headings=tuple(told.get("report_headings", ())),
        photos=(photos[0], photos[1]) if photos else None,
        photo_dpi=told.get("photo_dpi"),
        photo_mb=told.get("photo_mb"),
        video_minutes=told.get("video_minutes"),
        filing_days=filing.value if filing is not None else None,
        retention_days=terms.value("retention-days"),
    )


def length(report: Mapping[str, str]) -> int:
    """Characters of a report without white space, as reports are counted in China."""
    return sum(len("".join(words.split())) for words in report.values())


def is_about(count: int, wanted: int) -> bool:
    """Whether a count is within ABOUT_PCT of what is wanted."""
    return abs(count - wanted) * 100 <= wanted * ABOUT_PCT


def checklist(given: Delivered, rules: FileRules) -> tuple[Item, ...]:
    """The lines of the checklist in their order; those that the contest does not ask for are left out."""
    is_hard = rules.force == HARD
    found = []
    if rules.headings:
        found.append(Item("report", Message(N_("Report")), is_hard, tuple(_headings(given, rules))))
    if rules.characters is not None:
        found.append(_length(given, rules.characters))
    if rules.photos is not None:
        found.append(Item("photos", _photo_title(rules), is_hard, tuple(_photos(given.photos, rules))))
    if rules.video_minutes is not None:
        found += _videos(given.videos, rules.video_minutes, is_hard)
    if rules.retention_days is not None:
        lacks = () if given.recordings_kept else (Message(N_("Confirm that the recordings are kept.")),)
        title = Message(N_("Recordings are kept for %(days)s days at least"), {"days": rules.retention_days})
        found.append(Item("recordings", title, is_hard, lacks))
    if rules.filing_days is not None:
        lacks = (
            () if given.scores_filed else (Message(N_("File the scores with the signed and sealed scan.")),)
        )
        found.append(Item("scores", Message(N_("Scores, signed by the chief judge and sealed")), True, lacks))
    return tuple(found)


def is_complete(items: Sequence[Item]) -> bool:
    """Whether everything that must be there is there."""
    return all(item.is_done for item in items if item.is_hard)


def _headings(given: Delivered, rules: FileRules) -> Iterator[Message]:
    for heading in rules.headings:
        if not given.report.get(heading, "").strip():
            yield Message(
                N_("Write the part “%(part)s”."), {"part": Message(HEADING_WORDS.get(heading, heading))}
            )


def _length(given: Delivered, wanted: int) -> Item:
    count = length(given.report)
    told = {"count": count, "wanted": wanted}
    lacks = (
        ()
        if is_about(count, wanted)
        else (Message(N_("The report has %(count)s characters; about %(wanted)s are asked for."), told),)
    )
    return Item(
        "length", Message(N_("Length of the report: about %(wanted)s characters"), told), False, lacks
    )


def _photo_title(rules: FileRules) -> Message:
    assert rules.photos is not None
    told = {
        "least": rules.photos[0],
        "most": rules.photos[1],
        "dpi": rules.photo_dpi or 0,
        "mb": rules.photo_mb or 0,
    }
    return Message(
        N_("%(least)s to %(most)s photos, each of %(dpi)s dpi or more and at most %(mb)s MB"), told
    )


def _photos(photos: Sequence[Photo], rules: FileRules) -> Iterator[Message]:
    assert rules.photos is not None
    least, most = rules.photos
    if not least <= len(photos) <= most:
        told = {"count": len(photos), "least": least, "most": most}
        yield Message(N_("There are %(count)s photos; %(least)s to %(most)s are asked for."), told)
    if rules.photo_dpi is not None:
        coarse = [photo.name for photo in photos if photo.dpi is None or photo.dpi < rules.photo_dpi]
        if coarse:
            text = N_("These photos do not say that they have %(dpi)s dpi: %(names)s.")
            yield Message(text, {"dpi": rules.photo_dpi, "names": _some(coarse)})
    if rules.photo_mb is not None:
        large = [photo.name for photo in photos if photo.size_bytes > rules.photo_mb * MEGABYTE]
        if large:
            yield Message(
                N_("These photos are larger than %(mb)s MB: %(names)s."),
                {"mb": rules.photo_mb, "names": _some(large)},
            )


def _videos(videos: Sequence[Video], minutes: int, is_hard: bool) -> list[Item]:
    title = Message(N_("One video of %(minutes)s minutes or more"), {"minutes": minutes})
    if not videos:
        return [Item("video", title, is_hard, (Message(N_("The video is missing.")),))]
    if any(video.length_s is not None and video.length_s >= minutes * MINUTE for video in videos):
        return [Item("video", title, is_hard, ())]
    if any(video.length_s is None for video in videos):
        told = (
            Message(
                N_("The length of the video cannot be read; the host looks at it. An mp4 tells its length.")
            ),
        )
        return [Item("video", title, False, told)]
    longest = max(video.length_s or 0 for video in videos) // MINUTE
    told_short = Message(
        N_("The video has %(have)s minutes; %(minutes)s are asked for."),
        {"have": longest, "minutes": minutes},
    )
    return [Item("video", title, is_hard, (told_short,))]


def _some(names: Sequence[str]) -> str:
    """The first names and how many more."""
    shown = "、".join(names[:5])
    return f"{shown} … (+{len(names) - 5})" if len(names) > 5 else shown
