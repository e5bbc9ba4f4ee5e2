package org.convoy.driver.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * Identifies the content of an image when a run resumes: 64 bits of the SHA-256 of its first and
 * last {@value #EDGE} bytes (of all bytes, if it has at most twice as many). A replaced image has
 * another check. A change only in the middle of a long file is not detected.
 *
 * <p>Reading every byte would cost as much as an epoch. The edges cost one open per file; in a tar
 * they come with the headers.
 */
final class ContentCheck {

  /** Bytes read at each end. */
  static final int EDGE = 1024;

  /** The check of an image whose content was not read. */
  static final long NONE = 0;

  private ContentCheck() {}

  /** The check of the content with these edges. Short contents have all bytes in the first edge. */
  static long of(byte[] first, byte[] last) {
    MessageDigest sha = SampleIndex.sha256();
    sha.update(first);
    sha.update(last);
    long check = ByteBuffer.wrap(sha.digest()).getLong();
    return check == NONE ? 1 : check;
  }

  /** The check of a content that is in memory. */
  static long ofAll(byte[] content) {
    int last = lastBytes(content.length);
    return of(
        Arrays.copyOf(content, firstBytes(content.length)),
        Arrays.copyOfRange(content, content.length - last, content.length));
  }

  /** The check of a whole file. */
  static long of(FSDataInputStream in, long length) throws IOException {
    byte[] first = new byte[firstBytes(length)];
    byte[] last = new byte[lastBytes(length)];
    in.readFully(0, first);
    if (last.length > 0) {
      in.readFully(length - last.length, last);
    }
    return of(first, last);
  }

  /** Length of the first edge of a content. */
  static int firstBytes(long length) {
    return (int) (length <= 2 * EDGE ? length : EDGE);
  }

  /** Length of the last edge of a content. */
  static int lastBytes(long length) {
    return length <= 2 * EDGE ? 0 : EDGE;
  }

  /** SHA-256 over the checks of all samples. */
  static byte[] digest(long[] checks) {
    MessageDigest sha = SampleIndex.sha256();
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES);
    Arrays.stream(checks).forEach(check -> sha.update(bytes.putLong(0, check).array()));
    return sha.digest();
  }
}
