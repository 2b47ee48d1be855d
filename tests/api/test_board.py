"""The board: encode once, tell every listener what changed, never grow."""

from __future__ import annotations

from api.board import Board
from api.wire.publications import LoadPayload


def load(share):
    return LoadPayload(load=share, flow_veh_h=share * 1_000, quality="measured")


def test_an_item_is_valid_from_its_issue_until_its_limit_and_not_when_the_clock_was_set_back():
    board = Board()
    board.put("loads", 100.0, {"a": load(0.1)}, {"a": 160.0})
    item = board.items["loads"]["a"]
    assert [item.is_valid(now_s) for now_s in (94.0, 95.0, 100.0, 159.9, 160.0)] == [False, True, True, True, False]


def test_only_what_changed_is_published_again():
    board = Board()
    assert board.put("loads", 1.0, {"a": load(0.1), "b": load(0.2)}) == ["a", "b"]
    assert board.put("loads", 2.0, {"a": load(0.1), "b": load(0.3)}) == ["b"]
    assert board.as_of_s["loads"] == 2.0


def test_what_is_said_again_unchanged_holds_for_longer_without_a_new_tag():
    board = Board()
    board.put("loads", 100.0, {"a": load(0.1)}, {"a": 130.0})
    tag = board.items["loads"]["a"].page.etag
    with board.listen() as listener:
        listener.take()
        assert board.put("loads", 110.0, {"a": load(0.1)}, {"a": 140.0}) == []
        assert listener.take() == {}
    assert board.items["loads"]["a"].is_valid(139.0)
    assert board.items["loads"]["a"].page.etag == tag


def test_the_same_content_has_the_same_tag_and_other_content_another():
    board = Board()
    board.put("loads", 1.0, {"a": load(0.1), "b": load(0.1), "c": load(0.2)})
    a, b, c = (board.items["loads"][name].page.etag for name in "abc")
    assert a == b != c


def test_a_new_listener_hears_all_first_and_then_the_newest_of_each_change():
    board = Board()
    board.put("loads", 1.0, {"a": load(0.1), "b": load(0.2)})
    with board.listen() as listener:
        assert set(listener.take()["loads"]) == {"a", "b"}
        for share in (0.3, 0.4, 0.5):
            board.put("loads", 2.0, {"a": load(share)})
        taken = listener.take()
        assert list(taken) == ["loads"]
        assert taken["loads"]["a"].payload == load(0.5)
        assert listener.take() == {}
    assert board.listeners == 0
