package org.convoy.driver.data;

import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * Samples of a listing in the order in which they were found, as columns that grow. Classes and
 * locations are numbers, which the owner gives a meaning. Not thread-safe.
 */
final class FoundSamples implements Serializable {
  private static final long serialVersionUID = 1L;

  private byte[][] names = new byte[64][];
  private int[] classOf = new int[64];
  private int[] locationOf = new int[64];
  private long[] offsets = new long[64];
  private int[] lengths = new int[64];
  private long[] checks = new long[64];
  private int count;

  void add(int classNumber, byte[] name, int location, long offset, int length, long check) {
    if (count == lengths.length) {
      int capacity = Math.addExact(count, count >> 1);
      names = Arrays.copyOf(names, capacity);
      classOf = Arrays.copyOf(classOf, capacity);
      locationOf = Arrays.copyOf(locationOf, capacity);
      offsets = Arrays.copyOf(offsets, capacity);
      lengths = Arrays.copyOf(lengths, capacity);
      checks = Arrays.copyOf(checks, capacity);
    }
    names[count] = name;
    classOf[count] = classNumber;
    locationOf[count] = location;
    offsets[count] = offset;
    lengths[count] = length;
    checks[count++] = check;
  }

  /**
   * Adds the samples of another part of the same listing.
   *
   * @param classes the number here of each of its classes
   * @param locations the number here of each of its locations
   */
  void addAll(FoundSamples other, int[] classes, int[] locations) {
    for (int i = 0; i < other.count; i++) {
      add(
          classes[other.classOf[i]],
          other.names[i],
          locations[other.locationOf[i]],
          other.offsets[i],
          other.lengths[i],
          other.checks[i]);
    }
  }

  /**
   * Writes the samples in their order as a part of an index in files.
   *
   * @param uri of the shard that all of them are in
   */
  PagedHead.Part writePart(String file, String uri, ClassTable classes, Configuration hadoop)
      throws IOException {
    String[] classNames = classes.inOrder();
    int[] labels = classes.labels();
    IndexPartWriter.Source samples =
        each -> {
          for (int i = 0; i < count; i++) {
            each.sample(offsets[i], lengths[i], labels[classOf[i]], checks[i], names[i]);
          }
        };
    IndexPartWriter.write(file, count, List.of(classNames), samples, hadoop);
    MessageDigest sha = SampleIndex.sha256();
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      sha.update(classNames[labels[classOf[i]]].getBytes(StandardCharsets.UTF_8));
      sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, lengths[i]));
      sha.update(names[i]);
      bytes += lengths[i];
    }
    return new PagedHead.Part(
        uri,
        count,
        bytes,
        HexFormat.of().formatHex(sha.digest()),
        HexFormat.of().formatHex(ContentCheck.digest(Arrays.copyOf(checks, count))));
  }

  /** The number of samples of each class, by the class's name. */
  Map<String, Long> countsByClass(ClassTable classes) {
    String[] classNames = classes.inOrder();
    int[] labels = classes.labels();
    Map<String, Long> counts = new HashMap<>();
    for (int i = 0; i < count; i++) {
      counts.merge(classNames[labels[classOf[i]]], 1L, Long::sum);
    }
    return counts;
  }

  /**
   * The samples by label, then by name (in the order of its UTF-8 bytes). Of samples of one class
   * and name the last one found counts.
   *
   * @param labels of the classes
   * @param locations their URIs
   * @param pixels of the locations, {@link RawPixels} as texts
   */
  HeldColumns sorted(int[] labels, String[] locations, String[] pixels) {
    int[] order = order(labels);
    int n = order.length;
    int[] label = new int[n];
    int[] location = new int[n];
    long[] offset = new long[n];
    int[] length = new int[n];
    long[] check = new long[n];
    int[] nameEnds = new int[n];
    int nameBytes = 0;
    for (int i : order) {
      nameBytes = Math.addExact(nameBytes, names[i].length);
    }
    byte[] packed = new byte[nameBytes];
    int end = 0;
    for (int i = 0; i < n; i++) {
      int from = order[i];
      label[i] = labels[classOf[from]];
      location[i] = locationOf[from];
      offset[i] = offsets[from];
      length[i] = lengths[from];
      check[i] = checks[from];
      System.arraycopy(names[from], 0, packed, end, names[from].length);
      end += names[from].length;
      nameEnds[i] = end;
    }
    return new HeldColumns(
        locations, pixels, label, location, offset, length, check, packed, nameEnds);
  }

  private int[] order(int[] labels) {
    Integer[] order = new Integer[count];
    Arrays.setAll(order, i -> i);
    Arrays.sort(
        order,
        Comparator.<Integer>comparingInt(i -> labels[classOf[i]])
            .thenComparing(i -> names[i], Arrays::compareUnsigned));
    int[] kept = new int[order.length];
    int n = 0;
    for (int i = 0; i < order.length; i++) {
      boolean replaced =
          i + 1 < order.length
              && classOf[order[i]] == classOf[order[i + 1]]
              && Arrays.equals(names[order[i]], names[order[i + 1]]);
      if (!replaced) {
        kept[n++] = order[i];
      }
    }
    return Arrays.copyOf(kept, n);
  }
}
