package org.convoy.driver.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * What an image's content is recognised by when a run goes on: 64 bits of the SHA-256 of its first
 * and last {@value #EDGE} bytes (of all of them, if it has at most twice as many). Another image
 * put in its place has another check; a change in the middle of a long file alone is not seen.
 *
 * <p>To read every byte would cost an epoch's reading. The edges cost an open of each file; in a
 * tar they come with the headers.
 */
final class ContentCheck {

  /** Bytes looked at on either side. */
  static final int EDGE = 1024;

  /** The check of an image whose content was not looked at. */
  static final long NONE = 0;

  private ContentCheck() {}

  /** The check of the content with these edges; short contents have all bytes in the first. */
  static long of(byte[] first, byte[] last) {
    MessageDigest sha = SampleIndex.sha256();
    sha.update(first);
    sha.update(last);
    long check = ByteBuffer.wrap(sha.digest()).getLong();
    return check == NONE ? 1 : check;
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

  /** How long the first edge of a content is. */
  static int firstBytes(long length) {
    return (int) (length <= 2 * EDGE ? length : EDGE);
  }

  /** How long the last edge of a content is. */
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
