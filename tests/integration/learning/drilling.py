"""A learner at the shipped drills, gathered into one small course."""

import shutil
from pathlib import Path

from sqlalchemy import select

from tests.integration.learning.stand import DEFINITION, make_learner
from tests.unit.learning.drill_runs import SHIPPED_DRILLS
from webapp.contests import service as contest_service
from webapp.contests.rules.reanchor import Anchor, reanchor
from webapp.core import clock
from webapp.core.db import db, keys_scope
from webapp.core.transaction import transaction
from webapp.courses import service
from webapp.courses.models import Course, Lesson
from webapp.learning.service.learners import Learner, of_participation

HEAD = """
schema = 1
code = "all-drills"
title = {zh = "全部演练", en = "All drills"}
summary = {zh = "用于测试", en = "For tests"}
licence = "Apache-2.0"

[[for]]
contest = "jilin-5"
events = ["welding"]
"""
LESSON = """
[[lessons]]
key = "{key}"
kind = "drill"
title = {{zh = "演练 {key}", en = "Drill {key}"}}
drill = "drills/{key}.toml"
"""


def make_drills(folder: Path, note: str = "") -> dict[str, int]:
    """Publish the shipped drills for `welding`; lesson ids by the names of their files."""
    for name in ("drills", "media"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for path in SHIPPED_DRILLS:
        shutil.copy(path, folder / "drills")
        for picture in (path.parents[1] / "media").glob("*.png"):
            shutil.copy(picture, folder / "media")
    lessons = "".join(LESSON.format(key=path.stem) for path in SHIPPED_DRILLS)
    text = HEAD.replace("用于测试", f"用于测试{note}") + lessons
    (folder / "course.toml").write_text(text, encoding="utf-8")
    with keys_scope(), transaction():
        service.import_shipped(folder, None)
    rows = db.session.execute(
        select(Lesson.key, Lesson.id)
        .join(Course, Course.id == Lesson.course_id)
        .where(Course.code == "all-drills")
    ).all()
    db.session.rollback()
    return {row.key: row.id for row in rows}


def open_learner() -> Learner:
    """A new learner of `welding`, whose learning is open today; commits."""
    learner = make_learner("welding")
    today = clock.now().astimezone(clock.SHANGHAI).date()
    text = reanchor(DEFINITION.read_text(encoding="utf-8"), {"welding": Anchor.LEARNING}, today)
    contest_service.load_contest(text, because="test")
    db.session.commit()
    return of_participation(learner.participation_id, clock.now())
