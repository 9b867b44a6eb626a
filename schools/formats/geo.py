"""British National Grid to WGS84 by the seven-parameter Helmert transformation.

Formulas and parameters: Ordnance Survey, "A guide to coordinate systems in Great Britain" (annexes B and C).
Good to about 5 m in Great Britain, which is enough for a map of schools.
"""

from __future__ import annotations

from math import asin, atan2, cos, degrees, hypot, pi, radians, sin, sqrt, tan

_A, _B = 6377563.396, 6356256.909  # Airy 1830
_WGS_A, _WGS_B = 6378137.0, 6356752.314245  # WGS84
_F0, _PHI0, _LAM0 = 0.9996012717, radians(49), radians(-2)  # the National Grid's projection
_E0, _N0 = 400_000.0, -100_000.0
_TX, _TY, _TZ = 446.448, -125.157, 542.060  # OSGB36 to WGS84, metres
_SCALE = 1 - 20.4894e-6
_RX, _RY, _RZ = (radians(seconds / 3600) for seconds in (0.1502, 0.2470, 0.8421))


def to_wgs84(easting: float, northing: float) -> tuple[float, float] | None:
    """Latitude and longitude in degrees; None outside the grid (and for GIAS's 0, 0)."""
    if not (0 < easting < 700_000 and 0 < northing < 1_300_000):
        return None
    return _helmert(*_to_osgb36(easting, northing))


def _to_osgb36(easting: float, northing: float) -> tuple[float, float]:
    e2 = 1 - (_B / _A) ** 2
    n = (_A - _B) / (_A + _B)
    phi, m = _PHI0, 0.0
    while True:
        phi += (northing - _N0 - m) / (_A * _F0)
        m = _meridian_arc(phi, n)
        if abs(northing - _N0 - m) < 0.00001:
            break
    s2 = sin(phi) ** 2
    nu = _A * _F0 / sqrt(1 - e2 * s2)
    rho = _A * _F0 * (1 - e2) / (1 - e2 * s2) ** 1.5
    eta2, t, sec = nu / rho - 1, tan(phi), 1 / cos(phi)
    t2, t4, d = t * t, t**4, easting - _E0
    vii = t / (2 * rho * nu)
    viii = t / (24 * rho * nu**3) * (5 + 3 * t2 + eta2 - 9 * t2 * eta2)
    ix = t / (720 * rho * nu**5) * (61 + 90 * t2 + 45 * t4)
    x = sec / nu
    xi = sec / (6 * nu**3) * (nu / rho + 2 * t2)
    xii = sec / (120 * nu**5) * (5 + 28 * t2 + 24 * t4)
    xiia = sec / (5040 * nu**7) * (61 + 662 * t2 + 1320 * t4 + 720 * t4 * t2)
    latitude = phi - vii * d**2 + viii * d**4 - ix * d**6
    return latitude, _LAM0 + x * d - xi * d**3 + xii * d**5 - xiia * d**7


def _meridian_arc(phi: float, n: float) -> float:
    d, s = phi - _PHI0, phi + _PHI0
    return (_B * _F0) * (
        (1 + n + 5 / 4 * n**2 + 5 / 4 * n**3) * d
        - (3 * n + 3 * n**2 + 21 / 8 * n**3) * sin(d) * cos(s)
        + (15 / 8 * n**2 + 15 / 8 * n**3) * sin(2 * d) * cos(2 * s)
        - 35 / 24 * n**3 * sin(3 * d) * cos(3 * s)
    )


def _helmert(phi: float, lam: float) -> tuple[float, float]:
    e2 = 1 - (_B / _A) ** 2
    nu = _A / sqrt(1 - e2 * sin(phi) ** 2)
    x, y, z = nu * cos(phi) * cos(lam), nu * cos(phi) * sin(lam), (1 - e2) * nu * sin(phi)
    x, y, z = (
        _TX + _SCALE * x - _RZ * y + _RY * z,
        _TY + _RZ * x + _SCALE * y - _RX * z,
        _TZ - _RY * x + _RX * y + _SCALE * z,
    )
    e2, p = 1 - (_WGS_B / _WGS_A) ** 2, hypot(x, y)
    latitude, before = atan2(z, p * (1 - e2)), 2 * pi
    while abs(latitude - before) > 1e-12:
        before = latitude
        nu = _WGS_A / sqrt(1 - e2 * sin(latitude) ** 2)
        latitude = atan2(z + e2 * nu * sin(latitude), p)
    return degrees(latitude), degrees(atan2(y, x))


def metres_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance between two (latitude, longitude) pairs."""
    (lat1, lon1), (lat2, lon2) = ((radians(p[0]), radians(p[1])) for p in (a, b))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * 6_371_000 * asin(min(1.0, sqrt(h)))
