package org.convoy.driver.data;

/**
 * One header block of a tar (POSIX.1-1988 ustar, with GNU's base-256 numbers).
 *
 * <p>Bytes: name 0-99, size 124-135, checksum 148-155, type 156, target of a link 157-256, magic
 * 257-264, prefix of the name 345-499. Numbers are octal digits that end in a space or NUL; GNU
 * writes larger ones in base 256 with the first bit set.
 *
 * @param name path of the entry, including the prefix
 * @param target target path of a link
 * @param size bytes of content that follow the header
 * @param type the type flag; NUL for a block of zeros, which ends the archive
 */
record TarHeader(EntryName name, EntryName target, long size, char type) {

  static final int BLOCK = 512;
  static final char GNU_LONG_NAME = 'L';
  static final char GNU_LONG_TARGET = 'K';
  static final char HARD_LINK = '1';
  static final char SYMBOLIC_LINK = '2';
  static final char GNU_SPARSE = 'S';
  static final char PAX = 'x';

  private static final char END = 0;
  private static final String EXTENSIONS = "LKxgX";
  private static final int CHECKSUM = 148;

  boolean isEnd() {
    return type == END;
  }

  /** Whether it only describes the next entry and is not an entry itself. */
  boolean isExtension() {
    return EXTENSIONS.indexOf(type) >= 0;
  }

  /**
   * Whether it is a folder. Before POSIX, folders were files with a slash at the end of the name.
   */
  boolean isFolder(String fullName) {
    return type == '5' || (type == '0' && fullName.endsWith("/"));
  }

  boolean isFile() {
    return type == '0' || type == '7';
  }

  boolean isLink() {
    return type == HARD_LINK || type == SYMBOLIC_LINK;
  }

  /** Whether a block could be a header: the magic and the checksum are right. */
  static boolean looksLike(byte[] block, int start) {
    return block[start + 257] == 'u'
        && block[start + 258] == 's'
        && block[start + 259] == 't'
        && block[start + 260] == 'a'
        && block[start + 261] == 'r'
        && checksumHolds(block, start);
  }

  /**
   * Reads a header.
   *
   * @param uri the tar, for messages
   * @param at offset of the header in the tar, for messages
   * @throws DataSetException if its checksum is wrong or its size is not a number
   */
  static TarHeader parse(byte[] block, int start, String uri, long at) throws DataSetException {
    if (isZero(block, start)) {
      return new TarHeader(EntryName.EMPTY, EntryName.EMPTY, 0, END);
    }
    if (!checksumHolds(block, start)) {
      throw new DataSetException(
          "tar "
              + uri
              + " is damaged, or no tar: the header at offset "
              + at
              + " has another checksum than it states");
    }
    char flag = (char) (block[start + 156] & 0xff);
    long size = number(block, start + 124, 12);
    if (size < 0) {
      throw new DataSetException(
          "tar " + uri + " is damaged: the header at offset " + at + " states no size");
    }
    EntryName name = EntryName.of(block, start, 100);
    boolean posix = block[start + 257] == 'u' && block[start + 262] == 0;
    EntryName prefix = posix ? EntryName.of(block, start + 345, 155) : EntryName.EMPTY;
    return new TarHeader(
        name.in(prefix),
        EntryName.of(block, start + 157, 100),
        hasContent(flag) ? size : 0,
        flag == 0 ? '0' : flag);
  }

  /** Links, devices and folders may state a size, but no content follows. */
  private static boolean hasContent(char flag) {
    return flag < '1' || flag > '6';
  }

  static boolean isZero(byte[] block, int start) {
    for (int i = 0; i < BLOCK; i++) {
      if (block[start + i] != 0) {
        return false;
      }
    }
    return true;
  }

  static boolean checksumHolds(byte[] block, int start) {
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= CHECKSUM && i < CHECKSUM + 8 ? ' ' : block[start + i] & 0xff;
    }
    return sum == number(block, start + CHECKSUM, 8);
  }

  /** A number, or -1 if the field has no number. */
  private static long number(byte[] bytes, int start, int length) {
    if ((bytes[start] & 0x80) != 0) {
      long value = bytes[start] & 0x3f;
      for (int i = start + 1; i < start + length; i++) {
        if (value >>> 55 != 0) {
          return -1;
        }
        value = value << 8 | (bytes[i] & 0xff);
      }
      return value;
    }
    long value = 0;
    boolean ended = false;
    boolean begun = false;
    for (int i = start; i < start + length; i++) {
      int digit = bytes[i] - '0';
      if (digit >= 0 && digit < 8 && !ended) {
        value = value << 3 | digit;
        begun = true;
      } else if (bytes[i] == ' ' || bytes[i] == 0) {
        ended = begun;
      } else {
        return -1;
      }
    }
    return value;
  }
}
