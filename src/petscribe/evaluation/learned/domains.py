"""Which texts a learned metric was made for, to be printed beside its figure."""

from collections.abc import Mapping
from typing import Final

DOMAINS: Final[Mapping[str, str]] = {
    "bertscore": "general English text (roberta-large); no baseline for Vietnamese",
    "ratescore": "radiology reports, mostly chest radiographs, English",
    "green": "chest radiograph reports, English",
    "radgraph": "chest radiograph reports (XL: also CT, MR, ultrasound), English",
    "radcliq": "chest radiograph reports, English; lower is better",
    "crimson": "chest radiograph reports, English",
}
"""None was tuned on PET: report them for comparison, never as the gate."""
