"""What does the law say here? Loads a county's folder of clauses and tells which are in force for a scenario.

A pack is `policies/<county>/policy.toml` beside `source.txt`; `policies/_base` is the product's own baseline,
`policies/_nature` what no law needs to say, and both are part of every pack. A new county is a folder of data anywhere.
"""

from pathlib import Path

from scheduler.errors import Fault, InputFaults
from scheduler.policies.clause import Clause, Policy, Strength
from scheduler.policies.describe import describe
from scheduler.policies.force import clauses_in_force
from scheduler.policies.merge import BASE, NATURE, merged
from scheduler.policies.missing import missing_facts
from scheduler.policies.pack import Faults, Pack, read_pack
from scheduler.policies.parameters import did_you_mean

__all__ = [
    "Clause",
    "Policy",
    "Strength",
    "clauses_in_force",
    "counties",
    "describe",
    "load_policy",
    "missing_facts",
]

PACKS = Path(__file__).parent / "policies"


def counties(folder: Path | None = None) -> tuple[str, ...]:
    """Counties whose packs come with the program, and those in `folder`, in alphabetical order."""
    homes = [PACKS, *([folder] if folder is not None and folder.is_dir() else [])]
    return tuple(sorted({pack.parent.name for home in homes for pack in home.glob("[!_]*/policy.toml")}))


def load_policy(county: str, folder: Path | None = None) -> Policy:
    """The county's clauses with nature and the baseline merged in.

    `folder` holds packs of counties that do not come with the program. Raises `InputFaults` with every fault at once.
    """
    if county not in counties(folder):
        raise InputFaults([_unknown(county, folder)])
    packs: list[Pack] = []
    faults: list[Fault] = []
    for name in (NATURE, BASE, county):
        pack, found = read_pack(_home(name, folder), f"policies/{name}/policy.toml")
        faults.extend(found)
        if pack is not None:
            packs.append(pack)
    if faults:
        raise InputFaults(faults)
    own = packs[-1]
    together = Faults(own.place)
    clauses = merged(packs, together)
    if together.found:
        raise InputFaults(together.found)
    return Policy(
        county=county,
        title=own.title,
        title_en=own.title_en,
        checked=own.checked,
        clauses=clauses,
        unmodelled=own.unmodelled,
        effective_from=own.effective_from,
        effective_until=own.effective_until,
    )


def _home(name: str, folder: Path | None) -> Path:
    own = folder / name if folder is not None and name not in (NATURE, BASE) else None
    return own if own is not None and (own / "policy.toml").is_file() else PACKS / name


def _unknown(county: str, folder: Path | None) -> Fault:
    known = counties(folder)
    return Fault(
        place="policies",
        zh=f"没有“{county}”的政策。",
        en=f"there is no policy for '{county}'{did_you_mean(county, known).rstrip('?')}.",
        todo_zh=f"现有：{'、'.join(known)}。",
        todo_en=f"Known: {', '.join(known)}.",
    )
