package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists of images with their classes. */
class ListFileFormatTest {
  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  @Test
  void listsNameImagesAndClasses() throws IOException {
    Samples.file(folder, "images/1.jpg");
    Samples.file(folder, "images/odd, name.jpg");
    Files.writeString(
        folder.resolve("train.csv"),
        "image,label\nimages/1.jpg,dog\n\"images/odd, name.jpg\",\"cat\"\n");
    SampleIndex index = Samples.index(folder, "train.csv");
    assertEquals(List.of("cat", "dog"), index.classes());
    Samples.assertReads(
        index,
        new String(Samples.contents("images/odd, name.jpg"), StandardCharsets.UTF_8),
        new String(Samples.contents("images/1.jpg"), StandardCharsets.UTF_8));
    Files.writeString(folder.resolve("one.csv"), "images/1.jpg,train\n");
    assertEquals(List.of("train"), Samples.index(folder, "one.csv").classes());
    Files.writeString(folder.resolve("v.jsonl"), "{\"image\": \"images/1.jpg\", \"label\": 3}\n");
    assertEquals(List.of("3/images/1.jpg"), Samples.described(Samples.index(folder, "v.jsonl")));
  }

  @Test
  void wrongListsAreRefusedWithTheirLine() throws IOException {
    Samples.file(folder, "1.jpg");
    Path list = folder.resolve("t.csv");
    for (String[] each :
        new String[][] {
          {"1.jpg,dog\n2.jpg,dog\n", "line 2", "2.jpg"},
          {"1.jpg\n", "line 1", "PATH,LABEL"},
          {"../1.jpg,dog\n", "line 1", "relative"},
          {"/1.jpg,dog\n", "line 1", "relative"},
          {"image,label\n", "got none", ""}
        }) {
      Files.writeString(list, each[0]);
      String message = Samples.refused(folder, "t.csv");
      assertTrue(message.contains(each[1]) && message.contains(each[2]), message);
    }
    Files.writeString(folder.resolve("t.jsonl"), "{\"image\": 3}\n");
    assertTrue(
        Samples.refused(folder, "t.jsonl").contains("line 1"), Samples.refused(folder, "t.jsonl"));
  }
}
