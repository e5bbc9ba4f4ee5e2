package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GenerateCommandTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @Test
  void theSameOptionsDrawTheSameFiles() throws IOException {
    CommandLineRun first = generate(folder.resolve("a"), "--json");
    assertEquals(0, first.exitCode(), first::err);
    assertEquals(30, first.json().get("images").intValue());
    assertEquals(10, first.json().get("classes").size());
    assertEquals(0, generate("file:" + folder.resolve("b c")).exitCode());
    for (String file :
        new String[] {"train/ring/0001.jpg", "validation/bar/0000.jpg", "summary.json"}) {
      assertArrayEquals(
          Files.readAllBytes(folder.resolve("a").resolve(file)),
          Files.readAllBytes(folder.resolve("b c").resolve(file)));
    }
  }

  @Test
  void reportsTheDrawnDataSet() {
    CommandLineRun run = generate(folder);
    assertEquals(0, run.exitCode(), run::err);
    assertTrue(run.out().startsWith("30 images of 10 classes in " + folder), run::out);
  }

  @Test
  void refusesFoldersWithSomethingInThem() throws IOException {
    Files.writeString(folder.resolve("mine.txt"), "kept");
    CommandLineRun run = generate(folder);
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("expected a new or empty folder"), run::err);
    assertFalse(Files.exists(folder.resolve("train")));
    assertEquals(2, generate(folder.resolve("mine.txt")).exitCode());
  }

  @Test
  void refusesOtherFileSystemsAndSizes() {
    CommandLineRun run = generate("hdfs://name/shapes");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("this machine"), run::err);
    assertEquals(2, CommandLineRun.of("generate", folder, "--size", 3).exitCode());
  }

  private static CommandLineRun generate(Object destination, Object... more) {
    Object[] arguments = {
      "generate", destination, "--train-per-class", 2, "--validation-per-class", 1
    };
    return CommandLineRun.of(
        java.util.stream.Stream.of(arguments, more).flatMap(java.util.Arrays::stream).toArray());
  }
}
