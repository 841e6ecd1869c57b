"""What is looked for in every answer: plain letters, so that they are found again in HTML,
JSON, addresses, file names, workbooks and Word files alike."""

from __future__ import annotations

from enum import StrEnum


class Mark(StrEnum):
    """What a string of unit B is. One person may see one and not the other."""

    UNIT = "ZBUNITQ"  # its name
    PERSON = "ZBPERSONQ"  # its people: names, telephone numbers
    DRAFT = "ZBDRAFTQ"  # texts that have not left it, with all that stands beside them
    TITLE = "ZBTITLEQ"  # titles of texts that it has sent in
    BODY = "ZBBODYQ"  # their bodies
    CONTACT = "ZBCONTACTQ"  # whom the editor may call about them
    KEYWORDS = "ZBKEYWORDQ"
    NOTE = "ZBNOTEQ"  # what the writer tells the reviewers
    COMMISSION = "ZBCOMMISSIONQ"  # the commission that they answer
    FILE_NAME = "ZBFILENAMEQ"  # the name of their attachment
    FILE_TEXT = "ZBFILETEXTQ"  # what stands in it
    FINDING = "13906391357"  # what the scan finds in them: a telephone number
    REASON = "ZBREASONQ"  # why its signatory sent one back
    OFFICE_REASON = "ZBWHYQ"  # why the office did not take one
    DUTY = "ZBDUTYQ"  # what was said to the duty room, and about it
    OPINION = "ZBOPINIONQ"  # what the confidentiality reviewer wrote
    ASKED = "ZBASKEDQ"  # what the office asked it for, and what it answered
    OBJECTION = "ZBOBJECTQ"  # what it says against its points, and the answer
    POINTS = "ZBPOINTSQ"  # facts and ledger entries without a text
    ISSUED = "ZBISSUEDQ"  # what an issued number carries
    ISSUE_DRAFT = "ZBISSUEDRAFTQ"  # the working title of an issue that nobody has signed
    SCHEME_DRAFT = "ZSCHEMEDRAFTQ"  # a scheme that nobody has published
    HAND_OVER = "ZBHANDQ"  # why and how its people handed over
    JOINT = "ZBJOINTQ"  # what it shows to a joint unit, and what that one answered
    AGREED = "ZBAGREEDQ"  # what it reports together with a joint unit, and has left it
    TYPED = "ZBTYPEDQ"  # what its officer has typed and not saved
    OWN_TYPED = "ZATYPEDQ"  # the same of unit A's officer: not even unit A's signatory sees it
    TOLD = "ZBTOLDQ"  # what a notice told its officer: each reads only their own
    URGENT = "ZBURGENTQ"  # what it reported in a hurry, and what was said about that
    REFUSED = "ZBREFUSEDQ"  # what was refused at the door: nobody ever sees it


# In everything of unit A, to see that the search would find what is there.
OWN_MARK = "ZAOWNQ"
# What one person types, and what was never let in.
NOBODYS = frozenset({Mark.TYPED, Mark.OWN_TYPED, Mark.TOLD, Mark.REFUSED})
# What stays in the unit: no text of these has left it.
OF_UNIT = frozenset({Mark.DRAFT, Mark.REASON, Mark.HAND_OVER, Mark.JOINT})
