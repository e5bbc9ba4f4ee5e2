package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TFRecord files, written byte by byte. */
class TfRecordFormatTest {
  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  /** The known CRC of RFC 3720, B.4: 32 zeros. */
  @Test
  void theCrcIsCastagnolis() {
    CRC32C crc = new CRC32C();
    crc.update(new byte[32]);
    assertEquals(0x8a9136aaL, crc.getValue());
  }

  @Test
  void tfRecordsAreReadInPlace() throws IOException {
    Files.write(
        folder.resolve("train-00000-of-00002"),
        Samples.join(
            TfRecordWriter.record(TfRecordWriter.example(Samples.bytes("one"), 300)),
            TfRecordWriter.record(TfRecordWriter.example(Samples.bytes("two two"), 5))));
    Files.write(
        folder.resolve("train-00001-of-00002"),
        TfRecordWriter.record(TfRecordWriter.example(Samples.bytes("three"), 300)));
    Files.write(
        folder.resolve("validation-00000-of-00001"),
        TfRecordWriter.record(TfRecordWriter.example(Samples.bytes("four"), 5)));
    SampleIndex index = Samples.index(folder, "train");
    assertEquals(List.of("5", "300"), index.classes());
    Samples.assertReads(index, "two two", "one", "three");
    assertEquals("5/train-00000-of-00002:1", index.describe(0));
    assertEquals(1, Samples.index(folder, "validation").count());
  }

  @Test
  void tfRecordsWithTextClassesAndPlainNumbers() throws IOException {
    ByteArrayOutputStream unpacked = new ByteArrayOutputStream();
    unpacked.write(1 << 3);
    TfRecordWriter.varint(unpacked, 7);
    byte[] tfds =
        TfRecordWriter.message(
            1,
            Samples.join(
                TfRecordWriter.feature("image", TfRecordWriter.message(1, Samples.bytes("one")), 1),
                TfRecordWriter.feature("label", unpacked.toByteArray(), 3)));
    Files.write(folder.resolve("a.tfrecord"), TfRecordWriter.record(tfds));
    assertEquals(List.of("7"), Samples.index(folder, "").classes());
    byte[] texts =
        TfRecordWriter.message(
            1,
            Samples.join(
                TfRecordWriter.feature("image", TfRecordWriter.message(1, Samples.bytes("one")), 1),
                TfRecordWriter.feature(
                    "image/class/text", TfRecordWriter.message(1, Samples.bytes("dog ")), 1)));
    Files.write(folder.resolve("a.tfrecord"), TfRecordWriter.record(texts));
    assertEquals(List.of("dog"), Samples.index(folder, "").classes());
  }

  @Test
  void damagedTfRecordsAreRefusedWithTheirOffset() throws IOException {
    Path shard = folder.resolve("a.tfrecord");
    byte[] first = TfRecordWriter.record(TfRecordWriter.example(Samples.bytes("one"), 1));
    byte[] whole =
        Samples.join(first, TfRecordWriter.record(TfRecordWriter.example(Samples.bytes("two"), 2)));
    Files.write(shard, Arrays.copyOf(whole, whole.length - 3));
    assertTrue(
        Samples.refused(folder, "").contains("at offset " + first.length),
        Samples.refused(folder, ""));
    byte[] flipped = whole.clone();
    flipped[first.length + 20] ^= 1;
    Files.write(shard, flipped);
    assertTrue(
        Samples.refused(folder, "").contains("record's CRC differs"), Samples.refused(folder, ""));
    byte[] longer = whole.clone();
    longer[first.length] ^= 1;
    Files.write(shard, longer);
    assertTrue(
        Samples.refused(folder, "").contains("length's CRC differs"), Samples.refused(folder, ""));
    Files.write(shard, TfRecordWriter.record(Samples.bytes("no message")));
    assertTrue(Samples.refused(folder, "").contains("no tf.Example"), Samples.refused(folder, ""));
    Files.write(
        shard,
        TfRecordWriter.record(
            TfRecordWriter.message(
                1, TfRecordWriter.feature("label", TfRecordWriter.number(1), 3))));
    assertTrue(Samples.refused(folder, "").contains("image/encoded"), Samples.refused(folder, ""));
    Files.write(
        shard,
        TfRecordWriter.record(
            TfRecordWriter.message(
                1,
                TfRecordWriter.feature(
                    "image", TfRecordWriter.message(1, Samples.bytes("x")), 1))));
    assertTrue(
        Samples.refused(folder, "").contains("image/class/label"), Samples.refused(folder, ""));
  }
}
