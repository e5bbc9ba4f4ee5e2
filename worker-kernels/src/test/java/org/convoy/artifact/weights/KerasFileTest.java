package org.convoy.artifact.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.LocalStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Files as Keras 2 and 3 lay them out, written by jhdf. */
class KerasFileTest {
  /** (height 1, width 2, in 3, out 2), counted in C order. */
  private static final float[][][][] KERNEL = {
    {{{0, 1}, {2, 3}, {4, 5}}, {{6, 7}, {8, 9}, {10, 11}}}
  };

  /** The same as (out, in, height, width). */
  private static final float[] KERNEL_HERE = {0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11};

  /** (height 1, width 2, channels 3, multiplier 1) and (channels, 1, height, width). */
  private static final float[][][][] DEPTHWISE = {{{{0}, {1}, {2}}, {{3}, {4}, {5}}}};

  private static final float[] DEPTHWISE_HERE = {0, 3, 1, 4, 2, 5};

  private static final float[][] DENSE = {{1, 2}, {3, 4}, {5, 6}};
  private static final float[] DENSE_HERE = {1, 3, 5, 2, 4, 6};

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private Map<String, float[]> read(String name) throws IOException {
    Map<String, float[]> values = new TreeMap<>();
    try (TensorFile file = WeightFiles.open(new LocalStore(folder), name)) {
      assertEquals("a file of Keras", file.format());
      for (TensorFile.Entry entry : file.entries()) {
        long length = entry.shape().stream().mapToLong(n -> n).reduce(1, Math::multiplyExact);
        INDArray target = Nd4j.create(DataType.FLOAT, length);
        file.read(entry, target);
        values.put(entry.name() + entry.shape(), target.toFloatVector());
      }
    }
    return values;
  }

  private static void check(Map<String, float[]> values) {
    assertEquals(9, values.size(), () -> values.keySet().toString());
    assertArrayEquals(KERNEL_HERE, values.get("first.weight[2, 3, 1, 2]"));
    assertArrayEquals(new float[] {7, 8}, values.get("first.bias[2]"));
    assertArrayEquals(DEPTHWISE_HERE, values.get("second.weight[3, 1, 1, 2]"));
    assertArrayEquals(new float[] {1, 2}, values.get("norm.weight[2]"));
    assertArrayEquals(new float[] {3, 4}, values.get("norm.bias[2]"));
    assertArrayEquals(new float[] {5, 6}, values.get("norm.running_mean[2]"));
    assertArrayEquals(new float[] {7, 8}, values.get("norm.running_var[2]"));
    assertArrayEquals(DENSE_HERE, values.get("predictions.weight[2, 3]"));
    assertArrayEquals(new float[] {9, 9}, values.get("predictions.bias[2]"));
  }

  private static WritableGroup layer(WritableGroup root, String name) {
    return root.putGroup(name).putGroup(name);
  }

  private static void keras2(WritableGroup root) {
    WritableGroup first = layer(root, "first");
    first.putDataset("kernel:0", KERNEL);
    first.putDataset("bias:0", new float[] {7, 8});
    layer(root, "second").putDataset("depthwise_kernel:0", DEPTHWISE);
    WritableGroup norm = layer(root, "norm");
    norm.putDataset("gamma:0", new float[] {1, 2});
    norm.putDataset("beta:0", new float[] {3, 4});
    norm.putDataset("moving_mean:0", new float[] {5, 6});
    norm.putDataset("moving_variance:0", new float[] {7, 8});
    WritableGroup dense = layer(root, "predictions");
    dense.putDataset("kernel:0", DENSE);
    dense.putDataset("bias:0", new float[] {9, 9});
  }

  @Test
  void readsWeightsOfKeras2() throws IOException {
    try (WritableHdfFile file = HdfFile.write(folder.resolve("weights.h5"))) {
      keras2(file);
    }
    check(read("weights.h5"));
  }

  @Test
  void aSlashInALayersNameMakesGroups() throws IOException {
    try (WritableHdfFile file = HdfFile.write(folder.resolve("weights.h5"))) {
      WritableGroup outer = file.putGroup("conv2");
      outer.putGroup("bn").putGroup("conv2").putGroup("bn").putDataset("gamma:0", new float[] {1});
    }
    assertArrayEquals(new float[] {1}, read("weights.h5").get("conv2/bn.weight[1]"));
  }

  @Test
  void readsModelsOfKeras2WithoutTheirOptimizer() throws IOException {
    try (WritableHdfFile file = HdfFile.write(folder.resolve("model.h5"))) {
      keras2(file.putGroup("model_weights"));
      layer(file.putGroup("optimizer_weights"), "Adam").putDataset("bias:0", new float[] {1});
    }
    check(read("model.h5"));
  }

  private static void vars(WritableGroup layers, String group, Object... values) {
    WritableGroup vars = layers.putGroup(group).putGroup("vars");
    for (int i = 0; i < values.length; i++) {
      vars.putDataset(String.valueOf(i), values[i]);
    }
  }

  private static void keras3(Path path) {
    try (WritableHdfFile file = HdfFile.write(path)) {
      WritableGroup layers = file.putGroup("layers");
      vars(layers, "conv2d", KERNEL, new float[] {7, 8});
      vars(layers, "depthwise_conv2d", (Object) DEPTHWISE);
      vars(
          layers,
          "batch_normalization",
          new float[] {1, 2},
          new float[] {3, 4},
          new float[] {5, 6},
          new float[] {7, 8});
      vars(layers, "dense", DENSE, new float[] {9, 9});
    }
  }

  @Test
  void readsArchivesOfKeras3() throws IOException {
    Path weights = folder.resolve("weights");
    keras3(weights);
    String config =
        "{'config': {'layers': [{'class_name': 'InputLayer', 'config': {'name': 'input'}},"
            + " {'class_name': 'Conv2D', 'config': {'name': 'first'}},"
            + " {'class_name': 'DepthwiseConv2D', 'config': {'name': 'second'}},"
            + " {'class_name': 'BatchNormalization', 'config': {'name': 'norm'}},"
            + " {'class_name': 'Dense', 'config': {'name': 'predictions'}}]}}";
    archive(
        config.replace('\'', '"').getBytes(StandardCharsets.UTF_8), Files.readAllBytes(weights));
    check(read("model.keras"));
  }

  private void archive(byte[] config, byte[] weights) throws IOException {
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(folder.resolve("model.keras")))) {
      zip.putNextEntry(new ZipEntry("config.json"));
      zip.write(config);
      zip.putNextEntry(new ZipEntry("model.weights.h5"));
      zip.write(weights);
    }
  }

  /** A small file could fill the disk. */
  @Test
  void archivesThatUnpackToMuchMoreAreRefused() throws IOException {
    archive(new byte[] {'{', '}'}, new byte[32 << 20]);
    String message = assertThrows(DamagedFileException.class, () -> read("model.keras")).toString();
    assertTrue(message.contains("model.keras: model.weights.h5: expected at most"), message);
  }

  @Test
  void withoutAConfigurationLayersAreCalledByTheirGroups() throws IOException {
    keras3(folder.resolve("x.weights.h5"));
    assertArrayEquals(KERNEL_HERE, read("x.weights.h5").get("conv2d.weight[2, 3, 1, 2]"));
  }

  @Test
  void refusesWhatIsCut() throws IOException {
    Path whole = folder.resolve("whole.h5");
    keras3(whole);
    byte[] bytes = Files.readAllBytes(whole);
    Files.write(folder.resolve("cut.h5"), Arrays.copyOf(bytes, bytes.length / 2));
    String message = assertThrows(DamagedFileException.class, () -> read("cut.h5")).toString();
    assertTrue(message.contains("cut.h5"), message);
  }
}
