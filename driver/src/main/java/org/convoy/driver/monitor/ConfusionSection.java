package org.convoy.driver.monitor;

import java.util.List;

/**
 * The confusion matrix as HTML. Few classes make a table with every count, more classes make a map
 * without figures. For many classes only the most frequent confusions and the classes with the
 * lowest recall are shown.
 */
final class ConfusionSection {
  private static final int MOST_IN_TABLE = 24;
  private static final int MOST_IN_MAP = 128;
  private static final int STRONGEST_WRONG = 60;
  private static final int PAIRS = 20;
  private static final int HARDEST = 20;

  private final Confusion confusion;
  private final long mostWrong;

  ConfusionSection(Confusion confusion) {
    this.confusion = confusion;
    this.mostWrong = confusion.worst(1).stream().mapToLong(Confusion.Pair::count).sum();
  }

  String html() {
    int classes = confusion.classes();
    if (classes <= MOST_IN_TABLE) {
      return note() + table();
    }
    return (classes <= MOST_IN_MAP ? note() + map() : "")
        + "<div class=\"charts\">\n"
        + worst()
        + hardest()
        + "</div>\n";
  }

  private static String note() {
    return "<p class=\"note\">A row is a true class, a column a predicted class. "
        + "<span class=\"swatch right\"></span> right, <span class=\"swatch wrong\"></span> wrong; "
        + "a stronger colour means more images.</p>\n";
  }

  private String table() {
    StringBuilder html = new StringBuilder("<table class=\"confusion\">\n");
    html.append("<caption>Validation images by true and predicted class</caption>\n<thead><tr>");
    html.append("<td></td>");
    for (String label : confusion.labels()) {
      html.append("<th scope=\"col\"><span>").append(Html.escape(label)).append("</span></th>");
    }
    html.append("<th scope=\"col\"><span>recall</span></th></tr></thead>\n<tbody>\n");
    for (int actual = 0; actual < confusion.classes(); actual++) {
      html.append("<tr><th scope=\"row\">");
      html.append(Html.escape(confusion.labels().get(actual))).append("</th>");
      for (int predicted = 0; predicted < confusion.classes(); predicted++) {
        html.append(cell(actual, predicted));
      }
      html.append("<td class=\"recall\">").append(Figures.percent(confusion.recall(actual)));
      html.append("</td></tr>\n");
    }
    return Html.scrolled("Confusion matrix", html.append("</tbody>\n</table>").toString());
  }

  private String cell(int actual, int predicted) {
    long count = confusion.count(actual, predicted);
    int strength = strength(actual, predicted);
    return Figures.format(
        "<td class=\"%s%s\" style=\"--s:%d%%\">%s</td>",
        actual == predicted ? "right" : "wrong",
        strength > STRONGEST_WRONG ? " strong" : "",
        strength,
        count == 0 ? "<span class=\"none\">0</span>" : Figures.count(count));
  }

  /**
   * The strength of a cell's colour in percent. Right cells are relative to the size of their
   * class. Wrong cells are relative to the worst confusion, at most {@link #STRONGEST_WRONG}, so
   * that dark text stays readable.
   */
  private int strength(int actual, int predicted) {
    long count = confusion.count(actual, predicted);
    if (count == 0) {
      return 0;
    }
    return actual == predicted
        ? (int) Math.round(20 + 80.0 * count / confusion.samples(actual))
        : (int) Math.round(8 + (STRONGEST_WRONG - 8) * Math.sqrt((double) count / mostWrong));
  }

  private String map() {
    int classes = confusion.classes();
    StringBuilder html = new StringBuilder();
    html.append(
        Figures.format(
            "<svg class=\"map\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Confusion matrix of"
                + " %d classes; the tables below name the most frequent confusions\">\n",
            classes, classes, classes));
    for (int actual = 0; actual < classes; actual++) {
      for (int predicted = 0; predicted < classes; predicted++) {
        if (confusion.count(actual, predicted) > 0) {
          html.append(
              Figures.format(
                  "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"1\" height=\"1\""
                      + " style=\"--s:%d%%\"><title>%s predicted as %s: %d</title></rect>\n",
                  actual == predicted ? "right" : "wrong",
                  predicted,
                  actual,
                  strength(actual, predicted),
                  Html.escape(confusion.labels().get(actual)),
                  Html.escape(confusion.labels().get(predicted)),
                  confusion.count(actual, predicted)));
        }
      }
    }
    return html.append("</svg>\n").toString();
  }

  private String worst() {
    List<List<String>> rows =
        confusion.worst(PAIRS).stream()
            .map(
                pair ->
                    List.of(
                        confusion.labels().get(pair.actual()),
                        confusion.labels().get(pair.predicted()),
                        Figures.count(pair.count()),
                        Figures.percent((double) pair.count() / confusion.samples(pair.actual()))))
            .toList();
    return Html.table(
        "Most frequent confusions",
        List.of("True class", "~Predicted class", "Images", "Share of the class"),
        rows);
  }

  private String hardest() {
    List<List<String>> rows =
        confusion.hardest(HARDEST).stream()
            .map(
                label ->
                    List.of(
                        confusion.labels().get(label),
                        Figures.count(confusion.samples(label)),
                        Figures.percent(confusion.recall(label))))
            .toList();
    return Html.table("Classes with the lowest recall", List.of("Class", "Images", "Recall"), rows);
  }
}
