package org.convoy.artifact.weights;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import onnx.Onnx;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.SafetensorsWriter;
import org.convoy.artifact.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.protobuf.ByteString;

/**
 * Changes files of weights at random: a reader gives tensors or refuses the file with an
 * IOException, and never anything else. {@code -Dconvoy.fuzz.weights=20000 -Dconvoy.fuzz.seed=N}
 * runs more.
 */
class WeightFilesFuzzTest {
  private static final long MOST_ELEMENTS = 1 << 12;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (String resource : List.of("state.pth", "nested.pt", "dl4j.zip")) {
      try (InputStream in =
          Objects.requireNonNull(WeightFilesFuzzTest.class.getResourceAsStream(resource))) {
        seeds.add(in.readAllBytes());
      }
    }
    ByteArrayOutputStream safetensors = new ByteArrayOutputStream();
    SafetensorsWriter.write(
        safetensors,
        Map.of("format", "pt"),
        List.of(Tensor.of("a.weight", Nd4j.createFromArray(1f, 2f, 3f))));
    seeds.add(safetensors.toByteArray());
    Path hdf = folder.resolve("seed.h5");
    try (WritableHdfFile file = HdfFile.write(hdf)) {
      var layer = file.putGroup("fc").putGroup("fc");
      layer.putDataset("kernel:0", new float[][] {{1, 2, 3}, {4, 5, 6}});
      layer.putDataset("bias:0", new float[] {1, 2, 3});
    }
    seeds.add(Files.readAllBytes(hdf));
    seeds.add(onnx());
    return seeds;
  }

  private static byte[] onnx() {
    Onnx.TensorProto.Builder raw =
        Onnx.TensorProto.newBuilder()
            .setName("fc.weight")
            .setDataType(1)
            .addDims(2)
            .addDims(1)
            .setRawData(ByteString.copyFrom(new byte[8]));
    Onnx.TensorProto.Builder listed =
        Onnx.TensorProto.newBuilder().setName("fc.bias").setDataType(1).addDims(1).addFloatData(3);
    return Onnx.ModelProto.newBuilder()
        .setIrVersion(8)
        .setGraph(Onnx.GraphProto.newBuilder().addInitializer(raw).addInitializer(listed))
        .build()
        .toByteArray();
  }

  @Test
  void changedFilesAreReadOrRefused() throws IOException {
    int rounds = Integer.getInteger("convoy.fuzz.weights", 800);
    long seed = Long.getLong("convoy.fuzz.seed", 7);
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<byte[]> seeds = seeds();
    int read = 0;
    int refused = 0;
    for (int round = 0; round < rounds; round++) {
      byte[] bytes = change(seeds.get(round % seeds.size()), random);
      Files.write(folder.resolve("file"), bytes);
      try {
        readAll();
        read++;
      } catch (IOException e) {
        refused++;
      } catch (RuntimeException | Error e) {
        throw new AssertionError("round " + round + " of seed " + seed, e);
      }
    }
    int all = read + refused;
    assertTrue(read > all / 50 && refused > all / 10, read + " read, " + refused + " refused");
  }

  private void readAll() throws IOException {
    try (TensorFile file = WeightFiles.open(new LocalStore(folder), "file")) {
      for (TensorFile.Entry entry : file.entries()) {
        long length = 1;
        for (long extent : entry.shape()) {
          length = extent > MOST_ELEMENTS ? 0 : Math.min(length * extent, MOST_ELEMENTS + 1);
        }
        // As an importer does: only a tensor of the expected size is read.
        if (length > 0 && length <= MOST_ELEMENTS) {
          file.read(entry, Nd4j.create(DataType.FLOAT, length));
        }
      }
    }
  }

  private static byte[] change(byte[] seed, SplittableRandom random) {
    byte[] bytes = seed.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0x7f);
        default -> bytes = Arrays.copyOf(bytes, Math.max(1, bytes.length - random.nextInt(40)));
      }
    }
    return bytes;
  }
}
