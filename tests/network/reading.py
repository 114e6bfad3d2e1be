"""Register files of ours, read."""

from __future__ import annotations

from alongside.network.registers import RegisterFile, read_register
from tests.registers_of_ours import gias, nz_directory


def nz(*schools: dict[str, str]) -> RegisterFile:
    """Schools of New Zealand’s directory."""
    return read_register(nz_directory(schools))


def england(*schools: dict[str, str]) -> RegisterFile:
    """Schools of England’s register."""
    return read_register(gias(schools))


def only_fault(file: RegisterFile) -> tuple[int, str, str]:
    """The one fault of a file whose other rows were read."""
    [fault] = file.faults
    assert file.rows_read == len(file.schools) + 1
    return fault.row, fault.column, fault.text
