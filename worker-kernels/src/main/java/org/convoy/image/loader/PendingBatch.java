package org.convoy.image.loader;

import java.util.ArrayList;
import java.util.List;

/**
 * A batch that is being filled. The loader's lock guards the numbers of samples taken and finished.
 * Each position of the buffer and of {@code failures} is written only by the thread that took the
 * sample, before it reports the sample as finished.
 */
final class PendingBatch {
  private final List<ImageSource> sources;
  private final BatchBuffer buffer;
  private final Throwable[] failures;
  private int handedOut;
  private int done;

  PendingBatch(List<ImageSource> sources, BatchBuffer buffer) {
    this.sources = List.copyOf(sources);
    this.buffer = buffer;
    this.failures = new Throwable[sources.size()];
    if (sources.isEmpty() || sources.size() > buffer.capacity) {
      throw new IllegalArgumentException(
          "expected a batch of 1 to " + buffer.capacity + " samples, got " + sources.size());
    }
  }

  boolean hasMore() {
    return handedOut < sources.size();
  }

  int takeOne() {
    return handedOut++;
  }

  void markDone() {
    done++;
  }

  boolean isComplete() {
    return done == sources.size();
  }

  int size() {
    return sources.size();
  }

  ImageSource source(int index) {
    return sources.get(index);
  }

  BatchBuffer buffer() {
    return buffer;
  }

  /** Notes that the image is in its place. */
  void store(int index) {
    label(index);
    buffer.store(index);
  }

  void fail(int index, Throwable failure) {
    label(index);
    buffer.clear(index);
    failures[index] = failure;
  }

  private void label(int index) {
    buffer.labels[index] = sources.get(index).label();
    buffer.sampleIds[index] = sources.get(index).sampleId();
  }

  List<SampleFailure> failures() {
    List<SampleFailure> found = new ArrayList<>();
    for (int i = 0; i < failures.length; i++) {
      if (failures[i] != null) {
        found.add(new SampleFailure(sources.get(i), failures[i]));
      }
    }
    return found;
  }

  /** A sample that could not be read or decoded. */
  record SampleFailure(ImageSource source, Throwable cause) {}
}
