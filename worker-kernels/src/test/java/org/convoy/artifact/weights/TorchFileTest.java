package org.convoy.artifact.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Reads files that {@code torch_files.py} wrote with Python's pickle, and what Convoy writes. */
class TorchFileTest {
  private static final float[] RAMP = {-1, -0.75f, -0.5f, -0.25f, 0, 0.25f};

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private TensorFile open(String resource) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(TorchFileTest.class.getResourceAsStream(resource), resource)) {
      Files.copy(in, folder.resolve(resource));
    }
    return WeightFiles.open(new LocalStore(folder), resource);
  }

  private static Map<String, float[]> values(TensorFile file) throws IOException {
    Map<String, float[]> values = new TreeMap<>();
    for (TensorFile.Entry entry : file.entries()) {
      if (!entry.name().equals("num_batches_tracked")) {
        long length = entry.shape().stream().mapToLong(n -> n).reduce(1, Math::multiplyExact);
        INDArray target = Nd4j.create(DataType.FLOAT, length);
        file.read(entry, target);
        values.put(entry.name(), target.toFloatVector());
      }
    }
    return values;
  }

  private static void check(TensorFile file) throws IOException {
    Map<String, float[]> values = values(file);
    assertEquals(7, values.size());
    for (String type : List.of("float32", "float64", "float16", "bfloat16")) {
      assertArrayEquals(RAMP, values.get(type), type);
    }
    assertArrayEquals(
        new float[] {-1, -0.25f, -0.75f, 0, -0.5f, 0.25f}, values.get("transposed"), "transposed");
    assertArrayEquals(new float[] {1.5f, 2, 2.75f, 3.25f}, values.get("part"), "part");
    assertArrayEquals(new float[] {4, 4.25f, 4.5f, 4.75f}, values.get("parameter"), "parameter");
  }

  @Test
  void readsEveryTypeStrideAndParameter() throws IOException {
    try (TensorFile file = open("state.pth")) {
      check(file);
      TensorFile.Entry whole =
          file.entries().stream().filter(e -> e.name().endsWith("tracked")).findFirst().get();
      DamagedFileException refusal =
          assertThrows(
              DamagedFileException.class, () -> file.read(whole, Nd4j.create(DataType.FLOAT, 1)));
      assertTrue(refusal.toString().contains("floating-point elements, got I64"));
    }
  }

  @Test
  void readsStateDictionariesInsideOthers() throws IOException {
    try (TensorFile file = open("nested.pt")) {
      check(file);
    }
  }

  @Test
  void refusesByName() {
    refused("attack.pth", "'posix.system', which is no tensor");
    refused("deflated.pth", "an uncompressed entry small/data/0");
    refused("old.pth", "before 1.6");
  }

  private void refused(String resource, String reason) {
    String message = assertThrows(DamagedFileException.class, () -> open(resource)).toString();
    assertTrue(message.contains(reason) && message.contains(resource), message);
  }

  private static INDArray ramp(int length) {
    return Nd4j.arange(length).castTo(DataType.FLOAT);
  }

  private static List<Tensor> tensors() {
    return List.of(
        Tensor.of("layer.weight", ramp(24).reshape('c', 2, 3, 4)),
        Tensor.of("layer.bias", ramp(2)),
        Tensor.of("größe", Nd4j.scalar(3f)));
  }

  @Test
  void readsWhatItWrites() throws IOException {
    try (OutputStream out = Files.newOutputStream(folder.resolve("own.pth"))) {
      TorchWriter.write(out, tensors());
    }
    try (TensorFile file = WeightFiles.open(new LocalStore(folder), "own.pth")) {
      assertEquals(
          List.of(List.of(2L, 3L, 4L), List.of(2L), List.of()),
          file.entries().stream().map(TensorFile.Entry::shape).toList());
      Map<String, float[]> values = values(file);
      for (Tensor tensor : tensors()) {
        assertArrayEquals(
            tensor.array().dup().reshape(tensor.array().length()).toFloatVector(),
            values.get(tensor.name()),
            tensor.name());
      }
    }
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    TorchWriter.write(again, tensors());
    assertArrayEquals(Files.readAllBytes(folder.resolve("own.pth")), again.toByteArray());
  }

  /** PyTorch maps the bytes of tensors into memory, where they lie at multiples of 64. */
  @Test
  void alignsTensors() throws IOException {
    Path file = folder.resolve("own.pth");
    try (OutputStream out = Files.newOutputStream(file)) {
      TorchWriter.write(out, tensors());
    }
    try (ZipFile zip = new ZipFile(file)) {
      for (int i = 0; i < tensors().size(); i++) {
        assertEquals(0, zip.getEntry("archive/data/" + i).getDataOffset() % 64);
      }
    }
  }

  /** Python's own disassembler finds the pickle whole, and exactly torch's functions in it. */
  @Test
  void pythonReadsThePickle() throws IOException, InterruptedException {
    try (OutputStream out = Files.newOutputStream(folder.resolve("own.pth"))) {
      TorchWriter.write(out, tensors());
    }
    String program =
        "import pickletools, sys, zipfile\n"
            + "z = zipfile.ZipFile(sys.argv[1])\n"
            + "assert z.testzip() is None\n"
            + "p = z.read('archive/data.pkl')\n"
            + "pickletools.dis(p, open('/dev/null', 'w'))\n"
            + "print(sorted({a for o, a, _ in pickletools.genops(p) if o.name == 'GLOBAL'}))\n";
    Process python;
    try {
      python =
          new ProcessBuilder("python3", "-c", program, folder.resolve("own.pth").toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      assumeTrue(false, "needs python3");
      return;
    }
    String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, python.waitFor(), said);
    assertEquals(
        "['collections OrderedDict', 'torch FloatStorage', 'torch._utils _rebuild_tensor_v2']",
        said.strip());
  }
}
