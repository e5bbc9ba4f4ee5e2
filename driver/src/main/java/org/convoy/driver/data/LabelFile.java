package org.convoy.driver.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The labels of a split whose images have any number of classes: a text in UTF-8 with a line for
 * each image, {@code images/0001.jpg,circle;star} in a file whose name ends in {@code .csv}, {@code
 * {"image": "images/0001.jpg", "labels": ["circle", "star"]}} in one that ends in {@code .jsonl}.
 * An image goes by its path in the split. In a CSV the first line may be {@code image,labels}, and
 * a path with a comma or a quotation mark stands in quotation marks, which are doubled within.
 *
 * <p>The images lie in one or several folders in the split. The file lies beside those folders: in
 * the split's folder; for a tar, at the same path below the folder that holds the tar.
 */
public final class LabelFile {
  private static final String HEADER = "image,labels";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final Configuration hadoop;
  private final Map<String, Line> lines = new HashMap<>();

  /** An image's line. */
  private record Line(int number, List<String> labels) {}

  private LabelFile(Path path, Configuration hadoop) {
    this.path = path;
    this.hadoop = hadoop;
  }

  /**
   * Gives the samples of an index the labels of a file.
   *
   * @param index of the split
   * @param name the file's, relative to the split's folder
   * @param classes of which the labels are; empty: those that the file names, in the order of their
   *     UTF-8 bytes
   * @throws DataSetException if the file is not there or cannot be read as one, names an image
   *     twice, one that is not in the index, or an unknown class, or lacks an image
   */
  public static SampleIndex label(
      SampleIndex index,
      DataSplit split,
      String name,
      Optional<List<String>> classes,
      Configuration hadoop)
      throws IOException {
    LabelFile file = new LabelFile(path(split, name), hadoop);
    file.read();
    return file.label(index, classes);
  }

  /**
   * Looks whether a split has a file of labels, without reading it.
   *
   * @param name the file's, relative to the split's folder
   * @throws DataSetException if it is not there
   */
  public static void check(DataSplit split, String name, Configuration hadoop) throws IOException {
    DataFiles.status(path(split, name).toString(), hadoop);
  }

  private static Path path(DataSplit split, String name) {
    Path set = new Path(split.set().uri());
    Path root = split.format() == DataFormat.TAR ? set.getParent() : set;
    Path folder = split.name().isEmpty() ? root : Folders.child(root, split.name());
    return Folders.child(folder, name);
  }

  private void read() throws IOException {
    String name = path.getName().toLowerCase(Locale.ROOT);
    boolean csv = name.endsWith(".csv");
    if (!csv && !name.endsWith(".jsonl")) {
      throw new DataSetException(
          "file of labels " + path + ": expected a name that ends in .csv or .jsonl");
    }
    DataFiles.status(path.toString(), hadoop);
    try (InputStream in = DataFiles.open(path, hadoop);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      int number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        boolean header = csv && number == 1 && line.strip().equals(HEADER);
        if (!line.isBlank() && !header) {
          if (csv) {
            readCsv(number, line.strip());
          } else {
            readJson(number, line);
          }
        }
      }
    }
  }

  private void readCsv(int number, String line) throws DataSetException {
    List<String> cells = CsvLine.cells(line);
    if (cells.size() != 2) {
      throw wrong(number, "expected PATH,LABEL;LABEL, got " + line);
    }
    add(
        number,
        cells.get(0),
        Arrays.stream(cells.get(1).split(";"))
            .map(String::strip)
            .filter(s -> !s.isEmpty())
            .toList());
  }

  private void readJson(int number, String line) throws DataSetException {
    JsonNode node;
    try {
      node = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw wrong(number, "expected an object of JSON: " + e.getOriginalMessage());
    }
    List<String> labels = new ArrayList<>();
    boolean texts = node.path("image").isTextual() && node.path("labels").isArray();
    for (JsonNode label : node.path("labels")) {
      texts &= label.isTextual();
      labels.add(label.asText());
    }
    if (!texts) {
      throw wrong(number, "expected {\"image\": PATH, \"labels\": [LABEL, ...]}, got " + line);
    }
    add(number, node.path("image").asText(), labels);
  }

  private void add(int number, String image, List<String> labels) throws DataSetException {
    Line before = lines.put(DataSplit.normalise(image), new Line(number, labels));
    if (before != null) {
      throw wrong(number, "image " + image + " has a line already, line " + before.number());
    }
  }

  private SampleIndex label(SampleIndex index, Optional<List<String>> known)
      throws DataSetException {
    List<String> classes = known.orElseGet(this::named);
    if (classes.isEmpty()) {
      throw new DataSetException("file of labels " + path + ": expected labels, got none");
    }
    Map<String, Integer> numbers = new HashMap<>();
    for (String name : classes) {
      numbers.put(name, numbers.size());
    }
    Map<String, Line> left = new HashMap<>(lines);
    List<List<Integer>> samples = new ArrayList<>();
    for (int i = 0; i < index.count(); i++) {
      Line line = left.remove(index.describe(i));
      if (line == null) {
        throw new DataSetException(
            "file of labels " + path + " has no line for image " + index.describe(i));
      }
      TreeSet<Integer> labels = new TreeSet<>();
      for (String label : line.labels()) {
        Integer number = numbers.get(label);
        if (number == null) {
          throw wrong(
              line.number(),
              "label "
                  + label
                  + " is none of the "
                  + classes.size()
                  + " classes: "
                  + String.join(", ", classes.subList(0, Math.min(10, classes.size()))));
        }
        labels.add(number);
      }
      samples.add(List.copyOf(labels));
    }
    for (Map.Entry<String, Line> extra : left.entrySet()) {
      throw wrong(
          extra.getValue().number(), "no image " + extra.getKey() + " is in " + index.title());
    }
    return index.labelled(LabelColumn.of(classes, samples));
  }

  private List<String> named() {
    return lines.values().stream()
        .flatMap(line -> line.labels().stream())
        .distinct()
        .sorted(
            (a, b) ->
                Arrays.compareUnsigned(
                    a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)))
        .toList();
  }

  private DataSetException wrong(int line, String what) {
    return new DataSetException("file of labels " + path + ", line " + line + ": " + what);
  }
}
