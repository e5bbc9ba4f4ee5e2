package org.convoy.inference;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.convoy.artifact.NotFiniteException;
import org.convoy.image.loader.BadImage;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;
import org.convoy.image.loader.ImageSource;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.OnBadImage;

/**
 * Batches of images with a network's outputs for them, in order. Further batches are read and
 * decoded on threads of its own while one is computed. Close it before its model. One thread uses
 * it.
 */
public final class ScoredImages implements AutoCloseable {
  private static final int BATCHES_AHEAD = 2;

  private final ConvoyModel model;
  private final BatchLoader loader;

  /** The sources of the batches that are being decoded, in order. */
  private final Queue<List<ImageSource>> ahead = new ConcurrentLinkedQueue<>();

  ScoredImages(ConvoyModel model, Iterator<List<ImageSource>> batches, int threads) {
    this.model = model;
    LoaderOptions options =
        new LoaderOptions(model.batch(), threads, BATCHES_AHEAD, OnBadImage.SKIP);
    this.loader =
        BatchLoader.forEvaluation(
            noted(batches), model.preprocessing(), model.plan().loading(options));
  }

  private Iterator<List<ImageSource>> noted(Iterator<List<ImageSource>> batches) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return batches.hasNext();
      }

      @Override
      public List<ImageSource> next() {
        List<ImageSource> batch = batches.next();
        ahead.add(batch);
        return batch;
      }
    };
  }

  /**
   * The outputs for the next batch; empty after the last.
   *
   * @throws IOException if an image cannot be read
   * @throws NotFiniteException if an output is NaN or infinite: weights that are finite but far too
   *     large can cause this
   */
  public List<ImageScores> next() throws IOException, InterruptedException {
    Optional<Batch> next = loader.next();
    if (next.isEmpty()) {
      return List.of();
    }
    try (Batch batch = next.get()) {
      return scores(batch, ahead.remove());
    }
  }

  private List<ImageScores> scores(Batch batch, List<ImageSource> sources) {
    int classes = model.labels().size();
    int length = model.plan().rowLength();
    float[] rows = model.plan().rows(batch, model.preprocessing());
    Map<Long, String> refusals =
        batch.badImages().stream()
            .collect(Collectors.toMap(BadImage::sampleId, BadImage::reason, (one, other) -> one));
    List<ImageScores> scores = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      ImageSource source = sources.get(i);
      Optional<String> refusal =
          batch.weights()[i] > 0
              ? Optional.empty()
              : Optional.of(refusals.getOrDefault(source.sampleId(), "it does not decode"));
      int from = i * length;
      boolean decoded = refusal.isEmpty();
      float[] logits = decoded ? Arrays.copyOfRange(rows, from, from + classes) : new float[0];
      float[] embedding =
          decoded ? Arrays.copyOfRange(rows, from + classes, from + length) : new float[0];
      requireFinite(source.name(), logits);
      scores.add(new ImageScores(source.sampleId(), source.name(), logits, embedding, refusal));
    }
    return scores;
  }

  private static void requireFinite(String name, float[] logits) {
    for (int label = 0; label < logits.length; label++) {
      if (!Float.isFinite(logits[label])) {
        throw new NotFiniteException("the network's output for " + name, label, logits[label]);
      }
    }
  }

  /** Stops decoding and frees the memory of the batches. */
  @Override
  public void close() {
    loader.close();
  }
}
