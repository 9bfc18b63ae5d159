"""A contest with people who are owed certificates."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.functional.certificates.pages import CHANGES, keep_final
from tests.integration.stages.stand import Graded, make_graded


@pytest.fixture
def graded(session: Session, app: Flask) -> Graded:
    """Six people have sat the preliminary, whose list is open; four of them stand on the final's final list."""
    made = make_graded(changes=CHANGES)
    app.extensions["jobs_inline"].clear()
    keep_final(session, made, 4)
    return made
