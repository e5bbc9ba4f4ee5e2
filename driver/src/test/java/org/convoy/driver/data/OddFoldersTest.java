package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders with links, pipes, colons, names of many kinds, and folders inside class folders. */
class OddFoldersTest {

  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  /** Every format of netpbm that the decoder reads. */
  @Test
  void allFormatsOfNetpbmAreImages() throws IOException {
    for (String ending : List.of("pbm", "pgm", "ppm", "PNM")) {
      Samples.file(folder, "train/a/1." + ending);
    }
    assertEquals(4, Samples.index(folder, "train").count());
  }

  @Test
  void foldersInAClassBelongToIt() throws IOException {
    String[] paths = {
      "train/a/9.jpg", "train/a/2024/1.jpg", "train/a/2024/may/1.jpg", "train/b/1.jpg"
    };
    for (String path : paths) {
      Samples.file(folder, path);
    }
    Samples.file(folder, "train/a/2024/.thumbnails/1.jpg");
    SampleIndex files = Samples.index(folder, "train");
    assertEquals(
        List.of("a/2024/1.jpg", "a/2024/may/1.jpg", "a/9.jpg", "b/1.jpg"), described(files));
    assertEquals(1, files.ignoredFiles());
    SampleIndex tar = Samples.index(Samples.tar(folder.resolve("t.tar"), paths), "train");
    assertEquals(files.fingerprint(), tar.fingerprint());
    assertContents(files, "train/");
    assertContents(tar, "train/");
  }

  @Test
  void aLinkToItsParentIsEnteredOnce() throws IOException {
    for (String name : List.of("a", "b", "c", "d")) {
      Samples.file(folder, "train/" + name + "/1.jpg");
      Path inside = folder.resolve("train/" + name);
      Files.createSymbolicLink(inside.resolve("self"), Path.of("."));
      Files.createSymbolicLink(inside.resolve("up"), Path.of(".."));
      Files.createSymbolicLink(inside.resolve("top"), Path.of("/"));
    }
    Files.createSymbolicLink(folder.resolve("train/everything"), Path.of("."));
    SampleIndex index =
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> Samples.index(folder, "train"));
    assertEquals(List.of("a/1.jpg", "b/1.jpg", "c/1.jpg", "d/1.jpg"), described(index));
    assertEquals(13, index.ignoredFiles());
    List<ImageFile> images =
        assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () -> ImageFile.list(folder.resolve("train").toString(), Samples.HADOOP));
    assertEquals(4, images.size());
  }

  @Test
  void linksBetweenNeighboursEndToo() throws IOException {
    for (int i = 0; i < 12; i++) {
      Samples.file(folder, "in/" + i + "/1.jpg");
      for (int j = 0; j < 12; j++) {
        Files.createSymbolicLink(folder.resolve("in/" + i + "/to" + j), Path.of("../" + j));
      }
    }
    assertEquals(
        12,
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> ImageFile.list(folder.resolve("in").toString(), Samples.HADOOP))
            .size());
  }

  @Test
  void linkedFilesAndFoldersAreUsed() throws IOException {
    Samples.file(folder, "store/x/1.jpg");
    Samples.file(folder, "store/2.jpg");
    Samples.file(folder, "train/a/3.jpg");
    Files.createSymbolicLink(folder.resolve("train/a/2.jpg"), folder.resolve("store/2.jpg"));
    Files.createSymbolicLink(folder.resolve("train/a/more"), folder.resolve("store/x"));
    Files.createSymbolicLink(folder.resolve("train/a/lost.jpg"), Path.of("nowhere"));
    Files.createSymbolicLink(folder.resolve("train/b"), folder.resolve("store/x"));
    SampleIndex index = Samples.index(folder, "train");
    assertEquals(List.of("a/2.jpg", "a/3.jpg", "a/more/1.jpg", "b/1.jpg"), described(index));
    assertEquals(1, index.ignoredFiles(), "the link to nothing");
  }

  @Test
  void aNamedPipeIsRefusedByName() throws IOException, InterruptedException {
    Samples.file(folder, "train/a/1.jpg");
    Path pipe = folder.resolve("train/a/2.jpg");
    assumeTrue(
        new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "no mkfifo here");
    for (String location : List.of("train", "train/a", "train/a/2.jpg")) {
      String message =
          messageOf(() -> ImageFile.list(folder.resolve(location).toString(), Samples.HADOOP));
      assertTrue(message.contains("train/a/2.jpg is a named pipe"), message);
    }
    String message = messageOf(() -> Samples.index(folder, "train"));
    assertTrue(message.contains("train/a/2.jpg is a named pipe"), message);
    // This one replaced an image after the listing.
    ImageFile listed = new ImageFile("file:" + pipe, 7);
    message = messageOf(() -> listed.read(Samples.HADOOP));
    assertTrue(message.contains("train/a/2.jpg is a named pipe"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"star ", "\u3000", "two\nlines", "09:30", "a\\b", "-", "%41", "#", "é"})
  void anyNameIsReadUnchanged(String name) throws IOException {
    Samples.file(folder, "train/" + name + "/" + name + ".jpg");
    Samples.file(folder, "train/plain/a:b " + name + "/09:30:12.jpg");
    SampleIndex index = Samples.index(folder, "train");
    assertTrue(index.classes().contains(name), index.classes().toString());
    assertEquals(2, index.count());
    assertContents(index, "train/");
    SampleIndex kept =
        SampleIndexer.local(Samples.HADOOP)
            .index(
                Samples.split(folder, "train"),
                FileSystem.getLocal(Samples.HADOOP),
                new org.apache.hadoop.fs.Path(folder.resolve("out/index").toUri()));
    assertEquals(index.fingerprint(), kept.fingerprint());
    for (ImageFile each : ImageFile.list(folder.resolve("train").toString(), Samples.HADOOP)) {
      assertEquals(each.length(), each.read(Samples.HADOOP).length);
    }
  }

  /** As in a process that a container or cron starts: Java then reads file names as ASCII. */
  @Test
  void withoutALocaleNonAsciiNamesAreRefusedByName() throws IOException, InterruptedException {
    Samples.file(folder, "classes/a/1.jpg");
    Samples.file(folder, "classes/étoile/1.jpg");
    Samples.file(folder, "images/a/1.jpg");
    Samples.file(folder, "images/a/größe.jpg");
    Samples.file(folder, "others/a/1.jpg");
    Samples.file(folder, "others/a/größe.txt");
    String classes = listedWithoutLocale("classes");
    assertTrue(classes.contains("'%C3%A9toile' in file:" + folder + "/classes"), classes);
    assertTrue(classes.contains("LC_ALL=C.UTF-8"), classes);
    String images = listedWithoutLocale("images");
    assertTrue(images.contains("'gr%C3%B6%C3%9Fe.jpg' in file:" + folder + "/images/a"), images);
    assertEquals("1 images, 1 left out\n", listedWithoutLocale("others"));
  }

  private String listedWithoutLocale(String name) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            OddFoldersTest.class.getName(),
            folder.resolve(name).toString());
    builder.environment().keySet().removeIf(each -> each.startsWith("LC_") || each.equals("LANG"));
    builder.environment().put("LC_ALL", "C");
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the listing did not end");
    return said;
  }

  /** Lists a data set in a separate process. Prints the result or the error. */
  public static void main(String[] arguments) throws IOException {
    try {
      SampleIndex index = Samples.index(Path.of(arguments[0]), "");
      System.out.println(index.count() + " images, " + index.ignoredFiles() + " left out");
    } catch (DataSetException e) {
      System.out.println(e.getMessage());
    }
  }

  private static List<String> described(SampleIndex index) {
    return IntStream.range(0, index.count()).mapToObj(index::describe).toList();
  }

  private static void assertContents(SampleIndex index, String prefix) throws IOException {
    try (SampleReader reader = new SampleReader(index, 4, 1 << 20, Samples.HADOOP)) {
      for (int i = 0; i < index.count(); i++) {
        assertArrayEquals(Samples.contents(prefix + index.describe(i)), reader.read(i));
      }
    }
  }

  private interface Listing {
    Object run() throws IOException;
  }

  private static String messageOf(Listing listing) {
    DataSetException error =
        assertThrows(
            DataSetException.class,
            () -> assertTimeoutPreemptively(Duration.ofSeconds(20), listing::run));
    return String.valueOf(error.getMessage());
  }
}
