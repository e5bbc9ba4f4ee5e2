package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderFormatTest {

  private static final String[] PATHS = {
    "train/b class/2 #1%20.jpg", "train/a/1+2.jpg", "train/a/text named.jpg", "train/c/ü.PNG"
  };

  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  @Test
  void findsTheSameAsInItsTar() throws IOException {
    for (String path : PATHS) {
      Samples.file(folder, path);
    }
    Samples.file(folder, "train/a/.hidden.jpg");
    Samples.file(folder, "train/a/notes.txt");
    Samples.file(folder, "train/.git/x.jpg");
    Samples.file(folder, "train/notes.txt");
    SampleIndex files = Samples.index(folder, "/train/");
    SampleIndex tar = Samples.index(Samples.tar(folder.resolve("t.tar"), PATHS), "train");
    assertEquals(List.of("a", "b class", "c"), files.classes());
    assertEquals(4, files.count());
    assertEquals(4, files.ignoredFiles(), "two texts, a hidden file and a hidden folder");
    assertEquals(tar.fingerprint(), files.fingerprint());
    try (SampleReader reader = new SampleReader(files, 4, 1 << 20, Samples.HADOOP)) {
      for (int i = 0; i < files.count(); i++) {
        assertArrayEquals(Samples.contents("train/" + files.describe(i)), reader.read(i));
      }
    }
  }

  @Test
  void theRootMayBeTheSplit() throws IOException {
    Samples.file(folder, "a/1.jpg");
    assertEquals(List.of("a"), Samples.index(folder, "").classes());
    Samples.file(folder, "deep/er/b/1.jpg");
    assertEquals(List.of("b"), Samples.index(folder, "deep/er").classes());
  }

  @Test
  void theFingerprintCoversNamesLabelsAndLengths() throws IOException {
    Samples.file(folder, "x/a/1.jpg");
    Samples.file(folder, "x/b/2.jpg");
    String first = Samples.index(folder, "x").fingerprint();
    assertEquals(first, Samples.index(folder, "x").fingerprint());
    Files.write(folder.resolve("x/b/2.jpg"), new byte[3]);
    String shorter = Samples.index(folder, "x").fingerprint();
    Files.move(folder.resolve("x/b/2.jpg"), folder.resolve("x/b/3.jpg"));
    String renamed = Samples.index(folder, "x").fingerprint();
    assertEquals(3, java.util.Set.of(first, shorter, renamed).size());
  }

  @Test
  void anEmptyClassIsNamed() throws IOException {
    Samples.file(folder, "train/a/1.jpg");
    Files.createDirectories(folder.resolve("train/empty one"));
    assertMessage(
        "class folder 'empty one' of split 'train' of file:" + folder + " is empty", "train");
  }

  @Test
  void aSplitTakenForAClassIsPointedOut() throws IOException {
    Samples.file(folder, "train/a/1.jpg");
    assertMessage("is 'train' a split?", "");
    Samples.file(folder, "validation/a/1.jpg");
    assertMessage("no image lies in train, validation itself; is 'train' a split?", "");
    // One class with such a name among others is still a class.
    Samples.file(folder, "tram/1.jpg");
    assertEquals(List.of("train", "tram", "validation"), Samples.index(folder, "").classes());
  }

  @Test
  void aMissingSplitListsTheExistingFolders() throws IOException {
    Samples.file(folder, "train/a/1.jpg");
    Samples.file(folder, "test/a/1.jpg");
    assertMessage("no split 'val' of file:" + folder, "val");
    assertMessage("folders there: test, train", "val");
  }

  @Test
  void aFolderWithoutClassesIsRefused() throws IOException {
    Samples.file(folder, "x/1.jpg");
    assertMessage("no class folders found in split 'x'", "x");
  }

  @Test
  void missingLocationsAreNamed() {
    DataSetException error =
        assertThrows(
            DataSetException.class, () -> Samples.split(folder.resolve("no/such/set"), ""));
    assertTrue(
        String.valueOf(error.getMessage())
            .startsWith("nothing found at " + folder + "/no/such/set"),
        error.getMessage());
    assertThrows(DataSetException.class, () -> DataSet.at("nosuch://host/x", Samples.HADOOP));
  }

  @Test
  void nothingIsWrittenAmongTheClasses() throws IOException {
    Samples.file(folder, "set/train/a/1.jpg");
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("set/train"));
    DataSplit train = Samples.split(folder.resolve("set"), "train");
    for (String out : List.of("set/train", "set/train/out", "link/out/run", "set/x/../train/a")) {
      IllegalArgumentException refusal =
          assertThrows(
              IllegalArgumentException.class,
              () -> train.requireOutside(folder.resolve(out).toString(), Samples.HADOOP));
      assertTrue(
          String.valueOf(refusal.getMessage()).contains("would be taken for a class"),
          refusal.getMessage());
    }
    for (String out : List.of("set/out", "set/trainer", "set", "elsewhere/train")) {
      train.requireOutside(folder.resolve(out).toString(), Samples.HADOOP);
    }
    DataSplit tar = Samples.split(Samples.tar(folder.resolve("t.tar"), "train/a/1.jpg"), "train");
    tar.requireOutside(folder.resolve("train/out").toString(), Samples.HADOOP);
  }

  @Test
  void anotherKindOfFileIsRefused() throws IOException {
    Path file = Files.write(folder.resolve("set.zip"), new byte[10]);
    DataSetException error = assertThrows(DataSetException.class, () -> Samples.split(file, ""));
    assertTrue(
        String.valueOf(error.getMessage()).contains("expected a .tar, or a folder"),
        error.getMessage());
  }

  @Test
  void classesMustEqualThoseOfTheTrainingSplit() throws IOException {
    Samples.file(folder, "train/a/1.jpg");
    Samples.file(folder, "train/b/1.jpg");
    Samples.file(folder, "test/b/1.jpg");
    Samples.file(folder, "test/c/1.jpg");
    SampleIndex train = Samples.index(folder, "train");
    SampleIndex test = Samples.index(folder, "test");
    train.requireClasses(List.of("a", "b"), "itself");
    DataSetException error =
        assertThrows(
            DataSetException.class,
            () -> test.requireClasses(train.classes(), "the training split"));
    assertEquals(
        "split 'test' of file:"
            + folder
            + " does not have the classes of the training split:"
            + " expected 2, got 2; missing: a; unknown: c",
        error.getMessage());
  }

  private void assertMessage(String expected, String split) {
    DataSetException error =
        assertThrows(DataSetException.class, () -> Samples.index(folder, split));
    assertTrue(String.valueOf(error.getMessage()).contains(expected), error.getMessage());
  }
}
