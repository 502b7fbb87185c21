"""Lines that two files have in common: as many as there can be; and a diff from which the other file can be made."""

import re

from hypothesis import given
from hypothesis import strategies as st

from yardstick.diff_lines import UNENDED, blocks, counts, hunks, split

files = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"\n"]), max_size=24)


def most_in_common(one, other):
    """The length of a longest common subsequence, by the table of every textbook."""
    above = [0] * (len(other) + 1)
    for line in one:
        row = [0]
        for j, candidate in enumerate(other):
            row.append(above[j] + 1 if line == candidate else max(above[j + 1], row[j]))
        above = row
    return above[-1]


def patched(before, diff):
    """`before` as a unified diff makes it."""
    after, at = [], 0
    for line in diff:
        if head := re.match(r"@@ -(\d+),(\d+) ", line):
            start = int(head[1]) - (int(head[2]) > 0)
            after += before[at:start]
            at = start
        elif line[0] == "-":
            at += 1
        elif line[0] == "+":
            after.append(line[1:].encode() + b"\n")
        elif line[0] == " ":
            after.append(before[at])
            at += 1
    return after + before[at:]


@given(files, files)
def test_as_few_lines_differ_as_can_be(before, after):
    kept = most_in_common(before, after)
    assert counts(before, after) == (len(after) - kept, len(before) - kept)


@given(files, files)
def test_what_is_in_common_is_equal_and_in_order(before, after):
    at = (0, 0)
    for i, j, size in blocks(before, after):
        assert i >= at[0]
        assert j >= at[1]
        assert before[i : i + size] == after[j : j + size]
        at = (i + size, j + size)


@given(files, files)
def test_a_diff_makes_one_file_of_the_other(before, after):
    assert patched(before, list(hunks(before, after))) == after


def test_only_a_line_feed_ends_a_line():
    """As git counts; a carriage return and a form feed are in the line."""
    assert split(b"a\r\nb\rc\x0cd\ne") == [b"a\r\n", b"b\rc\x0cd\n", b"e"]
    assert split(b"") == []


def test_a_lost_last_line_end_is_a_change_that_says_so():
    assert list(hunks([b"a\n"], [b"a"])) == ["@@ -1,1 +1,1 @@", "-a", "+a", UNENDED]
