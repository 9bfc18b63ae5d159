"""A15 at full size: hundreds start at the same moment, everybody twice, without a paper drawn beforehand."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import text

from tests.bench.load import request
from tests.bench.load import run as send
from tests.drill import people, sizes
from tests.drill.figures import Figure, at_most, exactly
from tests.drill.site import running_site
from webapp.core.db import db
from webapp.core.transaction import transaction

ROW = "A15"
ALL_S = 30.0

_HALF = text(
    """
    SELECT count(*) FILTER (WHERE n.attempts <> 1) AS several, count(*) FILTER (WHERE n.half > 0) AS half
    FROM participations p
    CROSS JOIN LATERAL (
        SELECT count(a.id) AS attempts,
               count(a.id) FILTER (WHERE s.attempt_id IS NULL OR s.state <> 'open'
                                   OR cardinality(a.paper) <> cardinality(s.answers)) AS half
        FROM attempts a LEFT JOIN sheets s ON s.attempt_id = a.id
        WHERE a.exam_id = :exam_id AND a.participation_id = p.id
    ) n
    WHERE p.event_id = :event_id AND p.state = 'active'
    """
)


def run() -> Iterator[Figure]:
    """Two requests a person over two connections, all released together."""
    with running_site() as site:
        app = site.app()
        with app.app_context():
            exam = people.open_an_exam()
            sitting = people.sitters(app, exam, sizes.STARTS // 2, start=False)
            with transaction():
                for table in ("sheets", "attempts"):
                    db.session.execute(text(f"DELETE FROM {table} WHERE exam_id = :id"), {"id": exam.exam_id})
            posts = [
                request(
                    "POST",
                    f"/exams/{exam.exam_id}/start",
                    b"confirm=1",
                    [*sitter.headers, ("Content-Type", "application/x-www-form-urlencoded")],
                )
                for sitter in sitting
            ]
            found = send(site.port, [[post] for post in posts for _ in range(2)], 120, once=True, expect=303)
            row = db.session.execute(_HALF, {"exam_id": exam.exam_id, "event_id": exam.event_id}).one()
            statuses = Counter({303: found.requests, found.sample[:12]: found.wrong})
            done = f"{len(sitting)} people start at once, each twice: all answered after"
            yield at_most(ROW, done, found.seconds, ALL_S, "s")
            yield exactly(
                ROW,
                f"starts not answered with 303 {dict(statuses) if found.wrong else ''}".strip(),
                found.wrong,
            )
            yield exactly(ROW, "people with more or less than one attempt", row.several)
            yield exactly(ROW, "half-built papers", row.half)
