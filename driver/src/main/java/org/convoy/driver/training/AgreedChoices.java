package org.convoy.driver.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Choices;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Tuning;

/**
 * The implementations of a run's training plans: the backend's rules, or the fastest ones that the
 * first executor found when the run began. A resumed run keeps its implementations.
 */
final class AgreedChoices {
  private AgreedChoices() {}

  /** Returns the same on every executor. All executors must call it. */
  static Choices of(
      Backend backend, RunSpec spec, PlanRequest request, StateFiles files, Exchange exchange)
      throws IOException {
    if (spec.recipe().layouts() == Recipe.Layouts.RULE) {
      return Choices.NONE;
    }
    String own = "";
    if (exchange.rank() == 0) {
      Optional<Long> step = spec.resumeFrom();
      Choices choices =
          step.isPresent()
              ? files.choices(step.get())
              : backend.choose(spec.trainedLast(spec.graph()), request, Tuning.standard());
      own = choices.toJson();
    }
    byte[][] all = exchange.allGather(own.getBytes(StandardCharsets.UTF_8));
    return Choices.fromJson(new String(all[0], StandardCharsets.UTF_8));
  }
}
