package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.convoy.artifact.ArtifactFormat;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.ModelManifest;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.formats.ArtifactFormats;
import org.convoy.artifact.onnx.OnnxRuntime;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What an ONNX file owes: on each of {@link Cases} ONNX Runtime computes of it what the reference
 * computes of the network, with norms as they are and with norms folded.
 */
class OnnxContractTest {
  /** Of the largest element, or of 0.1 where all are smaller. */
  private static final double TOLERANCE = 2e-5;

  private final ArtifactFormat onnx = ArtifactFormats.get("onnx");

  @TestFactory
  Stream<DynamicTest> computesWhatTheReferenceComputes(@TempDir Path folder) {
    return Cases.all()
        .filter(subject -> subject.graph().nodes().size() > 1)
        .map(
            subject -> DynamicTest.dynamicTest(subject.toString(), () -> compare(subject, folder)));
  }

  private void compare(Case subject, Path folder) throws IOException, OrtException {
    try (Plan plan =
        Backends.get("nd4j").compile(subject.graph(), subject.inference(Precision.FLOAT32))) {
      INDArray parameters = subject.parameters(DataType.FLOAT);
      plan.bind(parameters, parameters);
      plan.input().assign(subject.input(DataType.FLOAT));
      plan.forward(0);
      float[] expected = plan.output().ravel().toFloatVector();
      for (boolean fold : new boolean[] {false, true}) {
        ExportOptions options = new ExportOptions(false, ExportOptions.Output.LOGITS, fold);
        onnx.write(saved(subject, parameters), options, new LocalStore(folder), "case.onnx");
        try (OnnxRuntime runtime = new OnnxRuntime(folder.resolve("case.onnx"))) {
          assertClose(expected, runtime.run(plan.input()), subject + (fold ? ", folded" : ""));
        }
      }
    }
  }

  private static SavedModel saved(Case subject, INDArray parameters) {
    int classes = subject.graph().outputShape().channels();
    return new SavedModel(
        subject.graph(),
        parameters,
        IntStream.range(0, classes).mapToObj(i -> "class " + i).toList(),
        new ObjectMapper().createObjectNode(),
        new ModelManifest.Origin("", "test", "", Map.of()));
  }

  private static void assertClose(float[] expected, float[] got, String what) {
    assertEquals(expected.length, got.length, what);
    double largest = 0.1;
    for (float each : expected) {
      largest = Math.max(largest, Math.abs(each));
    }
    for (int i = 0; i < got.length; i++) {
      double difference = Math.abs(got[i] - expected[i]);
      int at = i;
      assertTrue(
          difference <= TOLERANCE * largest,
          () -> what + ": element " + at + ": expected " + expected[at] + ", got " + got[at]);
    }
  }
}
