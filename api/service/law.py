"""What does the law say, and how do we read it? For programs and on pages."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.pages import page
from api.problems import not_found
from api.schemas import ClauseView, PolicyView
from api.service.plans import InLanguage, Policies
from api.views import clause_view, policy_view
from scheduler import line
from scheduler.policies.parameters import told_parameters
from scheduler.policies.sentences import sentence
from scheduler.policy import Policy, load_policy

router = APIRouter(prefix="/api/v1", tags=["law"])
pages = APIRouter(include_in_schema=False)
CountyName = Annotated[str, Path(description="For example yueyang.", examples=["yueyang"], max_length=100)]


@router.get("/policies", summary="The counties whose policies we know")
def policies(policies: Policies, language: InLanguage) -> list[PolicyView]:
    return [policy_view(_known(county, policies), language) for county in line.counties(policies)]


@router.get("/policies/{county}", summary="One county's policy")
def policy(county: CountyName, policies: Policies, language: InLanguage) -> PolicyView:
    return policy_view(_known(county, policies), language)


@router.get("/policies/{county}/clauses", summary="Every clause of a county")
def clauses(county: CountyName, policies: Policies) -> list[ClauseView]:
    """With the product's baseline merged in: quote, our reading, strength, rule, parameters."""
    return [clause_view(clause) for clause in _known(county, policies).clauses]


@pages.get("/policies")
def all_counties(request: Request, policies: Policies) -> Response:
    return page(request, "policies.html", packs=[_known(county, policies) for county in line.counties(policies)])


@pages.get("/policies/{county}")
def county(request: Request, county: str, policies: Policies) -> Response:
    pack = _known(county, policies)
    own = [clause for clause in pack.clauses if clause.county == county]
    ours = [clause for clause in pack.clauses if clause.county != county]
    return page(request, "policy.html", pack=pack, own=own, ours=ours, sentence=sentence, parameters=told_parameters)


def _known(county: str, policies: Policies) -> Policy:
    if county not in line.counties(policies):
        raise not_found()
    return load_policy(county, policies)
