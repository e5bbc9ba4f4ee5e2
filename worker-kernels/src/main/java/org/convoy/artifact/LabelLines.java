package org.convoy.artifact;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Class names as text, one line per name, such that any name survives. These characters are written
 * as a backslash, {@code u} and four hexadecimal digits: control characters and the line and
 * paragraph separators (U+2028, U+2029), which some programs take for the end of a line; white
 * space at either end of a name, which some programs cut off; and a backslash before a {@code u}.
 * All other characters are written unchanged, so most names are written as they are.
 */
public final class LabelLines {

  private static final int DIGITS = 4;

  private LabelLines() {}

  /** The names as text. */
  public static String write(List<String> labels) {
    return labels.stream().map(LabelLines::line).collect(Collectors.joining("\n", "", "\n"));
  }

  /** Reads the names that {@link #write} wrote. */
  static List<String> read(String text) {
    return text.lines().map(LabelLines::label).toList();
  }

  private static String line(String label) {
    StringBuilder line = new StringBuilder(label.length());
    for (int i = 0; i < label.length(); i++) {
      char each = label.charAt(i);
      if (isHidden(each)
          || (isSpace(each) && isAtAnEnd(label, i))
          || (each == '\\' && label.startsWith("u", i + 1))) {
        line.append("\\u").append(HexFormat.of().toHexDigits(each));
      } else {
        line.append(each);
      }
    }
    return line.toString();
  }

  private static boolean isHidden(char each) {
    return Character.isISOControl(each)
        || Character.getType(each) == Character.LINE_SEPARATOR
        || Character.getType(each) == Character.PARAGRAPH_SEPARATOR;
  }

  private static boolean isSpace(char each) {
    return Character.isWhitespace(each) || Character.isSpaceChar(each);
  }

  /** Whether only white space lies between this position and an end of the label. */
  private static boolean isAtAnEnd(String label, int at) {
    return label.substring(0, at).chars().allMatch(each -> isSpace((char) each))
        || label.substring(at).chars().allMatch(each -> isSpace((char) each));
  }

  private static String label(String line) {
    StringBuilder label = new StringBuilder(line.length());
    int at = 0;
    while (at < line.length()) {
      int end = at + 2 + DIGITS;
      if (line.startsWith("\\u", at) && end <= line.length() && isHex(line, at + 2, end)) {
        label.append((char) HexFormat.fromHexDigits(line, at + 2, end));
        at = end;
      } else {
        label.append(line.charAt(at++));
      }
    }
    return label.toString();
  }

  private static boolean isHex(String text, int from, int until) {
    return text.substring(from, until).chars().allMatch(HexFormat::isHexDigit);
  }
}
