"""Questions found by their words: pairs of neighbouring signs under an index, kept by a trigger"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

# One form for what is stored and what is asked for: width, case and white space do not count.
FORM = """
    CREATE FUNCTION question_search_form(given text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURNS NULL ON NULL INPUT
    AS $$ SELECT lower(regexp_replace(normalize(given, NFKC), '\\s+', '', 'g')) $$
"""
PAIRS = """
    CREATE FUNCTION question_search_pairs(given text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURNS NULL ON NULL INPUT
    AS $$
        SELECT coalesce(array_agg(DISTINCT signs[i] || signs[i + 1]), '{}')
        FROM (SELECT string_to_array(given, NULL) AS signs) s, generate_series(1, cardinality(signs) - 1) i
    $$
"""
TEXT = """
    CREATE FUNCTION question_search_text(stem text, options jsonb, extra jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT question_search_form(left(concat_ws('|', stem,
            (SELECT string_agg(v #>> '{}', '|') FROM jsonb_path_query(options, 'strict $[*]') v),
            (SELECT string_agg(v #>> '{}', '|')
             FROM jsonb_path_query(extra - 'media', 'strict $.** ? (@.type() == "string")') v)), 20000))
    $$
"""
KEEP = """
    CREATE FUNCTION keep_question_text() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE found text := question_search_text(NEW.stem, NEW.options, NEW.extra);
    BEGIN
        INSERT INTO question_texts (question_version_id, words, pairs)
        VALUES (NEW.id, found, question_search_pairs(found));
        RETURN NULL;
    END $$
"""


def upgrade() -> None:
    op.create_table(
        "question_texts",
        sa.Column("question_version_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("pairs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_versions.id"],
            name=op.f("fk_question_texts_question_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("question_version_id", name=op.f("pk_question_texts")),
    )
    for statement in (FORM, PAIRS, TEXT, KEEP):
        op.execute(statement)
    op.execute(
        "INSERT INTO question_texts SELECT id, found, question_search_pairs(found) FROM ("
        "SELECT id, question_search_text(stem, options, extra) AS found FROM question_versions) told"
    )
    op.create_index("ix_question_texts_pairs", "question_texts", ["pairs"], postgresql_using="gin")
    op.execute(
        "CREATE TRIGGER question_text AFTER INSERT ON question_versions"
        " FOR EACH ROW EXECUTE FUNCTION keep_question_text()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER question_text ON question_versions")
    op.execute("DROP FUNCTION keep_question_text()")
    op.drop_table("question_texts")
    op.execute("DROP FUNCTION question_search_text(text, jsonb, jsonb)")
    op.execute("DROP FUNCTION question_search_pairs(text)")
    op.execute("DROP FUNCTION question_search_form(text)")
