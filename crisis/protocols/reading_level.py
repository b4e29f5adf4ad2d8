"""How hard a text is to read: Flesch-Kincaid grade for English, Fernández-Huerta ease for Spanish, words a sentence.

Syllables are counted by rules, without a dictionary: a word may be off by one, a text hardly.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

HARDEST_GRADE = 6.0  # Flesch-Kincaid; printed health information is to be read at fifth to sixth grade
LEAST_EASE = 80.0  # Fernández-Huerta: easy
LONGEST_SENTENCE = 15  # words, in any other language

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?:;。！？؟।]+|\n+")  # a colon or a line ends a thought as well as a full stop
_EN_GROUP = re.compile(r"[aeiouy]+")
_EN_SILENT = re.compile(r"(?:[^laeiouy]|[aeiouy]l)(?:es|ed|e)$")
_EN_SPOKEN_END = re.compile(r"(?:[sxz]|ch|sh|[cg])es$|[td]ed$")
_EN_TWO = re.compile(r"ia|io(?!us|n)|eo(?!p)|ua(?!r)|iu|[aeou]ing|area|idea|creat|quiet|diet|scien|poe[mt]")
_ES_GROUP = re.compile(r"[aeiouáéíóúü]+")
_ES_SILENT = re.compile(r"(?<=[qg])u(?=[eiéí])")
_ES_APART = re.compile(r"[aeoáéó](?=[aeoáéó])|[íú](?=[aeoáéó])|[aeoáéó](?=[íú])")


@dataclass(frozen=True, slots=True)
class Counted:
    sentences: int
    words: int
    syllables: int
    longest: int  # words of the longest sentence

    @property
    def grade(self) -> float:
        """Flesch-Kincaid: years of school in the United States."""
        if not self.words:
            return 0.0
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59

    @property
    def ease(self) -> float:
        """Fernández-Huerta: 100 is very easy, 0 very hard."""
        if not self.words:
            return 100.0
        return 206.84 - 60 * self.syllables / self.words - 1.02 * self.words / self.sentences


def counted(text: str, syllables: Callable[[str], int] = len) -> Counted:
    """Numbers and what is no word are left out."""
    sentences = [found for part in _SENTENCE.split(text) if (found := _WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    return Counted(
        sentences=len(sentences),
        words=len(words),
        syllables=sum(syllables(word.lower()) for word in words),
        longest=max((len(sentence) for sentence in sentences), default=0),
    )


def english(text: str) -> Counted:
    return counted(text, english_syllables)


def spanish(text: str) -> Counted:
    return counted(text, spanish_syllables)


def english_syllables(word: str) -> int:
    found = len(_EN_GROUP.findall(word)) + len(_EN_TWO.findall(word))
    if _EN_SILENT.search(word) and not _EN_SPOKEN_END.search(word):
        found -= 1
    return max(found, 1)


def spanish_syllables(word: str) -> int:
    """A strong vowel beside a strong one, or a weak one with its accent, begins a syllable of its own."""
    bare = _ES_SILENT.sub("", word)
    bare = re.sub(r"y$", "i", bare)
    return max(len(_ES_GROUP.findall(bare)) + len(_ES_APART.findall(bare)), 1)
