package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.convoy.task.Target;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of labels beside the images of a split: what is read of it, and what is refused. */
final class LabelFileTest {
  private static final String GOOD =
      """
      image,labels
      b/2.jpg,star
      a/1.jpg,ring; bar
      "b/one, two.jpg",
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @BeforeEach
  void draw() throws IOException {
    Path train = folder.resolve("train");
    byte[] image =
        new ShapesGenerator(new ShapesSettings(1, 1, 16, 1))
            .draw(ShapesGenerator.Split.TRAIN, org.convoy.image.shapes.ShapeKind.values()[0], 0);
    for (String name : List.of("a/1.jpg", "b/2.jpg", "b/one, two.jpg")) {
      Files.createDirectories(train.resolve(name).getParent());
      Files.write(train.resolve(name), image);
    }
  }

  @Test
  void aCsvGivesEachImageItsClasses() throws IOException {
    SampleIndex index = labelled("labels.csv", GOOD, Optional.empty());
    assertEquals(List.of("bar", "ring", "star"), index.classes());
    assertEquals(List.of("a/1.jpg", "b/2.jpg", "b/one, two.jpg"), names(index));
    assertEquals(
        List.of(List.of(0, 1), List.of(2), List.of()),
        IntStream.range(0, 3).mapToObj(i -> index.target(i).classes()).toList());
    assertTrue(index.target(0) instanceof Target.Labels);
    assertEquals(
        List.of(index.target(2), index.target(0)), index.targets(new long[] {2, 0, -1}, 2));
  }

  @Test
  void jsonLinesSayTheSameAsACsv() throws IOException {
    SampleIndex csv = labelled("labels.csv", GOOD, Optional.empty());
    String json =
        """
        {"image": "a/1.jpg", "labels": ["bar", "ring", "bar"]}

        {"image": "./b/2.jpg", "labels": ["star"], "width": 16}
        {"image": "b/one, two.jpg", "labels": []}
        """;
    assertEquals(csv.fingerprint(), labelled("labels.jsonl", json, Optional.empty()).fingerprint());
    String other = GOOD.replace("star", "cross");
    assertNotEquals(
        csv.fingerprint(), labelled("labels.csv", other, Optional.empty()).fingerprint());
    assertEquals(
        csv.contentDigest(), labelled("labels.csv", other, Optional.empty()).contentDigest());
  }

  @Test
  void classesOfAnotherSplitKeepTheirNumbers() throws IOException {
    List<String> known = List.of("arrow", "ring", "star", "bar");
    SampleIndex index = labelled("labels.csv", GOOD, Optional.of(known));
    assertEquals(known, index.classes());
    assertEquals(List.of(1, 3), index.target(0).classes());
    refused("line 3: label ring is none of the 2 classes: bar, star", GOOD, List.of("bar", "star"));
  }

  @Test
  void whatIsWrongIsNamedByItsLine() {
    refused("line 5: image a/1.jpg has a line already, line 3", GOOD + "a/1.jpg,star\n");
    refused("line 5: no image a/7.jpg is in split 'train'", GOOD + "a/7.jpg,star\n");
    refused("has no line for image b/2.jpg", GOOD.replace("b/2.jpg,star\n", ""));
    refused("line 2: expected PATH,LABEL;LABEL, got b/2.jpg", GOOD.replace(",star", ""));
    refused("expected labels, got none", "a/1.jpg,\nb/2.jpg,\n\"b/one, two.jpg\",\n");
  }

  @Test
  void aFileThatIsNotThereOrOfAnotherKindIsNamed() {
    DataSetException none =
        assertThrows(DataSetException.class, () -> label("labels.csv", Optional.empty()));
    assertTrue(none.toString().contains("train/labels.csv"), none::toString);
    DataSetException kind =
        assertThrows(DataSetException.class, () -> labelled("labels.xml", GOOD, Optional.empty()));
    assertTrue(kind.toString().contains("ends in .csv or .jsonl"), kind::toString);
    DataSetException json =
        assertThrows(
            DataSetException.class,
            () -> labelled("labels.jsonl", "{\"image\": 3}\n", Optional.empty()));
    assertTrue(json.toString().contains("line 1: expected {\"image\""), json::toString);
  }

  private void refused(String reason, String text) {
    refused(reason, text, List.of());
  }

  private void refused(String reason, String text, List<String> classes) {
    DataSetException refusal =
        assertThrows(
            DataSetException.class,
            () ->
                labelled(
                    "labels.csv",
                    text,
                    classes.isEmpty() ? Optional.empty() : Optional.of(classes)));
    assertTrue(refusal.toString().contains(reason), refusal::toString);
  }

  private SampleIndex labelled(String file, String text, Optional<List<String>> classes)
      throws IOException {
    Files.writeString(folder.resolve("train").resolve(file), text);
    return label(file, classes);
  }

  private SampleIndex label(String file, Optional<List<String>> classes) throws IOException {
    Configuration hadoop = new Configuration();
    DataSplit split = DataSet.at(folder.toUri().toString(), hadoop).split("train");
    org.apache.hadoop.fs.Path kept = new org.apache.hadoop.fs.Path(folder.resolve("index").toUri());
    SampleIndex index = SampleIndexer.local(hadoop).index(split, kept.getFileSystem(hadoop), kept);
    return LabelFile.label(index, split, file, classes, hadoop);
  }

  private static List<String> names(SampleIndex index) {
    return IntStream.range(0, index.count()).mapToObj(index::describe).toList();
  }
}
