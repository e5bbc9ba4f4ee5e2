package org.convoy.image.loader;

import java.util.List;
import java.util.stream.IntStream;
import org.convoy.image.transform.Size;
import org.convoy.image.transform.Transform;

/**
 * The views of each sample that a training batch holds: first one view of all samples, then the
 * next.
 *
 * @param count at least 1
 * @param further the transforms of all views but the first, behind those that all views share with
 *     the same draws. If there are none, nothing is shared: each view is augmented by draws of its
 *     own.
 */
public record SampleViews(int count, List<Transform> further) {

  public SampleViews {
    further = List.copyOf(further);
    if (count < 1) {
      throw new IllegalArgumentException("expected at least 1 view of a sample, got " + count);
    }
  }

  /** For a network of another resolution, see {@link Transform#scaled}. */
  public SampleViews at(Size from, Size to) {
    return new SampleViews(
        count, further.stream().map(transform -> transform.scaled(from, to)).toList());
  }

  /** The views of some samples, in their order in a batch. */
  public List<ImageSource> of(List<ImageSource> samples) {
    return IntStream.range(0, count)
        .boxed()
        .flatMap(number -> samples.stream().map(sample -> view(sample, number)))
        .toList();
  }

  private ImageSource view(ImageSource sample, int number) {
    if (further.isEmpty()) {
      return sample.view(number, count);
    }
    return number == 0 ? sample : sample.view(new View(number, further));
  }
}
