package org.convoy.driver.data;

import java.io.Serializable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.stream.LongStream;
import org.convoy.settings.RequestException;
import org.convoy.task.Target;

/**
 * The samples of one split, numbered 0..count-1. It is immutable, thread-safe, and stored in
 * columns. In memory ({@link HeldColumns}) samples go by (class, path in the class folder), and an
 * index of 1.3 million of them can be broadcast to every executor. In files ({@link PagedColumns})
 * they go by shard and place in it, and what is broadcast is the list of shards.
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
  private final SampleColumns columns;
  private final long ignoredFiles;
  private final LabelColumn labels;
  private final String fingerprint;

  SampleIndex(String title, String[] classes, SampleColumns columns, long ignoredFiles) {
    this(title, classes, columns, ignoredFiles, LabelColumn.NONE);
  }

  private SampleIndex(
      String title,
      String[] folders,
      SampleColumns columns,
      long ignoredFiles,
      LabelColumn labels) {
    this.title = title;
    this.folders = folders;
    this.columns = columns;
    this.ignoredFiles = ignoredFiles;
    this.labels = labels;
    this.fingerprint = columns.fingerprint(folders, labels);
  }

  /**
   * The same samples with a set of labels each, in place of the class of their folder.
   *
   * @throws RequestException if the index is in files
   */
  SampleIndex labelled(LabelColumn column) {
    return new SampleIndex(title, folders, held("labels"), ignoredFiles, column);
  }

  /**
   * Some of the samples, numbered anew in their order.
   *
   * @param title of the result
   * @param samples ascending
   * @throws RequestException if the index is in files
   */
  SampleIndex only(String title, int[] samples) {
    return new SampleIndex(
        title, folders, held("folds").only(samples), ignoredFiles, labels.only(samples));
  }

  /** The columns in memory. */
  HeldColumns held(String purpose) {
    if (columns instanceof HeldColumns held) {
      return held;
    }
    throw new RequestException(
        "data.index is files, and " + purpose + " need an index in memory: expected memory");
  }

  /** The name of the split in messages: "split 'train' of file:/data/cifar10.tar". */
  public String title() {
    return title;
  }

  /** The number of samples. */
  public int count() {
    return columns.count();
  }

  /**
   * Reads what an index in files holds of some samples, much of it at the same time, so that asking
   * for it afterwards does not wait for storage.
   */
  public void load(int[] samples) {
    columns.load(samples);
  }

  /** Class names in label order. */
  public List<String> classes() {
    return labels.isPresent() ? labels.classes() : List.of(folders);
  }

  /**
   * The folder of a sample: its class, as an index into {@link #classes()}, unless it has labels.
   */
  public int label(int sample) {
    return columns.label(sample);
  }

  /** The target of a sample. */
  public Target target(int sample) {
    return labels.isPresent()
        ? new Target.Labels(labels.of(sample))
        : new Target.Label(columns.label(sample));
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
    return columns.labels();
  }

  /** The number of samples of each class, in label order; the class is the sample's folder. */
  public long[] classCounts() {
    return columns.classCounts(folders.length);
  }

  /** The path of the file within the class folder, usually just its name. */
  public String name(int sample) {
    return columns.name(sample);
  }

  /** "class/file", for messages. */
  public String describe(int sample) {
    return folders[columns.label(sample)] + "/" + name(sample);
  }

  /** The file to open: the tar that contains the sample, or the sample's own file. */
  public String uri(int sample) {
    String base = columns.base(sample);
    return columns.offset(sample) == WHOLE_FILE ? base + "/" + name(sample) : base;
  }

  /** The offset of the sample's bytes in {@link #uri}, or {@link #WHOLE_FILE}. */
  public long offset(int sample) {
    return columns.offset(sample);
  }

  /** The sample's size in bytes. */
  public int length(int sample) {
    return columns.length(sample);
  }

  /** The layout of a sample that is bare pixels, as a text, or {@link RawPixels#NONE}. */
  String pixels(int sample) {
    return columns.pixels(sample);
  }

  /** The number of the file or folder that holds the sample. Equal numbers mean equal places. */
  int location(int sample) {
    return columns.location(sample);
  }

  /** The total size of all samples in bytes. */
  public long totalBytes() {
    return columns.totalBytes();
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
    if (count() > 0 && check(0) == ContentCheck.NONE) {
      throw new IllegalStateException(title + " was listed without its contents");
    }
    return columns.contentDigest();
  }

  /** The check of a sample's content, or {@link ContentCheck#NONE}. */
  long check(int sample) {
    return columns.check(sample);
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

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
