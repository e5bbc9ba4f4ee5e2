package org.convoy.artifact.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An ONNX file in ONNX Runtime, on one thread. */
public final class OnnxRuntime implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  /** Loads a file; ONNX Runtime checks it as it does. */
  public OnnxRuntime(Path file) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      this.session = environment.createSession(file.toString(), options);
    }
  }

  /** The names of the inputs, then of the outputs. */
  List<String> names() {
    return Stream.concat(session.getInputNames().stream(), session.getOutputNames().stream())
        .toList();
  }

  /** The metadata of the file. */
  Map<String, String> metadata() throws OrtException {
    return session.getMetadata().getCustomMetadata();
  }

  /**
   * The output for a batch.
   *
   * @param batch float32, dense in C order
   */
  public float[] run(INDArray batch) throws OrtException {
    FloatBuffer values = FloatBuffer.wrap(batch.ravel().toFloatVector());
    try (OnnxTensor tensor = OnnxTensor.createTensor(environment, values, batch.shape())) {
      return run(tensor);
    }
  }

  /** The output for a batch of each input, by name. */
  float[] run(Map<String, INDArray> batches) throws OrtException {
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try {
      for (Map.Entry<String, INDArray> each : batches.entrySet()) {
        FloatBuffer values = FloatBuffer.wrap(each.getValue().ravel().toFloatVector());
        long[] shape = each.getValue().shape();
        tensors.put(each.getKey(), OnnxTensor.createTensor(environment, values, shape));
      }
      return floats(tensors);
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  /** The output for a batch of bytes. */
  float[] run(byte[] batch, long... shape) throws OrtException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(batch.length).order(ByteOrder.nativeOrder());
    bytes.put(batch).rewind();
    try (OnnxTensor tensor =
        OnnxTensor.createTensor(environment, bytes, shape, OnnxJavaType.UINT8)) {
      return run(tensor);
    }
  }

  private float[] run(OnnxTensor input) throws OrtException {
    String name = session.getInputNames().iterator().next();
    return floats(Map.of(name, input));
  }

  private float[] floats(Map<String, OnnxTensor> inputs) throws OrtException {
    try (OrtSession.Result result = session.run(inputs)) {
      FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] copy = new float[values.remaining()];
      values.get(copy);
      return copy;
    }
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
