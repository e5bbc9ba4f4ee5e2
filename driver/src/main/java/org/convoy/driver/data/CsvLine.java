package org.convoy.driver.data;

import java.util.ArrayList;
import java.util.List;

/**
 * A line of a CSV (RFC 4180, without line breaks in cells): cells are separated by commas; a cell
 * with a comma or a quotation mark stands in quotation marks, which are doubled within.
 */
final class CsvLine {
  private CsvLine() {}

  /** The cells, without spaces around them. */
  static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char letter = line.charAt(i);
      if (letter == '"') {
        boolean doubled = quoted && i + 1 < line.length() && line.charAt(i + 1) == '"';
        if (doubled) {
          cell.append('"');
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (letter == ',' && !quoted) {
        cells.add(cell.toString().strip());
        cell.setLength(0);
      } else {
        cell.append(letter);
      }
    }
    cells.add(cell.toString().strip());
    return cells;
  }
}
