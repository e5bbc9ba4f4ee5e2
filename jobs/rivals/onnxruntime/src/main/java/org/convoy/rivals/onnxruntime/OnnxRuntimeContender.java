package org.convoy.rivals.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.ModelManifest;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.formats.ArtifactFormats;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.jobs.rivals.Contender;
import org.convoy.jobs.rivals.ContenderLoop;
import org.convoy.jobs.rivals.InitialTensors;
import org.convoy.jobs.rivals.MadeUpBatch;
import org.convoy.jobs.rivals.Task;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The forward pass of an exported network, as a server computes it: ONNX Runtime with all of its
 * graph optimisations on the CPU. It trains nothing.
 */
public final class OnnxRuntimeContender implements Contender {
  private final OrtSession session;
  private final Map<String, OnnxTensor> input;
  private final int outputs;

  private OnnxRuntimeContender(Task task) {
    if (task.mode() != Task.Mode.INFERENCE) {
      throw new UnsupportedOperationException(
          "onnxruntime: expected a forward pass (--inference), got a training step");
    }
    Graph graph = Graph.fromJson(task.graph());
    this.outputs = task.batch() * graph.outputShape().channels();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    long[] shape = graph.inputShape().batched(task.batch());
    FloatBuffer images =
        ByteBuffer.allocateDirect(
                Math.toIntExact(graph.inputShape().elements() * task.batch() * Float.BYTES))
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    MadeUpBatch.fill(images);
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(task.threads());
      this.session = open(environment, graph, options);
      this.input = Map.of("input", OnnxTensor.createTensor(environment, images, shape));
    } catch (OrtException e) {
      throw new IllegalStateException("onnxruntime: " + e.getMessage(), e);
    }
  }

  /** The process's main method, see {@link ContenderLoop}. */
  public static void main(String[] arguments) throws IOException {
    ContenderLoop.run(OnnxRuntimeContender::new, "onnx", Task.Mode.INFERENCE);
  }

  private static OrtSession open(
      OrtEnvironment environment, Graph graph, OrtSession.SessionOptions options)
      throws OrtException {
    try {
      Path folder = Files.createTempDirectory("convoy-onnx");
      try {
        write(graph, folder);
        return environment.createSession(folder.resolve("model.onnx").toString(), options);
      } finally {
        Files.deleteIfExists(folder.resolve("model.onnx"));
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Graph graph, Path folder) throws IOException {
    Parameters layout = Parameters.of(graph);
    InitialTensors tensors = new InitialTensors(graph);
    try (INDArray weights = Nd4j.createUninitialized(DataType.FLOAT, layout.length())) {
      FloatBuffer elements = weights.data().asNioFloat();
      for (Parameter parameter : layout.all()) {
        int from = Math.toIntExact(parameter.offset());
        tensors.fill(parameter, elements.slice(from, Math.toIntExact(parameter.length())));
      }
      SavedModel model =
          new SavedModel(
              graph,
              weights,
              IntStream.range(0, graph.outputShape().channels())
                  .mapToObj(i -> "class " + i)
                  .toList(),
              JsonNodeFactory.instance.objectNode(),
              new ModelManifest.Origin("", "", "", Map.of()));
      ArtifactFormats.get("onnx")
          .write(model, ExportOptions.PLAIN, new LocalStore(folder), "model.onnx");
    }
  }

  @Override
  public float[] infer() {
    try (OrtSession.Result result = session.run(input)) {
      float[] logits = new float[outputs];
      ((OnnxTensor) result.get(0)).getFloatBuffer().get(logits);
      return logits;
    } catch (OrtException e) {
      throw new IllegalStateException("onnxruntime: " + e.getMessage(), e);
    }
  }

  @Override
  public void step() {
    try {
      session.run(input).close();
    } catch (OrtException e) {
      throw new IllegalStateException("onnxruntime: " + e.getMessage(), e);
    }
  }

  @Override
  public double loss() {
    throw new UnsupportedOperationException("onnxruntime: a forward pass has no loss");
  }

  @Override
  public void close() {
    input.values().forEach(OnnxTensor::close);
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("onnxruntime: " + e.getMessage(), e);
    }
  }
}
