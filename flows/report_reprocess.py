"""What `reprocess` prints."""

from __future__ import annotations

from rich.console import Console

from flows.counted import counted
from flows.reprocess import ReprocessReport


def print_reprocess(report: ReprocessReport) -> None:
    """What was read, what changed, and what could not be read."""
    console = Console(highlight=False)
    console.print(f"reprocess {report.run_id}: {report.outcome} in {report.seconds:.1f} s")
    lines = []
    if report.resumed:
        lines.append(f"Went on with what was interrupted; {report.done_before:,} were done before.")
    read = report.changed + report.unchanged
    if read or report.stories is None:
        lines.append(f"{counted(read, 'article')} read again: {report.changed:,} changed.")
    lines += [f"  {name} of {count:,}" for name, count in report.fields.items()]
    if report.failed:
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in report.failed.items())
        lines.append(f"Pages that give no article any more, which stay as they were: {kinds}.")
    if report.page_lost:
        lines.append(
            f"{counted(report.page_lost, 'article')} could not be read: the archive file of "
            "the page is gone or damaged."
        )
    if report.without_page:
        lines.append(
            f"No page is kept of {counted(report.without_page, 'article')}: nothing changes there."
        )
    if report.pages_without_article:
        lines.append(
            f"{counted(report.pages_without_article, 'page')} had given no article: "
            f"{counted(report.new_articles, 'new article')} now."
        )
    if report.stories is not None:
        done = ", ".join(f"{name} {count:,}" for name, count in report.stories.items())
        lines.append(f"Stories: {done}.")
    elif report.to_settle:
        lines.append(f"{report.to_settle:,} articles wait to be judged by `wirecopy maintain`.")
    if report.published:
        lines.append(f"Database: {report.database}")
    for line in lines:
        console.print(line, soft_wrap=True)
