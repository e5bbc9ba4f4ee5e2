package org.convoy.driver.data;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The relevant records of a pax extended header about the entry after it.
 *
 * @param path name of the entry
 * @param target target path of a link
 * @param size bytes of its content
 */
record PaxRecords(Optional<EntryName> path, Optional<EntryName> target, OptionalLong size) {

  /**
   * Reads records of the form "length key=value\n", where the length counts the whole record.
   *
   * @throws DataSetException if a record is not valid, or the entry is a sparse file, whose bytes
   *     are not contiguous
   */
  static PaxRecords parse(byte[] bytes, String uri, long at) throws DataSetException {
    Optional<EntryName> path = Optional.empty();
    Optional<EntryName> target = Optional.empty();
    OptionalLong size = OptionalLong.empty();
    int start = 0;
    while (start < bytes.length && bytes[start] != 0) {
      int space = start;
      int length = 0;
      while (space < bytes.length
          && bytes[space] >= '0'
          && bytes[space] <= '9'
          && length < bytes.length) {
        length = 10 * length + bytes[space++] - '0';
      }
      int end = start + length;
      if (length == 0
          || end > bytes.length
          || space + 1 >= end
          || bytes[space] != ' '
          || bytes[end - 1] != '\n') {
        throw damaged(uri, at + start);
      }
      String record = new String(bytes, space + 1, end - space - 2, StandardCharsets.UTF_8);
      if (record.startsWith("path=")) {
        path = Optional.of(EntryName.of(bytes, space + 6, end - space - 7));
      } else if (record.startsWith("linkpath=")) {
        target = Optional.of(EntryName.of(bytes, space + 10, end - space - 11));
      } else if (record.startsWith("size=")) {
        size = OptionalLong.of(sizeOf(record.substring(5), uri, at + start));
      } else if (record.startsWith("GNU.sparse.")) {
        throw sparse(uri, at);
      }
      start = end;
    }
    return new PaxRecords(path, target, size);
  }

  private static long sizeOf(String digits, String uri, long at) throws DataSetException {
    try {
      long size = Long.parseLong(digits);
      if (size >= 0) {
        return size;
      }
    } catch (NumberFormatException e) {
      // This is reported below, like a negative size.
    }
    throw damaged(uri, at);
  }

  /**
   * The error for a file whose zeros are not stored, so that its bytes cannot be read in one piece.
   */
  static DataSetException sparse(String uri, long at) {
    return new DataSetException(
        "tar "
            + uri
            + " holds a sparse file at offset "
            + at
            + ": expected files stored in one piece (write the tar without --sparse)");
  }

  private static DataSetException damaged(String uri, long at) {
    return new DataSetException(
        "tar " + uri + " is damaged: expected a pax record at offset " + at + ", got other bytes");
  }
}
