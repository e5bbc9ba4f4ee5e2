package org.convoy.inference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.JsonProblem;
import org.convoy.artifact.SavedModel;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.image.transform.Preprocessing;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.settings.RequestException;
import org.convoy.task.Classification;
import org.convoy.task.Contrastive;
import org.convoy.task.MaskedAutoencoder;
import org.convoy.task.MultiLabel;
import org.convoy.task.Task;

/** Makes values of a saved model's files. */
public final class ModelParts {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ModelParts() {}

  /**
   * The preprocessing of a saved model.
   *
   * @throws IllegalArgumentException if its results do not fit the network's input
   */
  public static Preprocessing preprocessing(SavedModel model) {
    Preprocessing preprocessing = Preprocessing.fromJson(model.preprocessing());
    Shape images =
        Shape.of(preprocessing.channels(), preprocessing.height(), preprocessing.width());
    Shape input = model.graph().inputShape();
    if (!images.equals(input)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "preprocessing.json gives %s, expected %s as %s takes it",
              images,
              input,
              model.graph().name()));
    }
    return preprocessing;
  }

  /** The model's task; classification for a model whose recipe this version does not read. */
  public static Task task(SavedModel model) {
    try {
      JsonNode task = JSON.readTree(model.origin().recipe()).path("task");
      return switch (task.path("name").asText()) {
        case "multi-label" ->
            new MultiLabel(
                task.required("labels").asText(), task.required("threshold").doubleValue());
        case "contrastive" ->
            new Contrastive(
                task.required("hidden").intValue(), task.required("features").intValue());
        case "masked-autoencoder" ->
            new MaskedAutoencoder(
                task.required("ratio").doubleValue(), task.required("width").intValue());
        default -> new Classification();
      };
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return new Classification();
    }
  }

  /**
   * Compiles a model's graph.
   *
   * @param location the model's folder, for messages
   * @throws DamagedFileException if no backend can compute the graph
   * @throws RequestException if this machine does not have the memory
   */
  public static Plan compile(
      Backend backend, SavedModel model, PlanRequest request, String location)
      throws DamagedFileException {
    return compile(backend, model.graph(), request, location);
  }

  /**
   * Compiles a part of a model's graph.
   *
   * @param location the model's folder, for messages
   * @throws DamagedFileException if no backend can compute the graph
   * @throws RequestException if this machine does not have the memory
   */
  public static Plan compile(Backend backend, Graph graph, PlanRequest request, String location)
      throws DamagedFileException {
    Plan plan;
    try {
      plan = backend.compile(graph, request);
    } catch (NullPointerException | IllegalArgumentException | ArithmeticException e) {
      throw new DamagedFileException(
          location + "/model.json", "graph", "one that can be computed", JsonProblem.reason(e));
    }
    try {
      require(location, request, plan.memory().totalBytes(), "this machine", machineBytes());
      backend
          .device()
          .ifPresent(
              device ->
                  require(
                      location,
                      request,
                      plan.memory().deviceBytes(),
                      device.name(),
                      device.memoryBytes()));
    } catch (RequestException e) {
      plan.close();
      throw e;
    }
    return plan;
  }

  private static void require(
      String location, PlanRequest request, long needed, String where, long there) {
    if (needed > there) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "%s needs %d MiB to compute %d images together, and %s has %d",
              location,
              needed >> 20,
              request.batch(),
              where,
              there >> 20));
    }
  }

  private static long machineBytes() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean machine
        ? machine.getTotalMemorySize()
        : Long.MAX_VALUE;
  }
}
