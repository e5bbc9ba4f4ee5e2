package org.convoy.driver.monitor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The pieces of HTML that reports use. Every text goes through {@link #escape}. */
public final class Html {
  private Html() {}

  /** Escapes a text for use in HTML and in quoted attributes. */
  public static String escape(String text) {
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

  /**
   * A whole page in the style of reports, which loads nothing from the network and runs no script.
   *
   * @param title plain text
   * @param main HTML
   * @param footer plain text; empty: none
   */
  static String page(String title, String main, String footer) {
    StringBuilder html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n");
    html.append("<meta charset=\"utf-8\">\n");
    html.append(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:;"
            + " style-src 'unsafe-inline'\">\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.append("<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    html.append(escape(title)).append(" – Convoy</title>\n<style>\n");
    html.append(style()).append("</style>\n</head>\n<body>\n<main>\n");
    html.append(main).append("</main>\n");
    if (!footer.isEmpty()) {
      html.append("<footer>").append(escape(footer)).append("</footer>\n");
    }
    return html.append("</body>\n</html>\n").toString();
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

  /** The style sheet of reports. */
  private static String style() {
    try (InputStream in = Html.class.getResourceAsStream("report.css")) {
      if (in == null) {
        throw new IllegalStateException("report.css is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
