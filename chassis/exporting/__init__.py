"""Lists taken away as files: asked for by a command, written by a job, kept a day.

A service declares its table with `ExportColumns`, says in `exported` what its lists hold, and takes `ExportsLists`
among its bases. The file is staged and never adopted, so that it goes away; only the service's own word, given to the
company that asked, leads to it.
"""

from chassis.exporting.answering import ExportsLists
from chassis.exporting.model import DONE, FAILED, WAITING, ExportColumns
from chassis.exporting.reading import Exported, ExportedColumn

__all__ = ["DONE", "FAILED", "WAITING", "ExportColumns", "Exported", "ExportedColumn", "ExportsLists"]
