package org.convoy.artifact.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.convoy.artifact.ArtifactFormat;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.ModelExamples;
import org.convoy.artifact.SafetensorsFormat;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.weights.TensorFile;
import org.convoy.artifact.weights.TorchFormat;
import org.convoy.artifact.weights.WeightFiles;
import org.convoy.artifact.weights.WeightImport;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.models.Models;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Networks in the formats of other programs: what comes back, or is computed there, is what was
 * here. With {@code -Dconvoy.exports=PATTERN} the networks whose names match are tried and their
 * rows of {@code docs/exports.md} are written, one by one. The column of DL4J is written on its
 * own, with {@code -Dconvoy.rivals=FOLDER}, which says where the built {@code jobs/rivals} is.
 */
class ExportMatrixTest {
  private static final Optional<String> WANTED =
      Optional.ofNullable(System.getProperty("convoy.exports"));

  private static final Optional<Path> DL4J =
      Optional.ofNullable(System.getProperty("convoy.rivals"))
          .map(folder -> Path.of(folder, "dl4j", "target").toAbsolutePath());

  private static final Path DOCUMENT =
      Path.of(System.getProperty("convoy.home", ".."), "docs", "exports.md");

  private static final String ROW = "| `";

  /** The rest of the row of a network that no file of ONNX can hold. */
  private static final String TOO_LARGE = "` | more than 2 GiB of weights | | | | | | |";

  /** The exit code of the process when DL4J cannot hold the network. */
  private static final int REFUSED = 3;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @TestFactory
  Stream<DynamicTest> everyFormatHoldsTheNetwork() {
    return Models.all().stream()
        .filter(model -> model.name().matches(WANTED.orElse("resnet8|mobilenetv1_025")))
        .map(model -> DynamicTest.dynamicTest(model.name(), () -> run(model)));
  }

  /** A network without a row was not tried; the command that stands in the document tries it. */
  @Test
  void theDocumentsRowsAreNetworksInTheirOrder() throws IOException {
    List<String> rows = List.copyOf(rows().keySet());
    assertEquals(
        Models.all().stream().map(Models.Model::name).filter(rows::contains).toList(), rows);
    assertTrue(rows.size() > 150, () -> rows.size() + " rows");
  }

  private void run(Models.Model model) throws IOException, OrtException, InterruptedException {
    Graph graph = DrawnNetwork.small(model);
    if (Parameters.of(graph).length() * Float.BYTES > Integer.MAX_VALUE) {
      write(model.name(), ROW + model.name() + TOO_LARGE);
      return;
    }
    try (INDArray weights = DrawnNetwork.weights(graph)) {
      SavedModel saved = DrawnNetwork.saved(graph, weights);
      if (DL4J.isPresent()) {
        String row = String.valueOf(rows().get(model.name()));
        String start = row.substring(0, row.lastIndexOf('|', row.length() - 2));
        write(model.name(), start + "| " + dl4j(saved) + " |");
        return;
      }
      List<String> cells = new ArrayList<>(List.of("`" + model.name() + "`"));
      cells.add(graph.inputShape().toString());
      cells.addAll(onnx(saved, 1, 7));
      Optional<Graph> larger = DrawnNetwork.larger(graph);
      cells.addAll(
          larger.isPresent()
              ? onnx(DrawnNetwork.saved(larger.get(), weights), 1)
              : List.of("one resolution"));
      cells.add(cell(weightsBack(saved, new SafetensorsFormat())));
      cells.add(cell(weightsBack(saved, new TorchFormat())));
      if (WANTED.isPresent()) {
        cells.add(before(model.name()));
        write(model.name(), ROW.substring(0, 2) + String.join(" | ", cells) + " |");
      }
    }
  }

  private static String cell(double deviation) {
    assertTrue(deviation <= DrawnNetwork.TOLERANCE, "deviation " + deviation);
    return deviation == 0 ? "0" : String.format(Locale.ROOT, "%.1e", deviation);
  }

  /** Deviations of ONNX Runtime's logits for batches of these sizes. */
  private List<String> onnx(SavedModel saved, int... batches) throws IOException, OrtException {
    Path file = written(saved, new OnnxFormat());
    List<String> cells = new ArrayList<>();
    try (OnnxRuntime runtime = new OnnxRuntime(file)) {
      for (int batch : batches) {
        try (INDArray images = DrawnNetwork.images(saved.graph().inputShape(), batch)) {
          float[] expected = DrawnNetwork.logits(saved, images);
          cells.add(
              cell(DrawnNetwork.deviation(expected, runtime.run(images), saved.graph().name())));
        }
      }
    }
    Files.delete(file);
    return cells;
  }

  /** The largest difference of a weight that is read as a run reads what it starts from. */
  private double weightsBack(SavedModel saved, ArtifactFormat format) throws IOException {
    Path written = written(saved, format);
    try (TensorFile file =
            WeightFiles.open(new LocalStore(folder), written.getFileName().toString());
        INDArray back = Nd4j.create(DataType.FLOAT, saved.weights().length())) {
      WeightImport weights = WeightImport.of(file, saved.graph(), Set.of());
      assertEquals(Set.of(), weights.missing());
      assertEquals(Set.of(), weights.extra());
      assertEquals(Set.of(), weights.misshapen());
      weights.copyTo(back);
      return back.subi(saved.weights()).amaxNumber().doubleValue();
    } finally {
      Files.delete(written);
    }
  }

  private Path written(SavedModel saved, ArtifactFormat format) throws IOException {
    String name = "file" + format.suffix();
    format.write(saved, ExportOptions.PLAIN, new LocalStore(folder), name);
    return folder.resolve(name);
  }

  /**
   * What the process of {@code convoy export --format dl4j} finds: how far the probabilities of the
   * file that it loaded are from Convoy's, or the op that DL4J does not have.
   */
  private String dl4j(SavedModel saved) throws IOException, InterruptedException {
    Path target = DL4J.orElseThrow();
    INDArray images = DrawnNetwork.images(saved.graph().inputShape(), 2);
    float[] logits = DrawnNetwork.logits(saved, images);
    try (ModelExamples examples =
        new ModelExamples(images, Nd4j.createFromArray(logits).reshape(2, logits.length / 2))) {
      saved.save(new LocalStore(folder), "model", Optional.of(examples));
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.bytedeco.javacpp.maxbytes=0",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
                "-cp",
                target.resolve("rival.jar") + ":" + target.resolve("lib") + "/*",
                "org.convoy.rivals.dl4j.Dl4jExport",
                folder.resolve("model").toString(),
                folder.resolve("dl4j.zip").toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    String last = said.lines().reduce((first, second) -> second).orElse("it said nothing");
    assertTrue(code == 0 || code == REFUSED, last);
    return code == 0
        ? cell(Double.parseDouble(last.substring(last.lastIndexOf(' ') + 1)))
        : last.replaceFirst("^.*DL4J: ([^:]*).*", "$1");
  }

  private static Map<String, String> rows() throws IOException {
    Map<String, String> rows = new LinkedHashMap<>();
    for (String line : Files.readAllLines(DOCUMENT)) {
      if (line.startsWith(ROW)) {
        rows.put(line.substring(ROW.length(), line.indexOf('`', ROW.length())), line);
      }
    }
    return rows;
  }

  /** What the last column says. */
  private static String before(String network) throws IOException {
    String[] cells = rows().getOrDefault(network, "| - |").split(" *\\| *");
    return cells[cells.length - 1];
  }

  /** Puts a row in its place, in the order of the registry. */
  private static void write(String network, String row) throws IOException {
    Map<String, String> rows = rows();
    rows.put(network, row);
    List<String> lines = new ArrayList<>(Files.readAllLines(DOCUMENT));
    int table = lines.indexOf("|---|---|---|---|---|---|---|---|") + 1;
    lines.removeIf(line -> line.startsWith(ROW));
    lines.addAll(
        table,
        Models.all().stream()
            .map(Models.Model::name)
            .map(rows::get)
            .filter(Objects::nonNull)
            .toList());
    Files.write(DOCUMENT, lines);
  }
}
