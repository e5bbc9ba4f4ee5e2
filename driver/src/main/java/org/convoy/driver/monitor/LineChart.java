package org.convoy.driver.monitor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * A line chart as inline SVG: faint horizontal grid, a legend above where there is more than one
 * line, colours from the page's style sheet. Points of a marked line have a tooltip.
 *
 * @param title heading of the chart
 * @param description what the chart shows, for readers who cannot see it
 * @param format of figures on the vertical axis
 * @param xTicks places on the horizontal axis with their labels
 * @param xName what the horizontal axis counts
 */
record LineChart(
    String title,
    String description,
    DoubleFunction<String> format,
    List<Tick> xTicks,
    String xName) {

  private static final double WIDTH = 520;
  private static final double HEIGHT = 250;
  private static final double LEFT = 52;
  private static final double RIGHT = 14;
  private static final double TOP = 10;
  private static final double BOTTOM = 40;

  /**
   * A place on the horizontal axis.
   *
   * @param x the position
   * @param label its text
   */
  record Tick(double x, String label) {}

  /**
   * A point of a line.
   *
   * @param x on the horizontal axis
   * @param y on the vertical axis
   */
  record Point(double x, double y) {}

  /**
   * A line.
   *
   * @param name in the legend
   * @param style its class in the style sheet
   * @param marked whether its points have marks
   * @param points in order of x; points whose y is not finite are left out
   */
  record Line(String name, String style, boolean marked, List<Point> points) {
    Line {
      points = points.stream().filter(point -> Double.isFinite(point.y())).toList();
    }
  }

  /**
   * The chart as an HTML figure.
   *
   * @param lines the lines to draw
   * @param yMost the greatest value on the vertical axis, which begins at zero; lines are cut there
   */
  String html(List<Line> lines, double yMost) {
    List<Line> drawn = lines.stream().filter(line -> !line.points().isEmpty()).toList();
    List<Double> yTicks = niceTicks(yMost > 0 && Double.isFinite(yMost) ? yMost : 1);
    double top = yTicks.get(yTicks.size() - 1);
    Scale scale = scale(drawn, top);
    StringBuilder html = new StringBuilder("<figure class=\"chart\">\n<figcaption><h3>");
    html.append(Html.escape(title)).append("</h3>").append(legend(drawn)).append("</figcaption>\n");
    html.append(
        Figures.format(
            "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">\n",
            WIDTH, HEIGHT, Html.escape(title + ". " + description)));
    axes(html, yTicks, scale);
    for (Line line : drawn) {
      draw(html, line, scale, top);
    }
    return html.append("</svg>\n</figure>\n").toString();
  }

  private record Scale(double xLeast, double xMost, double yMost) {
    double x(double value) {
      double part = xMost > xLeast ? (value - xLeast) / (xMost - xLeast) : 0.5;
      return LEFT + part * (WIDTH - LEFT - RIGHT);
    }

    double y(double value) {
      return HEIGHT - BOTTOM - Math.min(value, yMost) / yMost * (HEIGHT - TOP - BOTTOM);
    }
  }

  private static Scale scale(List<Line> lines, double top) {
    double most =
        lines.stream().flatMap(l -> l.points().stream()).mapToDouble(Point::x).max().orElse(1);
    return new Scale(0, most, top);
  }

  private static String legend(List<Line> lines) {
    if (lines.size() < 2) {
      return "";
    }
    StringBuilder html = new StringBuilder("<ul class=\"legend\">");
    for (Line line : lines) {
      html.append("<li><span class=\"key ").append(line.style()).append("\"></span>");
      html.append(Html.escape(line.name())).append("</li>");
    }
    return html.append("</ul>").toString();
  }

  private void axes(StringBuilder html, List<Double> yTicks, Scale scale) {
    for (double tick : yTicks) {
      double y = scale.y(tick);
      html.append(
          Figures.format(
              "<line class=\"%s\" x1=\"%.0f\" x2=\"%.0f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                  + "<text class=\"tick\" text-anchor=\"end\" x=\"%.0f\" y=\"%.1f\">%s</text>\n",
              tick == 0 ? "axis" : "grid",
              LEFT,
              WIDTH - RIGHT,
              y,
              y,
              LEFT - 8,
              y + 4,
              Html.escape(format.apply(tick))));
    }
    for (Tick tick : xTicks) {
      html.append(
          Figures.format(
              "<text class=\"tick\" text-anchor=\"middle\" x=\"%.1f\" y=\"%.0f\">%s</text>\n",
              scale.x(tick.x()), HEIGHT - BOTTOM + 17, Html.escape(tick.label())));
    }
    html.append(
        Figures.format(
            "<text class=\"tick\" text-anchor=\"middle\" x=\"%.1f\" y=\"%.0f\">%s</text>\n",
            (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, Html.escape(xName)));
  }

  private void draw(StringBuilder html, Line line, Scale scale, double top) {
    html.append("<path class=\"line ").append(line.style()).append("\" d=\"");
    char command = 'M';
    for (Point point : line.points()) {
      html.append(command)
          .append(Figures.format("%.1f %.1f", scale.x(point.x()), scale.y(point.y())));
      command = 'L';
    }
    html.append("\"/>\n");
    if (!line.marked()) {
      return;
    }
    for (Point point : line.points()) {
      if (point.y() <= top) {
        html.append(
            Figures.format(
                "<circle class=\"mark %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"><title>%s</title></circle>\n",
                line.style(),
                scale.x(point.x()),
                scale.y(point.y()),
                Html.escape(line.name() + ": " + format.apply(point.y()))));
      }
    }
  }

  /**
   * Ticks from zero on in steps of 1, 2, 2.5 or 5 times a power of ten. The last one is at least
   * {@code most}.
   */
  static List<Double> niceTicks(double most) {
    double rough = most / 5;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double step = 10 * power;
    for (double factor : new double[] {5, 2.5, 2, 1}) {
      if (factor * power >= rough * 0.999) {
        step = factor * power;
      }
    }
    List<Double> ticks = new ArrayList<>();
    for (int i = 0; ticks.isEmpty() || ticks.get(ticks.size() - 1) < most * 0.999; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }
}
