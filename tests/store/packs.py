"""Text packs of made-up words, for tests: the real ones may not lie here."""

from crisis.protocols import loader


def body_of(instrument: str, language: str = "en", version: str = "1") -> str:
    known = loader.instrument(instrument)
    lines = [f"instrument: {instrument}", f'version: "{version}"', f"language: {language}"]
    lines += [f"translation: {'original' if language == known.language else 'official'}"]
    lines += ["published_at: Desk copy", "notice: Shown as its owner wants it"]
    lines += ["scale:", *(f"  - answer {n}" for n in range(len(known.scale)))] if known.scale else []
    lines += ["items:", *(f"  {item.id}: made up words of {item.id}" for item in known.items)]
    return "\n".join(lines)
