package org.convoy.driver.monitor;

import java.util.List;

/** The pieces of HTML that the report uses. Every text goes through {@link #escape}. */
final class Html {
  private Html() {}

  /** Escapes a text for use in HTML and in quoted attributes. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }

  /** A section with a heading; the body is HTML. */
  static String section(String heading, String body) {
    return "<section>\n<h2>" + escape(heading) + "</h2>\n" + body + "</section>\n";
  }

  /**
   * A region for content that may be wider than the page. It can be scrolled, with the keyboard
   * too.
   */
  static String scrolled(String name, String body) {
    return "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\""
        + escape(name)
        + "\">"
        + body
        + "</div>\n";
  }

  /**
   * A table. The first column names the row. The other columns hold numbers, unless their heading
   * begins with a tilde.
   *
   * @param caption the table's title, plain text
   * @param headings plain texts
   * @param rows plain texts
   */
  static String table(String caption, List<String> headings, List<List<String>> rows) {
    StringBuilder html = new StringBuilder("<table>\n<caption>");
    html.append(escape(caption)).append("</caption>\n<thead><tr>");
    for (String heading : headings) {
      boolean words = heading.startsWith("~");
      html.append(words ? "<th scope=\"col\" class=\"words\">" : "<th scope=\"col\">");
      html.append(escape(words ? heading.substring(1) : heading)).append("</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : rows) {
      html.append("<tr><th scope=\"row\">").append(escape(row.get(0))).append("</th>");
      for (int column = 1; column < row.size(); column++) {
        boolean words = headings.get(column).startsWith("~");
        html.append(words ? "<td class=\"words\">" : "<td>");
        html.append(escape(row.get(column))).append("</td>");
      }
      html.append("</tr>\n");
    }
    return scrolled(caption, html.append("</tbody>\n</table>").toString());
  }
}
