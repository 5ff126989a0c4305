"""Every learned metric says what it was made for."""

from petscribe.evaluation.learned.domains import DOMAINS


def test_no_learned_metric_claims_pet():
    assert all("PET" not in domain for domain in DOMAINS.values())


def test_every_domain_says_its_language():
    assert all("English" in domain for domain in DOMAINS.values())
