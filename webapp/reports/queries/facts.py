"""From rows to numbers in one statement, however many people: each person once in each slice, at one place.

A step is a bit. Every table says which bits a person of an event has, each together with the bits of all that the
step is measured against; the bits of a person are put together, then people are counted by slice and unit, and
units are added up along the union tree."""

MEASURES = ("watched_s", "points", "lessons", "answers", "right_answers")
"""Amounts of a cell, in this order: seconds of video that count, learning points, lessons completed, practice
questions answered, and answered right."""

_FACTS = """
WITH ev AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:events AS jsonb))
        AS e(id bigint, contest_id bigint, industry text, finished numeric)
), st AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:stages AS jsonb)) AS s(id bigint, ranked bigint, place bigint)
), applied AS MATERIALIZED (
    SELECT DISTINCT ON (a.person_id, a.event_id) a.id, a.person_id, a.event_id, a.unit_id, a.state, a.submitted_at,
           a.chain->a.step->>'level' AS level, a.step, a.revision
    FROM ev JOIN applications a ON a.event_id = ev.id
    ORDER BY a.person_id, a.event_id, a.id DESC
), takes AS MATERIALIZED (
    SELECT p.id, p.person_id, p.event_id, p.contest_id, p.unit_id, p.state
    FROM ev JOIN participations p ON p.event_id = ev.id
), bearers AS MATERIALIZED (
    SELECT n.id AS entry_id, t.person_id, t.event_id FROM takes t JOIN entries n ON n.participation_id = t.id
    UNION
    SELECT m.entry_id, t.person_id, t.event_id FROM takes t JOIN team_members m ON m.participation_id = t.id
), amounts AS (
    SELECT participation_id, sum(watched_s) AS watched_s, sum(points) AS points, sum(lessons) AS lessons,
           sum(answers) AS answers, sum(right_answers) AS right_answers
    FROM (
        SELECT w.participation_id, sum(w.credited_s)::numeric AS watched_s, 0::numeric AS points, 0::bigint AS lessons,
               0::bigint AS answers, 0::bigint AS right_answers
        FROM watch_progress w JOIN takes t ON t.id = w.participation_id GROUP BY 1
        UNION ALL
        SELECT l.participation_id, 0, 0, count(*), 0, 0 FROM (
            SELECT w.participation_id, w.lesson_id FROM watch_progress w JOIN takes t ON t.id = w.participation_id
            WHERE w.enough_at IS NOT NULL
            UNION
            SELECT r.participation_id, r.lesson_id FROM readings r JOIN takes t ON t.id = r.participation_id
            WHERE r.done_at IS NOT NULL
        ) l GROUP BY 1
        UNION ALL
        SELECT e.participation_id, 0, sum(e.points), 0, 0, 0
        FROM point_entries e JOIN takes t ON t.id = e.participation_id AND t.contest_id = e.contest_id GROUP BY 1
        UNION ALL
        SELECT q.participation_id, 0, 0, 0, count(*), count(*) FILTER (WHERE q.is_right)
        FROM quiz_answers q JOIN takes t ON t.id = q.participation_id AND t.contest_id = q.contest_id GROUP BY 1
    ) each_kind GROUP BY 1
), learned AS (
    SELECT participation_id FROM amounts
    UNION SELECT r.participation_id FROM readings r JOIN takes t ON t.id = r.participation_id
    UNION SELECT d.participation_id FROM drill_runs d JOIN takes t ON t.id = d.participation_id
), marks AS (
    SELECT person_id, event_id,
           CASE WHEN submitted_at IS NULL AND state <> 'confirmed' THEN CAST(:registered AS bigint)
                WHEN state = 'confirmed' OR (state = 'withdrawn' AND EXISTS (
                    SELECT FROM review_decisions d WHERE d.application_id = applied.id
                      AND d.revision = applied.revision AND d.step = applied.step AND d.decision = 'confirm'))
                THEN CAST(:confirmed AS bigint)
                ELSE coalesce((CAST(:level_masks AS bigint[]))[array_position(CAST(:levels AS text[]), level)],
                              CAST(:sent AS bigint))
           END AS bits
    FROM applied
    UNION ALL
    SELECT person_id, event_id,
           CASE WHEN state IN ('active', 'disqualified') THEN CAST(:confirmed AS bigint)
                ELSE CAST(:sent AS bigint) END
    FROM takes
    UNION ALL
    SELECT t.person_id, t.event_id, CASE WHEN a.points >= ev.finished THEN CAST(:learned AS bigint)
                                         ELSE CAST(:begun AS bigint) END
    FROM learned l JOIN takes t ON t.id = l.participation_id JOIN ev ON ev.id = t.event_id
    LEFT JOIN amounts a ON a.participation_id = l.participation_id
    UNION ALL
    SELECT s.person_id, x.event_id, CASE WHEN s.submitted_at IS NULL THEN CAST(:started AS bigint)
                                         ELSE CAST(:submitted AS bigint) END
    FROM ev JOIN exams x ON x.event_id = ev.id AND x.kind = 'formal'
    JOIN sheets s ON s.exam_id = x.id
    WHERE s.started_at IS NOT NULL OR s.submitted_at IS NOT NULL
    UNION ALL
    SELECT b.person_id, b.event_id, st.ranked
    FROM st JOIN standings s ON s.stage_id = st.id JOIN bearers b ON b.entry_id = s.entry_id
    UNION ALL
    SELECT b.person_id, b.event_id, st.place
    FROM st JOIN stage_admissions a ON a.stage_id = st.id AND a.state IN ('invited', 'confirmed', 'admitted')
    JOIN bearers b ON b.entry_id = a.entry_id
    UNION ALL
    SELECT l.person_id, s.event_id, CAST(:awarded AS bigint)
    FROM st JOIN stages s ON s.id = st.id
    JOIN award_lists g ON g.stage_id = st.id AND g.state <> 'superseded'
    JOIN award_lines l ON l.list_id = g.id AND l.decision = 'granted'
    WHERE g.state IN ('decided', 'reopened') OR l.settled_list_id IS NOT NULL
    UNION ALL
    SELECT c.person_id, s.event_id, CAST(:certified AS bigint)
    FROM st JOIN stages s ON s.id = st.id JOIN certificates c ON c.stage_id = st.id
    WHERE NOT EXISTS (SELECT FROM certificate_revocations r WHERE r.certificate_id = c.id)
), bits AS (
    SELECT person_id, event_id, bit_or(bits) AS bits FROM marks GROUP BY 1, 2
), facts AS MATERIALIZED (
    SELECT b.person_id, b.event_id, ev.contest_id, ev.industry, b.bits,
           ARRAY[coalesce(a.id, 0), coalesce(CASE WHEN a.id IS NULL THEN t.unit_id ELSE a.unit_id END, -1)] AS home,
           coalesce(m.watched_s, 0) AS watched_s, coalesce(m.points, 0) AS points, coalesce(m.lessons, 0) AS lessons,
           coalesce(m.answers, 0) AS answers, coalesce(m.right_answers, 0) AS right_answers
    FROM bits b JOIN ev ON ev.id = b.event_id
    LEFT JOIN applied a ON a.person_id = b.person_id AND a.event_id = b.event_id
    LEFT JOIN takes t ON t.person_id = b.person_id AND t.event_id = b.event_id
    LEFT JOIN amounts m ON m.participation_id = t.id
), people AS (
    SELECT 'event' AS slice, event_id::text AS key, contest_id::text AS of_contest, industry AS of_industry,
           home[2] AS unit, bits,
           watched_s, points, lessons, answers, right_answers FROM facts
    UNION ALL
    SELECT 'contest', contest_id::text, contest_id::text, NULL, (max(home))[2], bit_or(bits),
           sum(watched_s), sum(points), sum(lessons), sum(answers), sum(right_answers)
    FROM facts GROUP BY contest_id, person_id
    UNION ALL
    SELECT 'industry', industry, NULL, industry, (max(home))[2], bit_or(bits),
           sum(watched_s), sum(points), sum(lessons), sum(answers), sum(right_answers)
    FROM facts GROUP BY industry, person_id
)"""

_CELLS = """, at_unit AS MATERIALIZED (
    SELECT p.slice, p.key, p.of_contest, p.of_industry, p.unit, {counts},
           sum(watched_s) AS watched_s, sum(points) AS points, sum(lessons) AS lessons, sum(answers) AS answers,
           sum(right_answers) AS right_answers, CASE WHEN o.kind = 'unit' THEN 1 ELSE 0 END AS is_unit
    FROM people p LEFT JOIN organisations o ON o.id = p.unit
    GROUP BY p.slice, p.key, p.of_contest, p.of_industry, p.unit, o.kind
), placed AS (
    SELECT c.ancestor_id AS place, u.* FROM at_unit u JOIN organisation_closure c ON c.descendant_id = u.unit
    UNION ALL SELECT 0, u.* FROM at_unit u
    UNION ALL SELECT -1, u.* FROM at_unit u WHERE u.unit = -1
), summed_up AS MATERIALIZED (
    SELECT place, slice, key, of_contest, of_industry, sum(is_unit) AS units, ARRAY[{sums}]::bigint[] AS steps,
           ARRAY[sum(watched_s), sum(points), sum(lessons), sum(answers), sum(right_answers)]::numeric[] AS amounts
    FROM placed GROUP BY 1, 2, 3, 4, 5
), cells AS (
    SELECT place, slice, key, units, steps, amounts,
           CASE slice WHEN 'event' THEN 1
                WHEN 'contest' THEN count(*) FILTER (WHERE slice = 'event') OVER (PARTITION BY place, of_contest)
                ELSE count(*) FILTER (WHERE slice = 'event') OVER (PARTITION BY place, of_industry) END AS events
    FROM summed_up
)"""


def cells_sql(steps: int) -> str:
    """The statement up to the relation `cells` with (place, slice, key, units, events, steps, amounts).

    steps: how many steps are counted, at most 62."""
    numbers = range(steps)
    counts = ", ".join(f"count(*) FILTER (WHERE p.bits & {1 << at} <> 0) AS s{at}" for at in numbers)
    sums = ", ".join(f"sum(s{at})" for at in numbers)
    return _FACTS + _CELLS.format(counts=counts, sums=sums)
