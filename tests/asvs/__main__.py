from tests.asvs import PAGE, page_with

PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
