"""HTML to text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.io.reports.markup import text_of_html


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<div>Findings:<br/>Node <b>4.2</b></div>", "Findings:\nNode 4.2"),
        ("<p>one\ntwo</p><p>three</p>", "one two\nthree"),
        ("<tr><td>SUV</td><td>4.2</td></tr>", "SUV 4.2"),
        ("SUV &lt; 5 &amp; gan b&#236;nh th&#432;&#7901;ng", "SUV < 5 & gan bình thường"),
        ("<head><title>x</title></head>a<script>b < c</script><style>d</style>e", "ae"),
        ("<pre>a\nb</pre>", "a\nb"),
        ("a<!-- hidden <b> -->b", "ab"),
        ("SUV <5, no tag", "SUV <5, no tag"),
        ("<P CLASS='x'>a</P>", "a"),
        ("</script>a</pre>", "a"),
        ("", ""),
    ],
)
def test_a_reader_sees_the_text(markup: str, text: str):
    assert text_of_html(markup) == text


@given(st.text(alphabet="<>/!-pre scrit&;ab\n"))
def test_no_markup_raises(markup: str):
    text_of_html(markup)


@pytest.mark.parametrize("unit", ["<!--", "<", "</", "<![CDATA[", '<a href="', "<?", "<a b="])
def test_time_grows_with_length_only(unit: str):
    start = time.process_time()
    text_of_html(unit * (400_000 // len(unit)))
    assert time.process_time() - start < 3
