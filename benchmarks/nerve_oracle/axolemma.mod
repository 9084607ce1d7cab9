TITLE The bare axon's membrane of a human motor fibre

COMMENT
Fast and persistent sodium, slow potassium and a leak, with the rates of McIntyre, Richardson and
Grill, J Neurophysiol 87:995-1006 (2002), at 37 degrees. Written for this project from the
equations; a leak that stretch opens is ours. One current and its exact conductance are handed to
NEURON, so that it need not differentiate the current numerically.

    m, p      alpha = rate x / (1 - exp(-x / slope)),   x = v + offset
              beta  = rate x / (exp(x / slope) - 1)
    h         alpha as the betas above
    h beta, s rate = top / (1 + exp(-x / slope))
ENDCOMMENT

NEURON {
    SUFFIX axolemma
    NONSPECIFIC_CURRENT i
    RANGE sodium, persistent, potassium, leak, leak_reversal, stretch
    RANGE m_q10, p_q10, h_q10, s_q10
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    sodium = 3.0 (S/cm2)
    persistent = 0.01 (S/cm2)
    potassium = 0.08 (S/cm2)
    leak = 0.007 (S/cm2)
    stretch = 0 (S/cm2)
    leak_reversal = -90 (mV)
    celsius (degC)
}

ASSIGNED {
    v (mV)
    i (mA/cm2)
    g (S/cm2)
    m_q10
    p_q10
    h_q10
    s_q10
    m_steady
    p_steady
    h_steady
    s_steady
    m_tau (ms)
    p_tau (ms)
    h_tau (ms)
    s_tau (ms)
}

STATE { m p h s }

INITIAL {
    m_q10 = 2.2^((celsius - 20(degC)) / 10(degC))
    p_q10 = 2.2^((celsius - 20(degC)) / 10(degC))
    h_q10 = 2.9^((celsius - 20(degC)) / 10(degC))
    s_q10 = 3.0^((celsius - 36(degC)) / 10(degC))
    rates(v)
    m = m_steady
    p = p_steady
    h = h_steady
    s = s_steady
}

BREAKPOINT {
    LOCAL na, k
    CONDUCTANCE g
    SOLVE gates METHOD cnexp
    na = sodium * m * m * m * h + persistent * p * p * p
    k = potassium * s
    g = na + k + leak + stretch
    i = na * (v - 50(mV)) + k * (v + 90(mV)) + leak * (v - leak_reversal) + stretch * v
}

DERIVATIVE gates {
    rates(v)
    m' = (m_steady - m) / m_tau
    p' = (p_steady - p) / p_tau
    h' = (h_steady - h) / h_tau
    s' = (s_steady - s) / s_tau
}

UNITSOFF

FUNCTION linoid(x, slope) { : x / (1 - exp(-x / slope)), also where x is nought
    if (fabs(x / slope) < 1e-6) {
        linoid = slope + x / 2
    } else {
        linoid = x / (1 - exp(-x / slope))
    }
}

FUNCTION logistic(x, slope) {
    logistic = 1 / (1 + exp(-x / slope))
}

PROCEDURE rates(v) {
    LOCAL a, b
    a = m_q10 * 1.86 * linoid(v + 21.4, 10.3)
    b = m_q10 * 0.086 * linoid(-(v + 25.7), 9.16)
    m_tau = 1 / (a + b)
    m_steady = a / (a + b)
    a = p_q10 * 0.01 * linoid(v + 27, 10.2)
    b = p_q10 * 0.00025 * linoid(-(v + 34), 10)
    p_tau = 1 / (a + b)
    p_steady = a / (a + b)
    a = h_q10 * 0.062 * linoid(-(v + 114), 11)
    b = h_q10 * 2.3 * logistic(v + 31.8, 13.4)
    h_tau = 1 / (a + b)
    h_steady = a / (a + b)
    a = s_q10 * 0.3 * logistic(v + 53, 5)
    b = s_q10 * 0.03 * logistic(v + 90, 1)
    s_tau = 1 / (a + b)
    s_steady = a / (a + b)
}

UNITSON
