package org.convoy.driver.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Writes records of {@code tf.Example}, byte by byte. */
final class TfRecordWriter {
  private TfRecordWriter() {}

  private static void field(ByteArrayOutputStream out, int number, byte[] content) {
    out.write(number << 3 | 2);
    varint(out, content.length);
    out.writeBytes(content);
  }

  static void varint(ByteArrayOutputStream out, long value) {
    long left = value;
    while (left > 127) {
      out.write((int) (left & 127 | 128));
      left >>>= 7;
    }
    out.write((int) left);
  }

  static byte[] message(Object... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i += 2) {
      field(out, (Integer) fields[i], (byte[]) fields[i + 1]);
    }
    return out.toByteArray();
  }

  static byte[] feature(String name, byte[] list, int kind) {
    return message(1, message(1, Samples.bytes(name), 2, message(kind, list)));
  }

  static byte[] number(long value) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    varint(packed, value);
    return message(1, packed.toByteArray());
  }

  /** A {@code tf.Example} of the Inception layout. */
  static byte[] example(byte[] image, long label) {
    byte[] features =
        Samples.join(
            feature("image/class/text", message(1, Samples.bytes("a cat")), 1),
            feature("image/encoded", message(1, image), 1),
            feature("image/class/label", number(label), 3));
    return message(1, features);
  }

  private static int masked(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    int value = (int) crc.getValue();
    return (value >>> 15 | value << 17) + 0xa282ead8;
  }

  /** A record with the CRCs of its length and its data. */
  static byte[] record(byte[] data) {
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    length.putLong(0, data.length);
    ByteBuffer record = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    record.put(length.array()).putInt(masked(length.array())).put(data).putInt(masked(data));
    return record.array();
  }
}
