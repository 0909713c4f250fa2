"""What allowed an opening, as it was written into the access log: shown to the people whose record it is, or not.

One party's opening is not shown to another: that would be a read receipt (decision 12). Everybody else's is. A reason that stands
in neither list fails the suite.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from supervision.records.opened_by_others import OF_PARTIES

SHOWN: dict[str, str | Promise] = {
    "manager of the program": _("as manager of the program"),
    "manager": _("as manager of your program"),
    "line manager": _("as line manager"),
    "supervisor or manager": _("as supervisor or manager"),
    "administrator": _("as administrator"),
    "it was sent to them": _("because it was sent to them"),
    "it was shared with them": _("because it was shared with them"),
    "handed over to them": _("because it was handed over to them"),
    "supervises now": _("because they supervise now"),
    "let read by the writer": _("because you let them read it"),
    "disclosed by law": _("because the law required it"),
    "disclosed by law earlier": _("because the law required it, before you could be told"),
    "has the file": _("because they have the file"),
}
# Shown anew, under the other reason, once they are told.
NOT_SHOWN = OF_PARTIES | {"disclosed before they could be told"}
ACTIONS: dict[str, str | Promise] = {
    "opened": _("Opened"),
    "listed": _("Saw it in a list"),
    "downloaded": _("Downloaded"),
    "exported": _("Exported"),
    "disclosed": _("Handed over"),
    "checked": _("Checked that the file is genuine"),
}

WHAT_IT_IS_ABOUT = _(
    "This is about words, signed papers and files. Dates, attendance and signatures are seen on lists and in reports by whoever "
    "supervises you and by the managers of your program; that is not written down line by line."
)
