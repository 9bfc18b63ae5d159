"""Writing courses: imported versions, drafts of the pages, publishing."""

from webapp.courses.service.assignments import assign_again
from webapp.courses.service.drafts import (
    DraftChange,
    change_draft,
    create_course,
    discard_draft,
    draft_from_zip,
    publish_draft,
    start_draft_from,
)
from webapp.courses.service.exports import Exported, export, export_version, write_zip
from webapp.courses.service.publishing import publish
from webapp.courses.service.uploads import import_zip, keep_file
from webapp.courses.service.versions import Imported, import_folder, import_shipped

__all__ = [
    "DraftChange",
    "Exported",
    "Imported",
    "assign_again",
    "change_draft",
    "create_course",
    "discard_draft",
    "draft_from_zip",
    "export",
    "export_version",
    "import_folder",
    "import_shipped",
    "import_zip",
    "keep_file",
    "publish",
    "publish_draft",
    "start_draft_from",
    "write_zip",
]
