"""The words everything speaks: vocabularies are closed, codes are right, nonsense is refused."""

from __future__ import annotations

import math
import re

import pytest

from hemifacial.anatomy import Kind, Side, mdc_code, region_of, structure, structures
from hemifacial.errors import CheckFailed, HemifacialError, InputError, SetupError, UsageError
from hemifacial.findings import Finding, Status, quantities, spasm_type, trial_types
from results import event


def test_sides_are_opposite_in_pairs() -> None:
    assert Side.RIGHT.opposite is Side.LEFT
    assert Side.LEFT.opposite is Side.RIGHT
    assert Side.BOTH.opposite is Side.BOTH


def test_mdc_codes_follow_dicom_cid_3031() -> None:
    """Mentalis 7:344 unspecified, 7:345 left, 7:346 right."""
    assert mdc_code("mentalis", Side.NOT_APPLICABLE) == "7:344"
    assert mdc_code("mentalis", Side.LEFT) == "7:345"
    assert mdc_code("mentalis", Side.RIGHT) == "7:346"
    assert mdc_code("facial_nerve", Side.LEFT) == "7:53"
    assert mdc_code("corrugator_supercilii", Side.LEFT) == ""


def test_no_two_structures_share_a_code() -> None:
    for codes in (
        [one.mdc_base for one in structures().values() if one.mdc_base],
        [one.snomed_ct for one in structures().values() if one.snomed_ct],
    ):
        assert len(codes) == len(set(codes))


def test_every_structure_names_its_source() -> None:
    for word, one in structures().items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", word)
        assert one.label
        assert one.source


def test_muscle_and_region_meet() -> None:
    assert region_of("zygomaticus_major") == "mouth_corner"
    assert region_of("mouth_corner") == "mouth_corner"
    for one in structures().values():
        if one.kind is Kind.MUSCLE and one.region:
            assert structure(one.region).kind is Kind.REGION


def test_list_of_kinds_is_the_contract_s() -> None:
    assert set(trial_types()) == set(
        "spasm_clonic spasm_prolonged spasm_tonic spasm_burst blink_complete blink_partial "
        "closure_voluntary expression speech phase no_face unjudged stimulus emg_burst emg_tonic "
        "a_train neurotonic artefact direct_response lateral_spread z_l_response "
        "lateral_spread_present lateral_spread_gone lateral_spread_cannot_tell "
        "baep_watch baep_warning baep_critical baep_critical_both baep_lost "
        "baep_i_iii_delay".split()
    )


@pytest.mark.parametrize(
    ("duration_s", "kind"),
    [
        (0.0, "spasm_clonic"),
        (0.499, "spasm_clonic"),
        (0.5, "spasm_prolonged"),
        (0.999, "spasm_prolonged"),
        (1.0, "spasm_tonic"),
        (3600.0, "spasm_tonic"),
    ],
)
def test_spasm_is_named_by_its_duration(duration_s: float, kind: str) -> None:
    assert spasm_type(duration_s) == kind


def test_no_spasm_lasts_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="cannot last -0.1 s"):
        spasm_type(-0.1)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"trial_type": "wink"}, "unknown trial_type 'wink'"),
        ({"sites": ("nose",)}, "unknown site 'nose'"),
        ({"event_id": ""}, "needs an event_id"),
        ({"event_id": "a\tb"}, "control character"),
        ({"duration_s": -1.0}, "duration -1.0"),
        ({"onset_s": math.nan}, "onset nan"),
        ({"amplitude": math.inf}, "inf is not a finite number"),
        ({"confidence": 1.5}, "not within 0 to 1"),
    ],
)
def test_event_refuses(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        event(**changed)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"quantity": "beauty"}, "unknown quantity 'beauty'"),
        ({"unit": "s"}, "spasm_rate is in 1/min, not s"),
        ({"value": None}, "a value goes with status measured"),
        ({"status": Status.NOT_JUDGED}, "a value goes with status measured"),
        (
            {"value": None, "status": Status.BELOW_DETECTION_LIMIT},
            "a negative answer needs its detection limit",
        ),
        ({"high": math.inf}, "inf is not a finite number"),
        ({"sites": ("nose",)}, "unknown site 'nose'"),
    ],
)
def test_finding_refuses(changed: dict[str, object], message: str) -> None:
    given: dict[str, object] = {
        "quantity": "spasm_rate",
        "value": 1.0,
        "unit": "1/min",
        "method": "face",
        "method_version": "0.1",
    }
    with pytest.raises(ValueError, match=message):
        Finding(**{**given, **changed})  # type: ignore[arg-type]


def test_every_quantity_is_defined() -> None:
    for one in quantities().values():
        assert one.unit
        assert one.label
        assert one.definition


def test_error_names_the_next_step_and_carries_its_exit_status() -> None:
    assert str(InputError("x.mp4: empty", next_step="Copy it again.")) == (
        "x.mp4: empty\n  Next: Copy it again."
    )
    codes = {kind: kind.exit_code for kind in (CheckFailed, UsageError, SetupError, InputError)}
    assert list(codes.values()) == [1, 2, 2, 3]
    assert all(issubclass(kind, HemifacialError) for kind in codes)
