package org.convoy.driver.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What is held of an index in files. It is stored as JSON.
 *
 * @param version of this form
 * @param stamp of the source when it was listed
 * @param title of the split in messages
 * @param folder with the parts
 * @param classes names in label order
 * @param found the name that each class has in the shards, in label order
 * @param classCounts samples of each class
 * @param ignoredFiles entries that are not samples
 * @param parts the shards in their order
 */
record PagedHead(
    int version,
    String stamp,
    String title,
    String folder,
    List<String> classes,
    List<String> found,
    List<Long> classCounts,
    long ignoredFiles,
    List<Part> parts)
    implements Serializable {
  static final int VERSION = 2;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A shard.
   *
   * @param uri of the shard
   * @param count of its samples
   * @param bytes of its samples
   * @param names SHA-256 of the classes, names and lengths of its samples
   * @param contents SHA-256 of the checks of its samples
   */
  record Part(String uri, int count, long bytes, String names, String contents)
      implements Serializable {}

  PagedHead {
    classes = List.copyOf(classes);
    found = List.copyOf(found);
    classCounts = List.copyOf(classCounts);
    parts = List.copyOf(parts);
  }

  /** The file of a part. */
  String file(int part) {
    return file(folder, part);
  }

  static String file(String folder, int part) {
    return folder + "/" + part + ".part";
  }

  /** The first sample of each part, and at the end the number of samples. */
  int[] firsts() {
    int[] firsts = new int[parts.size() + 1];
    for (int i = 0; i < parts.size(); i++) {
      firsts[i + 1] = Math.addExact(firsts[i], parts.get(i).count());
    }
    return firsts;
  }

  /** The labels of a shard's classes. */
  int[] labels(List<String> ofShard, Map<String, Integer> labels) throws IOException {
    int[] numbers = new int[ofShard.size()];
    for (int i = 0; i < numbers.length; i++) {
      Integer label = labels.get(ofShard.get(i));
      if (label == null) {
        throw new IOException("class " + ofShard.get(i) + " is not one of " + title);
      }
      numbers[i] = label;
    }
    return numbers;
  }

  /** A digest over classes and over one of the digests of each part. */
  static String digest(List<String> classes, List<Part> parts, Function<Part, String> ofPart) {
    MessageDigest sha = SampleIndex.sha256();
    classes.forEach(name -> sha.update((name + "\n").getBytes(StandardCharsets.UTF_8)));
    parts.forEach(part -> sha.update(ofPart.apply(part).getBytes(StandardCharsets.UTF_8)));
    return HexFormat.of().formatHex(sha.digest());
  }

  byte[] toJson() throws IOException {
    return JSON.writeValueAsBytes(this);
  }

  static PagedHead of(byte[] json) throws IOException {
    return JSON.readValue(json, PagedHead.class);
  }
}
