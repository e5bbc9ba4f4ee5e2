package org.convoy.driver.data;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A set of classes for each sample of an index, in columns. Immutable. {@link #NONE} stands for an
 * index whose samples have the class of their folder.
 */
final class LabelColumn implements Serializable {
  private static final long serialVersionUID = 1L;

  static final LabelColumn NONE = new LabelColumn(new String[0], new int[0], new int[0]);

  private final String[] classes;
  private final int[] ends;
  private final int[] labels;

  private LabelColumn(String[] classes, int[] ends, int[] labels) {
    this.classes = classes;
    this.ends = ends;
    this.labels = labels;
  }

  /**
   * The column.
   *
   * @param classes names of the classes
   * @param samples the classes of each sample by their places among the names, ascending
   */
  static LabelColumn of(List<String> classes, List<List<Integer>> samples) {
    int[] ends = new int[samples.size()];
    int end = 0;
    for (int i = 0; i < ends.length; i++) {
      end += samples.get(i).size();
      ends[i] = end;
    }
    int[] labels = samples.stream().flatMap(List::stream).mapToInt(Integer::intValue).toArray();
    return new LabelColumn(classes.toArray(String[]::new), ends, labels);
  }

  /** The labels of some of the samples. */
  LabelColumn only(int[] samples) {
    return isPresent() ? of(classes(), IntStream.of(samples).mapToObj(this::of).toList()) : this;
  }

  boolean isPresent() {
    return ends.length > 0;
  }

  List<String> classes() {
    return List.of(classes);
  }

  List<Integer> of(int sample) {
    return IntStream.range(sample == 0 ? 0 : ends[sample - 1], ends[sample])
        .mapToObj(i -> labels[i])
        .toList();
  }

  /** Adds names and labels to a digest. */
  void digest(MessageDigest sha) {
    for (String name : classes) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
      sha.update(bytes);
    }
    for (int[] column : Arrays.asList(ends, labels)) {
      for (int value : column) {
        sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, value));
      }
    }
  }
}
