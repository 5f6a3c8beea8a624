"""Kulldorff's scan statistics: where and when there are more cases than chance explains."""

from salus.epi.scan.clusters import Cluster, ScanResult
from salus.epi.scan.irregular import connected_windows
from salus.epi.scan.scanning import scan_bernoulli, scan_permutation, scan_poisson
from salus.epi.scan.standard import expected_cases, person_time
from salus.epi.scan.windows import SpatialWindows, circular_windows, elliptic_windows

__all__ = [
    "Cluster",
    "ScanResult",
    "SpatialWindows",
    "circular_windows",
    "connected_windows",
    "elliptic_windows",
    "expected_cases",
    "person_time",
    "scan_bernoulli",
    "scan_permutation",
    "scan_poisson",
]
