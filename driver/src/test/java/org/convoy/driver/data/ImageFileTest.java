package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFileTest {

  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  @Test
  void listsAFolderOrAFile() throws IOException {
    Samples.file(folder, "in/b/2.jpg");
    Samples.file(folder, "in/a.png");
    Samples.file(folder, "in/a.txt");
    List<ImageFile> all = ImageFile.list(folder.resolve("in").toString(), Samples.HADOOP);
    assertEquals(
        List.of("file:" + folder + "/in/a.png", "file:" + folder + "/in/b/2.jpg"),
        all.stream().map(ImageFile::uri).toList());
    assertArrayEquals(Samples.contents("in/b/2.jpg"), all.get(1).read(Samples.HADOOP));
    List<ImageFile> one = ImageFile.list(folder.resolve("in/a.txt").toString(), Samples.HADOOP);
    assertEquals(1, one.size());
    assertEquals(Samples.contents("in/a.txt").length, one.get(0).length());
  }

  @Test
  void missingPathsAreNamed() throws IOException {
    Samples.file(folder, "empty/notes.txt");
    assertThrows(DataSetException.class, () -> ImageFile.list(folder + "/empty", Samples.HADOOP));
    assertThrows(DataSetException.class, () -> ImageFile.list(folder + "/none", Samples.HADOOP));
  }
}
