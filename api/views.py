"""What do programs see of a job, its news, a policy and a clause?"""

from api.desk import Desk
from api.jobs import Job, State
from api.language import Language
from api.schemas import ClauseView, JobView, News, PolicyView
from scheduler.news import ProgressRecord
from scheduler.policies.parameters import told_parameters
from scheduler.policy import Clause, Policy
from scheduler.telling import clause_record

PREFIX = "/api/v1"
EXPORTED = ("xlsx", "html", "public", "json")


def view(job: Job, desk: Desk, language: Language) -> JobView:
    """A job as programs see it."""
    news = desk.jobs.events(job)
    here = f"{PREFIX}/jobs/{job.id}"
    links = {"self": here, "events": f"{here}/events", "stop": f"{here}/stop", "page": f"/jobs/{job.id}"}
    if job.state is State.DONE:
        links["result"] = f"{here}/result"
        links |= {kind: f"{here}/export/{kind}" for kind in EXPORTED}
    return JobView(
        id=job.id,
        created=job.created.isoformat(timespec="seconds"),
        title=job.title,
        county=job.county,
        pupils=job.pupils,
        state=job.state,
        options=job.options,
        stopping=job.state is State.RUNNING and desk.jobs.stop_asked(job),
        news=news_view(news[-1], language) if news else None,
        failure=(job.failure_zh if language == "zh" else job.failure_en) or None,
        links=links,
    )


def news_view(news: ProgressRecord, language: Language) -> News:
    """One line of news in one language."""
    return News(
        stage=news["stage"],
        objective=news["objective"],
        bound=news["bound"],
        gap=news["gap"],
        seconds=news["seconds"],
        share=news["share"],
        message=news["zh"] if language == "zh" else news["en"],
    )


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
