"""Headings decide what is a current finding."""

from petscribe.mining.sections import parts_of


def test_a_text_without_headings_is_findings():
    assert [p.kind for p in parts_of("a nodule is seen.")] == ["findings"]


def test_technique_history_and_comparison_are_silent():
    text = "history: lung cancer.\ntechnique: fdg\ncomparison: none\n"
    text += "findings:\na nodule.\nimpression\n1. x"
    kinds = [p.kind for p in parts_of(text)]
    assert kinds == ["silent", "silent", "silent", "findings", "impression"]


def test_a_heading_needs_a_colon_or_its_own_line():
    assert len(parts_of("findings again compatible with malignancy.\nnothing else")) == 1


def test_vietnamese_headings_are_known():
    text = "kỹ thuật: tiêm fdg\nmô tả hình ảnh:\ngan bình thường\nkết luận:\nkhông"
    assert [p.kind for p in parts_of(text)] == ["silent", "findings", "impression"]
