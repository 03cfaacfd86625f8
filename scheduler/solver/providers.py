"""Who takes part from outside, and how much? Rows over sections and leads for providers, third parties and shares."""

import numpy as np

from scheduler.domain import ListStatus, Provider, Staff, StaffKind
from scheduler.rulebook import NotByThirdParties, OwnStaffShare, ProviderInOrder, ProviderKinds, Scope, ThirdPartyShare
from scheduler.solver.model import INFINITE, Ints, Mask
from scheduler.solver.scopes import meetings_bound, minutes_bound, seasons_bound, sections_bound
from scheduler.solver.statement import Statement, priced, together, worst_season
from scheduler.solver.unknowns import Unknowns


def from_outside(person: Staff) -> bool:
    """Provider staff, and whoever has a provider."""
    return person.kind is StaffKind.PROVIDER_STAFF or person.provider is not None


def not_by_third_parties(unknowns: Unknowns, rule: NotByThirdParties) -> Statement:
    """Meetings of the strand in a provider's course, or with a third party on them.

    Where an offer has helpers, one third party or several on its sections count once a meeting time.
    """
    times = meetings_bound(unknowns, rule.scope)
    strand = np.array([offer.course.strand is rule.strand for offer in unknowns.offers], dtype=bool)
    bought = np.array([offer.course.provider is not None for offer in unknowns.offers], dtype=bool)
    helped = np.array([offer.takes_helpers for offer in unknowns.offers], dtype=bool)
    outside = np.array([from_outside(person) for person in unknowns.staff], dtype=bool)[unknowns.lead_staff]
    sections = np.flatnonzero(strand & bought)
    leads = outside & (strand & ~bought)[unknowns.lead_offer]
    alone = np.flatnonzero(leads & ~helped[unknowns.lead_offer])
    parts = [
        priced(unknowns.sections[sections], times[sections]),
        priced(unknowns.leads[alone], times[unknowns.lead_offer[alone]]),
    ]
    for o in np.flatnonzero(strand & ~bought & helped).tolist():
        own = np.flatnonzero(leads & (unknowns.lead_offer == o))
        if len(own) and times[o]:
            column = unknowns.any_of(("third party", o), unknowns.leads[own])
            parts.append(priced(np.array([column]), int(times[o])))
    return together(parts)


def provider_kinds(unknowns: Unknowns, rule: ProviderKinds) -> Statement:
    """Providers of other kinds that take part."""
    wrong = [provider for provider in _providers(unknowns) if provider.kind not in rule.allowed]
    columns = [column for provider in wrong for column in _takes_part(unknowns, provider, rule.scope)]
    return priced(np.array(columns, dtype=np.int64), 1)


def provider_in_order(unknowns: Unknowns, rule: ProviderInOrder) -> Statement:
    """Things missing of each provider that takes part, and courses of theirs outside their services."""
    columns, amounts = [], []
    for provider in _providers(unknowns):
        for column in _takes_part(unknowns, provider, rule.scope):
            columns.append(column)
            amounts.append(_things_missing(unknowns, provider, rule))
        for course in sorted({o.course.id for o in unknowns.offers if o.course.provider == provider.id}):
            if provider.services and course not in provider.services:
                own = np.array([offer.course.id == course for offer in unknowns.offers], dtype=bool)
                own &= sections_bound(unknowns, rule.scope)
                if own.any():
                    columns.append(unknowns.any_of(("course", course, rule.scope), unknowns.sections[own]))
                    amounts.append(1)
    return priced(np.array(columns, dtype=np.int64), np.array(amounts, dtype=np.int64))


def _providers(unknowns: Unknowns) -> list[Provider]:
    return sorted(unknowns.scenario.providers, key=lambda provider: provider.id)


def _takes_part(unknowns: Unknowns, provider: Provider, scope: Scope) -> list[int]:
    """The column that says so; none where nothing of theirs can take place."""
    courses = np.array([offer.course.provider == provider.id for offer in unknowns.offers], dtype=bool)
    people = np.array([person.provider == provider.id for person in unknowns.staff], dtype=bool)
    met = meetings_bound(unknowns, scope)[unknowns.lead_offer] > 0
    sections = unknowns.sections[courses & sections_bound(unknowns, scope)]
    leads = unknowns.leads[people[unknowns.lead_staff] & met]
    if not len(sections) and not len(leads):
        return []
    return [unknowns.any_of(("provider", provider.id, scope), np.concatenate([sections, leads]))]


def _things_missing(unknowns: Unknowns, provider: Provider, rule: ProviderInOrder) -> int:
    start, end = unknowns.scenario.term.start, unknowns.scenario.term.end
    status = provider.list_status in rule.banned_status or (rule.white_only and provider.list_status is not ListStatus.WHITE)
    missing = [status, rule.vetted and not provider.vetted, rule.need and not (provider.need or "").strip()]
    for asked, first, last in (
        (rule.approval, provider.approved_from, provider.approved_until),
        (rule.contract, provider.contract_from, provider.contract_until),
    ):
        missing.append(asked and not (first is not None and last is not None and first <= start and end <= last))
    return sum(1 for thing in missing if thing)


def own_staff_share(unknowns: Unknowns, rule: OwnStaffShare) -> Statement:
    """100 × own staff's minutes − percent × all minutes ≥ 1 once there are any, in the worst season."""
    own = np.array([person.kind is StaffKind.OWN for person in unknowns.staff], dtype=bool)
    count = len(unknowns.offers)
    led = unknowns.lead_first & own[unknowns.lead_staff]
    weight = np.full(count, -rule.percent, dtype=np.int64)
    return _share(unknowns, rule.scope, weight, led, 100, strict=True)


def third_party_share(unknowns: Unknowns, rule: ThirdPartyShare) -> Statement:
    """Percent × all minutes − 100 × third parties' minutes ≥ 0, or ≥ 1 where the share itself is too much."""
    outside = np.array([from_outside(person) for person in unknowns.staff], dtype=bool)
    bought = np.array([offer.course.provider is not None for offer in unknowns.offers], dtype=bool)
    led = unknowns.lead_first & outside[unknowns.lead_staff] & ~bought[unknowns.lead_offer]
    weight = np.where(bought, rule.percent - 100, rule.percent)
    return _share(unknowns, rule.scope, weight, led, -100, strict=rule.exclusive)


def _share(unknowns: Unknowns, scope: Scope, weight: Ints, led: Mask, per_lead: int, strict: bool) -> Statement:
    """Σ minutes × (weight × sections + per_lead × leads) ≥ 0, and ≥ 1 where `strict` and a meeting counts; each season."""
    leads = np.flatnonzero(led)
    parts = []
    for season in seasons_bound(unknowns, scope):
        minutes = minutes_bound(unknowns, scope, season)
        offers = np.flatnonzero(minutes)
        columns = [unknowns.sections[offers], unknowns.leads[leads]]
        coefficients = [weight[offers] * minutes[offers], per_lead * minutes[unknowns.lead_offer[leads]]]
        if strict and len(offers):
            columns.append(np.array([unknowns.any_of(("counts in shares", season, scope), columns[0], summed=True)]))
            coefficients.append(np.array([-1]))
        entries = np.concatenate(columns)
        parts.append(
            Statement(
                rows=np.zeros(len(entries), dtype=np.int64),
                columns=entries,
                coefficients=np.concatenate(coefficients),
                lower=np.zeros(1, dtype=np.int64),
                upper=np.full(1, INFINITE, dtype=np.int64),
                scale=np.full(1, 100, dtype=np.int64),
                in_minutes=True,
            )
        )
    return worst_season(parts)
