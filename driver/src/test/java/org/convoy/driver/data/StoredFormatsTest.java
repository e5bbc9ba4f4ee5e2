package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.Sink;
import us.hebi.matlab.mat.types.Sinks;
import us.hebi.matlab.mat.types.Struct;

/** Data sets in the formats in which they are distributed: what is found, read, and refused. */
class StoredFormatsTest {

  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] tarOf(Object... namesAndContents) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
      for (int i = 0; i < namesAndContents.length; i += 2) {
        Object content = namesAndContents[i + 1];
        Samples.add(
            tar,
            (String) namesAndContents[i],
            content instanceof byte[] raw ? raw : bytes((String) content));
      }
    }
    return out.toByteArray();
  }

  private static List<String> described(SampleIndex index) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < index.count(); i++) {
      all.add(index.describe(i));
    }
    return all;
  }

  private static void assertReads(SampleIndex index, String... contents) throws IOException {
    assertEquals(contents.length, index.count());
    try (SampleReader reader = new SampleReader(index, 2, 1 << 20, Samples.HADOOP)) {
      for (int i = 0; i < contents.length; i++) {
        assertArrayEquals(bytes(contents[i]), reader.read(i), index.describe(i));
      }
    }
  }

  private String refused(Path data, String split) {
    return assertThrows(DataSetException.class, () -> Samples.index(data, split)).toString();
  }

  // WebDataset

  @Test
  void webDatasetsJoinFilesOfOneKey() throws IOException {
    Files.write(
        folder.resolve("train-000.tar"),
        tarOf("0001.jpg", "one", "0001.cls", "10", "0002.cls", "2", "0002.jpg", "two"));
    Files.write(
        folder.resolve("train-001.tar"),
        tarOf(
            "a/0001.png",
            "three",
            "a/0001.json",
            "{\"label\": 2, \"x\": 1}",
            "a/0001.txt",
            "no",
            "0003.jpg",
            "four",
            "0003.txt",
            "10\n",
            "0004.cls",
            "2",
            "lost.bin",
            "?"));
    Files.write(folder.resolve("val-000.tar"), tarOf("0.jpg", "five", "0.cls", "2"));
    SampleIndex index = Samples.index(folder, "train-{000..001}.tar");
    assertEquals(List.of("2", "10"), index.classes(), "ordered as numbers");
    assertEquals(
        List.of(
            "2/train-000.tar:0002.jpg",
            "2/train-001.tar:a/0001.png",
            "10/train-000.tar:0001.jpg",
            "10/train-001.tar:0003.jpg"),
        described(index));
    assertReads(index, "two", "three", "one", "four");
    assertEquals(2, index.ignoredFiles(), "a class without an image, and a file of no kind");
    assertEquals(index.fingerprint(), Samples.index(folder, "train").fingerprint());
    assertEquals(1, Samples.index(folder, "val-*.tar").count());
  }

  @Test
  void webDatasetsTakeNamesFromAFile() throws IOException {
    Files.write(
        folder.resolve("t.tar"), tarOf("1.jpg", "one", "1.cls", "1", "2.jpg", "two", "2.cls", "0"));
    Files.writeString(folder.resolve("classes.txt"), "zebra\napple\nempty\n");
    SampleIndex index = Samples.index(folder, "");
    assertEquals(List.of("zebra", "apple", "empty"), index.classes());
    assertEquals(List.of("zebra/t.tar:2.jpg", "apple/t.tar:1.jpg"), described(index));
    Files.writeString(folder.resolve("classes.txt"), "zebra\n");
    assertTrue(refused(folder, "").contains("names 1 classes"), refused(folder, ""));
  }

  @Test
  void damagedWebDatasetsAreRefusedByName() throws IOException {
    Path shard = folder.resolve("t.tar");
    byte[] whole = tarOf("1.jpg", "x".repeat(3000), "1.cls", "1");
    Files.write(shard, Arrays.copyOf(whole, 2048));
    assertTrue(refused(folder, "").contains("t.tar is cut short"), refused(folder, ""));
    Files.write(shard, tarOf("1.jpg", "one"));
    assertTrue(refused(folder, "").contains("sample 1 of"), refused(folder, ""));
    Files.write(shard, tarOf("1.jpg", "one", "1.json", "{"));
    assertTrue(refused(folder, "").contains("1.json"), refused(folder, ""));
    Files.write(shard, tarOf("1.jpg", "one", "1.png", "two", "1.cls", "0"));
    assertTrue(refused(folder, "").contains("two images"), refused(folder, ""));
    assertTrue(
        refused(folder, "u-{0..2}.tar").contains("u-0.tar"), refused(folder, "u-{0..2}.tar"));
    assertTrue(refused(folder, "u-{5..2}.tar").contains("rising"), refused(folder, "u-{5..2}.tar"));
  }

  @Test
  void rangesCountWithTheirZeros() throws IOException {
    assertEquals(List.of("a08b", "a09b", "a10b"), Shards.ranges("a{08..10}b"));
    assertEquals(List.of("x{a,b}"), Shards.ranges("x{a,b}"));
    assertEquals(List.of("0-1", "0-2", "1-1", "1-2"), sorted(Shards.ranges("{0..1}-{1..2}")));
  }

  private static List<String> sorted(List<String> names) {
    return names.stream().sorted().toList();
  }

  // TFRecord

  private static void field(ByteArrayOutputStream out, int number, byte[] content) {
    out.write(number << 3 | 2);
    varint(out, content.length);
    out.writeBytes(content);
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long left = value;
    while (left > 127) {
      out.write((int) (left & 127 | 128));
      left >>>= 7;
    }
    out.write((int) left);
  }

  private static byte[] message(Object... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i += 2) {
      field(out, (Integer) fields[i], (byte[]) fields[i + 1]);
    }
    return out.toByteArray();
  }

  private static byte[] feature(String name, byte[] list, int kind) {
    return message(1, message(1, bytes(name), 2, message(kind, list)));
  }

  private static byte[] number(long value) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    varint(packed, value);
    return message(1, packed.toByteArray());
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static byte[] example(String image, long label) {
    byte[] features =
        join(
            feature("image/class/text", message(1, bytes("a cat")), 1),
            feature("image/encoded", message(1, bytes(image)), 1),
            feature("image/class/label", number(label), 3));
    return message(1, features);
  }

  private static int masked(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    int value = (int) crc.getValue();
    return (value >>> 15 | value << 17) + 0xa282ead8;
  }

  private static byte[] record(byte[] data) {
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    length.putLong(0, data.length);
    ByteBuffer record = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    record.put(length.array()).putInt(masked(length.array())).put(data).putInt(masked(data));
    return record.array();
  }

  /** The known CRC of RFC 3720, B.4: 32 zeros. */
  @Test
  void theCrcIsCastagnolis() {
    CRC32C crc = new CRC32C();
    crc.update(new byte[32]);
    assertEquals(0x8a9136aaL, crc.getValue());
  }

  @Test
  void tfRecordsAreReadInPlace() throws IOException {
    Files.write(
        folder.resolve("train-00000-of-00002"),
        join(record(example("one", 300)), record(example("two two", 5))));
    Files.write(folder.resolve("train-00001-of-00002"), record(example("three", 300)));
    Files.write(folder.resolve("validation-00000-of-00001"), record(example("four", 5)));
    SampleIndex index = Samples.index(folder, "train");
    assertEquals(List.of("5", "300"), index.classes());
    assertReads(index, "two two", "one", "three");
    assertEquals("5/train-00000-of-00002:1", index.describe(0));
    assertEquals(1, Samples.index(folder, "validation").count());
  }

  @Test
  void tfRecordsWithTextClassesAndPlainNumbers() throws IOException {
    ByteArrayOutputStream unpacked = new ByteArrayOutputStream();
    unpacked.write(1 << 3);
    varint(unpacked, 7);
    byte[] tfds =
        message(
            1,
            join(
                feature("image", message(1, bytes("one")), 1),
                feature("label", unpacked.toByteArray(), 3)));
    Files.write(folder.resolve("a.tfrecord"), record(tfds));
    assertEquals(List.of("7"), Samples.index(folder, "").classes());
    byte[] texts =
        message(
            1,
            join(
                feature("image", message(1, bytes("one")), 1),
                feature("image/class/text", message(1, bytes("dog ")), 1)));
    Files.write(folder.resolve("a.tfrecord"), record(texts));
    assertEquals(List.of("dog"), Samples.index(folder, "").classes());
  }

  @Test
  void damagedTfRecordsAreRefusedWithTheirOffset() throws IOException {
    Path shard = folder.resolve("a.tfrecord");
    byte[] first = record(example("one", 1));
    byte[] whole = join(first, record(example("two", 2)));
    Files.write(shard, Arrays.copyOf(whole, whole.length - 3));
    assertTrue(refused(folder, "").contains("at offset " + first.length), refused(folder, ""));
    byte[] flipped = whole.clone();
    flipped[first.length + 20] ^= 1;
    Files.write(shard, flipped);
    assertTrue(refused(folder, "").contains("record's CRC differs"), refused(folder, ""));
    byte[] longer = whole.clone();
    longer[first.length] ^= 1;
    Files.write(shard, longer);
    assertTrue(refused(folder, "").contains("length's CRC differs"), refused(folder, ""));
    Files.write(shard, record(bytes("no message")));
    assertTrue(refused(folder, "").contains("no tf.Example"), refused(folder, ""));
    Files.write(shard, record(message(1, feature("label", number(1), 3))));
    assertTrue(refused(folder, "").contains("image/encoded"), refused(folder, ""));
    Files.write(shard, record(message(1, feature("image", message(1, bytes("x")), 1))));
    assertTrue(refused(folder, "").contains("image/class/label"), refused(folder, ""));
  }

  // Sequence files

  private void sequence(String name, SequenceFile.CompressionType compression, String... entries)
      throws IOException {
    try (SequenceFile.Writer writer =
        SequenceFile.createWriter(
            Samples.HADOOP,
            SequenceFile.Writer.file(
                new org.apache.hadoop.fs.Path(folder.resolve(name).toUri().toString())),
            SequenceFile.Writer.keyClass(Text.class),
            SequenceFile.Writer.valueClass(BytesWritable.class),
            SequenceFile.Writer.compression(compression))) {
      for (int i = 0; i < entries.length; i += 2) {
        writer.append(new Text(entries[i]), new BytesWritable(bytes(entries[i + 1])));
      }
    }
  }

  @Test
  void sequenceFilesAreReadInPlace() throws IOException {
    String large = "y".repeat(5000); // Past a sync marker.
    sequence(
        "a.seq",
        SequenceFile.CompressionType.NONE,
        "hdfs://n/x/dog/1.jpg",
        large,
        "x/cat/2.jpg",
        "two",
        "cat",
        "three");
    SampleIndex index = Samples.index(folder, "");
    assertEquals(List.of("cat", "dog"), index.classes());
    assertEquals(List.of("cat/2.jpg", "cat/a.seq:2", "dog/1.jpg"), described(index));
    assertReads(index, "two", "three", large);
  }

  @Test
  void otherSequenceFilesAreRefused() throws IOException {
    sequence("a.seq", SequenceFile.CompressionType.RECORD, "a/1.jpg", "one");
    assertTrue(refused(folder, "").contains("is compressed"), refused(folder, ""));
    sequence("a.seq", SequenceFile.CompressionType.NONE, "a/1.jpg", "x".repeat(900));
    byte[] whole = Files.readAllBytes(folder.resolve("a.seq"));
    Files.write(folder.resolve("a.seq"), Arrays.copyOf(whole, whole.length - 100));
    assertTrue(refused(folder, "").contains("damaged or cut short"), refused(folder, ""));
  }

  // MNIST

  private void idx(String prefix, int rows, int columns, int... labels) throws IOException {
    ByteBuffer images = ByteBuffer.allocate(16 + labels.length * rows * columns);
    images.putInt(0x803).putInt(labels.length).putInt(rows).putInt(columns);
    ByteBuffer classes = ByteBuffer.allocate(8 + labels.length);
    classes.putInt(0x801).putInt(labels.length);
    for (int i = 0; i < labels.length; i++) {
      classes.put((byte) labels[i]);
      for (int pixel = 0; pixel < rows * columns; pixel++) {
        images.put((byte) (10 * i + pixel));
      }
    }
    Files.write(folder.resolve(prefix + "-images-idx3-ubyte"), images.array());
    Files.write(folder.resolve(prefix + "-labels-idx1-ubyte"), classes.array());
  }

  @Test
  void mnistReadsAsGreyImages() throws IOException {
    idx("train", 2, 3, 7, 0, 7);
    idx("t10k", 2, 3, 0, 7);
    SampleIndex index = Samples.index(folder, "train");
    assertEquals(List.of("0", "7"), index.classes());
    assertEquals(List.of("0/1", "7/0", "7/2"), described(index));
    try (SampleReader reader = new SampleReader(index, 2, 1 << 20, Samples.HADOOP)) {
      byte[] header = bytes("P5\n3 2\n255\n");
      assertArrayEquals(join(header, new byte[] {10, 11, 12, 13, 14, 15}), reader.read(0));
      assertArrayEquals(join(header, new byte[] {20, 21, 22, 23, 24, 25}), reader.read(2));
    }
    assertEquals(2, Samples.index(folder, "validation").count());
  }

  @Test
  void damagedMnistIsRefused() throws IOException {
    idx("train", 2, 3, 7, 0, 7);
    Path images = folder.resolve("train-images-idx3-ubyte");
    byte[] whole = Files.readAllBytes(images);
    Files.write(images, Arrays.copyOf(whole, whole.length - 1));
    assertTrue(refused(folder, "train").contains("cut short"), refused(folder, "train"));
    byte[] negative = whole.clone();
    negative[8] = -1;
    Files.write(images, negative);
    assertTrue(refused(folder, "train").contains("dimension 1"), refused(folder, "train"));
    Files.write(images, whole);
    Files.delete(folder.resolve("train-labels-idx1-ubyte"));
    assertTrue(refused(folder, "train").contains("train-labels"), refused(folder, "train"));
  }

  // CIFAR

  private static byte[] cifar(int... labels) {
    ByteBuffer file = ByteBuffer.allocate(labels.length * 3073);
    for (int label : labels) {
      file.put((byte) label);
      for (int i = 0; i < 3072; i++) {
        file.put((byte) (i / 1024 * 50 + label));
      }
    }
    return file.array();
  }

  @Test
  void cifarReadsAsColourImages() throws IOException {
    for (int batch = 1; batch <= 5; batch++) {
      Files.write(folder.resolve("data_batch_" + batch + ".bin"), cifar(batch % 2, 3));
    }
    Files.write(folder.resolve("test_batch.bin"), cifar(3, 0));
    Files.writeString(folder.resolve("batches.meta.txt"), "plane\ncar\nbird\ncat\n\n");
    SampleIndex index = Samples.index(folder, "train");
    assertEquals(List.of("plane", "car", "bird", "cat"), index.classes());
    assertEquals(10, index.count());
    try (SampleReader reader = new SampleReader(index, 2, 1 << 20, Samples.HADOOP)) {
      byte[] image = reader.read(0);
      byte[] header = bytes("P6\n32 32\n255\n");
      assertEquals(header.length + 3072, image.length);
      assertArrayEquals(
          new byte[] {0, 50, 100, 0, 50, 100},
          Arrays.copyOfRange(image, header.length, header.length + 6));
    }
    assertEquals(2, Samples.index(folder, "test").count());
    Files.write(folder.resolve("data_batch_3.bin"), new byte[3072]);
    assertTrue(refused(folder, "train").contains("data_batch_3.bin"), refused(folder, "train"));
    assertTrue(refused(folder, "dev").contains("train and test"), refused(folder, "dev"));
  }

  // Lists

  @Test
  void listsNameImagesAndClasses() throws IOException {
    Samples.file(folder, "images/1.jpg");
    Samples.file(folder, "images/odd, name.jpg");
    Files.writeString(
        folder.resolve("train.csv"),
        "image,label\nimages/1.jpg,dog\n\"images/odd, name.jpg\",\"cat\"\n");
    SampleIndex index = Samples.index(folder, "train.csv");
    assertEquals(List.of("cat", "dog"), index.classes());
    assertReads(
        index,
        new String(Samples.contents("images/odd, name.jpg"), StandardCharsets.UTF_8),
        new String(Samples.contents("images/1.jpg"), StandardCharsets.UTF_8));
    Files.writeString(folder.resolve("one.csv"), "images/1.jpg,train\n");
    assertEquals(List.of("train"), Samples.index(folder, "one.csv").classes());
    Files.writeString(folder.resolve("v.jsonl"), "{\"image\": \"images/1.jpg\", \"label\": 3}\n");
    assertEquals(List.of("3/images/1.jpg"), described(Samples.index(folder, "v.jsonl")));
  }

  @Test
  void wrongListsAreRefusedWithTheirLine() throws IOException {
    Samples.file(folder, "1.jpg");
    Path list = folder.resolve("t.csv");
    for (String[] each :
        new String[][] {
          {"1.jpg,dog\n2.jpg,dog\n", "line 2", "2.jpg"},
          {"1.jpg\n", "line 1", "PATH,LABEL"},
          {"../1.jpg,dog\n", "line 1", "relative"},
          {"/1.jpg,dog\n", "line 1", "relative"},
          {"image,label\n", "got none", ""}
        }) {
      Files.writeString(list, each[0]);
      String message = refused(folder, "t.csv");
      assertTrue(message.contains(each[1]) && message.contains(each[2]), message);
    }
    Files.writeString(folder.resolve("t.jsonl"), "{\"image\": 3}\n");
    assertTrue(refused(folder, "t.jsonl").contains("line 1"), refused(folder, "t.jsonl"));
  }

  // ImageNet

  private void imageNet() throws IOException {
    Files.write(
        folder.resolve("ILSVRC2012_img_train.tar"),
        tarOf(
            "n02.tar", tarOf("n02_1.JPEG", "one", "n02_2.JPEG", "two"),
            "n01.tar", tarOf("n01_9.JPEG", "three")));
    Files.write(
        folder.resolve("ILSVRC2012_img_val.tar"),
        tarOf("ILSVRC2012_val_00000002.JPEG", "v2", "ILSVRC2012_val_00000001.JPEG", "v1"));
  }

  @Test
  void imageNetIsReadAsItIsDistributed() throws IOException {
    imageNet();
    SampleIndex train = Samples.index(folder, "train");
    assertEquals(List.of("n01", "n02"), train.classes());
    assertReads(train, "three", "one", "two");
    Files.writeString(folder.resolve("imagenet_2012_validation_synset_labels.txt"), "n02\nn01\n");
    SampleIndex validation = Samples.index(folder, "validation");
    assertEquals(List.of("n01", "n02"), validation.classes());
    assertReads(validation, "v2", "v1");
  }

  @Test
  void imageNetsClassesComeFromTheDevelopmentKit() throws IOException {
    imageNet();
    Struct synsets = Mat5.newStruct(3, 1);
    String[] names = {"n01", "n02", "n07"};
    for (int i = 0; i < names.length; i++) {
      synsets.set("ILSVRC2012_ID", i, Mat5.newScalar(i + 1));
      synsets.set("WNID", i, Mat5.newString(names[i]));
    }
    Mat5File mat = Mat5.newMatFile();
    mat.addArray("synsets", synsets);
    Path meta = folder.resolve("meta.mat");
    try (Sink sink = Sinks.newStreamingFile(meta.toFile())) {
      mat.writeTo(sink);
    }
    byte[] kit =
        tarOf(
            "ILSVRC2012_devkit_t12/data/meta.mat",
            Files.readAllBytes(meta),
            "ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt",
            "2\n1\n");
    Files.delete(meta);
    try (OutputStream out =
        new GZIPOutputStream(
            Files.newOutputStream(folder.resolve("ILSVRC2012_devkit_t12.tar.gz")))) {
      out.write(kit);
    }
    SampleIndex validation = Samples.index(folder, "val");
    assertEquals(
        List.of("n01/ILSVRC2012_val_00000002.JPEG", "n02/ILSVRC2012_val_00000001.JPEG"),
        described(validation));
    Files.delete(folder.resolve("ILSVRC2012_devkit_t12.tar.gz"));
    Files.writeString(folder.resolve("synsets.txt"), "n01 tench\nn02 goldfish\n");
    Files.writeString(folder.resolve("ILSVRC2012_validation_ground_truth.txt"), "2\n1\n");
    assertEquals(validation.fingerprint(), Samples.index(folder, "val").fingerprint());
    Files.writeString(folder.resolve("ILSVRC2012_validation_ground_truth.txt"), "2\n3\n");
    assertTrue(refused(folder, "val").contains("line 2"), refused(folder, "val"));
  }

  @Test
  void damagedImageNetIsRefused() throws IOException {
    imageNet();
    assertTrue(refused(folder, "val").contains("synset_labels"), refused(folder, "val"));
    Files.writeString(folder.resolve("imagenet_2012_validation_synset_labels.txt"), "n02\n");
    assertTrue(refused(folder, "val").contains("00000002"), refused(folder, "val"));
    byte[] inner = tarOf("n01_9.JPEG", "x".repeat(2000));
    Files.write(
        folder.resolve("ILSVRC2012_img_train.tar"), tarOf("n01.tar", Arrays.copyOf(inner, 1024)));
    String message = refused(folder, "train");
    assertTrue(message.contains("cut short") && message.contains("n01_9"), message);
    assertTrue(
        refused(folder, "dev").toLowerCase(Locale.ROOT).contains("splits train and validation"));
  }

  // Recognition

  @Test
  void foldersOfClassesStayFoldersOfClasses() throws IOException {
    Samples.file(folder, "train/dog/1.jpg");
    Files.writeString(folder.resolve("train.csv.bak"), "x", StandardOpenOption.CREATE_NEW);
    assertEquals(DataFormat.FOLDER, DataSet.at(folder.toString(), Samples.HADOOP).format());
    Files.createDirectories(folder.resolve("w/train"));
    Files.write(folder.resolve("w/train/0.tar"), tarOf("1.jpg", "one", "1.cls", "cat"));
    DataSet web = DataSet.at(folder.resolve("w").toString(), Samples.HADOOP);
    assertEquals(DataFormat.WEBDATASET, web.format());
    assertEquals(1, Samples.index(folder.resolve("w"), "train").count());
  }
}
