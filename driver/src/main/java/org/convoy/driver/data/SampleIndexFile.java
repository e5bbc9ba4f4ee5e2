package org.convoy.driver.data;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Reads and writes an index as bytes.
 *
 * <p>Big-endian: magic "CVIX", format version (int); stamp and title (int length and UTF-8 each);
 * classes, locations, then the layouts of pixels in them (int count, then each as text); sample
 * count (int); ignored files (long); columns label, location (int), offset (long), length, end of
 * name (int), check of the content (long); the names; SHA-256 of all earlier bytes (32 bytes).
 */
final class SampleIndexFile {

  private static final int MAGIC = 0x43564958;
  private static final int VERSION = 3;

  /** Bytes per sample without its name. */
  private static final int SAMPLE_BYTES = 32;

  private SampleIndexFile() {}

  /** An index, and the stamp of its source at the time it was made. */
  record Stamped(String stamp, SampleIndex index) {}

  static void write(SampleIndex index, String stamp, OutputStream to) throws IOException {
    MessageDigest sha = SampleIndex.sha256();
    OutputStream buffered = new BufferedOutputStream(to, 1 << 16);
    DataOutputStream out = new DataOutputStream(new DigestOutputStream(buffered, sha));
    out.writeInt(MAGIC);
    out.writeInt(VERSION);
    writeText(out, stamp);
    writeText(out, index.title());
    writeTexts(out, index.classColumn());
    HeldColumns held = index.held("files of indexes");
    writeTexts(out, held.locations());
    writeTexts(out, held.pixelsColumn());
    int count = index.count();
    out.writeInt(count);
    out.writeLong(index.ignoredFiles());
    for (int i = 0; i < count; i++) {
      out.writeInt(index.label(i));
      out.writeInt(index.location(i));
      out.writeLong(index.offset(i));
      out.writeInt(index.length(i));
      out.writeInt(held.nameEnd(i));
      out.writeLong(index.check(i));
    }
    out.write(held.names());
    out.flush();
    buffered.write(sha.digest());
    buffered.flush();
  }

  /**
   * Reads an index that {@link #write} wrote.
   *
   * @param fileLength bytes in the file, which bound every count read from it
   * @throws IOException if it has another version, is truncated or damaged
   */
  static Stamped read(InputStream from, long fileLength) throws IOException {
    MessageDigest sha = SampleIndex.sha256();
    InputStream buffered = new BufferedInputStream(from, 1 << 16);
    DataInputStream in = new DataInputStream(new DigestInputStream(buffered, sha));
    int magic = in.readInt();
    int version = in.readInt();
    if (magic != MAGIC || version != VERSION) {
      throw new IOException("expected a sample index of version " + VERSION + ", got another file");
    }
    String stamp = readText(in, fileLength);
    String title = readText(in, fileLength);
    String[] classes = readTexts(in, fileLength);
    String[] locations = readTexts(in, fileLength);
    String[] pixels = readTexts(in, fileLength);
    int count = bounded(in.readInt(), fileLength / SAMPLE_BYTES);
    long ignored = in.readLong();
    int[] label = new int[count];
    int[] location = new int[count];
    long[] offset = new long[count];
    int[] length = new int[count];
    int[] nameEnds = new int[count];
    long[] check = new long[count];
    for (int i = 0; i < count; i++) {
      label[i] = in.readInt();
      location[i] = in.readInt();
      offset[i] = in.readLong();
      length[i] = in.readInt();
      nameEnds[i] = in.readInt();
      check[i] = in.readLong();
    }
    byte[] names = new byte[count == 0 ? 0 : bounded(nameEnds[count - 1], fileLength)];
    in.readFully(names);
    byte[] expected = sha.digest();
    if (!Arrays.equals(expected, buffered.readNBytes(expected.length))) {
      throw new IOException("the sample index is damaged: its digest does not match");
    }
    return new Stamped(
        stamp,
        new SampleIndex(
            title,
            classes,
            new HeldColumns(
                locations, pixels, label, location, offset, length, check, names, nameEnds),
            ignored));
  }

  private static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static void writeTexts(DataOutputStream out, String[] texts) throws IOException {
    out.writeInt(texts.length);
    for (String text : texts) {
      writeText(out, text);
    }
  }

  private static String readText(DataInputStream in, long fileLength) throws IOException {
    byte[] bytes = new byte[bounded(in.readInt(), fileLength)];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String[] readTexts(DataInputStream in, long fileLength) throws IOException {
    String[] texts = new String[bounded(in.readInt(), fileLength / Integer.BYTES)];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = readText(in, fileLength);
    }
    return texts;
  }

  private static int bounded(int number, long most) throws IOException {
    if (number < 0 || number > most) {
      throw new IOException(
          "the sample index is damaged: expected a size of at most " + most + ", got " + number);
    }
    return number;
  }
}
