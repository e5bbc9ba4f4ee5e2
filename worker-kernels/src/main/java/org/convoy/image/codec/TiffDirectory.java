package org.convoy.image.codec;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The first image file directory of a TIFF structure (TIFF 6.0, section 2): tags with whole numbers
 * as values.
 */
final class TiffDirectory {
  private static final int ENTRY_BYTES = 12;

  private final FileBytes file;
  private final Map<Integer, Entry> entries = new TreeMap<>();

  private TiffDirectory(FileBytes file) {
    this.file = file;
  }

  /**
   * Reads the directory.
   *
   * @param format name of the structure in a refusal
   */
  static TiffDirectory first(String format, byte[] bytes) throws RefusalException {
    FileBytes big = new FileBytes(format, bytes, true);
    FileBytes file;
    if (big.has(0, "MM\0*")) {
      file = big;
    } else if (big.has(0, "II*\0")) {
      file = big.littleEndian();
    } else {
      throw big.refusal("no byte order mark");
    }
    TiffDirectory directory = new TiffDirectory(file);
    long at = file.unsigned32(4);
    int count = file.unsigned16(at);
    for (int i = 0; i < count; i++) {
      long entry = at + 2 + (long) i * ENTRY_BYTES;
      directory.entries.putIfAbsent(
          file.unsigned16(entry),
          new Entry(file.unsigned16(entry + 2), file.unsigned32(entry + 4), entry + 8));
    }
    return directory;
  }

  /** The bytes of the structure, in its byte order. */
  FileBytes file() {
    return file;
  }

  boolean has(int tag) {
    return entries.containsKey(tag);
  }

  /** The first value of the tag, or {@code otherwise} if the tag is missing. */
  long value(int tag, long otherwise) throws RefusalException {
    return has(tag) ? values(tag)[0] : otherwise;
  }

  /** All values of a tag, at least one. */
  long[] values(int tag) throws RefusalException {
    Entry entry = entries.get(tag);
    if (entry == null) {
      throw file.refusal("tag " + tag + " is missing");
    }
    int size =
        switch (entry.type) {
          case 1 -> 1;
          case 3 -> 2;
          case 4 -> 4;
          default ->
              throw file.refusal(String.format(Locale.ROOT, "tag %d has type %d", tag, entry.type));
        };
    long bytes = entry.count * size;
    long at = bytes <= 4 ? entry.valueAt : file.unsigned32(entry.valueAt);
    file.require(at, bytes);
    if (entry.count == 0) {
      throw file.refusal("tag " + tag + " has no value");
    }
    long[] values = new long[(int) entry.count];
    for (int i = 0; i < values.length; i++) {
      long from = at + (long) i * size;
      values[i] =
          switch (size) {
            case 1 -> file.unsigned8(from);
            case 2 -> file.unsigned16(from);
            default -> file.unsigned32(from);
          };
    }
    return values;
  }

  /**
   * An entry, with the position of its values, or of their offset if they take more than four
   * bytes.
   */
  private record Entry(int type, long count, long valueAt) {}
}
