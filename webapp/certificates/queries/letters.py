"""Names and units that a certificate could not show: signs that none of the fonts has."""

from dataclasses import dataclass

from sqlalchemy import text

from webapp.accounts import queries as people
from webapp.core.db import db
from webapp.core.typesetting import unprintable

MOST = 100

# Signs one by one, so that the fonts are asked about a few thousand at most, whatever the number of people.
_SIGNS = text(
    """
    SELECT DISTINCT sign FROM participations x JOIN persons p ON p.id = x.person_id
    CROSS JOIN LATERAL regexp_split_to_table(p.name, '') AS sign
    WHERE x.event_id = :event_id AND x.state = 'active'
    UNION
    SELECT DISTINCT sign FROM organisations o CROSS JOIN LATERAL regexp_split_to_table(o.name, '') AS sign
    WHERE o.id IN (SELECT x.unit_id FROM participations x WHERE x.event_id = :event_id AND x.state = 'active')
    """
)
_WITH = text(
    """
    SELECT x.number, p.name, coalesce(o.name, '') AS unit
    FROM participations x JOIN persons p ON p.id = x.person_id LEFT JOIN organisations o ON o.id = x.unit_id
    WHERE x.event_id = :event_id AND x.state = 'active'
      AND EXISTS (SELECT FROM unnest(CAST(:signs AS text[])) AS sign
                  WHERE position(sign IN p.name || coalesce(o.name, '')) > 0)
    ORDER BY x.number COLLATE "C" LIMIT :most
    """
)


@dataclass(frozen=True)
class Boxed:
    """Somebody whose certificate would show a box in place of these signs, in the name or in that of the unit."""

    number: str
    name: str
    unit: str
    signs: tuple[str, ...]

    @property
    def codes(self) -> str:
        """The signs by their Unicode numbers, for whom they show as boxes here as well."""
        letters = dict.fromkeys(letter for sign in self.signs for letter in sign)
        return " ".join(f"U+{ord(letter):04X}" for letter in letters)


def boxed(event_id: int) -> list[Boxed]:
    """Whoever takes part in an event and has such a sign, by contestant number; MOST at most. Two statements."""
    suspects = unprintable(db.session.scalars(_SIGNS, {"event_id": event_id}))
    if not suspects:
        return []
    letters = sorted({letter for sign in suspects for letter in sign})
    rows = db.session.execute(_WITH, {"event_id": event_id, "signs": letters, "most": MOST})
    found = [
        Boxed(row.number, row.name, row.unit, tuple(sorted(unprintable([row.name, row.unit]))))
        for row in rows
    ]
    return [one for one in found if one.signs]


def own_signs(person_id: int) -> tuple[str, ...]:
    """The signs of a person's own name that would print as boxes."""
    card = people.cards([person_id]).get(person_id)
    return tuple(sorted(unprintable([card.name]))) if card else ()
