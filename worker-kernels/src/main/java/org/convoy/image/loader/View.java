package org.convoy.image.loader;

import java.util.List;
import org.convoy.image.transform.CounterRandom;
import org.convoy.image.transform.Transform;

/**
 * What a view of a sample undergoes behind the transforms that all its views share, draws included.
 *
 * @param number of the view, from 0
 * @param transforms its own; none: the view is what all share
 */
public record View(int number, List<Transform> transforms) {
  public static final View SHARED = new View(0, List.of());

  public View {
    transforms = List.copyOf(transforms);
  }

  /** The stream of the view's own draws. */
  CounterRandom random(CounterRandom sample) {
    return sample.split(~(long) number);
  }
}
