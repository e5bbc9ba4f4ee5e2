package org.convoy.driver.data;

import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;

/**
 * Collects the classes and images of a split in any order, in columns, so that a million images
 * travel from an executor to the driver as a few arrays. Not thread-safe.
 */
final class SampleIndexBuilder implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Most names of folders beside the split that a message lists. */
  private static final int NEIGHBOURS = 20;

  private final ClassTable classes = new ClassTable();
  private final Map<Location, Integer> locations = new LinkedHashMap<>();
  private final TreeSet<String> neighbours = new TreeSet<>();
  private final FoundSamples samples = new FoundSamples();
  private final LeftOutFiles leftOut = new LeftOutFiles();

  /**
   * A file or folder with samples.
   *
   * @param pixels {@link RawPixels} as a text, if its samples are bare pixels
   */
  private record Location(String uri, String pixels) implements Serializable {}

  /** The classes so far. */
  ClassTable classes() {
    return classes;
  }

  /** Adds a class folder, with or without images. */
  int addClass(String name) {
    return classes.add(name);
  }

  /**
   * Adds an image.
   *
   * @param name its path within the class folder
   * @param location the URI of a tar; or, for {@link SampleIndex#WHOLE_FILE}, the URI of the folder
   *     that contains the file
   * @param offset offset of the bytes in the tar, or {@link SampleIndex#WHOLE_FILE}
   * @param check check of its content, or {@link ContentCheck#NONE}
   */
  void add(String className, String name, String location, long offset, long length, long check)
      throws DataSetException {
    add(className, name, location, RawPixels.NONE, offset, length, check);
  }

  /**
   * Adds an image that may be bare pixels.
   *
   * @param pixels a {@link RawPixels} as a text, or {@link RawPixels#NONE}
   */
  void add(
      String className,
      String name,
      String uri,
      String pixels,
      long offset,
      long length,
      long check)
      throws DataSetException {
    Location location = new Location(uri, pixels);
    if (length > Integer.MAX_VALUE - 8) {
      throw new DataSetException(
          "image "
              + className
              + "/"
              + name
              + " in "
              + uri
              + " is too long: expected at most "
              + (Integer.MAX_VALUE - 8)
              + " bytes, got "
              + length);
    }
    int classNumber = addClass(className);
    Integer known = locations.putIfAbsent(location, locations.size());
    samples.add(
        classNumber,
        name.getBytes(StandardCharsets.UTF_8),
        known == null ? locations.size() - 1 : known,
        offset,
        (int) length,
        check);
  }

  /**
   * Adds an entry that is not a sample.
   *
   * @param name its path within the split
   */
  void leaveOut(String name, LeftOut why) {
    leftOut.add(name, why);
  }

  /** The entries that are not samples. */
  LeftOutFiles leftOut() {
    return leftOut;
  }

  /** Adds a folder inside a class folder, which may hint at a split that was not named. */
  void addFolderInClass(String className) {
    classes.addFolder(className);
  }

  /** Adds a folder beside the place where the split was not found. */
  void addNeighbour(String name) {
    if (neighbours.size() < NEIGHBOURS) {
      neighbours.add(name);
    }
  }

  /** Adds the result of another part of the same listing. */
  void addAll(SampleIndexBuilder other) {
    int[] classMap = classes.addAll(other.classes);
    int[] locationMap = new int[other.locations.size()];
    other.locations.forEach(
        (place, number) -> {
          Integer known = locations.putIfAbsent(place, locations.size());
          locationMap[number] = known == null ? locations.size() - 1 : known;
        });
    samples.addAll(other.samples, classMap, locationMap);
    leftOut.addAll(other.leftOut);
    other.neighbours.forEach(this::addNeighbour);
  }

  /**
   * Writes the images, in the order in which they were added, as a part of an index in files.
   *
   * @param uri of the shard that all of them are in
   */
  PagedHead.Part writePart(String file, String uri, Configuration hadoop) throws IOException {
    if (!locations.keySet().stream().allMatch(place -> place.equals(new Location(uri, "")))) {
      throw new IllegalStateException("a part has the samples of " + uri + " alone");
    }
    return samples.writePart(file, uri, classes, hadoop);
  }

  /** The number of images of each class so far, by the class's name. */
  Map<String, Long> countsByClass() {
    return samples.countsByClass(classes);
  }

  /**
   * Sorts the images by class name, then by path in the class folder (in the order of their UTF-8
   * bytes). If a tar holds a file twice, the later one counts, as when the tar is unpacked.
   *
   * @throws DataSetException if there is no class, a class without images, or if the classes seem
   *     to be splits
   */
  SampleIndex build(DataSplit split) throws DataSetException {
    if (classes.names().isEmpty()) {
      throw new DataSetException(
          "no class folders found in "
              + split
              + ": expected a sub-folder for each class"
              + (neighbours.isEmpty() ? "" : "; folders there: " + String.join(", ", neighbours)));
    }
    SampleIndex index =
        new SampleIndex(
            split.toString(),
            classes.inOrder(),
            samples.sorted(
                classes.labels(),
                locations.keySet().stream().map(Location::uri).toArray(String[]::new),
                locations.keySet().stream().map(Location::pixels).toArray(String[]::new)),
            leftOut.count());
    EmptyClasses.refuse(split, index, classes);
    return index;
  }
}
