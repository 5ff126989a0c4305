"""Breathing and motion: nothing when still, the dome moves most, there and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.phantom.motion import Motion


def test_a_still_patient_is_where_the_ct_says():
    z = np.linspace(-300, 700, 50)
    assert np.array_equal(Motion().ct_z(z), z)


def test_breathing_lifts_the_dome_and_spares_head_and_pelvis():
    motion = Motion(breathing_mm=12.0, dome_mm=280.0)
    dome, head, pelvis = motion.ct_z(np.array([290.0, 650.0, -100.0]))
    assert dome == pytest.approx(278.0)
    assert head == pytest.approx(650.0, abs=0.1)
    assert pelvis == pytest.approx(-100.0, abs=0.1)


def test_a_rigid_shift_is_the_same_everywhere():
    motion = Motion(shift_mm=(1.0, -2.0, 3.0))
    assert motion.to_pet((10.0, 20.0, 30.0)) == pytest.approx((11.0, 18.0, 33.0))


@given(st.floats(-6, 18), st.floats(-3, 3), st.floats(-300, 700))
def test_to_pet_and_back(breathing, shift, z):
    motion = Motion(breathing_mm=breathing, shift_mm=(0.0, 0.0, shift))
    there = motion.to_pet((0.0, 0.0, z))[2]
    assert float(motion.ct_z(np.asarray(there))) == pytest.approx(z, abs=0.05)


@given(st.floats(-6, 18))
def test_breathing_never_folds_space(breathing):
    z = np.linspace(-100, 600, 1400)
    assert (np.diff(Motion(breathing_mm=breathing).ct_z(z)) > 0).all()
