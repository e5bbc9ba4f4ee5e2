package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which format a folder is taken for. */
class DataFormatTest {
  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  @Test
  void foldersOfClassesStayFoldersOfClasses() throws IOException {
    Samples.file(folder, "train/dog/1.jpg");
    Files.writeString(folder.resolve("train.csv.bak"), "x", StandardOpenOption.CREATE_NEW);
    assertEquals(DataFormat.FOLDER, DataSet.at(folder.toString(), Samples.HADOOP).format());
    Files.createDirectories(folder.resolve("w/train"));
    Files.write(folder.resolve("w/train/0.tar"), Samples.tarOf("1.jpg", "one", "1.cls", "cat"));
    DataSet web = DataSet.at(folder.resolve("w").toString(), Samples.HADOOP);
    assertEquals(DataFormat.WEBDATASET, web.format());
    assertEquals(1, Samples.index(folder.resolve("w"), "train").count());
  }
}
