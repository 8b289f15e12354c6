"""The similarity of a memory's matches beside the percentage that OmegaT shows."""

import shutil
import subprocess
from pathlib import Path

import omegat
import pytest

from toolkit.similarity import similarity

pytestmark = [
    *omegat.needs_omegat,
    pytest.mark.skipif(shutil.which("javac") is None, reason="OmegaT's classes need a JDK"),
]

CALCULATOR = """
import java.io.*;
import org.omegat.core.matching.*;
import org.omegat.tokenizer.*;

public class Calculator {
    public static void main(String[] arguments) throws Exception {
        ITokenizer tokenizer = new LuceneRussianTokenizer();
        ITokenizer.StemmingMode words = ITokenizer.StemmingMode.NONE;
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line; (line = lines.readLine()) != null; ) {
            String[] pair = line.split("\\t");
            System.out.println(FuzzyMatcher.calcSimilarity(new LevenshteinDistance(),
                tokenizer.tokenizeWords(pair[0], words), tokenizer.tokenizeWords(pair[1], words)));
        }
    }
}
"""


def pairs() -> list[tuple[str, str]]:
    """Give sentences with the same ones in which words are left out, exchanged or added."""
    path = Path(__file__).parents[1] / "training/text/news.tsv"
    sentences = [line.split("\t")[0] for line in path.read_text("utf-8").splitlines()[:200]]
    result = []
    for number, sentence in enumerate(sentences):
        words = sentence.split(" ")
        others = sentences[number - 1].split(" ")
        place = number % len(words)
        words[place : place + number % 3] = others[: number % 4]
        result.append((sentence, " ".join(words)))
    return [(one, other) for one, other in result if one != other and other]


def test_similarity_is_that_of_omegat_without_stemming(tmp_path: Path) -> None:
    """OmegaT's second percentage; it counts no numbers and parts words otherwise at hyphens."""
    source = tmp_path / "Calculator.java"
    source.write_text(CALCULATOR, encoding="utf-8")
    lines = "".join(f"{one}\t{other}\n" for one, other in pairs())
    command = ["java", "-Dfile.encoding=UTF-8", "-cp", str(omegat.JAR), str(source)]
    run = subprocess.run(command, input=lines, capture_output=True, encoding="utf-8", check=True)
    theirs = [int(line) for line in run.stdout.split()]
    ours = [100 * similarity(*pair) for pair in pairs()]
    differences = [abs(a - b) for a, b in zip(ours, theirs, strict=True)]
    assert len(differences) > 150
    assert sum(differences) / len(differences) < 1.5
    assert sum(one <= 5 for one in differences) / len(differences) > 0.95
