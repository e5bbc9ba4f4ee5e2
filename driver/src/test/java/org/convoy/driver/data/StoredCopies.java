package org.convoy.driver.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.Text;

/** Writes the splits of a data set of class folders in other formats, in the order of its index. */
public final class StoredCopies {
  private final SampleIndex train;
  private final SampleIndex validation;

  /** Copies of the splits {@code train} and {@code validation}. */
  public StoredCopies(Path data) throws IOException {
    this(Samples.index(data, "train"), Samples.index(data, "validation"));
  }

  /** Copies of one split, which stands for both. */
  public static StoredCopies ofSplit(Path data, String split) throws IOException {
    SampleIndex index = Samples.index(data, split);
    return new StoredCopies(index, index);
  }

  private StoredCopies(SampleIndex train, SampleIndex validation) {
    this.train = train;
    this.validation = validation;
  }

  /** The number of samples for training. */
  public int count() {
    return train.count();
  }

  private interface Each {
    void image(int number, int label, String className, String name, byte[] content)
        throws IOException;
  }

  private static void forEach(SampleIndex index, Each each) throws IOException {
    try (SampleReader reader = new SampleReader(index, 16, 1 << 24, Samples.HADOOP)) {
      for (int i = 0; i < index.count(); i++) {
        int label = index.label(i);
        each.image(i, label, index.classes().get(label), index.name(i), reader.read(i));
      }
    }
  }

  private interface Split {
    void write(String name, SampleIndex index) throws IOException;
  }

  private void both(Split split) throws IOException {
    split.write("train", train);
    split.write("validation", validation);
  }

  private static byte[] tarOf(SampleIndex index, String folder) throws IOException {
    List<Object> files = new ArrayList<>();
    forEach(
        index,
        (number, label, className, name, content) -> {
          files.add(folder + className + "/" + name);
          files.add(content);
        });
    return Samples.tarOf(files.toArray());
  }

  /** A compressed tar of class folders. */
  public Path tarGz(Path to) throws IOException {
    Files.createDirectories(to);
    List<byte[]> tars = new ArrayList<>();
    both((name, index) -> tars.add(tarOf(index, name + "/")));
    Path file = to.resolve("set.tar.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      for (byte[] tar : tars) {
        out.write(tar); // Tars that are joined are all read.
      }
    }
    return file;
  }

  /** An uncompressed tar of class folders. */
  public Path tar(Path to) throws IOException {
    Files.createDirectories(to);
    ByteArrayOutputStream tars = new ByteArrayOutputStream();
    both((name, index) -> tars.writeBytes(tarOf(index, name + "/")));
    return Files.write(to.resolve("set.tar"), tars.toByteArray());
  }

  /** Tars of WebDataset, of a hundred samples each. */
  public Path webDataset(Path to) throws IOException {
    both(
        (split, index) -> {
          Path folder = Files.createDirectories(to.resolve(split));
          List<Object> files = new ArrayList<>();
          forEach(
              index,
              (number, label, className, name, content) -> {
                String key = String.format(Locale.ROOT, "%06d", number);
                files.addAll(List.of(key + ".jpg", content, key + ".cls", className));
              });
          for (int from = 0; from < files.size(); from += 400) {
            Files.write(
                folder.resolve(String.format(Locale.ROOT, "%03d.tar", from / 400)),
                Samples.tarOf(files.subList(from, Math.min(files.size(), from + 400)).toArray()));
          }
        });
    return to;
  }

  /**
   * Record files of TensorFlow, with numbers of classes. A file has ten records, because records go
   * by their numbers as texts.
   */
  public Path tfRecords(Path to) throws IOException {
    Files.createDirectories(to);
    both(
        (split, index) ->
            forEach(
                index,
                (number, label, className, name, content) ->
                    Files.write(
                        to.resolve(
                            String.format(
                                Locale.ROOT,
                                "%s-%05d-of-%05d",
                                split,
                                number / 10,
                                (index.count() + 9) / 10)),
                        TfRecordWriter.record(TfRecordWriter.example(content, label)),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND)));
    return to;
  }

  /** Hadoop's sequence files. */
  public Path sequenceFiles(Path to) throws IOException {
    Files.createDirectories(to);
    both(
        (split, index) -> {
          org.apache.hadoop.fs.Path file =
              new org.apache.hadoop.fs.Path(to.resolve(split + ".seq").toUri());
          try (SequenceFile.Writer writer =
              SequenceFile.createWriter(
                  Samples.HADOOP,
                  SequenceFile.Writer.file(file),
                  SequenceFile.Writer.keyClass(Text.class),
                  SequenceFile.Writer.valueClass(BytesWritable.class),
                  SequenceFile.Writer.compression(SequenceFile.CompressionType.NONE))) {
            forEach(
                index,
                (number, label, className, name, content) ->
                    writer.append(
                        new Text("images/" + className + "/" + name), new BytesWritable(content)));
          }
        });
    return to;
  }

  /** Lists beside a folder of images. */
  public Path lists(Path to) throws IOException {
    both(
        (split, index) -> {
          Files.createDirectories(to.resolve("images").resolve(split));
          List<String> lines = new ArrayList<>(List.of("image,label"));
          forEach(
              index,
              (number, label, className, name, content) -> {
                String path = String.format(Locale.ROOT, "images/%s/%06d.jpg", split, number);
                Files.write(to.resolve(path), content);
                lines.add(path + "," + className);
              });
          Files.write(to.resolve(split + ".csv"), lines);
        });
    return to;
  }

  /** ImageNet's downloads: a tar of class tars, a tar of validation images, and their classes. */
  public Path imageNet(Path to) throws IOException {
    Files.createDirectories(to);
    List<List<Object>> classes = new ArrayList<>();
    train.classes().forEach(each -> classes.add(new ArrayList<>()));
    forEach(
        train,
        (number, label, className, name, content) ->
            classes
                .get(label)
                .addAll(
                    List.of(
                        String.format(Locale.ROOT, "%s_%06d.JPEG", className, number), content)));
    List<Object> tars = new ArrayList<>();
    for (int label = 0; label < classes.size(); label++) {
      tars.add(train.classes().get(label) + ".tar");
      tars.add(Samples.tarOf(classes.get(label).toArray()));
    }
    Files.write(to.resolve(ImageNetFormat.TRAIN), Samples.tarOf(tars.toArray()));
    List<Object> images = new ArrayList<>();
    List<String> synsets = new ArrayList<>();
    forEach(
        validation,
        (number, label, className, name, content) -> {
          images.add(String.format(Locale.ROOT, "ILSVRC2012_val_%08d.JPEG", number + 1));
          images.add(content);
          synsets.add(className);
        });
    Files.write(to.resolve(ImageNetFormat.VALIDATION), Samples.tarOf(images.toArray()));
    Files.write(to.resolve("imagenet_2012_validation_synset_labels.txt"), synsets);
    return to;
  }
}
