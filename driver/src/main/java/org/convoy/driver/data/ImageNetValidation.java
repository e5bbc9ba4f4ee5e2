package org.convoy.driver.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Source;
import us.hebi.matlab.mat.types.Sources;
import us.hebi.matlab.mat.types.Struct;

/**
 * The classes of ImageNet's validation images, which are numbered. They come from the first of
 * these that lies beside the tars:
 *
 * <ul>
 *   <li>{@code imagenet_2012_validation_synset_labels.txt}: a WordNet identifier for each image;
 *   <li>{@code ILSVRC2012_devkit_t12.tar.gz}, the development kit;
 *   <li>{@code ILSVRC2012_validation_ground_truth.txt} of that kit, with {@code meta.mat} of it or
 *       {@code synsets.txt}, the WordNet identifier of each class number.
 * </ul>
 */
final class ImageNetValidation {
  private static final String SYNSETS_OF_IMAGES = "imagenet_2012_validation_synset_labels.txt";
  private static final String KIT = "ILSVRC2012_devkit_t12.tar.gz";
  private static final String NUMBERS_OF_IMAGES = "ILSVRC2012_validation_ground_truth.txt";
  private static final String META = "meta.mat";
  private static final String SYNSETS = "synsets.txt";
  private static final int MOST_BYTES = 64 << 20;
  private static final Pattern NUMBERED = Pattern.compile(".*_(\\d{8})\\.\\w+");

  private final List<String> synsets;

  private ImageNetValidation(List<String> synsets) {
    this.synsets = synsets;
  }

  /**
   * The class of an image.
   *
   * @param path it ends in its number, from 1: {@code ILSVRC2012_val_00000001.JPEG}
   * @throws DataSetException if it has no number, or one that is not in the list
   */
  String of(String path) throws DataSetException {
    Matcher numbered = NUMBERED.matcher(path);
    int number = numbered.matches() ? Integer.parseInt(numbered.group(1)) : 0;
    if (number < 1 || number > synsets.size()) {
      throw new DataSetException(
          "validation image "
              + path
              + " has no class: expected a name that ends in a number from 1 to "
              + synsets.size());
    }
    return synsets.get(number - 1);
  }

  /**
   * The files that classes come from.
   *
   * @throws DataSetException if none of them is there
   */
  static List<FileStatus> files(Path root, Configuration hadoop) throws IOException {
    FileSystem files = root.getFileSystem(hadoop);
    for (List<String> choice :
        List.of(
            List.of(SYNSETS_OF_IMAGES),
            List.of(KIT),
            List.of(NUMBERS_OF_IMAGES, META),
            List.of(NUMBERS_OF_IMAGES, SYNSETS))) {
      List<FileStatus> found = new ArrayList<>();
      for (String name : choice) {
        Path path = new Path(root, name);
        if (files.exists(path)) {
          found.add(files.getFileStatus(path));
        }
      }
      if (found.size() == choice.size()) {
        return found;
      }
    }
    throw new DataSetException(
        "the classes of ImageNet's validation images are not in "
            + root
            + ": expected "
            + SYNSETS_OF_IMAGES
            + ", "
            + KIT
            + ", or "
            + NUMBERS_OF_IMAGES
            + " with "
            + META
            + " or "
            + SYNSETS);
  }

  /** Reads the classes. */
  static ImageNetValidation read(Path root, Configuration hadoop) throws IOException {
    Map<String, byte[]> contents = new HashMap<>();
    for (FileStatus file : files(root, hadoop)) {
      try (InputStream in = DataFiles.open(file.getPath(), hadoop)) {
        if (file.getPath().getName().equals(KIT)) {
          unpack(file.getPath(), in, contents);
        } else {
          contents.put(file.getPath().getName(), limited(file.getPath().toString(), in));
        }
      }
    }
    byte[] direct = contents.get(SYNSETS_OF_IMAGES);
    if (direct != null) {
      return new ImageNetValidation(lines(direct));
    }
    byte[] numbers = contents.get(NUMBERS_OF_IMAGES);
    byte[] meta = contents.get(META);
    byte[] names = contents.get(SYNSETS);
    Map<Integer, String> synsets =
        meta != null ? meta(root, meta) : names != null ? byLine(lines(names)) : Map.of();
    if (numbers == null || synsets.isEmpty()) {
      throw new DataSetException(
          new Path(root, KIT) + ": expected " + NUMBERS_OF_IMAGES + " and " + META + " in it");
    }
    List<String> classes = new ArrayList<>();
    for (String number : lines(numbers)) {
      String synset = number.matches("\\d{1,9}") ? synsets.get(Integer.parseInt(number)) : null;
      if (synset == null) {
        throw new DataSetException(
            NUMBERS_OF_IMAGES
                + " in "
                + root
                + ", line "
                + (classes.size() + 1)
                + ": class "
                + number
                + " has no WordNet identifier");
      }
      classes.add(synset);
    }
    return new ImageNetValidation(classes);
  }

  private static Map<Integer, String> byLine(List<String> lines) {
    Map<Integer, String> synsets = new HashMap<>();
    for (String line : lines) {
      synsets.put(synsets.size() + 1, line.split("\\s")[0]);
    }
    return synsets;
  }

  /** The struct array {@code synsets} of the development kit. */
  private static Map<Integer, String> meta(Path root, byte[] file) throws IOException {
    Map<Integer, String> synsets = new HashMap<>();
    try (Source source = Sources.wrap(file)) {
      Struct table = Mat5.newReader(source).readMat().getStruct("synsets");
      for (int i = 0; i < table.getNumElements(); i++) {
        synsets.put(
            (int) table.getMatrix("ILSVRC2012_ID", i).getDouble(0),
            table.getChar("WNID", i).getString());
      }
    } catch (IOException | RuntimeException e) {
      throw new DataSetException(
          META + " of ImageNet's development kit in " + root + " is damaged: " + e, e);
    }
    return synsets;
  }

  private static void unpack(Path kit, InputStream in, Map<String, byte[]> contents)
      throws IOException {
    try (TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(in))) {
      for (TarArchiveEntry entry = tar.getNextTarEntry();
          entry != null;
          entry = tar.getNextTarEntry()) {
        String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        if (entry.isFile() && (name.equals(NUMBERS_OF_IMAGES) || name.equals(META))) {
          contents.put(name, limited(kit + "/" + name, tar));
        }
      }
    } catch (DataSetException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new DataSetException(kit + " is damaged: " + e.getMessage(), e);
    }
  }

  private static byte[] limited(String name, InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MOST_BYTES);
    if (bytes.length == MOST_BYTES) {
      throw new DataSetException(name + ": expected less than " + MOST_BYTES + " bytes");
    }
    return bytes;
  }

  private static List<String> lines(byte[] text) {
    return new String(text, StandardCharsets.UTF_8)
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .toList();
  }
}
