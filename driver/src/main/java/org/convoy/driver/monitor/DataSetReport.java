package org.convoy.driver.monitor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What an inspection found in a data set: as an HTML page that loads nothing from the network, and
 * as a value for JSON.
 *
 * @param data its location
 * @param format its format in words
 * @param splits each split that was looked through
 * @param equalPairs number of images whose file equals that of an image before, in any split
 * @param equal the first of these: the image before, and the image
 */
public record DataSetReport(
    String data, String format, List<Split> splits, long equalPairs, List<Pair> equal) {
  private static final double MEBIBYTE = 1 << 20;

  /** A name with a number. */
  public record Count(String name, long count) {}

  /** A name with another text. */
  public record Pair(String name, String other) {}

  /**
   * A split.
   *
   * @param name as a recipe names it
   * @param images in its index
   * @param bytes of all images
   * @param leftOut files, folders and links that are not images
   * @param classes images of each class, in label order
   * @param sides images by their shorter side in pixels
   * @param leastSide the least shorter side in pixels
   * @param greatestSide the greatest longer side in pixels
   * @param means of the channels, 0 to 1: {@code image.mean} of a recipe
   * @param deviations of the channels: {@code image.std} of a recipe
   * @param brokenImages number of images that do not decode
   * @param broken the first of these, with the reason
   */
  public record Split(
      String name,
      long images,
      long bytes,
      long leftOut,
      List<Count> classes,
      List<Count> sides,
      int leastSide,
      int greatestSide,
      List<Double> means,
      List<Double> deviations,
      long brokenImages,
      List<Pair> broken) {
    /** The name in texts. */
    public String title() {
      return name.isEmpty() ? "the data set" : name;
    }

    private Map<String, Object> toJson() {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("split", name);
      object.put("images", images);
      object.put("bytes", bytes);
      object.put("left_out", leftOut);
      object.put("classes", counts(classes));
      object.put("shorter_side", counts(sides));
      object.put("least_side", leastSide);
      object.put("greatest_side", greatestSide);
      object.put("mean", finite(means));
      object.put("std", finite(deviations));
      object.put("broken", brokenImages);
      object.put("broken_images", pairs(broken, "image", "reason"));
      return object;
    }

    private static Map<String, Long> counts(List<Count> counts) {
      Map<String, Long> object = new LinkedHashMap<>();
      counts.forEach(each -> object.put(each.name(), each.count()));
      return object;
    }

    private static List<Double> finite(List<Double> values) {
      return values.stream().allMatch(Double::isFinite) ? values : List.of();
    }
  }

  private static List<Map<String, String>> pairs(List<Pair> pairs, String first, String second) {
    return pairs.stream().map(pair -> Map.of(first, pair.name(), second, pair.other())).toList();
  }

  /** The report as an object of JSON. */
  public Map<String, Object> toJson() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("data", data);
    object.put("format", format);
    object.put("splits", splits.stream().map(Split::toJson).toList());
    object.put("equal", equalPairs);
    object.put("equal_images", pairs(equal, "image", "again"));
    return object;
  }

  /** The report as one HTML page. */
  public String html() {
    StringBuilder html = new StringBuilder("<header>\n<h1>");
    html.append(Html.escape(data)).append("</h1>\n<p>").append(Html.escape(format));
    html.append("</p>\n</header>\n");
    splits.forEach(split -> html.append(Html.section(split.title(), body(split))));
    html.append(Html.section("Equal images", equalImages()));
    return Html.page(data, html.toString(), "");
  }

  private static String body(Split split) {
    List<List<String>> figures = new ArrayList<>();
    figures.add(List.of("images", Figures.count(split.images())));
    figures.add(List.of("classes", Figures.count(split.classes().size())));
    figures.add(List.of("MiB", number("%.1f", split.bytes() / MEBIBYTE)));
    figures.add(List.of("left out", Figures.count(split.leftOut())));
    figures.add(List.of("broken", Figures.count(split.brokenImages())));
    figures.add(List.of("least shorter side", Figures.count(split.leastSide())));
    figures.add(List.of("greatest longer side", Figures.count(split.greatestSide())));
    figures.add(List.of("mean of channels", numbers(split.means())));
    figures.add(List.of("deviation of channels", numbers(split.deviations())));
    return Html.table("Figures", List.of("", "value"), figures)
        + table("Images by shorter side in pixels", "side", split.sides())
        + table("Images by class", "class", split.classes())
        + pairs("Images that do not decode", List.of("image", "~reason"), split.broken());
  }

  private String equalImages() {
    String note =
        "<p class=\"note\">"
            + Figures.count(equalPairs)
            + " images have the same file as an image before. One that is in training and in"
            + " validation makes validation look better than it is.</p>\n";
    return note + pairs("The same file", List.of("image", "~again"), equal);
  }

  private static String table(String caption, String heading, List<Count> counts) {
    List<List<String>> rows =
        counts.stream().map(each -> List.of(each.name(), Figures.count(each.count()))).toList();
    return Html.table(caption, List.of(heading, "images"), rows);
  }

  private static String pairs(String caption, List<String> headings, List<Pair> pairs) {
    return pairs.isEmpty()
        ? ""
        : Html.table(
            caption,
            headings,
            pairs.stream().map(pair -> List.of(pair.name(), pair.other())).toList());
  }

  /** Numbers of channels as a recipe takes them. */
  public static String numbers(List<Double> values) {
    return "["
        + String.join(", ", values.stream().map(value -> number("%.4f", value)).toList())
        + "]";
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
