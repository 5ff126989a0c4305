"""petscribe turns a PET/CT exam into a report.

Every sentence points at a lesion, every number was measured.

Research use only; not a medical device.
"""

import logging

__version__ = "0.1.0"
__all__ = ["__version__"]

logging.getLogger(__name__).addHandler(logging.NullHandler())
