"""Staged questions are kept in small compressed pieces

One value of all questions of a large workbook took the database half a second, and its neighbours with it.
"""

import json
import zlib

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

PIECE = 100


def upgrade() -> None:
    op.create_table(
        "staged_pieces",
        sa.Column("upload_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"],
            ["keys.staged_uploads.upload_id"],
            name=op.f("fk_staged_pieces_upload_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("upload_id", "number", name=op.f("pk_staged_pieces")),
        schema="keys",
    )
    op.execute("ALTER TABLE keys.staged_pieces ALTER COLUMN content SET STORAGE EXTERNAL")
    connection = op.get_bind()
    ids = connection.scalars(sa.text("SELECT upload_id FROM keys.staged_uploads")).all()
    for upload_id in ids:
        questions = connection.scalar(
            sa.text("SELECT questions FROM keys.staged_uploads WHERE upload_id = :id"), {"id": upload_id}
        )
        for number, start in enumerate(range(0, len(questions), PIECE)):
            piece = json.dumps(questions[start : start + PIECE], ensure_ascii=False).encode()
            connection.execute(
                sa.text("INSERT INTO keys.staged_pieces VALUES (:id, :number, :content)"),
                {"id": upload_id, "number": number, "content": zlib.compress(piece)},
            )
    op.drop_column("staged_uploads", "questions", schema="keys")


def downgrade() -> None:
    questions = sa.Column("questions", JSONB(), server_default="[]", nullable=False)
    op.add_column("staged_uploads", questions, schema="keys")
    connection = op.get_bind()
    for upload_id in connection.scalars(sa.text("SELECT upload_id FROM keys.staged_uploads")).all():
        pieces = connection.scalars(
            sa.text("SELECT content FROM keys.staged_pieces WHERE upload_id = :id ORDER BY number"),
            {"id": upload_id},
        ).all()
        whole = [question for piece in pieces for question in json.loads(zlib.decompress(piece))]
        connection.execute(
            sa.text("UPDATE keys.staged_uploads SET questions = CAST(:all AS jsonb) WHERE upload_id = :id"),
            {"id": upload_id, "all": json.dumps(whole, ensure_ascii=False)},
        )
    op.alter_column("staged_uploads", "questions", server_default=None, schema="keys")
    op.drop_table("staged_pieces", schema="keys")
