"""Merging two organisations that are one, with everything that points to them, agreed by two people."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from webapp.access.principal import Principal
from webapp.accounts.service.units import merge_units
from webapp.audit.service import record
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.organisations import queries as organisations
from webapp.organisations.errors import PlaceImpossible
from webapp.organisations.models import Organisation
from webapp.registration.errors import MergeAsked, MergeDecided, MergeOwn, MergeUnfit
from webapp.registration.models import OrganisationMerge
from webapp.registration.queries import merging as queries

# Links that are decided keep the name of who decided them: only those still to come move.
_MOVE_CHAINS = text(
    """
    UPDATE applications a
    SET chain = moved.chain,
        awaiting_organisation_id = CASE WHEN a.awaiting_organisation_id = :old THEN :new
                                        ELSE a.awaiting_organisation_id END
    FROM (
        SELECT b.id, jsonb_agg(
            CASE WHEN link.at > b.step AND (link.value->>'organisation_id')::bigint = :old
                 THEN jsonb_set(link.value, '{organisation_id}', to_jsonb(CAST(:new AS bigint)))
                 ELSE link.value END ORDER BY link.at) AS chain
        FROM applications b, jsonb_array_elements(b.chain) WITH ORDINALITY AS link(value, at)
        WHERE b.state IN ('in_review', 'returned') AND b.chain @> jsonb_build_array(
            jsonb_build_object('organisation_id', CAST(:old AS bigint)))
        GROUP BY b.id
    ) moved
    WHERE moved.id = a.id
    """
)
_END_DELEGATIONS = text(
    """
    UPDATE review_delegations SET ended_at = :now
    WHERE ended_at IS NULL AND until_at > :now AND :old IN (organisation_id, to_organisation_id)
    """
)


def check(organisation_id: int, code: str, why: str) -> Organisation:
    """The organisation of this code, if the other can be merged into it.

    Raise MergeUnfit: none, closed, itself, of another kind, or no reason; PlaceImpossible: one stands above the
    other; NotFound."""
    row = organisations.by_id(organisation_id)
    if row is None:
        raise NotFound
    target = organisations.by_codes([code]).get(code) if code else None
    if target is None or not why.strip() or target.id == row.id or not target.is_open:
        raise MergeUnfit
    if target.kind != row.kind or row.merged_into_id is not None:
        raise MergeUnfit
    if organisations.covers(row.id, target.id) or organisations.covers(target.id, row.id):
        raise PlaceImpossible
    return target


def ask(
    organisation_id: int, into_id: int, why: str, account_id: int, two_person: bool, now: datetime
) -> OrganisationMerge:
    """Ask that one organisation be merged into another; done at once where no second person is needed.

    Raise MergeAsked when one waits already."""
    merge_id = db.session.scalar(
        insert(OrganisationMerge)
        .values(
            organisation_id=organisation_id,
            into_id=into_id,
            why=why.strip(),
            asked_by_account_id=account_id,
            asked_at=now,
        )
        .on_conflict_do_nothing()
        .returning(OrganisationMerge.id)
    )
    if merge_id is None:
        raise MergeAsked
    made = db.session.get_one(OrganisationMerge, merge_id)
    record("organisation.merge-ask", "organisation", organisation_id, why, into=into_id, merge_id=merge_id)
    if not two_person:
        _carry_out(made, now)
    return made


def decide(merge_id: int, who: Principal, agree: bool, now: datetime) -> OrganisationMerge:
    """Agree to a merge, or refuse it, as a second person.

    Raise NotFound, MergeDecided or MergeOwn; what `check` raises when the two have changed since it was asked."""
    row = db.session.scalars(
        select(OrganisationMerge).where(OrganisationMerge.id == merge_id).with_for_update()
    ).one_or_none()
    if row is None or not queries.may_manage(who, row):
        raise NotFound
    if row.state != "waiting":
        raise MergeDecided
    if row.asked_by_account_id == who.account_id:
        raise MergeOwn
    if agree:
        into = organisations.by_id(row.into_id)
        check(row.organisation_id, into.code if into is not None else "", row.why)
    row.decided_by_account_id, row.decided_at = who.account_id, now
    if agree:
        _carry_out(row, now)
    else:
        row.state = "refused"
        record("organisation.merge-refuse", "organisation", row.organisation_id, merge_id=row.id)
    return row


def _carry_out(merge: OrganisationMerge, now: datetime) -> None:
    """People, children, roles, open wishes and claims, and the links of reviews still to come follow; what was
    confirmed keeps the unit of its time."""
    effect: dict[str, Any] = asdict(queries.effect(merge.organisation_id))
    merge_units(merge.organisation_id, merge.into_id, why=merge.why)
    db.session.execute(_MOVE_CHAINS, {"old": merge.organisation_id, "new": merge.into_id})
    db.session.execute(_END_DELEGATIONS, {"old": merge.organisation_id, "now": now})
    merge.state, merge.moved = "done", effect
    db.session.flush()
    record(
        "organisation.merged", "organisation", merge.organisation_id, merge.why, merge_id=merge.id,
        into=merge.into_id, **effect,
    )  # fmt: skip
