package org.convoy.driver.data;

import java.io.Serializable;

/** The columns of an index, held in memory or read from files. Immutable and thread-safe. */
sealed interface SampleColumns extends Serializable permits HeldColumns, PagedColumns {

  /** The number of samples. */
  int count();

  /**
   * Reads what will be asked of some samples, much of it at the same time. Without it everything is
   * read when it is asked for.
   */
  void load(int[] samples);

  /** The number of the class of a sample's folder. */
  int label(int sample);

  /** The labels of all samples, as a copy. */
  int[] labels();

  /** The number of the file or folder that holds a sample. */
  int location(int sample);

  /** The URI of that file or folder. */
  String base(int sample);

  /** The layout of a sample that is bare pixels, or {@link RawPixels#NONE}. */
  String pixels(int sample);

  /** The offset of a sample's bytes, or {@link SampleIndex#WHOLE_FILE}. */
  long offset(int sample);

  /** A sample's size in bytes. */
  int length(int sample);

  /** The check of a sample's content, or {@link ContentCheck#NONE}. */
  long check(int sample);

  /** The path of a sample within its class folder. */
  String name(int sample);

  /** The bytes of all samples. */
  long totalBytes();

  /** The number of samples of each class. */
  long[] classCounts(int classes);

  /** SHA-256, in hexadecimal, of classes and of every sample's label, name and length. */
  String fingerprint(String[] classes, LabelColumn labels);

  /** SHA-256, in hexadecimal, of every sample's check. */
  String contentDigest();
}
