"""Render the shipped courses: slides become video, captions and text versions, in webapp/courses/rendered.

    python scripts/render_courses.py

What did not change since the last time is kept; two videos are encoded at a time."""

import os
import shutil
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from webapp.courses.errors import CourseInvalid  # noqa: E402 - after the path
from webapp.courses.formats.slides import render_course  # noqa: E402

SHIPPED = ROOT / "webapp" / "courses" / "shipped"
RENDERED = ROOT / "webapp" / "courses" / "rendered"


def main() -> int:
    """Exit status 1 when a course has a problem; each is printed with its place."""
    started = time.monotonic()
    RENDERED.mkdir(exist_ok=True)
    os.nice(10)
    folders = sorted(path.parent for path in SHIPPED.glob("*/course.toml"))
    for folder in folders:
        try:
            render_course(folder, RENDERED / folder.name, lambda line: print(f"  {line}", flush=True))
        except CourseInvalid as error:
            for problem in error.problems:
                print(f"{folder.name}/{problem.file}:{problem.row}  {problem.reason}  {problem.value}")
            return 1
    for left in RENDERED.glob("*"):
        if left.name not in {folder.name for folder in folders}:
            shutil.rmtree(left)
    print(f"{len(folders)} courses, {time.monotonic() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
