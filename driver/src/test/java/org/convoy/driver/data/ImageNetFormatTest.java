package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5File;
import us.hebi.matlab.mat.types.Sink;
import us.hebi.matlab.mat.types.Sinks;
import us.hebi.matlab.mat.types.Struct;

/** ImageNet in the layout in which it is distributed. */
class ImageNetFormatTest {
  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  private void imageNet() throws IOException {
    Files.write(
        folder.resolve("ILSVRC2012_img_train.tar"),
        Samples.tarOf(
            "n02.tar", Samples.tarOf("n02_1.JPEG", "one", "n02_2.JPEG", "two"),
            "n01.tar", Samples.tarOf("n01_9.JPEG", "three")));
    Files.write(
        folder.resolve("ILSVRC2012_img_val.tar"),
        Samples.tarOf("ILSVRC2012_val_00000002.JPEG", "v2", "ILSVRC2012_val_00000001.JPEG", "v1"));
  }

  @Test
  void imageNetIsReadAsItIsDistributed() throws IOException {
    imageNet();
    SampleIndex train = Samples.index(folder, "train");
    assertEquals(List.of("n01", "n02"), train.classes());
    Samples.assertReads(train, "three", "one", "two");
    Files.writeString(folder.resolve("imagenet_2012_validation_synset_labels.txt"), "n02\nn01\n");
    SampleIndex validation = Samples.index(folder, "validation");
    assertEquals(List.of("n01", "n02"), validation.classes());
    Samples.assertReads(validation, "v2", "v1");
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
        Samples.tarOf(
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
        Samples.described(validation));
    Files.delete(folder.resolve("ILSVRC2012_devkit_t12.tar.gz"));
    Files.writeString(folder.resolve("synsets.txt"), "n01 tench\nn02 goldfish\n");
    Files.writeString(folder.resolve("ILSVRC2012_validation_ground_truth.txt"), "2\n1\n");
    assertEquals(validation.fingerprint(), Samples.index(folder, "val").fingerprint());
    Files.writeString(folder.resolve("ILSVRC2012_validation_ground_truth.txt"), "2\n3\n");
    assertTrue(Samples.refused(folder, "val").contains("line 2"), Samples.refused(folder, "val"));
  }

  @Test
  void damagedImageNetIsRefused() throws IOException {
    imageNet();
    assertTrue(
        Samples.refused(folder, "val").contains("synset_labels"), Samples.refused(folder, "val"));
    Files.writeString(folder.resolve("imagenet_2012_validation_synset_labels.txt"), "n02\n");
    assertTrue(Samples.refused(folder, "val").contains("00000002"), Samples.refused(folder, "val"));
    byte[] inner = Samples.tarOf("n01_9.JPEG", "x".repeat(2000));
    Files.write(
        folder.resolve("ILSVRC2012_img_train.tar"),
        Samples.tarOf("n01.tar", Arrays.copyOf(inner, 1024)));
    String message = Samples.refused(folder, "train");
    assertTrue(message.contains("cut short") && message.contains("n01_9"), message);
    assertTrue(
        Samples.refused(folder, "dev")
            .toLowerCase(Locale.ROOT)
            .contains("splits train and validation"));
  }
}
