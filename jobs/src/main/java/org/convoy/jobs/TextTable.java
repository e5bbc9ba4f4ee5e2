package org.convoy.jobs;

import java.io.PrintWriter;
import java.util.List;

/**
 * Prints rows in aligned columns.
 *
 * @param texts the number of first columns that hold text, which begins at the left; numbers end at
 *     the right
 */
record TextTable(int texts) {
  private static final String GAP = "  ";

  /** Prints rows of equally many cells, the head first. */
  void print(List<String[]> rows, PrintWriter out) {
    int[] widths = new int[rows.get(0).length];
    for (String[] cells : rows) {
      for (int column = 0; column < cells.length; column++) {
        widths[column] = Math.max(widths[column], cells[column].length());
      }
    }
    for (String[] cells : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < cells.length; column++) {
        String pad = " ".repeat(widths[column] - cells[column].length());
        line.append(column == 0 ? "" : GAP)
            .append(column < texts ? cells[column] + pad : pad + cells[column]);
      }
      out.println(line);
    }
    out.flush();
  }
}
