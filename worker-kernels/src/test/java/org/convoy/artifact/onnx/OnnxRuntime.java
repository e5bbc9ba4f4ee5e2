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
    try (OrtSession.Result result = session.run(Map.of(name, input))) {
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
