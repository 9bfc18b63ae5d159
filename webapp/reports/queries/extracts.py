"""What an archive of an event holds: one statement a member, in a fixed order, without names.

Columns person_id and by_account_id leave as salted codes, `person` and `by`."""

from sqlalchemy import text

# Names of members by what is read; every statement is given event_id and contest_id.
EXTRACTS = {
    "contest/versions.jsonl": text(
        "SELECT number, digest, loaded_at, loaded_by_account_id AS by_account_id FROM contest_versions"
        " WHERE contest_id = :contest_id ORDER BY number"
    ),
    "event/event.jsonl": text(
        "SELECT e.code, e.title, e.track, e.event_class, e.is_withdrawn, o.name AS organiser FROM events e"
        " LEFT JOIN organisations o ON o.id = e.organiser_id WHERE e.id = :event_id"
    ),
    "event/stages.jsonl": text(
        """
        SELECT s.code, s.title, s.kind, s.opens_at, s.closes_at, s.published_at, s.rechecked_at,
               (SELECT jsonb_object_agg(c.component, c.weight_pct::text) FROM stage_components c
                WHERE c.stage_id = s.id) AS weights
        FROM stages s WHERE s.event_id = :event_id ORDER BY s.position, s.id
        """
    ),
    "event/lists.jsonl": text(
        """
        SELECT s.code AS stage, l.number, l.state, v.number AS rules_version, b.number AS board, f.number AS final_board,
               l.frozen_at, l.rechecked_at, l.final_at, l.frozen_by_account_id AS by_account_id
        FROM stage_lists l JOIN stages s ON s.id = l.stage_id JOIN contest_versions v ON v.id = l.contest_version_id
        JOIN board_snapshots b ON b.id = l.snapshot_id LEFT JOIN board_snapshots f ON f.id = l.final_snapshot_id
        WHERE s.event_id = :event_id ORDER BY s.position, l.number
        """
    ),
    "event/places.jsonl": text(
        """
        SELECT s.code AS stage, p.number, a.origin, a.state, a.position, a.rank, a.answer_by, a.answered_at
        FROM stage_admissions a JOIN stages s ON s.id = a.stage_id JOIN entries n ON n.id = a.entry_id
        LEFT JOIN participations p ON p.id = n.participation_id
        WHERE s.event_id = :event_id ORDER BY s.position, a.position, a.id
        """
    ),
    "event/notices.jsonl": text(
        """
        SELECT s.code AS stage, n.version, n.digest, b.number AS board, n.working_days, n.posted_at, n.ends_at,
               n.posted_by_account_id AS by_account_id
        FROM stage_notices n JOIN stages s ON s.id = n.stage_id JOIN board_snapshots b ON b.id = n.snapshot_id
        WHERE s.event_id = :event_id ORDER BY s.position, n.version
        """
    ),
    "event/exceptions.jsonl": text(
        """
        SELECT s.code AS stage, x.rule, x.needed, x.people, x.at,
               encode(sha256(convert_to(x.reason, 'UTF8')), 'hex') AS reason_sha256, x.by_account_id
        FROM stage_exceptions x JOIN stages s ON s.id = x.stage_id
        WHERE s.event_id = :event_id ORDER BY x.id
        """
    ),
    "event/objections.jsonl": text(
        """
        SELECT s.code AS stage, n.version AS notice, o.channel, o.state, o.received_at, o.answered_at, o.changes_list,
               o.published_answer, encode(sha256(convert_to(o.words, 'UTF8')), 'hex') AS words_sha256,
               encode(sha256(convert_to(o.answer, 'UTF8')), 'hex') AS answer_sha256,
               o.answered_by_account_id AS by_account_id
        FROM stage_objections o JOIN stages s ON s.id = o.stage_id JOIN stage_notices n ON n.id = o.notice_id
        WHERE s.event_id = :event_id ORDER BY o.id
        """
    ),
    "event/circulars.jsonl": text(
        """
        SELECT c.number, c.state, c.digest, c.prepared_at, c.issued_at,
               (SELECT jsonb_agg(a.body ORDER BY a.id) FROM circular_agreements a WHERE a.circular_id = c.id) AS agreed
        FROM circulars c WHERE c.contest_id = :contest_id ORDER BY c.number
        """
    ),
    "boards/index.jsonl": text(
        """
        SELECT s.code AS stage, b.number, b.kind, b.digest, b.taken_at, jsonb_array_length(b.rows) AS rows,
               b.taken_by_account_id AS by_account_id
        FROM board_snapshots b JOIN stages s ON s.id = b.stage_id
        WHERE s.event_id = :event_id ORDER BY s.position, b.number
        """
    ),
    "practical/modules.jsonl": text(
        """
        SELECT s.code AS stage, r.module, r.commitment, CASE WHEN r.decoded_at IS NULL THEN NULL
               ELSE encode(r.secret, 'hex') END AS secret, r.drawn_at, r.decoded_at, r.handed_out_at, r.due_at
        FROM practical_runs r JOIN stages s ON s.id = r.stage_id
        WHERE s.event_id = :event_id ORDER BY s.position, r.module
        """
    ),
    "practical/sheets.jsonl": text(
        """
        SELECT s.code AS stage, r.module, h.number, i.version AS items_version, i.digest AS items_digest, h.state,
               h.score, h.is_disqualified, h.round, h.submitted_at, h.signed_at, j.account_id AS by_account_id
        FROM practical_sheets h JOIN practical_runs r ON r.id = h.run_id JOIN stages s ON s.id = r.stage_id
        JOIN practical_items i ON i.id = h.items_id JOIN practical_judges j ON j.id = h.judge_id
        WHERE s.event_id = :event_id ORDER BY s.position, r.module, h.number, h.id
        """
    ),
    "practical/signatures.jsonl": text(
        """
        SELECT s.code AS stage, r.module, g.sheets_digest, g.file_digest, g.at, g.by_account_id
        FROM practical_signoffs g JOIN practical_runs r ON r.id = g.run_id JOIN stages s ON s.id = r.stage_id
        WHERE s.event_id = :event_id ORDER BY g.id
        """
    ),
    "practical/filings.jsonl": text(
        """
        SELECT s.code AS stage, f.number, f.digest, f.how, jsonb_array_length(f.scores) AS scores, f.at, f.by_account_id
        FROM practical_filings f JOIN stages s ON s.id = f.stage_id
        WHERE s.event_id = :event_id ORDER BY s.position, f.number
        """
    ),
    "awards/lists.jsonl": text(
        """
        SELECT s.code AS stage, l.number, l.state, l.digest, b.number AS final_board, l.derived_at, l.closed_at,
               l.closed_by_account_id AS by_account_id
        FROM award_lists l JOIN stages s ON s.id = l.stage_id JOIN board_snapshots b ON b.id = l.snapshot_id
        WHERE s.event_id = :event_id ORDER BY s.position, l.number
        """
    ),
    "awards/lines.jsonl": text(
        """
        SELECT s.code AS stage, l.number AS list, w.position, w.award_code, p.number, w.person_id, w.rank, w.state,
               w.amount, w.granted_amount, w.level, w.why, w.decision,
               encode(sha256(convert_to(w.decision_reason, 'UTF8')), 'hex') AS reason_sha256, w.decided_at,
               w.decided_by_account_id AS by_account_id
        FROM award_lines w JOIN award_lists l ON l.id = w.list_id JOIN stages s ON s.id = l.stage_id
        JOIN entries n ON n.id = w.entry_id LEFT JOIN participations p ON p.id = n.participation_id
        WHERE s.event_id = :event_id ORDER BY s.position, l.number, w.position, w.id
        """
    ),
    "certificates/certificates.jsonl": text(
        """
        SELECT s.code AS stage, c.serial, c.award_code, p.number, c.person_id, c.issue_number, c.digest,
               c.template_version, c.issued_at, r.revoked_at
        FROM certificates c JOIN stages s ON s.id = c.stage_id JOIN participations p ON p.id = c.participation_id
        LEFT JOIN certificate_revocations r ON r.certificate_id = c.id
        WHERE s.event_id = :event_id ORDER BY s.position, c.id
        """
    ),
    "participants/applications.jsonl": text(
        """
        SELECT a.person_id, a.state, a.source, a.revision, o.code AS unit_code, o.name AS unit, a.submitted_at,
               a.created_at,
               (SELECT jsonb_agg(jsonb_build_object('level', d.level, 'decision', d.decision, 'at', d.at) ORDER BY d.id)
                FROM review_decisions d WHERE d.application_id = a.id) AS decisions
        FROM applications a LEFT JOIN organisations o ON o.id = a.unit_id
        WHERE a.event_id = :event_id ORDER BY a.id
        """
    ),
    "participants/participants.jsonl": text(
        """
        SELECT p.number, p.person_id, p.state, o.code AS unit_code, o.name AS unit, p.confirmed_at, p.time_factor
        FROM participations p LEFT JOIN organisations o ON o.id = p.unit_id
        WHERE p.event_id = :event_id ORDER BY p.number, p.id
        """
    ),
}

NAMES = {
    "names/people.jsonl": text(
        """
        SELECT p.person_id, p.number, h.name, h.document_kind, h.document_mask FROM participations p
        JOIN persons h ON h.id = p.person_id WHERE p.event_id = :event_id ORDER BY p.number, p.id
        """
    ),
    "names/exceptions.jsonl": text(
        """
        SELECT s.code AS stage, x.rule, h.name AS signed_by, x.reason, x.at
        FROM stage_exceptions x JOIN stages s ON s.id = x.stage_id
        JOIN accounts a ON a.id = x.by_account_id JOIN persons h ON h.id = a.person_id
        WHERE s.event_id = :event_id ORDER BY x.id
        """
    ),
    "names/objections.jsonl": text(
        """
        SELECT s.code AS stage, n.version AS notice, o.channel, o.received_at, o.words, o.answer
        FROM stage_objections o JOIN stages s ON s.id = o.stage_id JOIN stage_notices n ON n.id = o.notice_id
        WHERE s.event_id = :event_id ORDER BY o.id
        """
    ),
    "names/award-decisions.jsonl": text(
        """
        SELECT s.code AS stage, l.number AS list, w.position, w.decision, w.decision_reason
        FROM award_lines w JOIN award_lists l ON l.id = w.list_id JOIN stages s ON s.id = l.stage_id
        WHERE s.event_id = :event_id AND w.decision <> '' ORDER BY s.position, l.number, w.position, w.id
        """
    ),
    "names/rechecks.jsonl": text(
        """
        SELECT s.code AS stage, l.number AS list, p.number, d.decision, d.reason, d.at
        FROM stage_decisions d JOIN stage_lists l ON l.id = d.list_id JOIN stages s ON s.id = l.stage_id
        JOIN entries n ON n.id = d.entry_id LEFT JOIN participations p ON p.id = n.participation_id
        WHERE s.event_id = :event_id ORDER BY d.id
        """
    ),
}
"""Only in an archive with names."""

DEFINITIONS = text(
    "SELECT number, text, digest FROM contest_versions WHERE contest_id = :contest_id ORDER BY number"
)
NOTICES = text(
    """
    SELECT s.id AS stage_id, s.code AS stage, n.version, n.body, n.digest FROM stage_notices n
    JOIN stages s ON s.id = n.stage_id WHERE s.event_id = :event_id ORDER BY s.position, n.version
    """
)
CIRCULARS = text(
    "SELECT number, body, digest, state FROM circulars WHERE contest_id = :contest_id ORDER BY number"
)
BOARDS = text(
    """
    SELECT b.id, s.code AS stage, b.number, b.kind, b.digest, jsonb_path_exists(b.rows, '$[*].name') AS has_names,
           b.kind IN ('frozen', 'published', 'thawed') OR EXISTS (
               SELECT FROM stage_lists l WHERE l.final_snapshot_id = b.id) AS is_canonical
    FROM board_snapshots b JOIN stages s ON s.id = b.stage_id
    WHERE s.event_id = :event_id ORDER BY s.position, b.number
    """
)
# is_canonical: the digest was taken of the rows' canonical text (stages/rules/digest.py), so that it can be recomputed.
BOARD_ROWS = text(
    """
    SELECT r.value AS row FROM board_snapshots b, jsonb_array_elements(b.rows) WITH ORDINALITY AS r(value, n)
    WHERE b.id = :id ORDER BY r.n
    """
)
EXAMS = text(
    """
    SELECT x.id, s.code AS stage, x.component, x.kind, x.title, x.blueprint - 'checks' AS blueprint, x.duration_s,
           x.grace_s, x.attempts_allowed, x.opens_at, x.closes_at, x.secret_digest, x.secret_committed_at,
           x.secret_revealed_at, x.state, x.excluded_ids, v.number AS rules_version, b.code AS bank,
           w.number AS bank_version, w.digest AS bank_digest, x.bank_version_id, b.is_sealed,
           (x.closes_at < :now AND NOT EXISTS (
               SELECT FROM sheets h WHERE h.exam_id = x.id AND h.state IN ('open', 'submitted'))) AS is_over,
           EXISTS (SELECT FROM exams y JOIN bank_versions z ON z.id = y.bank_version_id
                   WHERE z.bank_id = b.id AND y.closes_at >= :now) AS bank_in_use
    FROM exams x JOIN stages s ON s.id = x.stage_id JOIN contest_versions v ON v.id = x.contest_version_id
    JOIN bank_versions w ON w.id = x.bank_version_id JOIN banks b ON b.id = w.bank_id
    WHERE x.event_id = :event_id ORDER BY s.position, x.component, x.kind
    """
)
PAPERS = text(
    """
    SELECT p.number, a.number AS attempt, a.origin, a.paper_digest, h.state, h.started_at, h.submitted_at, h.submitted_by,
           h.receipt, h.time_used_s
    FROM attempts a JOIN participations p ON p.id = a.participation_id LEFT JOIN sheets h ON h.attempt_id = a.id
    WHERE a.exam_id = :exam_id ORDER BY p.number, a.number, a.id
    """
)
RULINGS = text(
    "SELECT question_version_id AS question, kind, state, reason, created_at, applied_at, by_account_id FROM rulings"
    " WHERE exam_id = :exam_id ORDER BY id"
)
QUESTIONS = text(
    """
    SELECT v.id AS question, k.key, v.number, v.type, v.stem, v.options, v.blanks, v.extra, v.difficulty, t.key AS topic,
           v.source, v.digest
    FROM bank_version_questions q JOIN question_versions v ON v.id = q.question_version_id
    JOIN questions k ON k.id = v.question_id LEFT JOIN topics t ON t.id = v.topic_id
    WHERE q.bank_version_id = :bank_version_id ORDER BY q.position, v.id
    """
)
KEYS = text(
    """
    SELECT k.question_version_id AS question, k.answer, k.rules, k.explanation FROM bank_version_questions q
    JOIN keys.question_keys k ON k.question_version_id = q.question_version_id
    WHERE q.bank_version_id = :bank_version_id ORDER BY q.position, k.question_version_id
    """
)
AUDIT = text(
    """
    SELECT r.id, r.at, r.actor_account_id, r.actor_name, r.action, r.target_kind, r.target_id, r.why, r.facts, r.request_id
    FROM audit_rows r
    WHERE r.action NOT LIKE 'archive.%' AND (
        (r.target_kind = 'event' AND r.target_id = CAST(CAST(:event_id AS bigint) AS text))
        OR (r.target_kind = 'contest' AND r.target_id = CAST(CAST(:contest_id AS bigint) AS text)
            AND r.action NOT LIKE 'report.%' AND r.action NOT LIKE 'results.%')
        OR (r.target_kind = 'stage' AND r.target_id IN (
            SELECT s.id::text FROM stages s WHERE s.event_id = :event_id))
        OR (r.target_kind = 'exam' AND r.target_id IN (
            SELECT x.id::text FROM exams x WHERE x.event_id = :event_id))
        OR (r.target_kind = 'application' AND r.target_id IN (
            SELECT a.id::text FROM applications a WHERE a.event_id = :event_id))
        OR (r.target_kind = 'participation' AND r.target_id IN (
            SELECT p.id::text FROM participations p WHERE p.event_id = :event_id))
        OR (r.target_kind = 'entry' AND r.target_id IN (
            SELECT n.id::text FROM entries n WHERE n.event_id = :event_id))
        OR (r.target_kind = 'attempt' AND r.target_id IN (
            SELECT t.id::text FROM attempts t JOIN exams x ON x.id = t.exam_id WHERE x.event_id = :event_id))
        OR (r.target_kind = 'certificate' AND r.target_id IN (
            SELECT c.id::text FROM certificates c JOIN stages s ON s.id = c.stage_id WHERE s.event_id = :event_id))
        OR (r.target_kind = 'objection' AND r.target_id IN (
            SELECT o.id::text FROM stage_objections o JOIN stages s ON s.id = o.stage_id
            WHERE s.event_id = :event_id))
        OR (r.target_kind = 'practical-sheet' AND r.target_id IN (
            SELECT h.id::text FROM practical_sheets h JOIN practical_runs g ON g.id = h.run_id
            JOIN stages s ON s.id = g.stage_id WHERE s.event_id = :event_id)))
    ORDER BY r.id
    """
)
SEAL = text(
    "SELECT id, sealed_at, first_row_id, last_row_id, rows, encode(digest, 'hex') AS digest FROM audit_seals"
    " WHERE last_row_id >= :row_id ORDER BY id LIMIT 1"
)
