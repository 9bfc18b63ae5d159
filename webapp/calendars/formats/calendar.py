"""A year's file written from what somebody entered, and read to be shown and changed."""

import json
import tomllib

from webapp.calendars.rules.entering import Year
from webapp.core.holidays import CalendarUnreadable


def written(year: Year) -> str:
    """The canonical file of a year: read again it says the same."""
    off = "".join(
        f'  {{name = {json.dumps(one.name, ensure_ascii=False)}, first = "{one.first}", last = "{one.last}"}},\n'
        for one in year.holidays
    )
    work = ", ".join(f'"{day}"' for day in year.worked)
    return f"year = {year.year}\noff = [\n{off}]\nwork = [{work}]\n"


def lines_of(text: str) -> tuple[int, str, str]:
    """(year, holidays a line each, worked days a line each) of a file, to be shown and changed.

    raise (CalendarUnreadable): it is no such file."""
    try:
        told = tomllib.loads(text)
        off = "\n".join(
            f"{span.get('name', '')} {span['first']} {span['last']}".strip() for span in told["off"]
        )
        return int(told["year"]), off, "\n".join(str(day) for day in told["work"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise CalendarUnreadable("not a calendar") from error
