"""Key maps: each weight of ours is filled once, each of theirs has a place."""

from petscribe.model.storage.keymaps import ct_clip, language, m3d_clip, m3d_lamed_phi3, phi3_names


def test_no_place_is_filled_twice() -> None:
    for keys in (m3d_clip(), ct_clip(), m3d_lamed_phi3([])):
        places = [place for targets in keys.places.values() for place in targets]
        assert len(places) == len(set(places))


def test_the_sizes_of_the_public_bases() -> None:
    assert len(m3d_clip().places) == 6 + 12 * 11
    assert len(phi3_names(32)) == 3 + 32 * 6


def test_a_tied_head_is_left_out_and_an_untied_one_is_not() -> None:
    theirs = ["model.embed_tokens.weight", "lm_head.weight"]
    tied = language(theirs, ["language.model.model.embed_tokens.weight"])
    assert "lm_head.weight" not in tied.places
    ours = ["language.model." + name for name in theirs]
    assert set(language(theirs, ours).places) == set(theirs)
