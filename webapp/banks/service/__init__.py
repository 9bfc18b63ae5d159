"""What happens to banks: uploads, versions, review. Writing calls run inside keys_scope() and transaction()."""

from webapp.banks.service.editing import Saved, save_question
from webapp.banks.service.reading import (
    Teller,
    begin_reading,
    keep_reading,
    parse_upload,
    read_begun,
    try_reading,
)
from webapp.banks.service.review import approve, return_version, submit
from webapp.banks.service.shipped import import_shipped
from webapp.banks.service.uploads import accept, discard, read_again, receive
from webapp.banks.service.versions import (
    Stored,
    content_digest,
    create_bank,
    store_picture,
    store_version,
)

__all__ = [
    "Saved",
    "Stored",
    "Teller",
    "accept",
    "approve",
    "begin_reading",
    "content_digest",
    "create_bank",
    "discard",
    "import_shipped",
    "keep_reading",
    "parse_upload",
    "read_again",
    "read_begun",
    "receive",
    "return_version",
    "save_question",
    "store_picture",
    "store_version",
    "submit",
    "try_reading",
]
