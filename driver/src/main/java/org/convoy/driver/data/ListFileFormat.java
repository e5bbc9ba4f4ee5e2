package org.convoy.driver.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file that lists the images of a split, which is named by it: {@code train = "train.csv"}. A
 * text in UTF-8 with a line for each image: {@code images/0001.jpg,cat} in a name that ends in
 * {@code .csv}, {@code {"image": "images/0001.jpg", "label": "cat"}} in one that ends in {@code
 * .jsonl}. In a CSV the first line may be {@code image,label}. A path is relative to the data set's
 * folder.
 */
final class ListFileFormat implements SplitFormat {
  private static final String HEADER = "image,label";
  private static final int PIECE = 2_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Whether a split's name is that of a list. */
  static boolean names(String split) {
    String lower = split.toLowerCase(Locale.ROOT);
    return lower.endsWith(".csv") || lower.endsWith(".jsonl");
  }

  /** An image of the list. */
  private record Entry(int line, String image, String label) implements Serializable {}

  @Override
  public String description() {
    return "a list of images in a .csv or .jsonl";
  }

  @Override
  public boolean reads(SourceFiles source) {
    return false; // The name of the split says it.
  }

  private static Path path(DataSplit split) {
    return Folders.child(split.set().path(), split.name());
  }

  @Override
  public void check(DataSplit split, Configuration hadoop) throws IOException {
    DataFiles.status(path(split).toString(), hadoop);
  }

  /** Covers the list; that an image was replaced shows in the contents when the split is listed. */
  @Override
  public String stamp(DataSplit split, ScanJobs jobs) throws IOException {
    return Shards.stamp(List.of(DataFiles.status(path(split).toString(), jobs.hadoop())));
  }

  @Override
  public SampleIndexBuilder list(DataSplit split, boolean withContents, ScanJobs jobs)
      throws IOException {
    List<Entry> entries = entries(path(split), jobs.hadoop());
    List<ArrayList<Entry>> pieces = new ArrayList<>();
    for (int from = 0; from < entries.size(); from += PIECE) {
      int until = Math.min(entries.size(), from + PIECE);
      pieces.add(new ArrayList<>(entries.subList(from, until)));
    }
    String root = split.set().uri();
    String list = path(split).toString();
    SampleIndexBuilder all = new SampleIndexBuilder();
    for (SampleIndexBuilder part :
        jobs.map(
            "Looking for the images of " + split,
            pieces,
            (piece, hadoop) -> find(piece, root, list, withContents, hadoop))) {
      all.addAll(part);
    }
    ClassNames.name(all.classes(), split, jobs.hadoop());
    return all;
  }

  private static SampleIndexBuilder find(
      List<Entry> piece, String root, String list, boolean withContents, Configuration hadoop)
      throws IOException {
    SampleIndexBuilder found = new SampleIndexBuilder();
    Path folder = new Path(root);
    FileSystem files = folder.getFileSystem(hadoop);
    for (Entry entry : piece) {
      Path path = Folders.child(folder, entry.image());
      FileStatus status;
      try {
        status = files.getFileStatus(path);
      } catch (IOException e) {
        throw wrong(list, entry.line(), "image " + path + " cannot be opened: " + e.getMessage());
      }
      if (!status.isFile()) {
        throw wrong(list, entry.line(), path + " is a folder: expected an image");
      }
      long check = ContentCheck.NONE;
      if (withContents) {
        try (FSDataInputStream in = DataFiles.open(path, hadoop)) {
          check = ContentCheck.of(in, status.getLen());
        }
      }
      found.add(entry.label(), entry.image(), root, SampleIndex.WHOLE_FILE, status.getLen(), check);
    }
    return found;
  }

  private static List<Entry> entries(Path path, Configuration hadoop) throws IOException {
    boolean csv = path.getName().toLowerCase(Locale.ROOT).endsWith(".csv");
    List<Entry> entries = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(DataFiles.open(path, hadoop), StandardCharsets.UTF_8))) {
      int number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (!line.isBlank() && !(csv && number == 1 && line.strip().equals(HEADER))) {
          entries.add(
              csv
                  ? ofCsv(path.toString(), number, line.strip())
                  : ofJson(path.toString(), number, line));
        }
      }
    }
    if (entries.isEmpty()) {
      throw new DataSetException("list " + path + ": expected a line for each image, got none");
    }
    return entries;
  }

  private static Entry ofCsv(String list, int number, String line) throws DataSetException {
    List<String> cells = CsvLine.cells(line);
    if (cells.size() != 2 || cells.get(0).isEmpty() || cells.get(1).isEmpty()) {
      throw wrong(list, number, "expected PATH,LABEL, got " + line);
    }
    return entry(list, number, cells.get(0), cells.get(1));
  }

  private static Entry ofJson(String list, int number, String line) throws DataSetException {
    JsonNode node;
    try {
      node = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw wrong(list, number, "expected an object of JSON: " + e.getOriginalMessage());
    }
    JsonNode label = node.path("label");
    if (!node.path("image").isTextual() || !(label.isTextual() || label.isIntegralNumber())) {
      throw wrong(list, number, "expected {\"image\": PATH, \"label\": LABEL}, got " + line);
    }
    return entry(list, number, node.path("image").asText(), label.asText());
  }

  private static Entry entry(String list, int number, String image, String label)
      throws DataSetException {
    String plain = DataSplit.normalise(image);
    if (image.startsWith("/") || ("/" + plain + "/").contains("/../")) {
      throw wrong(
          list, number, "image " + image + ": expected a path relative to the data set's folder");
    }
    return new Entry(number, plain, label);
  }

  private static DataSetException wrong(String list, int line, String what) {
    return new DataSetException("list " + list + ", line " + line + ": " + what);
  }
}
