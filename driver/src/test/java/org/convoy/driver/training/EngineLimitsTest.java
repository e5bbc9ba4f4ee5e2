package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.engine.Engine;
import org.convoy.driver.engine.EngineRun;
import org.convoy.driver.engine.ForeignEngine;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.models.Models;
import org.convoy.optim.Optimizer;
import org.convoy.settings.RequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a recipe asks for and an engine of another program does not do is refused by its key. */
class EngineLimitsTest {
  private static final String PLAIN =
      """
      name = limits
      model { name = resnet20, input = [3, 32, 32] }
      data.uri = data
      schedule.learning-rate = 0.1
      engine = dl4j-averaging
      """;

  /** An engine that can express everything. */
  private static final ForeignEngine WILLING =
      new ForeignEngine() {
        @Override
        public boolean is(Engine engine) {
          return true;
        }

        @Override
        public void check(Graph graph, Optimizer optimizer) {
          // It refuses nothing.
        }

        @Override
        public Session open(EngineRun run) {
          throw new UnsupportedOperationException("no run begins here");
        }
      };

  @Test
  void aPlainRecipeIsTaken() {
    check("");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "adversarial = {name: fgsm}",
        "adaptive-clipping.factor = 0.01",
        "sharpness.radius = 0.05",
        "lookahead.every-steps = 5",
        "rate-batch = 256",
        "validation.statistics-steps = 5",
        "validation.views = flip",
        "model.start-at-zero = [\"fc.*\"]",
        "model.drop-block = {probability: 0.1, layers: [\"*\"]}",
        "gradient-clip-norm = 1",
        "weight-average.decay = 0.9",
        "checkpoint.best = true",
        "image.resize-on = gpu\nbackend = cudnn",
        "data.decode = nvjpeg\nbackend = cudnn"
      })
  void theKeyIsNamed(String line) {
    String key = line.split(" = ", 2)[0];
    String refused = assertThrows(RequestException.class, () -> check(line)).toString();
    assertTrue(refused.contains(": " + key), refused);
    assertTrue(refused.contains(" with engine dl4j-averaging"), refused);
  }

  private static void check(String line) {
    Recipe recipe = new RecipeLoader().parse(PLAIN + line, "test", List.of());
    Graph graph = Models.get("resnet20").build(Shape.of(3, 32, 32), 10);
    EngineLimits.check(recipe, new TrainingRequest("out", 1, false), graph, WILLING);
  }
}
