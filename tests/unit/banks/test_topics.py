"""The tree of topics."""

from webapp.banks.rules.topics import TopicNode, is_below, parent_key, paths

NODES = (TopicNode(1, "a", "用电"), TopicNode(2, "a/b", "用电/急救", 1), TopicNode(3, "x", "复苏", 2))


def test_paths_are_told_from_the_top_and_nothing_twice() -> None:
    assert paths(NODES) == {1: "用电", 2: "用电 / 急救", 3: "用电 / 急救 / 复苏"}


def test_the_parent_of_a_path_is_what_stands_before_its_last_step() -> None:
    assert [parent_key(key) for key in ("a/b/c", "a/b", "a", "/a")] == ["a/b", "a", "", ""]


def test_a_topic_stands_below_itself_and_those_above_it() -> None:
    assert is_below(3, 1, NODES)
    assert is_below(1, 1, NODES)
    assert not is_below(1, 3, NODES)


def test_a_circle_ends() -> None:
    circle = (TopicNode(1, "a", "a", 2), TopicNode(2, "b", "b", 1))
    assert set(paths(circle)) == {1, 2}
    assert is_below(1, 9, circle)
