"""What is wrong, or not as it normally is, with an application: hard findings refuse, normal ones warn."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from webapp.contests.rules.schema import Rule, Window
from webapp.core.words import N_, Message
from webapp.hosting.rules.form import NO, YES, Form
from webapp.hosting.rules.shares import bounds_of_trade, pct
from webapp.hosting.rules.terms import HARD, Terms

NORMAL = "normal"
SHANGHAI = timezone(timedelta(hours=8))
CITY_UNION = "city-union"
CATALOGUES = frozenset({"catalogue-2022", "new-occupations"})
PART_WORDS = {
    "purpose": N_("Purpose"),
    "course": N_("How the contest is run"),
    "conditions": N_("Conditions of the venue"),
    "equipment": N_("Equipment"),
    "service": N_("Service for contestants"),
    "publicity": N_("Publicity"),
    "recordings": N_("Recordings and how long they are kept"),
    "emergency": N_("Emergency plan"),
}
GROUP_WORDS = {
    "judges": N_("Judges"),
    "publicity": N_("Publicity"),
    "supervision": N_("Supervision"),
    "safety": N_("Safety"),
}


@dataclass(frozen=True)
class Finding:
    """code: of the rule, or 'form'; once a code stands it is excepted as a whole. section: where it is mended."""

    code: str
    force: str
    reason: Message
    section: str

    @property
    def is_hard(self) -> bool:
        return self.force == HARD


@dataclass(frozen=True)
class Context:
    """What the database knows. more_windows: those of the further events. own_trades, own_certificates: this applicant's other live trades, and those of them
    that lead to a certificate. stage_window: of the event whose stage is applied for. open_partners: asked and not
    agreed. taken_by: who was granted the same already. level: of the applying organisation in the tree. granted: yuan
    that are about to be granted, in place of those that are asked for."""

    offer: str
    at: datetime
    today: date
    stage: str = ""
    kind: str = ""
    level: str = ""
    own_trades: int = 0
    own_certificates: int = 0
    stage_window: Window | None = None
    open_partners: tuple[str, ...] = ()
    taken_by: str = ""
    same_trade_of: str = ""
    barred_until: date | None = None
    barred_why: str = ""
    granted: int | None = None
    more_windows: tuple[Window, ...] = ()


def check(form: Form, terms: Terms, context: Context) -> tuple[Finding, ...]:
    """Every finding, in the order of the form. What the file leaves undecided is not checked, but the days of
    applications are: before they are decided nothing is sent. Source: CONTESTS 1, 4 and 5."""
    return (
        *_door(terms, context),
        *_what(form, terms, context),
        *_plan(form, terms, context),
        *_people(form, terms),
        *_money(form, terms),
        *_support(form, terms, context),
    )


def refusals(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Those that keep an application from being sent."""
    return tuple(one for one in found if one.is_hard)


def _door(terms: Terms, context: Context) -> Iterator[Finding]:
    if context.barred_until is not None:
        told = {"until": context.barred_until.isoformat(), "why": context.barred_why}
        text = N_("This organisation may not apply until %(until)s. Reason: %(why)s")
        yield Finding("organiser-ban", HARD, Message(text, told), "what")
    if terms.window is None:
        text = N_("The host has not named the days of applications yet. You can prepare the draft.")
        yield Finding("window", HARD, Message(text), "what")
    elif not terms.window.contains(context.at):
        text = N_("Applications are taken from %(opens)s until %(closes)s.")
        span = {"opens": terms.window.opens_at, "closes": terms.window.closes_at}
        yield Finding("window", HARD, Message(text, span), "what")
    if context.open_partners:
        text = N_("These organisations have not agreed to the joint application: %(names)s.")
        yield Finding(
            "joint-application", HARD, Message(text, {"names": "、".join(context.open_partners)}), "partners"
        )
    if context.taken_by:
        text = N_("This has been granted to %(name)s already.")
        yield Finding("taken", HARD, Message(text, {"name": context.taken_by}), "what")


def _what(form: Form, terms: Terms, context: Context) -> Iterator[Finding]:
    if context.offer == "trade":
        yield from _trade(form, terms, context)
    if context.offer == "stage":
        yield from _applies_as(form, terms, context)
    roles = terms.value("union-role")
    if roles and form.role not in roles:
        yield _missing(N_("Say whether the union hosts, co-hosts or assists."), "what")


def _trade(form: Form, terms: Terms, context: Context) -> Iterator[Finding]:
    if not form.title:
        yield _missing(N_("Name the trade."), "what")
    if form.event_class not in terms.classes:
        yield _missing(N_("Choose the kind of the trade."), "what")
    names = terms.rules.get("trade-names")
    if names is not None and names.value:
        if not form.name_source or not form.name_reference:
            yield _missing(N_("Say which list or standard the trade is named after."), "what")
        if form.name_source and form.name_source not in names.value:
            text = N_(
                "Trades are normally named after the catalogue of 2022 or the lists of new occupations."
            )
            yield _found(names, Message(text), "what")
    if context.same_trade_of:
        text = N_("%(name)s applies for a trade of this name as well.")
        yield Finding("same-trade", NORMAL, Message(text, {"name": context.same_trade_of}), "what")
    yield from _certificates(form, terms, context)


def _certificates(form: Form, terms: Terms, context: Context) -> Iterator[Finding]:
    """取证工种 at least so many percent of an applicant's trades, this one included."""
    rule = terms.rules.get("certificate-trades")
    if rule is None:
        return
    if form.certificate not in {YES, NO}:
        yield _missing(N_("Say whether the trade leads to a skill level certificate."), "what")
        return
    trades, leading = context.own_trades + 1, context.own_certificates + (form.certificate == YES)
    if rule.value is not None and leading * 100 < rule.value * trades:
        told = {"leading": leading, "trades": trades, "pct": str(pct(leading, trades)), "least": rule.value}
        text = N_(
            "%(leading)s of your %(trades)s trades lead to a certificate: %(pct)s %%; normally at least %(least)s %%."
        )
        yield _found(rule, Message(text, told), "what")


def _applies_as(form: Form, terms: Terms, context: Context) -> Iterator[Finding]:
    offer = terms.stage(context.stage)
    if offer is None or not offer.who:
        return
    if form.applies_as not in offer.who:
        yield _found(
            offer.rule,
            Message(N_("Say as what kind of organisation you apply; others are not asked.")),
            "what",
        )
    elif form.applies_as == CITY_UNION and (context.kind, context.level) != ("union", "city"):
        yield _found(offer.rule, Message(N_("This organisation is not registered as a city union.")), "what")


def _plan(form: Form, terms: Terms, context: Context) -> Iterator[Finding]:
    if form.first_day is None or form.last_day is None:
        yield _missing(N_("Name the first and the last day."), "plan")
    elif form.last_day < form.first_day:
        yield _missing(N_("The last day stands before the first."), "plan")
    elif form.first_day <= context.today:
        yield _missing(N_("The plan begins in the past; name days to come."), "plan")
    else:
        yield from _outside(form, context)
    if not form.venue:
        yield _missing(N_("Name the place."), "plan")
    for part in terms.hosting.plan:
        if not form.parts.get(part):
            yield Finding(
                "form",
                HARD,
                Message(N_("Write the part “%(part)s”."), {"part": Message(PART_WORDS[part])}),
                "plan",
            )
    if form.contestants is None:
        yield _missing(N_("Say how many contestants you expect."), "plan")
    least = terms.rules.get("min-contestants")
    events = 1 + len(form.more)
    if form.contestants is not None and least is not None and _below(form.contestants // events, least):
        told = {"count": form.contestants, "least": least.value, "events": events}
        alone = N_("%(count)s contestants are expected; normally at least %(least)s.")
        together = N_(
            "%(count)s contestants are expected for %(events)s events; normally at least %(least)s in each."
        )
        yield _found(least, Message(together if form.more else alone, told), "plan")


def _outside(form: Form, context: Context) -> Iterator[Finding]:
    """The plan lies within the stage of every event that is applied for."""
    for window in (context.stage_window, *context.more_windows):
        if window is not None and not _inside(form, window):
            text = N_("The stage lasts from %(opens)s until %(closes)s; the plan lies outside.")
            told = {"opens": window.opens_at, "closes": window.closes_at}
            yield Finding("form", HARD, Message(text, told), "plan")
            return


def _inside(form: Form, window: Window) -> bool:
    """Whether the days lie within the window, in Shanghai."""
    from_day, until_day = _days(window)
    return (
        form.first_day is not None
        and form.last_day is not None
        and from_day <= form.first_day <= form.last_day <= until_day
    )


def _days(window: Window) -> tuple[date, date]:
    last = window.closes_at - timedelta(microseconds=1)
    return window.opens_at.astimezone(SHANGHAI).date(), last.astimezone(SHANGHAI).date()


def _people(form: Form, terms: Terms) -> Iterator[Finding]:
    rule = terms.rules.get("min-judges")
    if rule is not None and _below(len(form.judges), rule):
        text = N_("%(count)s judges are named; normally at least %(least)s.")
        yield _found(rule, Message(text, {"count": len(form.judges), "least": rule.value}), "people")
    without = [judge.name for judge in form.judges if not judge.proof]
    if rule is not None and without:
        text = N_("Proof of expertise is missing for %(names)s.")
        yield _found(rule, Message(text, {"names": "、".join(without)}), "people")
    groups = terms.rules.get("working-groups")
    for group in (groups.value or ()) if groups is not None else ():
        if groups is not None and not form.groups.get(group):
            name: Any = Message(GROUP_WORDS[group]) if group in GROUP_WORDS else group
            yield _found(
                groups, Message(N_("Name who is in the group “%(group)s”."), {"group": name}), "people"
            )


def _money(form: Form, terms: Terms) -> Iterator[Finding]:
    if "support-payments" in terms.rules and not form.lines:
        yield _missing(N_("Write at least one line of the budget."), "money")
    if any(not line.item for line in form.lines):
        yield _missing(N_("Say what each line of the budget is for."), "money")
    for line in form.lines:
        if line.support > line.amount:
            text = N_("“%(item)s”: more support is asked for than it costs.")
            yield Finding("form", HARD, Message(text, {"item": line.item}), "money")
    budget = terms.hosting.budget
    if budget is not None and form.support > budget:
        text = N_("More support is asked for than the whole budget of this edition: %(budget)s yuan.")
        yield Finding("budget", NORMAL, Message(text, {"budget": budget}), "money")
    most: Mapping[str, tuple[int, Any]] = {prize.code: (prize.most, prize.title) for prize in terms.prizes}
    rule = terms.holds("max-prize", form.event_class)
    for prize in form.prizes:
        if rule is not None and prize.code in most and prize.amount > most[prize.code][0]:
            text = N_("%(prize)s: %(amount)s yuan; normally at most %(most)s.")
            told = {"prize": most[prize.code][1], "amount": prize.amount, "most": most[prize.code][0]}
            yield _found(rule, Message(text, told), "money")


def _support(form: Form, terms: Terms, context: Context) -> Iterator[Finding]:
    """Support within the share of the trade's own budget that its kind normally gets."""
    support = form.support if context.granted is None else context.granted
    if context.offer != "trade" or not form.budget:
        return
    for bound in bounds_of_trade(form.event_class, terms):
        told = {"pct": str(pct(support, form.budget)), "budget": form.budget}
        if bound.is_kept(support, form.budget):
            continue
        if bound.most is not None and support * 100 > bound.most * form.budget:
            text = N_(
                "Support is %(pct)s %% of the %(budget)s yuan that the trade costs; normally at most %(most)s %%."
            )
            yield _found(bound.rule, Message(text, {**told, "most": bound.most}), "money")
        else:
            text = N_(
                "Support is %(pct)s %% of the %(budget)s yuan that the trade costs; normally at least %(least)s %%."
            )
            yield _found(bound.rule, Message(text, {**told, "least": bound.least}), "money")


def _below(count: int, rule: Rule) -> bool:
    return rule.value is not None and count < rule.value


def _found(rule: Rule, reason: Message, section: str) -> Finding:
    return Finding(rule.code, rule.force, reason, section)


def _missing(text: str, section: str) -> Finding:
    return Finding("form", HARD, Message(text), section)
