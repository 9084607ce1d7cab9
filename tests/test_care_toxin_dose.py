"""Units of two products cannot meet: not at run time, not for the type checker, not in a hint."""

from __future__ import annotations

import operator
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemifacial.care.toxin.dose import ToxinDose, total, totals
from hemifacial.care.toxin.tables import ToxinTables
from hemifacial.errors import InputError

UNITS = st.floats(min_value=0, max_value=1000)
WORDS = sorted(ToxinTables.read().products)
MEETINGS = (
    operator.add,
    operator.sub,
    operator.truediv,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
    lambda one, other: one.is_above(other),
    lambda one, other: one.differs_from(other, 0.1),
)


@given(st.sampled_from(WORDS), st.sampled_from(WORDS), UNITS, UNITS, st.sampled_from(MEETINGS))
def test_no_operation_mixes_two_products(
    one: str, other: str, a: float, b: float, meet: Callable[[Any, Any], Any]
) -> None:
    first, second = ToxinDose(product=one, units=a), ToxinDose(product=other, units=b)
    if one != other:
        with pytest.raises(TypeError, match="not interchangeable"):
            meet(first, second)
        assert first != second


@given(UNITS, st.one_of(UNITS, st.integers(0, 100)), st.sampled_from(MEETINGS))
def test_no_bare_number_is_a_dose(a: float, b: float, meet: Callable[[Any, Any], Any]) -> None:
    dose = ToxinDose(product="botox", units=a)
    if meet is operator.truediv:
        return  # a number scales a dose
    with pytest.raises(TypeError):
        meet(dose, b)
    if meet in (operator.add, operator.sub, operator.truediv):
        with pytest.raises(TypeError):
            meet(b, dose)


def test_a_dose_is_no_number() -> None:
    dose: Any = ToxinDose(product="botox", units=5.0)
    wrongs: tuple[Any, ...] = (float, int, round, abs, lambda one: 2 / one, lambda one: one * one)
    for wrong in (*wrongs, sum):
        with pytest.raises(TypeError):
            wrong([dose, dose] if wrong is sum else dose)
    for bad in (-1.0, float("nan"), float("inf")):
        with pytest.raises(InputError, match="a dose is 0 or more"):
            ToxinDose(product="botox", units=bad)
    with pytest.raises(InputError, match="is no word of a product"):
        ToxinDose(product="", units=1.0)


@given(st.lists(st.tuples(st.sampled_from(WORDS[:3]), UNITS)))
def test_totals_are_one_a_product(given_doses: list[tuple[str, float]]) -> None:
    doses = [ToxinDose(product=word, units=units) for word, units in given_doses]
    found = totals(doses)
    assert len({one.product for one in found}) == len(found)
    for one in found:
        of_it = [units for word, units in given_doses if word == one.product]
        assert one.units == pytest.approx(sum(of_it))
    if len(found) > 1:
        with pytest.raises(TypeError, match="not interchangeable"):
            total(doses, found[0].product)


@given(UNITS, UNITS)
def test_doses_of_one_product_count_as_numbers_do(a: float, b: float) -> None:
    first, second = ToxinDose(product="xeomin", units=a), ToxinDose(product="xeomin", units=b)
    assert (first + second).units == a + b
    assert (first < second) == (a < b)
    assert (first * 2).units == (2 * first).units == 2 * a
    assert ((first + second) - second).units == pytest.approx(a, abs=1e-6)
    if b > 1e-6:
        assert first / second == a / b


def test_rounding_of_sums_is_not_above_a_limit() -> None:
    tenth = ToxinDose(product="botox", units=0.1)
    assert not (tenth * 3).is_above(ToxinDose(product="botox", units=0.3))
    assert not (tenth + tenth * 2).is_above(ToxinDose(product="botox", units=0.3))
    assert (tenth * 3.001).is_above(ToxinDose(product="botox", units=0.3))


MIXED = """
from typing import Literal
from hemifacial.care.toxin.dose import ToxinDose
botox: ToxinDose[Literal["botox"]] = ToxinDose(product="botox", units=5.0)
dysport: ToxinDose[Literal["dysport"]] = ToxinDose(product="dysport", units=5.0)
right = botox + botox
botox + dysport
botox < dysport
botox + 5.0
botox == dysport
units: float = botox
"""


def test_the_type_checker_sees_it_where_products_are_written(tmp_path: Path) -> None:
    (tmp_path / "mixed.py").write_text(MIXED, encoding="utf-8")
    source = Path(__file__).parents[1] / "src"
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "mixed.py"],
        cwd=tmp_path,
        env={"MYPYPATH": str(source), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    lines = {
        int(line.split(":")[1])
        for line in done.stdout.splitlines()
        if line.startswith("mixed.py") and ": error:" in line
    }
    assert lines == {7, 8, 9, 10, 11}, done.stdout + done.stderr
