"""Does the audit see boarders without supervision?"""

from scheduler.audit.students import boarders_looked_after
from scheduler.domain import Form
from scheduler.rulebook import BoardersLookedAfter
from tests.rules.worlds import Drawing, amounts


def week(**li: object) -> Drawing:
    """Slots on Monday and Tuesday; 看护 in both, one section each."""
    drawing = Drawing()
    drawing.slot("mon1", "Mon 16:30-17:10")
    drawing.slot("tue1", "Tue 16:30-17:10")
    drawing.course("看护", form=Form.BOARDER_CARE)
    drawing.meeting("看护", "mon1", number=1)
    drawing.meeting("看护", "tue1", number=2)
    drawing.pupil("li", **({"boarder": True, "enrolled": False} | li))
    return drawing


def test_boarders_looked_after_obeyed() -> None:
    """A boarder who enrolled is in the service."""
    assert amounts(boarders_looked_after(week(enrolled=True).world(), BoardersLookedAfter())) == []


def test_boarders_looked_after_just_obeyed() -> None:
    drawing = week()
    drawing.place("li", "看护", number=1, arranged=True)
    drawing.place("li", "看护", number=2, arranged=True)
    assert amounts(boarders_looked_after(drawing.world(), BoardersLookedAfter())) == []


def test_boarders_looked_after_just_broken() -> None:
    """岳阳 二（四） asks for boarders who did not enrol: nobody watches on Tuesday."""
    drawing = week()
    drawing.place("li", "看护", number=1, arranged=True)
    assert amounts(boarders_looked_after(drawing.world(), BoardersLookedAfter())) == [1]


def test_another_form_is_no_supervision() -> None:
    drawing = week()
    drawing.course("剪纸")
    drawing.meeting("剪纸", "tue1")
    drawing.place("li", "看护", number=1, arranged=True)
    drawing.place("li", "剪纸")
    assert amounts(boarders_looked_after(drawing.world(), BoardersLookedAfter())) == [1]
