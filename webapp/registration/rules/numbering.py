"""Contestant numbers: short, public, and hard to mistype."""


def contestant_number(event_position: int, serial: int) -> str:
    """The public number: event position (3 digits), serial (6 digits or more), a check digit.

    serial: unique among all participations, so that numbers are unique without a lock. The check
    digit (Luhn) catches one wrong digit and most swapped neighbours."""
    if not 0 <= event_position <= 999 or serial < 1:
        raise ValueError("event position 0-999 and a serial from 1 are needed")
    body = f"{event_position:03d}{serial:06d}"
    return body + check_digit(body)


def check_digit(digits: str) -> str:
    """The Luhn digit (ISO/IEC 7812-1, annex B) to a row of digits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)
