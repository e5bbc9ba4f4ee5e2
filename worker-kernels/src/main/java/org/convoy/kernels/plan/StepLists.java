package org.convoy.kernels.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The steps of a program while it is written, in three lists: refresh, forward and backward.
 *
 * @param <S> the backend's steps
 */
public final class StepLists<S extends Use> {
  private final List<S> refresh = new ArrayList<>();
  private final List<S> forward = new ArrayList<>();
  private final List<S> backward = new ArrayList<>();
  private List<S> current = forward;

  /** Adds what follows to backward. */
  public void enterBackward() {
    current = backward;
  }

  /**
   * Adds the steps that {@code adding} adds to the refresh, which runs after each change of the
   * parameters.
   */
  public void refreshing(Runnable adding) {
    List<S> before = current;
    current = refresh;
    adding.run();
    current = before;
  }

  /** Adds a step to the current list. */
  public void add(S step) {
    current.add(step);
  }

  /** All steps, with every tensor's place known. */
  public Program<S> program(Map<Buffer, double[]> constants) {
    return Program.of(refresh, forward, backward, constants);
  }
}
