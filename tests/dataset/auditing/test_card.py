"""The card counts what the store holds."""

from pathlib import Path

from petscribe.dataset.auditing.card import data_card, write_card
from petscribe.io.store import StoreWriter


def make(folder: Path) -> None:
    writer = StoreWriter(folder)
    pair = {"lang": "vi", "mask_method": "jentzen", "finding": {"region": "hilum"}}
    for key, split in (("a", "train"), ("b", "train"), ("c", "test")):
        record = {
            "patient": "p" if split == "train" else key,
            "tracer": "psma",
            "lesions": [{}, {}],
            "pairs": [pair],
        }
        writer.add(key, arrays={}, record=record, split=split)
    writer.finish(
        {
            "version": "9.9",
            "source": {"kind": "exams and reports", "exams": 3},
            "funnel": {"findings": 7},
            "problems": {"two-reports": 4},
            "audit": {"texts": 3, "leaks": [["a", "c"]]},
            "settings": {"link": {"method": "jentzen"}},
        }
    )


def test_the_card_says_what_there_is(tmp_path: Path):
    make(tmp_path)
    card = data_card(tmp_path)
    for line in (
        "| train | 2 | 1 | 4 | 2 |",
        "| test | 1 | 1 | 2 | 1 |",
        "| psma | 3 |",
        "| vi | 3 |",
        "| hilum | 3 |",
        "| findings | 7 |",
        "| two-reports | 4 |",
        "| leaks | 1 |",
        "| link.method | jentzen |",
        "exams and reports (3 exams)",
    ):
        assert line in card
    assert "Research use only" in card


def test_the_card_is_written_into_the_store(tmp_path: Path):
    make(tmp_path)
    assert write_card(tmp_path).read_text() == data_card(tmp_path)
