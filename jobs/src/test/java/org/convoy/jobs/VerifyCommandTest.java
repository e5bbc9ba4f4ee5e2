package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.ModelExamples;
import org.convoy.artifact.SavedModel;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class VerifyCommandTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @BeforeEach
  void write() throws IOException {
    SmallModel.write(folder);
  }

  /** Saves the model once more, with the reference's outputs plus a difference in one of them. */
  private void addExamples(double difference) throws IOException {
    LocalStore store = new LocalStore(folder);
    SavedModel model = SavedModel.load(store, "model");
    PlanRequest request = PlanRequest.inference(2);
    try (Plan plan = Backends.get("nd4j").compile(model.graph(), request)) {
      plan.bind(model.weights(), model.weights());
      INDArray inputs = Nd4j.linspace(-1, 1, plan.input().length(), DataType.FLOAT);
      plan.input().assign(inputs.reshape(plan.input().shape()));
      plan.forward(0);
      INDArray outputs = plan.output().dup();
      double largest = outputs.amaxNumber().doubleValue();
      outputs.putScalar(1, 3, outputs.getDouble(1, 3) + difference * largest);
      ModelExamples examples = new ModelExamples(inputs.reshape(plan.input().shape()), outputs);
      model.save(store, "model", Optional.of(examples));
    }
  }

  private CommandLineRun verify(String... options) {
    Object[] command = new Object[options.length + 2];
    command[0] = "verify";
    command[1] = folder.resolve("model");
    System.arraycopy(options, 0, command, 2, options.length);
    return CommandLineRun.of(command);
  }

  @Test
  void theFastKernelsGiveTheOutputsOfTheReference() throws IOException {
    addExamples(0);
    CommandLineRun run = verify("--json");
    assertEquals(0, run.exitCode(), run::err);
    JsonNode result = run.json();
    assertTrue(result.get("holds").booleanValue());
    assertEquals(5, result.get("files").size());
    assertEquals(2, result.get("examples").intValue());
    double relative = result.get("relative_difference").doubleValue();
    assertTrue(relative > 0 && relative < 1e-5, () -> "" + relative);
    assertEquals(0, verify("--backend", "nd4j", "--tolerance", "1e-7").exitCode());
  }

  @Test
  void anotherOutputIsNamedWithItsDifference() throws IOException {
    addExamples(0.01);
    CommandLineRun run = verify();
    assertEquals(1, run.exitCode());
    assertTrue(run.out().contains("output 3 of example 1; tolerance 0.0001"), run::out);
    assertTrue(run.out().contains("differ"), run::out);
    assertTrue(run.err().contains("does not hold what its manifest says"), run::err);
    assertEquals(0, verify("--tolerance", "0.02").exitCode());
  }

  @Test
  void everyDamagedFileIsNamed() throws IOException {
    addExamples(0);
    Path weights = folder.resolve("model/weights.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length / 2] ^= 1;
    Files.write(weights, bytes);
    Files.delete(folder.resolve("model/labels.txt"));
    CommandLineRun run = verify("--json");
    assertEquals(1, run.exitCode());
    int damaged = 0;
    for (JsonNode file : run.json().get("files")) {
      damaged += file.has("problem") ? 1 : 0;
    }
    assertEquals(2, damaged, run::out);
    assertFalse(run.json().has("examples"));
    CommandLineRun told = verify();
    assertTrue(told.out().contains(weights + ": SHA-256: expected "), told::out);
    assertTrue(told.out().contains("labels.txt: no such file"), told::out);
  }

  @Test
  void aModelWithoutExamplesIsCheckedByItsDigests() {
    CommandLineRun run = verify();
    assertEquals(0, run.exitCode(), run::err);
    assertTrue(run.out().contains("it was saved without examples"), run::out);
  }

  @Test
  void wrongRequestsGiveTwo() {
    assertEquals(2, CommandLineRun.of("verify", folder.resolve("shapes")).exitCode());
    assertEquals(2, verify("--tolerance", "-1").exitCode());
    CommandLineRun backend = verify("--backend", "abacus");
    assertEquals(2, backend.exitCode());
    assertTrue(backend.err().contains("abacus"), backend::err);
  }
}
