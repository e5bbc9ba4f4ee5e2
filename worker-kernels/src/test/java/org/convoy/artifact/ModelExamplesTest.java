package org.convoy.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.models.Models;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ModelExamplesTest {
  private static final Graph GRAPH = Models.get("resnet20").build(Shape.of(3, 32, 32), 10);

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private ModelExamples written(INDArray inputs, INDArray outputs) throws IOException {
    LocalStore store = new LocalStore(folder);
    ModelExamples examples = new ModelExamples(inputs, outputs);
    try (OutputStream out = store.create("examples")) {
      SafetensorsWriter.write(out, Map.of(), examples.tensors());
    }
    return ModelExamples.read(store, "examples", GRAPH);
  }

  private static INDArray ones(long... shape) {
    return Nd4j.ones(DataType.FLOAT, shape);
  }

  @Test
  void readsWhatWasWritten() throws IOException {
    try (ModelExamples read = written(ones(2, 3, 32, 32), ones(2, 10).muli(7))) {
      assertEquals(2, read.count());
      assertEquals(ones(2, 3, 32, 32), read.inputs());
      assertEquals(ones(2, 10).muli(7), read.outputs());
    }
  }

  @Test
  void refusesShapesThatAreNotTheNetworks() {
    refused("tensor input: expected F32 [2, 3, 32, 32]", ones(2, 3, 16, 16), ones(2, 10));
    refused("tensor output: expected F32 [2, 10]", ones(2, 3, 32, 32), ones(1, 10));
    refused("examples: expected 1 to 64, got 65", ones(65, 3, 32, 32), ones(65, 10));
  }

  private void refused(String reason, INDArray inputs, INDArray outputs) {
    String message =
        assertThrows(DamagedFileException.class, () -> written(inputs, outputs)).toString();
    assertTrue(message.contains(reason), message);
  }
}
