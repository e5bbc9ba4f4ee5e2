package org.convoy.driver.config;

import java.util.List;
import java.util.stream.Collectors;
import org.convoy.settings.RequestException;

/** A recipe that cannot be used. The message contains every problem, one per line. */
public final class RecipeException extends RequestException {
  private static final long serialVersionUID = 1;

  private final transient List<Problem> problems;

  RecipeException(String source, List<Problem> problems) {
    super(
        source
            + (problems.size() == 1 ? ": " : ": " + problems.size() + " problems\n  ")
            + problems.stream().map(Problem::toString).collect(Collectors.joining("\n  ")));
    this.problems = List.copyOf(problems);
  }

  /** All problems in the order of the recipe's lines; problems of {@code --set} come last. */
  public List<Problem> problems() {
    return problems;
  }
}
