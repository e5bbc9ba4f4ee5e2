package org.convoy.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class LabelLinesTest {
  @Test
  void ordinaryNamesAreWrittenUnchanged() {
    List<String> labels = List.of("star", "two words", "étoile", "a\\b", "\\", "😀", "c:\\new");
    assertEquals(String.join("\n", labels) + "\n", LabelLines.write(labels));
    assertEquals(labels, LabelLines.read(LabelLines.write(labels)));
  }

  @Test
  void anyNameSurvives() {
    List<String> labels =
        List.of(
            "star ",
            " star",
            " ",
            "\u3000",
            "\u00a0x",
            "two\nlines",
            "\r\n",
            "a\rb",
            "\u0085",
            "a\u2028b",
            "tab\tin",
            "\u001b[31m",
            "\\u0020",
            "\\\\u0020",
            "\\u005cu0020",
            "\\u12",
            "\\");
    String text = LabelLines.write(labels);
    assertEquals(labels, LabelLines.read(text));
    assertEquals(labels.size(), text.lines().count());
    assertEquals(List.of(), text.lines().filter(each -> !each.equals(each.strip())).toList());
    assertEquals("star\\u0020", text.lines().findFirst().orElseThrow());
  }
}
