"""What can one ask of the scheduler on the command line? Check, plan, audit, publish; and look at the policies."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from scheduler import generate as generator
from scheduler import intake, line, policy
from scheduler.arguments import Commands
from scheduler.differences import in_words as difference_lines
from scheduler.domain import CourseId, PupilId, Scenario
from scheduler.errors import Fault, InputFaults
from scheduler.generate.profiles import PROFILES
from scheduler.generate.school import LARGEST, SMALLEST
from scheduler.line import Exit
from scheduler.news import pick
from scheduler.publish import NotLawful
from scheduler.publish import publish as publish_files
from scheduler.publish.drawn import drawn
from scheduler.reading_changes import read_changes
from scheduler.solver.outcome import Mode, Options
from scheduler.telling import finding_lines, report_line, summary_lines
from scheduler.terminal import Watch, say, say_table, stoppable, tell, tell_warnings, told

if TYPE_CHECKING:
    from scheduler.make import Outcome

Tongue = Literal["zh", "en"]
ScenarioPath = Annotated[Path, typer.Argument(metavar="SCENARIO", help="学校数据：文件夹或工作簿 · a folder or a workbook")]
TablePath = Annotated[Path, typer.Argument(metavar="TABLE", help="课表 · a timetable (.json, .csv, .xlsx)")]
Out = Annotated[Path, typer.Option("--out", help="输出文件夹 · folder for the results")]
Policies = Annotated[
    Path | None, typer.Option("--policies", help="另用的政策文件夹 · a folder of policy packs, instead of the product's own")
]
InLanguage = Annotated[Tongue, typer.Option("--language", help="语言 · language of the messages")]

MODE_HELP = (
    "志愿的分配方式：rounds 逐轮（默认）、draft 轮流选、most_seats 满足总数最多 · "
    "how wishes are shared out: in rounds, by a draft, or most of them"
)

app = typer.Typer(
    name="oneplusx",
    cls=Commands,
    help="课后服务“1+X”排课 · Plans a school's after-school service.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)


@app.command()
def check(
    scenario: ScenarioPath,
    marked: Annotated[
        Path | None, typer.Option("--marked", help="把问题标在工作簿的副本上 · a copy of the workbook with its faults marked")
    ] = None,
    policies: Policies = None,
    language: InLanguage = "zh",
) -> None:
    """检查学校数据，一次列出所有问题 · Reads a school's data and tells every fault at once."""
    with told(language):
        if marked is not None and (wrong := [path for path in (scenario, marked) if path.suffix.lower() != ".xlsx"]):
            raise InputFaults([_no_workbook(path) for path in wrong])
        reading = intake.read(scenario)
        for row in counted(reading, language):
            say(row)
        try:
            ready = line.prepared(reading, policies)
        except InputFaults as error:
            _marked(scenario, error.faults, marked, language)
            raise
        _marked(scenario, ready.warnings, marked, language)
        tell_warnings(ready.warnings, language)
        school = ready.scenario.school.name
        say(f"{school}：数据可以使用。" if language == "zh" else f"{school}: the data can be used.")


@app.command()
def template(
    out: Annotated[Path, typer.Argument(metavar="WORKBOOK", help="要写的 .xlsx 文件 · the .xlsx file to write")],
    language: InLanguage = "zh",
) -> None:
    """写出填报模板 · Writes a workbook to fill in, with drop-downs, comments and an example."""
    with told(language):
        if out.suffix.lower() != ".xlsx":
            raise InputFaults([_no_workbook(out)])
        intake.write_template(out, language)
        say(f"模板已写入 {out}。" if language == "zh" else f"The template is in {out}.")


@app.command("policy")
def policy_(
    county: Annotated[str | None, typer.Argument(metavar="COUNTY", help="县（市、区）· for example yueyang")] = None,
    policies: Policies = None,
    language: InLanguage = "zh",
) -> None:
    """列出政策条款、原文和我们的理解 · Prints a county's clauses: quote, reading, parameters, strength, rule."""
    with told(language):
        if county is None:
            for name in line.counties(policies):
                pack = policy.load_policy(name, policies)
                say(f"{name}  {pack.title if language == 'zh' else pack.title_en}")
            return
        known = line.counties(policies)
        if county not in known:
            raise InputFaults([line.unknown_county("policy", county, known)])
        say(policy.describe(policy.load_policy(county, policies), language))


@app.command()
def solve(
    scenario: ScenarioPath,
    out: Out,
    time_limit: Annotated[float, typer.Option(min=1, help="秒 · seconds")] = 60.0,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="随机种子 · seed of everything random")] = 0,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="结果可逐字节重现 · same input and seed, same bytes; slower")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="并行线程 · threads of the search")] = 2,
    mode: Annotated[Mode, typer.Option(help=MODE_HELP)] = Mode.ROUNDS,
    policies: Policies = None,
    language: InLanguage = "zh",
) -> None:
    """排课、审查并发布 · Plans, audits and publishes.

    退出码 · exit code: 0 合规 lawful; 2 数据有误 bad input; 3 草稿 a draft; 4 未得到方案 no plan.
    """
    with told(language):
        options = Options(seed=seed, time_limit=time_limit, deterministic=deterministic, workers=workers, mode=mode)
        school, outcome = planned(scenario, options, out, policies, language)
        ended = told_and_written(school, outcome, scenario, out, language)
    raise typer.Exit(ended)


@app.command()
def explain(
    scenario: ScenarioPath,
    time_limit: Annotated[float, typer.Option(min=1, help="秒 · seconds")] = 60.0,
    json: Annotated[Path | None, typer.Option("--json", help="另存为 JSON · write it to a file, too")] = None,
    policies: Policies = None,
    language: InLanguage = "zh",
) -> None:
    """说明为什么排不出合规课表、怎么办 · Says why there is no lawful plan, and what would help.

    退出码 · exit code: 0 有合规方案 there is one; 2 数据有误 bad input; 3 有冲突 in conflict; 4 未能判定 not decided in time.
    """
    with told(language):
        from scheduler.explaining.whole import explain as explained
        from scheduler.solver.explain import Verdict

        ready = line.prepared(intake.read(scenario), policies)
        tell_warnings(ready.warnings, language)
        options = Options(time_limit=time_limit)
        with Watch(language) as watch:
            found = stoppable(lambda stop: explained(ready.scenario, options, watch, stop, policies), language)
        for sentence in found.sentences():
            say(sentence.text(language))
        if json is not None:
            line.write_text(json, line.json_text(found.record()))
        ended = {Verdict.POSSIBLE: Exit.LAWFUL, Verdict.IMPOSSIBLE: Exit.NOT_LAWFUL}.get(found.verdict, Exit.NO_PLAN)
    raise typer.Exit(ended)


@app.command()
def audit(table: TablePath, scenario: ScenarioPath, policies: Policies = None, language: InLanguage = "zh") -> None:
    """逐条审查课表 · Checks a timetable clause by clause, whoever made it. Exit code: 0 clean, 3 findings, 2 bad input."""
    with told(language):
        ready = line.prepared(intake.read(scenario), policies)
        table_read = drawn(table, ready.scenario)
        tell_warnings(table_read.warnings, language)
        report = line.judged(table_read.timetable, ready.scenario, ready.policy)
        for row in finding_lines(report, language):
            say(row)
        say(report_line(report, language))
    raise typer.Exit(Exit.LAWFUL if report.lawful else Exit.NOT_LAWFUL)


@app.command()
def repair(
    table: TablePath,
    changes: Annotated[Path, typer.Argument(metavar="CHANGES", exists=True, dir_okay=False, help="变更单 .toml · what changes")],
    scenario: ScenarioPath,
    out: Out,
    time_limit: Annotated[float, typer.Option(min=1, help="秒 · seconds")] = 20.0,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="随机种子 · seed of everything random")] = 0,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="结果可逐字节重现 · same input and seed, same bytes; slower")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="并行线程 · threads of the search")] = 2,
    policies: Policies = None,
    language: InLanguage = "zh",
) -> None:
    """按变更单调整课表，影响最小 · Mends a plan after a change, disturbing as little as can be proven.

    退出码 · exit code: 0 合规 lawful; 2 数据有误 bad input; 3 草稿 a draft.
    """
    with told(language):
        # Mending needs the solver; other commands work without it.
        from scheduler import mend

        ready = line.prepared(intake.read(scenario), policies)
        before = drawn(table, ready.scenario).timetable
        asked = read_changes(changes, ready.scenario)
        tell_warnings(asked.warnings, language)
        options = Options(seed=seed, time_limit=time_limit, deterministic=deterministic, workers=workers)
        done = stoppable(lambda stop: mend.repair_plan(ready.scenario, before, asked, options, stop, policies), language)
        line.write_repaired(done, before, out, datetime.now(UTC))
        for row in (*mend.in_words(done, language), *difference_lines(done.differences, language)):
            say(row)
        say(f"结果在 {out}。" if language == "zh" else f"The results are in {out}.")
    raise typer.Exit(Exit.LAWFUL if done.lawful else Exit.NOT_LAWFUL)


@app.command()
def whatif(
    scenario: ScenarioPath,
    table: Annotated[Path | None, typer.Argument(metavar="[TABLE]", help="从这份课表出发 · the plan to begin with")] = None,
    room: Annotated[list[str] | None, typer.Option("--room", help="多一处场地，如 操场 · one more room of this kind")] = None,
    teacher: Annotated[
        list[str] | None, typer.Option("--teacher", help="多一名教师，填专长，* 为无专长 · one more teacher with this skill")
    ] = None,
    minutes: Annotated[list[int] | None, typer.Option("--minutes", min=1, max=120, help="放学晚几分钟 · a later end")] = None,
    waiver: Annotated[list[str] | None, typer.Option("--waiver", help="豁免一条，填条款编号 · waive this clause")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="写 whatif.json 的文件夹 · folder for whatif.json")] = None,
    time_limit: Annotated[float, typer.Option(min=1, help="每项秒数 · seconds for each")] = 15.0,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="随机种子 · seed of everything random")] = 0,
    workers: Annotated[int, typer.Option(min=1, max=64, help="并行线程 · threads of the search")] = 2,
    policies: Policies = None,
    language: InLanguage = "zh",
) -> None:
    """假如多一处场地、一名教师、十分钟、一项豁免 · What one more room, teacher, ten minutes or a waiver would buy."""
    with told(language):
        # Only planning needs the solver; every other command works without it.
        from scheduler import whatif as variations

        ready = line.prepared(intake.read(scenario), policies)
        start = drawn(table, ready.scenario).timetable if table is not None else None
        asked = variations.Asked(
            rooms=tuple(room or ()), teachers=tuple(teacher or ()), minutes=tuple(minutes or ()), waivers=tuple(waiver or ())
        )
        options = Options(seed=seed, time_limit=time_limit, workers=workers)

        def hear(zh: str, en: str) -> None:
            tell(f"{zh if language == 'zh' else en} ……")

        found = stoppable(lambda stop: variations.what_if(ready.scenario, asked, options, stop, start, policies, hear), language)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            line.write_text(out / line.WHATIF, line.json_text(variations.as_json(found)))
        for row in variations.in_words(found, language):
            say(row)


@app.command("publish")
def publish_(
    table: TablePath,
    scenario: ScenarioPath,
    out: Out,
    draft: Annotated[
        bool, typer.Option("--draft", help="不合规也导出，并标为草稿 · mark a plan in breach and publish it")
    ] = False,
    policies: Policies = None,
    language: InLanguage = "zh",
) -> None:
    """导出工作簿、网页、日历 · Writes workbook, page and calendars. A plan in breach is refused unless marked as a draft."""
    with told(language):
        ready = line.prepared(intake.read(scenario), policies)
        table_read = drawn(table, ready.scenario)
        tell_warnings(table_read.warnings, language)
        timetable = table_read.timetable
        report = line.judged(timetable, ready.scenario, ready.policy)
        try:
            publish_files(ready.scenario, timetable, report, out, draft=draft, published_at=datetime.now(UTC))
        except NotLawful as refusal:
            for row in finding_lines(report, language):
                tell(row)
            tell(refusal.text(language))
            raise typer.Exit(Exit.NOT_LAWFUL) from None
        say(f"已发布到 {out}。" if language == "zh" else f"Published in {out}.")


@app.command()
def modes(
    scenario: ScenarioPath,
    table: TablePath,
    time_limit: Annotated[float, typer.Option(min=1, help="每种方式的秒数 · seconds for each way")] = 60.0,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="抽签的随机种子 · seed of the lottery")] = 0,
    policies: Policies = None,
    language: InLanguage = "zh",
) -> None:
    """比较三种志愿分配方式的得失 · Prices the three ways to share out the wishes on the sections of a timetable."""
    with told(language):
        from scheduler.choosing.modes import MEANINGS, priced_modes, table_rows

        ready = line.prepared(intake.read(scenario), policies)
        plan = drawn(table, ready.scenario).timetable
        options = Options(time_limit=time_limit, seed=seed)
        priced = stoppable(lambda stop: list(priced_modes(ready.scenario, plan, ready.policy, options, stop)), language)
        say_table(list(table_rows(priced, language)))
        say(pick(language, *MEANINGS))


@app.command()
def why(
    scenario: ScenarioPath,
    table: TablePath,
    pupil: Annotated[str | None, typer.Option("--pupil", help="学号 · a pupil's id")] = None,
    course: Annotated[str | None, typer.Option("--course", help="只问这个项目 · only this course")] = None,
    out: Annotated[
        Path | None, typer.Option("--csv", help="把全校未满足的志愿写成表 · write every refused wish to a file")
    ] = None,
    time_limit: Annotated[float, typer.Option(min=1, help="每个志愿的秒数 · seconds for each wish")] = 60.0,
    policies: Policies = None,
    language: InLanguage = "zh",
) -> None:
    """说明志愿为什么没有满足、满足它别人要让出什么 · Says why wishes were refused and what granting them would cost others."""
    with told(language):
        ready = line.prepared(intake.read(scenario), policies)
        plan = drawn(table, ready.scenario).timetable
        if pupil is None and out is None:
            todo = ("请给出 --pupil 或 --csv。", "Give --pupil or --csv.")
            zh, en = "没有说要问谁。", "nobody was asked about."
            raise InputFaults([Fault(place="why", zh=zh, en=en, todo_zh=todo[0], todo_en=todo[1])])
        from scheduler.choosing.why import Whys, proven_beside

        whys = Whys(ready.scenario, plan, ready.policy, proven_beside(table))
        if out is not None:
            line.write_text(out, "\ufeff" + whys.table())
            say(f"已写入 {out}。" if language == "zh" else f"Written to {out}.")
        if pupil is not None:
            asked = PupilId(pupil), None if course is None else CourseId(course), time_limit
            answers = stoppable(lambda _: list(whys.of(*asked)), language)
            for answer in answers:
                rank = answer.refusal.choice.rank
                say(f"第 {rank} 志愿{answer.text('zh')}" if language == "zh" else f"Wish {rank}: {answer.text('en')}")
            if not answers:
                say("没有未满足的志愿。" if language == "zh" else "No wish was refused.")


@app.command()
def generate(
    county: Annotated[str, typer.Option("--county", help="县（市、区）· for example yueyang")],
    size: Annotated[int, typer.Option("--size", min=SMALLEST, max=LARGEST, help="学生人数 · number of pupils")],
    out: Out,
    seed: Annotated[int, typer.Option("--seed", min=0, help="随机种子 · seed")] = 0,
    tightness: Annotated[
        float, typer.Option("--tightness", min=0.5, max=3.0, help="紧张程度，1 为平常 · how scarce things are, 1 is usual")
    ] = 1.0,
    language: InLanguage = "zh",
) -> None:
    """虚构一所学校 · Invents a realistic school of any size."""
    with told(language):
        if county not in PROFILES:
            raise InputFaults([line.unknown_county("--county", county, tuple(PROFILES))])
        invented = generator.generate(county, size, seed, tightness)
        intake.write_folder(invented, out)
        pupils = len(invented.pupils)
        say(f"{invented.school.name}，{pupils} 名学生，已写入 {out}。" if language == "zh" else f"{pupils} pupils, in {out}.")


def planned(scenario: Path, options: Options, out: Path, policies: Path | None, language: Tongue) -> tuple[Scenario, "Outcome"]:
    """Reads, plans and audits, with the news on the screen. The results will go to `out`, which is there from now on."""
    # Only planning needs the solver; every other command works without it.
    from scheduler.make import make_plan

    ready = line.prepared(intake.read(scenario), policies)
    tell_warnings(ready.warnings, language)
    # A folder that cannot be written is told now, not when the search is over.
    out.mkdir(parents=True, exist_ok=True)
    with Watch(language) as watch:
        outcome = stoppable(lambda stop: make_plan(ready.scenario, options, watch, stop, policies), language)
    return ready.scenario, outcome


def told_and_written(scenario: Scenario, outcome: "Outcome", source: Path, out: Path, language: Tongue) -> Exit:
    """Writes what people get and says what it is worth; how it ended."""
    ended = line.exit_of(outcome)
    if ended is Exit.NO_PLAN:
        tell("还没有得到任何方案就停止了。" if language == "zh" else "It was stopped before there was any plan.")
        return ended
    line.write_outcome(outcome, scenario, out, datetime.now(UTC))
    for row in summary_lines(outcome.summary, language):
        say(row)
    for sentence in outcome.explanation_zh if language == "zh" else outcome.explanation_en:
        say(sentence)
    if ended is not Exit.LAWFUL:
        every = f"oneplusx audit {out / line.TIMETABLE} {source}"
        say(f"全部问题：{every}" if language == "zh" else f"All findings: {every}")
    say(f"结果在 {out}。" if language == "zh" else f"The results are in {out}.")
    return ended


def _marked(workbook: Path, faults: Sequence[Fault], copy: Path | None, language: Tongue) -> None:
    if copy is not None:
        intake.mark_faults(workbook, faults, copy, language)
        say(f"问题已标在 {copy}。" if language == "zh" else f"What was found is marked in {copy}.")


def _no_workbook(path: Path) -> Fault:
    return Fault(
        place=path.name,
        zh="文件名不以 .xlsx 结尾，这里只用工作簿。",
        en="the name does not end with .xlsx; only workbooks will do here.",
        todo_zh="请改用 .xlsx 文件。",
        todo_en="Name an .xlsx file.",
    )


def counted(reading: intake.Reading, language: Tongue) -> list[str]:
    """How many rows of each file or sheet were read, and how many refused."""
    words = ("读 {read} 行，拒 {refused} 行", "{read} rows read, {refused} refused")[language == "en"]
    return [
        f"{reading.places.get(sheet, sheet)}: {words.format(read=read, refused=refused)}"
        for sheet, (read, refused) in reading.rows.items()
    ]


def main() -> None:
    """`python -m scheduler`."""
    app()


if __name__ == "__main__":
    main()
