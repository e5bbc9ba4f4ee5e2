package org.convoy.driver.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.IntStream;

/** Columns in memory: about 30 bytes per sample plus its name. */
final class HeldColumns implements SampleColumns {
  private static final long serialVersionUID = 1L;

  private final String[] locations;
  private final String[] pixels;
  private final int[] label;
  private final int[] location;
  private final long[] offset;
  private final int[] length;
  private final long[] check;
  private final byte[] names;
  private final int[] nameEnds;

  /** Uses the columns without a copy; they must not be written afterwards. */
  HeldColumns(
      String[] locations,
      String[] pixels,
      int[] label,
      int[] location,
      long[] offset,
      int[] length,
      long[] check,
      byte[] names,
      int[] nameEnds) {
    this.locations = locations;
    this.pixels = pixels;
    this.label = label;
    this.location = location;
    this.offset = offset;
    this.length = length;
    this.check = check;
    this.names = names;
    this.nameEnds = nameEnds;
  }

  /**
   * Some of the samples, numbered anew in their order.
   *
   * @param samples ascending
   */
  HeldColumns only(int[] samples) {
    int[] ends = new int[samples.length];
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    for (int i = 0; i < samples.length; i++) {
      int start = nameStart(samples[i]);
      kept.write(names, start, nameEnds[samples[i]] - start);
      ends[i] = kept.size();
    }
    return new HeldColumns(
        locations,
        pixels,
        IntStream.of(samples).map(sample -> label[sample]).toArray(),
        IntStream.of(samples).map(sample -> location[sample]).toArray(),
        IntStream.of(samples).mapToLong(sample -> offset[sample]).toArray(),
        IntStream.of(samples).map(sample -> length[sample]).toArray(),
        IntStream.of(samples).mapToLong(sample -> check[sample]).toArray(),
        kept.toByteArray(),
        ends);
  }

  @Override
  public int count() {
    return label.length;
  }

  @Override
  public void load(int[] samples) {
    // Everything is here.
  }

  @Override
  public int label(int sample) {
    return label[sample];
  }

  @Override
  public int[] labels() {
    return label.clone();
  }

  @Override
  public int location(int sample) {
    return location[sample];
  }

  @Override
  public String base(int sample) {
    return locations[location[sample]];
  }

  @Override
  public String pixels(int sample) {
    return pixels[location[sample]];
  }

  @Override
  public long offset(int sample) {
    return offset[sample];
  }

  @Override
  public int length(int sample) {
    return length[sample];
  }

  @Override
  public long check(int sample) {
    return check[sample];
  }

  @Override
  public String name(int sample) {
    int start = nameStart(sample);
    return new String(names, start, nameEnds[sample] - start, StandardCharsets.UTF_8);
  }

  @Override
  public long totalBytes() {
    return IntStream.of(length).asLongStream().sum();
  }

  @Override
  public long[] classCounts(int classes) {
    long[] counts = new long[classes];
    for (int each : label) {
      counts[each]++;
    }
    return counts;
  }

  @Override
  public String fingerprint(String[] classes, LabelColumn labels) {
    MessageDigest sha = SampleIndex.sha256();
    for (String name : classes) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      sha.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
      sha.update(bytes);
    }
    ByteBuffer numbers = ByteBuffer.allocate(12);
    for (int i = 0; i < label.length; i++) {
      int start = nameStart(i);
      sha.update(
          numbers.putInt(0, label[i]).putInt(4, length[i]).putInt(8, nameEnds[i] - start).array());
      sha.update(names, start, nameEnds[i] - start);
    }
    labels.digest(sha);
    return HexFormat.of().formatHex(sha.digest());
  }

  @Override
  public String contentDigest() {
    return HexFormat.of().formatHex(ContentCheck.digest(check));
  }

  String[] locations() {
    return locations;
  }

  String[] pixelsColumn() {
    return pixels;
  }

  byte[] names() {
    return names;
  }

  int nameEnd(int sample) {
    return nameEnds[sample];
  }

  private int nameStart(int sample) {
    return sample == 0 ? 0 : nameEnds[sample - 1];
  }
}
