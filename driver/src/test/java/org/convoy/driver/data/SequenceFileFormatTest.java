package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sequence files that Hadoop itself writes. */
class SequenceFileFormatTest {
  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  private void sequence(String name, SequenceFile.CompressionType compression, String... entries)
      throws IOException {
    try (SequenceFile.Writer writer =
        SequenceFile.createWriter(
            Samples.HADOOP,
            SequenceFile.Writer.file(
                new org.apache.hadoop.fs.Path(folder.resolve(name).toUri().toString())),
            SequenceFile.Writer.keyClass(Text.class),
            SequenceFile.Writer.valueClass(BytesWritable.class),
            SequenceFile.Writer.compression(compression))) {
      for (int i = 0; i < entries.length; i += 2) {
        writer.append(new Text(entries[i]), new BytesWritable(Samples.bytes(entries[i + 1])));
      }
    }
  }

  @Test
  void sequenceFilesAreReadInPlace() throws IOException {
    String large = "y".repeat(5000); // Past a sync marker.
    sequence(
        "a.seq",
        SequenceFile.CompressionType.NONE,
        "hdfs://n/x/dog/1.jpg",
        large,
        "x/cat/2.jpg",
        "two",
        "cat",
        "three");
    SampleIndex index = Samples.index(folder, "");
    assertEquals(List.of("cat", "dog"), index.classes());
    assertEquals(List.of("cat/2.jpg", "cat/a.seq:2", "dog/1.jpg"), Samples.described(index));
    Samples.assertReads(index, "two", "three", large);
  }

  @Test
  void otherSequenceFilesAreRefused() throws IOException {
    sequence("a.seq", SequenceFile.CompressionType.RECORD, "a/1.jpg", "one");
    assertTrue(Samples.refused(folder, "").contains("is compressed"), Samples.refused(folder, ""));
    sequence("a.seq", SequenceFile.CompressionType.NONE, "a/1.jpg", "x".repeat(900));
    byte[] whole = Files.readAllBytes(folder.resolve("a.seq"));
    Files.write(folder.resolve("a.seq"), Arrays.copyOf(whole, whole.length - 100));
    assertTrue(
        Samples.refused(folder, "").contains("damaged or cut short"), Samples.refused(folder, ""));
  }
}
