package org.convoy.driver.data;

import java.io.ByteArrayOutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.convoy.task.Target;

/**
 * The samples of one split, numbered 0..count-1 in the order (class, path in the class folder). It
 * is immutable, thread-safe, and stored in columns: about 30 bytes per sample plus its name, so
 * that an index of 1.3 million samples can be broadcast to every executor.
 *
 * <p>The label of a class is its position among the sorted class names; classes that the data set
 * states as numbers are in the order of the numbers. The class of a sample is its folder, unless a
 * {@link LabelFile} gave it a set of labels.
 */
public final class SampleIndex implements Serializable {

  private static final long serialVersionUID = 1L;

  /** The offset of a sample that is a whole file. */
  public static final long WHOLE_FILE = -1;

  private final String title;
  private final String[] folders;
  private final String[] locations;
  private final String[] pixels;
  private final int[] label;
  private final int[] location;
  private final long[] offset;
  private final int[] length;
  private final long[] check;
  private final byte[] names;
  private final int[] nameEnds;
  private final long ignoredFiles;
  private final LabelColumn labels;
  private final String fingerprint;

  /** Uses the columns without a copy; they must not be written afterwards. */
  SampleIndex(
      String title,
      String[] classes,
      String[] locations,
      String[] pixels,
      int[] label,
      int[] location,
      long[] offset,
      int[] length,
      long[] check,
      byte[] names,
      int[] nameEnds,
      long ignoredFiles) {
    this(
        title,
        classes,
        locations,
        pixels,
        label,
        location,
        offset,
        length,
        check,
        names,
        nameEnds,
        ignoredFiles,
        LabelColumn.NONE);
  }

  private SampleIndex(
      String title,
      String[] folders,
      String[] locations,
      String[] pixels,
      int[] label,
      int[] location,
      long[] offset,
      int[] length,
      long[] check,
      byte[] names,
      int[] nameEnds,
      long ignoredFiles,
      LabelColumn labels) {
    this.title = title;
    this.folders = folders;
    this.locations = locations;
    this.pixels = pixels;
    this.label = label;
    this.location = location;
    this.offset = offset;
    this.length = length;
    this.check = check;
    this.names = names;
    this.nameEnds = nameEnds;
    this.ignoredFiles = ignoredFiles;
    this.labels = labels;
    this.fingerprint = digest();
  }

  /** The same samples with a set of labels each, in place of the class of their folder. */
  SampleIndex labelled(LabelColumn column) {
    return new SampleIndex(
        title,
        folders,
        locations,
        pixels,
        label,
        location,
        offset,
        length,
        check,
        names,
        nameEnds,
        ignoredFiles,
        column);
  }

  /**
   * Some of the samples, numbered anew in their order.
   *
   * @param title of the result
   * @param samples ascending
   */
  SampleIndex only(String title, int[] samples) {
    int[] ends = new int[samples.length];
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    for (int i = 0; i < samples.length; i++) {
      int start = nameStart(samples[i]);
      kept.write(names, start, nameEnds[samples[i]] - start);
      ends[i] = kept.size();
    }
    return new SampleIndex(
        title,
        folders,
        locations,
        pixels,
        IntStream.of(samples).map(sample -> label[sample]).toArray(),
        IntStream.of(samples).map(sample -> location[sample]).toArray(),
        IntStream.of(samples).mapToLong(sample -> offset[sample]).toArray(),
        IntStream.of(samples).map(sample -> length[sample]).toArray(),
        IntStream.of(samples).mapToLong(sample -> check[sample]).toArray(),
        kept.toByteArray(),
        ends,
        ignoredFiles,
        labels.only(samples));
  }

  /** The name of the split in messages: "split 'train' of file:/data/cifar10.tar". */
  public String title() {
    return title;
  }

  /** The number of samples. */
  public int count() {
    return label.length;
  }

  /** Class names in label order. */
  public List<String> classes() {
    return labels.isPresent() ? labels.classes() : List.of(folders);
  }

  /**
   * The folder of a sample: its class, as an index into {@link #classes()}, unless it has labels.
   */
  public int label(int sample) {
    return label[sample];
  }

  /** The target of a sample. */
  public Target target(int sample) {
    return labels.isPresent()
        ? new Target.Labels(labels.of(sample))
        : new Target.Label(label[sample]);
  }

  /** The targets of the first {@code count} samples of a batch. */
  public List<Target> targets(long[] samples, int count) {
    return LongStream.of(samples)
        .limit(count)
        .mapToObj(sample -> target(Math.toIntExact(sample)))
        .toList();
  }

  /** The labels of all samples in order, as a copy. */
  public int[] labels() {
    return label.clone();
  }

  /** The number of samples of each class, in label order; the class is the sample's folder. */
  public long[] classCounts() {
    long[] counts = new long[folders.length];
    for (int each : label) {
      counts[each]++;
    }
    return counts;
  }

  /** The path of the file within the class folder, usually just its name. */
  public String name(int sample) {
    int start = nameStart(sample);
    return new String(names, start, nameEnds[sample] - start, StandardCharsets.UTF_8);
  }

  /** "class/file", for messages. */
  public String describe(int sample) {
    return folders[label[sample]] + "/" + name(sample);
  }

  /** The file to open: the tar that contains the sample, or the sample's own file. */
  public String uri(int sample) {
    String base = locations[location[sample]];
    return offset[sample] == WHOLE_FILE ? base + "/" + name(sample) : base;
  }

  /** The offset of the sample's bytes in {@link #uri}, or {@link #WHOLE_FILE}. */
  public long offset(int sample) {
    return offset[sample];
  }

  /** The sample's size in bytes. */
  public int length(int sample) {
    return length[sample];
  }

  /** The layout of a sample that is bare pixels, as a text, or {@link RawPixels#NONE}. */
  String pixels(int sample) {
    return pixels[location[sample]];
  }

  /** The number of the file or folder that holds the sample. Equal numbers mean equal places. */
  int location(int sample) {
    return location[sample];
  }

  /** The total size of all samples in bytes. */
  public long totalBytes() {
    long total = 0;
    for (int each : length) {
      total += each;
    }
    return total;
  }

  /** Number of files, folders and links in the split that are not samples. */
  public long ignoredFiles() {
    return ignoredFiles;
  }

  /**
   * SHA-256, in hexadecimal, of the class names and every sample's labels, name and length. It does
   * not depend on where or in which format the samples are stored.
   */
  public String fingerprint() {
    return fingerprint;
  }

  /**
   * SHA-256, in hexadecimal, of the first and last KiB of every sample, in order. Like the
   * fingerprint, it is the same for a copy in another place or format.
   *
   * @throws IllegalStateException if the contents were not read when the split was listed
   */
  public String contentDigest() {
    if (check.length > 0 && check[0] == ContentCheck.NONE) {
      throw new IllegalStateException(title + " was listed without its contents");
    }
    return HexFormat.of().formatHex(ContentCheck.digest(check));
  }

  /** The check of a sample's content, or {@link ContentCheck#NONE}. */
  long check(int sample) {
    return check[sample];
  }

  /**
   * Checks that labels have the same meaning in this split as in another one or in a model.
   *
   * @param expected class names in label order, of the training split or of a saved model
   * @param owner owner of the expected classes, for the message: "the training split"
   * @throws DataSetException naming each class that is missing or unknown
   */
  public void requireClasses(List<String> expected, String owner) throws DataSetException {
    if (!expected.equals(classes())) {
      throw new DataSetException(ClassMismatch.message(title, classes(), expected, owner));
    }
  }

  String[] classColumn() {
    return folders;
  }

  String[] locationColumn() {
    return locations;
  }

  String[] pixelsColumn() {
    return pixels;
  }

  byte[] nameColumn() {
    return names;
  }

  int nameEnd(int sample) {
    return nameEnds[sample];
  }

  private int nameStart(int sample) {
    return sample == 0 ? 0 : nameEnds[sample - 1];
  }

  private String digest() {
    MessageDigest sha = sha256();
    for (String name : folders) {
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

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
