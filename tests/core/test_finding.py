"""The finding record has the keys of the finding schema, no more and no fewer."""

from petscribe.core.codec import encode
from petscribe.core.finding import Finding, MinedText, SuvClaim

SCHEMA = {
    "anatomy", "region", "laterality", "type", "count", "negated", "uptake", "suv", "size_mm",
    "mtv_ml", "tlg", "refs", "change", "dx", "vs", "span", "source",
}  # fmt: skip


def test_a_finding_has_the_keys_of_the_schema():
    assert set(encode(Finding(anatomy="liver", region="liver"))) == SCHEMA


def test_a_mined_text_has_the_keys_of_the_schema():
    keys = {"id", "text", "lang", "findings", "reference_regions", "scores"}
    assert set(encode(MinedText(id="1", text="", lang="en"))) == keys


def test_an_suv_claim_has_the_keys_of_the_schema():
    claim = encode(SuvClaim(stat="max", value=4.0))
    assert set(claim) == {"stat", "value", "low", "high", "op", "time", "site"}
