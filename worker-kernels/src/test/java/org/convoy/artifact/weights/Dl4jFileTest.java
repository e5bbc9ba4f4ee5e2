package org.convoy.artifact.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.LocalStore;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@code dl4j.zip} is what {@code convoy export --format dl4j} wrote of {@link #graph} with the
 * weights 1, 2, 3 and on: DL4J's own ModelSerializer made it.
 */
class Dl4jFileTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  /** Every layer with tensors, with biases, and a branch. */
  private static Graph graph() {
    Value x = Value.input(Shape.of(3, 8, 8)).conv("first", Convolution.of(4, 3).withBias());
    x = x.norm("norm").relu();
    Value wide = x.conv("wide", Convolution.of(8, 3).groups(4).withBias());
    Value y = x.conv("narrow", 8, 1).add(wide);
    return y.globalAveragePool().linear("fc", 5).graph("tiny");
  }

  @Test
  void theWeightsComeBack() throws IOException {
    Graph graph = graph();
    int length = Math.toIntExact(Parameters.of(graph).length());
    copy(UnaryOperator.identity());
    try (TensorFile file = WeightFiles.open(new LocalStore(folder), "model.zip");
        INDArray flat = Nd4j.create(DataType.FLOAT, length)) {
      assertEquals("a file of DL4J", file.format());
      WeightImport weights = WeightImport.of(file, graph, Set.of());
      assertEquals(Set.of(), weights.missing());
      assertEquals(Set.of(), weights.extra());
      assertEquals(Set.of(), weights.misshapen());
      weights.copyTo(flat);
      for (int i = 0; i < length; i++) {
        assertEquals(i + 1, flat.getFloat(i), "element " + i);
      }
    }
  }

  @Test
  void aLayerThatConvoyDoesNotWriteIsNamed() throws IOException {
    copy(json -> json.replace("layers.DenseLayer", "layers.CenterLossOutputLayer"));
    refused("vertex fc", "CenterLossOutputLayer");
  }

  @Test
  void sizesAreHeldAgainstTheVector() throws IOException {
    copy(json -> json.replace("\"nout\" : 5", "\"nout\" : 6"));
    refused("coefficients.bin", "elements of FLOAT");
    copy(json -> json.replace("\"nout\" : 5", "\"nout\" : -5"));
    refused("vertex fc", "sizes from 1");
    copy(json -> json.replace("\"nout\" : 5", "\"nout\" : 4611686018427387904"));
    refused("model.zip");
  }

  /** A small file could fill the disk. */
  @Test
  void noMoreIsUnpackedThanThereShouldBe() throws IOException {
    copy(UnaryOperator.identity(), 32 << 20);
    refused("model.zip", "coefficients.bin", "at most");
  }

  private void refused(String... parts) {
    String message =
        assertThrows(
                DamagedFileException.class,
                () -> WeightFiles.open(new LocalStore(folder), "model.zip"))
            .toString();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  /** Writes the file with another configuration. */
  private void copy(UnaryOperator<String> change) throws IOException {
    copy(change, 0);
  }

  /** Writes the file with another configuration, and with zeros behind its coefficients. */
  private void copy(UnaryOperator<String> change, int zeros) throws IOException {
    InputStream resource =
        Objects.requireNonNull(Dl4jFileTest.class.getResourceAsStream("dl4j.zip"));
    try (ZipInputStream in = new ZipInputStream(resource);
        ZipOutputStream out =
            new ZipOutputStream(Files.newOutputStream(folder.resolve("model.zip")))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        byte[] content = in.readAllBytes();
        if (entry.getName().equals("configuration.json")) {
          String json = new String(content, StandardCharsets.UTF_8);
          content = change.apply(json).getBytes(StandardCharsets.UTF_8);
        }
        out.putNextEntry(new ZipEntry(entry.getName()));
        out.write(content);
        if (entry.getName().equals("coefficients.bin")) {
          out.write(new byte[zeros]);
        }
      }
    }
  }
}
