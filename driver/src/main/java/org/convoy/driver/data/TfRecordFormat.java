package org.convoy.driver.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Uncompressed TFRecord files of {@code tf.Example}: for each record its length (8 bytes, little
 * endian), the masked CRC-32C of the length, the record, and the record's masked CRC-32C. Both CRCs
 * are checked while the split is listed.
 *
 * <p>The image is the feature {@code image/encoded} or {@code image}, the class {@code
 * image/class/label}, {@code label} or {@code image/class/text}: what the Inception scripts and
 * TFDS write.
 */
final class TfRecordFormat extends ShardedFormat {
  private static final Pattern NAME =
      Pattern.compile(".*\\.tfrecords?(-\\d+-of-\\d+)?|.*-\\d{5}-of-\\d{5}");
  private static final int HEADER = 12;
  private static final int FOOTER = 4;
  private static final int MASK = 0xa282ead8;
  private static final List<String> IMAGES = List.of("image/encoded", "image");
  private static final List<String> LABELS = List.of("image/class/label", "label");
  private static final List<String> TEXTS = List.of("image/class/text", "label");

  @Override
  public String description() {
    return "a folder of TFRecord files";
  }

  @Override
  boolean accepts(String fileName) {
    return NAME.matcher(fileName).matches();
  }

  @Override
  Scan scan() {
    return (shard, in, withContents, found) -> {
      InputStream stream = new BufferedInputStream(in, 1 << 20);
      long at = 0;
      for (long number = 0; at < shard.length(); number++) {
        byte[] header = bytes(stream, HEADER, shard, at);
        ByteBuffer numbers = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        long length = numbers.getLong(0);
        if (masked(header, Long.BYTES) != numbers.getInt(Long.BYTES)) {
          throw damaged(
              shard, at, "the length's CRC differs; expected an uncompressed TFRecord file");
        }
        long left = shard.length() - at - HEADER - FOOTER;
        if (length < 0 || length > left || length > Integer.MAX_VALUE - 8) {
          throw damaged(shard, at, "expected a record of " + length + " bytes, got " + left);
        }
        byte[] record = bytes(stream, (int) length, shard, at);
        int crc =
            ByteBuffer.wrap(bytes(stream, FOOTER, shard, at))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt();
        if (masked(record, record.length) != crc) {
          throw damaged(shard, at, "the record's CRC differs");
        }
        add(shard, number, at + HEADER, record, withContents, found);
        at += HEADER + length + FOOTER;
      }
    };
  }

  private static void add(
      Shard shard,
      long number,
      long at,
      byte[] record,
      boolean withContents,
      SampleIndexBuilder found)
      throws DataSetException {
    TfExample example;
    try {
      example = TfExample.parse(record);
    } catch (IllegalArgumentException e) {
      throw damaged(shard, at, "record " + number + " is no tf.Example: " + e.getMessage());
    }
    TfExample.Span image = null;
    for (String name : IMAGES) {
      image = image == null ? example.bytes(name) : image;
    }
    if (image == null) {
      throw damaged(
          shard, at, "record " + number + " has no feature " + String.join(" or ", IMAGES));
    }
    String label = label(example);
    if (label == null) {
      throw damaged(
          shard,
          at,
          "record " + number + " has no feature image/class/label, label or image/class/text");
    }
    byte[] content = Arrays.copyOfRange(record, image.from(), image.from() + image.length());
    found.add(
        label,
        shard.name() + ":" + number,
        shard.uri(),
        at + image.from(),
        image.length(),
        withContents ? ContentCheck.ofAll(content) : ContentCheck.NONE);
  }

  private static @Nullable String label(TfExample example) {
    for (String name : LABELS) {
      Long number = example.number(name);
      if (number != null) {
        return number.toString();
      }
    }
    for (String name : TEXTS) {
      String text = example.text(name);
      if (text != null && !text.isBlank()) {
        return text.strip();
      }
    }
    return null;
  }

  private static byte[] bytes(InputStream stream, int count, Shard shard, long at)
      throws IOException {
    byte[] bytes = stream.readNBytes(count);
    if (bytes.length < count) {
      throw damaged(
          shard, at, "it is cut short: expected " + count + " bytes, got " + bytes.length);
    }
    return bytes;
  }

  private static int masked(byte[] bytes, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, count);
    int value = (int) crc.getValue();
    return (value >>> 15 | value << 17) + MASK;
  }

  private static DataSetException damaged(Shard shard, long at, String why) {
    return new DataSetException(
        "TFRecord file " + shard.uri() + " is damaged at offset " + at + ": " + why);
  }
}
