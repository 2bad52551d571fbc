"""What became of a register: how many rows were new, the same, changed or refused, and every line that needs a look.

The report is saved beside the file, as a spreadsheet or CSV. It names rows, columns and codes, and repeats no cell; what
could be taken for a formula is written as text.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from services.importing.found import Finding
from services.importing.plan import Planned
from services.importing.sending import Answer

HEADINGS = ("表 / sheet", "行 / row", "列 / column", "程度 / weight", "代码 / code", "说明", "what was expected")
WEIGHTS = {"wrong": "错误 / wrong", "changed": "已变更 / changed", "note": "提示 / note"}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
FOUND_MOST = 100_000


@dataclass
class Report:
    """Counts of rows and what was found in them; filled while the register is read and answered."""

    register: str
    file: str
    dry_run: bool
    rows: int = 0
    findings: list[Finding] = field(default_factory=list)
    found: int = 0
    _open: dict[int, int] = field(default_factory=dict)
    _state: dict[int, str] = field(default_factory=dict)
    _refused: set[int] = field(default_factory=set)

    # --- filling it ---

    def planned(self, planned: Planned) -> None:
        """A row was read."""
        self.rows += 1
        for finding in planned.findings:
            self._add(finding)
        self._state[planned.row] = "wrong" if planned.is_wrong else "same"
        self._open[planned.row] = len(planned.steps)

    def answered(self, answer: Answer, sheet: int) -> None:
        """The hub has answered one command of a row; of those that it refused the first of each row is told."""
        row, before = answer.step.row, self._state[answer.step.row]
        if answer.is_done:
            if not answer.is_again and before == "same":
                self._state[row] = "new"
            return
        changed = answer.said.get("code") == "idempotency-key-reused"
        if row not in self._refused:
            self._refused.add(row)
            for finding in _findings(answer, sheet, changed):
                self._add(finding)
        if before != "wrong":
            self._state[row] = "changed" if changed and before != "refused" else "refused"

    def _add(self, finding: Finding) -> None:
        self.found += 1
        if len(self.findings) < FOUND_MOST:
            self.findings.append(finding)

    # --- reading it ---

    @property
    def counts(self) -> dict[str, int]:
        """How many rows became what: new, same, changed, refused by the hub, or wrong as they stand."""
        counted = Counter(self._state.values())
        return {state: counted[state] for state in ("new", "same", "changed", "refused", "wrong")}

    @property
    def is_clean(self) -> bool:
        """Whether every row is on record as the register has it."""
        counts = self.counts
        return not (counts["changed"] or counts["refused"] or counts["wrong"])

    @property
    def value(self) -> dict[str, Any]:
        """The report as one JSON value."""
        return {
            "register": self.register, "file": self.file, "dry_run": self.dry_run, "rows": self.rows, **self.counts,
            "found": self.found, "findings": [asdict(finding) for finding in self.sorted()],
        }  # fmt: skip

    def sorted(self) -> list[Finding]:
        """What was found, in the order of the register."""
        return sorted(self.findings, key=lambda finding: (finding.sheet, finding.row))

    def text(self, shown: int = 20) -> str:
        """The report in words: the counts, and the first lines."""
        counts = self.counts
        now = "试运行, 未写入 / dry run, nothing written: " if self.dry_run else ""
        lines = [
            f"{now}{self.rows} 行 / rows: 新 {counts['new']} new, 相同 {counts['same']} same, "
            f"已变更 {counts['changed']} changed, 拒绝 {counts['refused']} refused, 错误 {counts['wrong']} wrong"
        ]
        for each in self.sorted()[:shown]:
            lines.append(f"  第 {each.row} 行 {each.column} [{each.code}] {each.zh} / row {each.row}: {each.en}")
        if self.found > shown:
            lines.append(f"  … 共 {self.found} 条 / {self.found} in all")
        return "\n".join(lines)


def _findings(answer: Answer, sheet: int, changed: bool) -> list[Finding]:
    """The hub's own sentences, by the register's columns."""
    said, step = answer.said, answer.step

    def column(name: str) -> str:
        return step.columns.get(name.partition(".")[0], name or step.command)

    if changed:
        en = "what was imported before says otherwise; correct it in the hub"
        return [Finding(row=step.row, column=step.command, code="changed", en=en, weight="changed", sheet=sheet,
                        zh="此行先前已导入, 内容已变更; 请在系统中更正")]  # fmt: skip
    if errors := said.get("errors"):
        return [
            Finding(row=step.row, column=column(e["field"]), code=e["code"], en=e["expected"], zh=e["expected_zh"],
                    sheet=sheet)
            for e in errors
        ]  # fmt: skip
    field_ = str(said.get("field") or "")
    return [Finding(row=step.row, column=column(field_), code=str(said.get("code")), en=str(said.get("detail")),
                    zh=str(said.get("detail_zh")), sheet=sheet)]  # fmt: skip


# --- spreadsheets ---------------------------------------------------------------------------------------------------


def guarded(text: str) -> str:
    """A text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def save(report: Report, path: Path) -> None:
    """Write the report as XLSX, or as CSV where the name says so."""
    lines = [
        (each.sheet, each.row, each.column, WEIGHTS[each.weight], each.code, each.zh, each.en)
        for each in report.sorted()
    ]
    write(path, HEADINGS, lines)


def write(path: Path, headings: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    """A table as XLSX or CSV, text guarded; the file is there whole or not at all."""
    draft = path.with_name(f".{path.name}.part")
    (_write_csv if path.suffix.lower() == ".csv" else _write_xlsx)(draft, headings, lines)
    draft.replace(path)


def _write_csv(path: Path, headings: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows([guarded(cell) if isinstance(cell, str) else cell for cell in line] for line in lines)


def _write_xlsx(path: Path, headings: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("wushe")
    sheet.freeze_panes = "A2"
    for line in (headings, *lines):
        sheet.append([_cell(sheet, cell) for cell in line])
    book.save(path)


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, guarded(value))
    cell.data_type = "s"
    return cell
