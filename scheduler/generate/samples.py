"""Which schools lie in `scenarios/`? One small and typical school a county, and one whose term crosses a change of the law.

    python -m scheduler.generate.samples scenarios

writes them again, byte for byte the same.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from scheduler.domain import Scenario
from scheduler.generate.profiles import SUIFENHE_2022
from scheduler.generate.school import build, generate
from scheduler.intake.write import write_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A folder of `scenarios/`."""

    county: str
    pupils: int
    seed: int
    about_zh: str
    about_en: str


SAMPLES: Mapping[str, Sample] = {
    "yueyang": Sample(
        county="yueyang",
        pupils=300,
        seed=7,
        about_zh="乡镇九年一贯制学校：300 名学生、9 个班，三分之一乘车，有住校生，按课时收费。",
        about_en="A township nine-year school: 300 pupils in 9 classes, a third on the bus, some boarders, fees by the period.",
    ),
    "liangping": Sample(
        county="liangping",
        pupils=430,
        seed=7,
        about_zh="镇中心小学：430 名学生、12 个班，家长每天选一、二或三个课时，18:20 结束。",
        about_en="A town primary school: 430 pupils in 12 classes; families buy one, two or three periods a day.",
    ),
    "suifenhe": Sample(
        county="suifenhe",
        pupils=340,
        seed=7,
        about_zh="小学加初中：340 名学生、9 个班，小学 15:30、初中 17:00 开始，毕业年级多一个时段，人人每天锻炼半小时。",
        about_en="Primary and junior: 340 pupils, half an hour of exercise a day, one more slot for the graduating grade.",
    ),
    "helan": Sample(
        county="helan",
        pupils=350,
        seed=7,
        about_zh="农村小学：350 名学生、12 个班，夏冬两套作息，先“1”后“X”两个时段。",
        about_en="A rural primary school: 350 pupils in 12 classes, summer and winter clocks, first homework, then clubs.",
    ),
    "changzhi": Sample(
        county="changzhi",
        pupils=300,
        seed=7,
        about_zh="小学加初中：300 名学生、9 个班，每天 120 分钟，周六开放，初中作业 90 分钟，可选教师，有晚自习。",
        about_en="Primary and junior: 300 pupils in 9 classes; 120 minutes a day, Saturdays, 90 minutes of junior homework.",
    ),
    "suifenhe-2022": Sample(
        county="suifenhe-2022",
        pupils=240,
        seed=7,
        about_zh="学期跨过 2022 年 2 月 28 日：此前执行试行时间，此后执行常态时间，初中的时段随之变长。",
        about_en="A term that crosses 28 February 2022: trial hours until then, standing hours after, longer slots for juniors.",
    ),
}


def school(name: str) -> Scenario:
    """The invented school of one folder."""
    sample = SAMPLES[name]
    if name == "suifenhe-2022":
        return build(SUIFENHE_2022, sample.pupils, Random(f"{name} {sample.pupils} {sample.seed}"))
    return generate(sample.county, sample.pupils, sample.seed)


def write_sample(name: str, directory: Path) -> None:
    """Writes the folder of one sample, with a line on top that says what it is."""
    write_folder(school(name), directory)
    path = directory / "scenario.toml"
    sample = SAMPLES[name]
    path.write_text(
        f"# {sample.about_zh}人名、校名均为虚构。\n# {sample.about_en} Everybody is invented.\n\n{path.read_text('utf-8')}",
        encoding="utf-8",
        newline="\n",
    )


if __name__ == "__main__":
    for each in SAMPLES:
        write_sample(each, Path(sys.argv[1]) / each)
