"""What do programs see of a policy and a clause?"""

from api.language import Language
from api.schemas import ClauseView, PolicyView
from scheduler.policies.parameters import told_parameters
from scheduler.policy import Clause, Policy
from scheduler.telling import clause_record


def policy_view(pack: Policy, language: Language) -> PolicyView:
    """A policy, without its clauses."""
    return PolicyView(
        county=pack.county,
        title=pack.title,
        title_en=pack.title_en,
        checked=pack.checked,
        clauses=len(pack.clauses),
        unmodelled={str(clause): reason.zh if language == "zh" else reason.en for clause, reason in pack.unmodelled.items()},
    )


def clause_view(clause: Clause) -> ClauseView:
    """A clause, with what is computed from it."""
    rule = clause.rule
    return ClauseView.model_validate(
        {
            **clause_record(clause),
            "rule": None if rule is None else rule.name,
            "parameters": {} if rule is None else told_parameters(rule),
            "pending": clause.pending,
            "fact": clause.fact,
        }
    )
