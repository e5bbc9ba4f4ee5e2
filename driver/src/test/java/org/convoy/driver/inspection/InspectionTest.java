package org.convoy.driver.inspection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.convoy.driver.monitor.DataSetReport;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.SparkSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of a few PPM files, against Spark in this process. */
class InspectionTest {
  @SuppressWarnings("NullAway.Init") // Set before the test.
  @TempDir
  Path folder;

  private void image(String path, int height, int width, int red, int green, int blue)
      throws Exception {
    byte[] header = ("P6\n" + width + " " + height + "\n255\n").getBytes(StandardCharsets.UTF_8);
    byte[] file = Arrays.copyOf(header, header.length + 3 * height * width);
    for (int i = 0; i < height * width; i++) {
      file[header.length + 3 * i] = (byte) red;
      file[header.length + 3 * i + 1] = (byte) green;
      file[header.length + 3 * i + 2] = (byte) blue;
    }
    Path to = folder.resolve(path);
    Files.createDirectories(to.getParent());
    Files.write(to, file);
  }

  private DataSetReport inspect(int executors, List<String> splits) throws Exception {
    SparkConf conf =
        SparkSettings.prepare(
            new SparkConf().setMaster("local[" + executors + "]").setAppName("inspection"));
    conf.set("spark.ui.enabled", "false");
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      return new Inspection(new SparkCluster(spark), folder.toUri().toString(), splits).run();
    }
  }

  /** Two images of one grey and one of another, whose sizes differ, so each counts alike. */
  @Test
  void findsWhatIsInADataSet() throws Exception {
    image("train/a/1.ppm", 10, 20, 0, 255, 51);
    image("train/a/2.ppm", 40, 40, 255, 255, 51);
    image("train/b/1.ppm", 300, 250, 0, 255, 51);
    Files.writeString(folder.resolve("train/b/broken.jpg"), "no image");
    image("validation/a/1.ppm", 40, 40, 255, 255, 51);
    image("validation/b/1.ppm", 40, 41, 255, 255, 51);
    DataSetReport one = inspect(1, List.of("train", "validation"));
    DataSetReport.Split train = one.splits().get(0);
    assertEquals(4, train.images());
    assertEquals(
        List.of(new DataSetReport.Count("a", 2), new DataSetReport.Count("b", 2)), train.classes());
    assertEquals(1, train.brokenImages());
    assertEquals("b/broken.jpg", train.broken().get(0).name());
    assertEquals(List.of(10, 300), List.of(train.leastSide(), train.greatestSide()));
    assertEquals(1 / 3.0, train.means().get(0), 1e-12);
    assertEquals(1, train.means().get(1), 1e-12);
    assertEquals(0.2, train.means().get(2), 1e-12);
    assertEquals(Math.sqrt(2) / 3, train.deviations().get(0), 1e-9);
    assertEquals(0, train.deviations().get(2), 1e-6);
    assertEquals(1, one.equalPairs());
    assertEquals(
        List.of(new DataSetReport.Pair("train: a/2.ppm", "validation: a/1.ppm")), one.equal());
    assertEquals(one, inspect(3, List.of("train", "validation")), "on any number of executors");
    assertTrue(one.html().contains("b/broken.jpg"));
    assertEquals(List.of("train", "validation"), splits(one));
  }

  private static List<String> splits(DataSetReport report) {
    return report.splits().stream().map(DataSetReport.Split::name).toList();
  }
}
