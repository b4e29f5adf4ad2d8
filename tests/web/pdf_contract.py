"""What a PDF must be so that it can be read aloud: the machine-checkable part of PDF/UA-1 (ISO 14289-1)."""

import io
import itertools
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

HEADINGS = ("/H1", "/H2", "/H3", "/H4")
UA = "pdfuaid:part"


def faults(file: bytes, language: str) -> list[str]:
    """In plain words; none where all is well."""
    reader = PdfReader(io.BytesIO(file))
    root = reader.trailer["/Root"]
    marked = root.get("/MarkInfo", {}).get("/Marked")
    metadata = root["/Metadata"].get_data().decode()
    asked = {
        "it does not call itself PDF/UA-1": f"<{UA}>1</{UA}>" in metadata,
        "it is not tagged": bool(marked) and "/StructTreeRoot" in root,
        f"its language is not {language}": str(root.get("/Lang", "")).lower().startswith(language),
        "a reader shows the name of the file instead of the title": bool(
            root.get("/ViewerPreferences", {}).get("/DisplayDocTitle")
        ),
        "it has no title": bool(reader.metadata and reader.metadata.title),
        "its pages are not in the order of their tags": all(page.get("/Tabs") == "/S" for page in reader.pages),
        "a font is not in it": all(_embedded(page) for page in reader.pages),
    }
    found = [sentence for sentence, held in asked.items() if not held]
    if "/StructTreeRoot" in root:
        found += _of_tags(list(elements(root["/StructTreeRoot"])))
    return found


def elements(node: DictionaryObject) -> Iterator[DictionaryObject]:
    """All structure elements in reading order."""
    for each in _kids(node):
        if "/S" in each:
            yield each
            yield from elements(each)


def _kids(node: DictionaryObject) -> list[DictionaryObject]:
    kids: PdfObject = node.get("/K", ArrayObject())
    kids = kids.get_object()
    listed = kids if isinstance(kids, ArrayObject) else [kids]
    return [each.get_object() for each in listed if isinstance(each.get_object(), DictionaryObject)]


def _of_tags(tags: list[DictionaryObject]) -> Iterator[str]:
    names = [str(each["/S"]) for each in tags]
    levels = [HEADINGS.index(name) + 1 for name in names if name in HEADINGS]
    if levels[:1] != [1] or any(after > before + 1 for before, after in itertools.pairwise(levels)):
        yield f"its headings jump: {levels}"
    for each in tags:
        if each["/S"] == "/Figure" and not each.get("/Alt"):
            yield "a picture has no alternative text"
        if each["/S"] == "/TH" and "/Scope" not in _attributes(each):
            yield "a head of a table does not say for what"
        if each["/S"] == "/Table" and "/TH" not in [str(inner["/S"]) for inner in elements(each)]:
            yield "a table has no heads"


def _attributes(tag: DictionaryObject) -> set[str]:
    given = tag.get("/A", DictionaryObject()).get_object()
    listed = given if isinstance(given, ArrayObject) else [given]
    return {str(name) for each in listed for name in each.get_object()}


def _embedded(page: DictionaryObject) -> bool:
    fonts = page["/Resources"].get_object().get("/Font", DictionaryObject()).get_object().values()
    inner = [each.get_object()["/DescendantFonts"].get_object()[0].get_object() for each in fonts]
    return all({"/FontFile2", "/FontFile3"} & set(each["/FontDescriptor"].get_object()) for each in inner)


def words(file: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages).split())
