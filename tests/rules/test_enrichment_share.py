"""Is enough of the week X?"""

from datetime import date

from scheduler.audit.content import enrichment_share, enrichment_share_notes
from scheduler.audit.report import SubjectKind
from scheduler.domain import Form, Strand
from scheduler.rulebook import EnrichmentShare
from tests.rules.worlds import Drawing, amounts

HALF = EnrichmentShare(share_percent=50)
MORE_THAN_HALF = EnrichmentShare(share_percent=50, inclusive=False)


def one_and_x(one: str, x: str, *, stays: str = "mon1 tue1") -> Drawing:
    """li has homework on Monday and paper-cutting on Tuesday."""
    week = Drawing()
    week.slot("mon1", f"Mon {one}")
    week.slot("tue1", f"Tue {x}")
    week.course("作业辅导", form=Form.ARRANGED, strand=Strand.ONE)
    week.course("剪纸")
    week.pupil("li", stays=stays)
    week.meeting("作业辅导", "mon1")
    week.meeting("剪纸", "tue1")
    week.place("li", "作业辅导", arranged=True)
    week.place("li", "剪纸")
    return week


def test_enrichment_share_obeyed() -> None:
    """岳阳 二（五）: "每周素质拓展服务时间占比要达到50%以上"; 60 of 100 minutes."""
    assert not amounts(enrichment_share(one_and_x("16:30-17:10", "16:30-17:30").world(), HALF))


def test_enrichment_share_just_obeyed() -> None:
    """岳阳 二（五）: 以上 takes in exactly half."""
    assert not amounts(enrichment_share(one_and_x("16:30-17:10", "16:30-17:10").world(), HALF))


def test_enrichment_share_just_broken() -> None:
    """岳阳 二（五）: 39 of 79 minutes want 40 at least; the pupil and the class of one are each a minute short."""
    found = list(enrichment_share(one_and_x("16:30-17:10", "16:30-17:09").world(), HALF))
    assert amounts(found) == [1, 1]
    assert {deviation.subjects[0].kind for deviation in found} == {SubjectKind.PUPIL, SubjectKind.HOME_CLASS}


def test_mostly_x_means_more_than_half() -> None:
    """岳阳 二（五） "小学1-2年级以素质拓展服务为主": exactly half is a minute short, a minute more is enough."""
    assert amounts(enrichment_share(one_and_x("16:30-17:10", "16:30-17:10").world(), MORE_THAN_HALF)) == [1, 1]
    assert not amounts(enrichment_share(one_and_x("16:30-17:10", "16:30-17:11").world(), MORE_THAN_HALF))


def test_part_week_pupils_count_in_their_class_and_are_only_reported_themselves() -> None:
    week = one_and_x("16:30-17:10", "16:30-17:10", stays="mon1")
    week.placements.pop()
    (found,) = enrichment_share(week.world(), HALF)
    assert (found.amount, found.subjects[0].kind) == (20, SubjectKind.HOME_CLASS)
    assert amounts(enrichment_share_notes(week.world(), HALF)) == [1]


def test_base_care_is_neither_one_nor_x() -> None:
    """40 minutes of X beside 40 of base care are all X."""
    week = one_and_x("16:30-17:10", "16:30-17:10")
    week.course("作业辅导", form=Form.BASE_CARE)
    assert not amounts(enrichment_share(week.world(), HALF))


def test_an_empty_week_lacks_nothing() -> None:
    week = one_and_x("16:30-17:10", "16:30-17:10")
    week.placements.clear()
    assert not amounts(enrichment_share(week.world(), MORE_THAN_HALF))


def test_the_worst_season_counts() -> None:
    """In winter Tuesday's slot lasts 20 minutes: 20 of 60, ten short."""
    week = one_and_x("16:30-17:10", "16:30-17:10")
    week.season("winter", date(2025, 12, 1), date(2026, 1, 23))
    week.slot("mon1", "Mon 16:30-17:10")
    week.slot("tue1", "Tue 16:30-17:10", clocks={"winter": "16:30-16:50"})
    assert amounts(enrichment_share(week.world(), HALF)) == [10, 10]
