package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.checkpoint.SmallDisk;
import org.convoy.driver.checkpoint.Warnings;
import org.convoy.driver.monitor.Event;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The event file on real disks: appended to, begun anew where that cannot be, given up. */
final class EventFileTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private void write(Path run, int events) {
    try (EventFile file = new EventFile(run.toUri().toString(), new Configuration())) {
      for (int i = 0; i < events; i++) {
        file.add(new Event.BadImage("image " + i, "does not decode"));
      }
    }
  }

  @Test
  void aLineLeftHalfWrittenByAWriterThatDiedStaysALineOfItsOwn() throws IOException {
    write(folder, 2);
    Path file = folder.resolve("events.jsonl");
    String half = "{\"time\":\"20";
    Files.writeString(file, Files.readString(file) + half);
    write(folder, 1);
    List<String> lines = Files.readAllLines(file);
    assertEquals(4, lines.size());
    assertEquals(half, lines.get(2));
    assertTrue(lines.get(3).contains("image 0"), lines.get(3));
  }

  @Test
  void whereAFileCannotBeAppendedToAnotherBegins() throws IOException {
    Files.createDirectory(folder.resolve("events.jsonl"));
    write(folder, 2);
    write(folder, 1);
    assertEquals(3, Files.readAllLines(folder.resolve("events-2.jsonl")).size());
  }

  @Test
  void aFullDiskIsWarnedOfOnce() throws Exception {
    Optional<SmallDisk> mounted = SmallDisk.mount(folder, 64);
    Assumptions.assumeTrue(mounted.isPresent(), "mounting a tmpfs needs root");
    try (SmallDisk disk = mounted.get();
        Warnings warnings = new Warnings(EventFile.class)) {
      write(disk.root(), 2000);
      assertEquals(1, warnings.messages().size(), warnings.messages()::toString);
      assertTrue(
          warnings.messages().get(0).contains("No space left"), warnings.messages()::toString);
    }
  }

  @Test
  void aFolderThatCannotBeWrittenToIsWarnedOf() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    try (Warnings warnings = new Warnings(EventFile.class)) {
      write(file, 3);
      assertEquals(1, warnings.messages().size(), warnings.messages()::toString);
    }
  }
}
