"""What is refused when the disk fills up, and in which order."""

from pathlib import Path

import pytest

from webapp.core.shedding import DiskWatch, sheds


@pytest.mark.parametrize(
    ("blueprint", "is_upload", "share", "refused"),
    [
        ("learning", False, 0.16, False),
        ("learning", False, 0.14, True),
        ("registration", False, 0.14, False),
        ("registration", False, 0.09, True),
        ("accounts", True, 0.14, True),
        ("accounts", False, 0.01, False),
        ("exam", False, 0.0, False),
        ("exam", True, 0.0, False),
        (None, False, 0.0, False),
    ],
)
def test_o04_the_exam_is_served_to_the_last(
    blueprint: str | None, is_upload: bool, share: float, refused: bool
) -> None:
    assert sheds(blueprint, is_upload, share) is refused


def test_a_folder_that_is_not_there_refuses_nobody() -> None:
    assert DiskWatch([Path("/nowhere/at/all")]).free_share() == 1.0
