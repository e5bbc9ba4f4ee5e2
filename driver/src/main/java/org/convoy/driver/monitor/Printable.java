package org.convoy.driver.monitor;

import java.util.HexFormat;

/**
 * Text from files of others, made safe for a terminal. Labels, file names and the messages that
 * quote them may hold control characters, and a terminal would obey these: move, colour, erase.
 */
public final class Printable {
  private Printable() {}

  /** A name on one line. Each control character becomes a backslash, {@code u} and four digits. */
  public static String name(String text) {
    return escape(text, "");
  }

  /** A message, which may have several lines. */
  public static String message(String text) {
    return escape(text, "\n\t");
  }

  private static String escape(String text, String kept) {
    StringBuilder printable = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      if (Character.isISOControl(each) && kept.indexOf(each) < 0) {
        printable.append("\\u").append(HexFormat.of().toHexDigits(each));
      } else {
        printable.append(each);
      }
    }
    return printable.toString();
  }
}
