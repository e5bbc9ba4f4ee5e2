package org.convoy.driver.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The files of MNIST and its kin (Fashion-MNIST, EMNIST) as they are distributed, unpacked: {@code
 * train-images-idx3-ubyte} and {@code train-labels-idx1-ubyte} are the split {@code train}, those
 * that begin with {@code t10k} the split {@code test} or {@code validation}. Any other split is the
 * beginning of both names: {@code emnist-letters-train}.
 *
 * <p>An IDX file is big-endian: two zeros, the type of the values (8: bytes), the number of
 * dimensions, each dimension as an int, and the values.
 */
final class IdxFormat implements SplitFormat {
  private static final String IMAGES = "-images-idx3-ubyte";
  private static final String LABELS = "-labels-idx1-ubyte";
  private static final int IMAGES_MAGIC = 0x803;
  private static final int LABELS_MAGIC = 0x801;
  private static final int MOST_SIDE = 1 << 14;

  @Override
  public String description() {
    return "a folder of MNIST's files";
  }

  @Override
  public boolean reads(SourceFiles source) throws IOException {
    return source.holds("train" + IMAGES) || source.holdsOnly(name -> name.endsWith(IMAGES));
  }

  @Override
  public void check(DataSplit split, Configuration hadoop) throws IOException {
    for (FileStatus file : files(split, hadoop)) {
      if (file.isDirectory()) {
        throw new DataSetException(file.getPath() + ": expected a file, got a folder");
      }
    }
  }

  @Override
  public String stamp(DataSplit split, ScanJobs jobs) throws IOException {
    return Shards.stamp(files(split, jobs.hadoop()));
  }

  private static List<FileStatus> files(DataSplit split, Configuration hadoop) throws IOException {
    String name = split.name();
    String prefix =
        name.equals("test") || name.startsWith("val") ? "t10k" : name.isEmpty() ? "train" : name;
    return List.of(
        DataFiles.status(new Path(split.set().path(), prefix + IMAGES).toString(), hadoop),
        DataFiles.status(new Path(split.set().path(), prefix + LABELS).toString(), hadoop));
  }

  @Override
  public SampleIndexBuilder list(DataSplit split, boolean withContents, ScanJobs jobs)
      throws IOException {
    List<FileStatus> files = files(split, jobs.hadoop());
    SampleIndexBuilder found = new SampleIndexBuilder();
    try (FSDataInputStream images = DataFiles.open(files.get(0).getPath(), jobs.hadoop());
        FSDataInputStream labels = DataFiles.open(files.get(1).getPath(), jobs.hadoop())) {
      int[] shape = shape(files.get(0), images, IMAGES_MAGIC, 3);
      int[] count = shape(files.get(1), labels, LABELS_MAGIC, 1);
      if (shape[0] != count[0]) {
        throw new DataSetException(
            files.get(0).getPath()
                + " holds "
                + shape[0]
                + " images, and "
                + files.get(1).getPath()
                + " "
                + count[0]
                + " labels: expected as many");
      }
      byte[] classes = labels.readNBytes(count[0]);
      RawPixels pixels = new RawPixels(1, shape[1], shape[2]);
      String uri = files.get(0).getPath().toString();
      long offset = 4L * (1 + shape.length);
      for (int i = 0; i < shape[0]; i++) {
        long check = ContentCheck.NONE;
        if (withContents) {
          check = ContentCheck.ofAll(images.readNBytes(pixels.bytes()));
        }
        found.add(
            Integer.toString(classes[i] & 0xff),
            Integer.toString(i),
            uri,
            pixels.toString(),
            offset,
            pixels.bytes(),
            check);
        offset += pixels.bytes();
      }
    }
    ClassNames.name(found, split, jobs.hadoop());
    return found;
  }

  /** Reads the head of a file and holds its length against it. */
  private static int[] shape(FileStatus file, FSDataInputStream in, int magic, int dimensions)
      throws IOException {
    byte[] bytes = in.readNBytes(4 * (1 + dimensions));
    ByteBuffer head = ByteBuffer.wrap(Arrays.copyOf(bytes, 4 * (1 + dimensions)));
    if (head.getInt() != magic) {
      throw new DataSetException(
          file.getPath() + " is no IDX file of bytes with " + dimensions + " dimensions");
    }
    int[] shape = new int[dimensions];
    long expected = bytes.length;
    long values = 1;
    for (int i = 0; i < dimensions; i++) {
      shape[i] = head.getInt();
      if (shape[i] < 1 || (i > 0 && shape[i] > MOST_SIDE)) {
        throw new DataSetException(
            file.getPath() + " is damaged: dimension " + i + " is " + shape[i]);
      }
      values *= shape[i];
    }
    if (file.getLen() != expected + values) {
      throw new DataSetException(
          file.getPath()
              + " is damaged or cut short: expected "
              + (expected + values)
              + " bytes for the shape "
              + Arrays.toString(shape)
              + ", got "
              + file.getLen());
    }
    return shape;
  }
}
