"""The contract finds what it is there to find."""

from tests.web.page_contract import faults

GOOD = (
    '<!doctype html><html lang="en"><head><title>Board · Crisis</title></head><body><h1>Board</h1>'
    '<a href="tel:911">911</a><form method="post" action="/x"><input type="hidden" name="csrf" value="t">'
    '<label for="a">A</label><input id="a" name="a"><button type="submit">Save</button></form></body></html>'
)


def test_a_good_page_has_no_faults() -> None:
    assert faults(GOOD, ("Samira",)) == []


def test_each_fault_is_found() -> None:
    broken = {
        "no language": GOOD.replace(' lang="en"', ""),
        "no title": GOOD.replace("Board · Crisis", " · "),
        "a name in the title": GOOD.replace("Board · Crisis", "Samira · Crisis"),
        "2 first headings": GOOD.replace("<h1>", "<h1>x</h1><h1>"),
        "id a stands 2 times": GOOD.replace("<h1>", '<p id="a"></p><h1>'),
        "no label: input a": GOOD.replace('for="a"', 'for="b"'),
        "h1 style": GOOD.replace("<h1>", '<h1 style="color:red">'),
        "h1 onclick": GOOD.replace("<h1>", '<h1 onclick="x()">'),
        "inline script": GOOD.replace("<h1>", "<script>x()</script><h1>"),
        "foreign address https://x": GOOD.replace("tel:911", "tel:911").replace(
            "<h1>", '<a href="https://x">x</a><h1>'
        ),
        "foreign address JavaScript:x()": GOOD.replace("<h1>", '<a href="JavaScript:x()">x</a><h1>'),
        "#nowhere leads nowhere": GOOD.replace("<h1>", '<a href="#nowhere">x</a><h1>'),
        "no form token: /x": GOOD.replace('name="csrf"', 'name="other"'),
        "no button: /x": GOOD.replace('type="submit"', 'type="button"'),
        "911 is out of reach": GOOD.replace("tel:911", "tel:988"),
    }

    assert {fault: faults(html, ("Samira",)) for fault, html in broken.items()} == {fault: [fault] for fault in broken}
