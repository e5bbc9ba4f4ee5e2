package org.convoy.ml;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.spark.sql.Row;
import org.convoy.image.loader.ImageSource;
import org.convoy.inference.ConvoyModel;
import org.convoy.inference.ImageScores;
import org.convoy.inference.ScoredImages;

/**
 * The rows of a partition with their predictions, in order. Rows are taken from the partition in
 * groups, on the task's thread; the images of a group are decoded while those of the group before
 * are computed.
 */
final class ScoredRows implements Iterator<Row>, AutoCloseable {
  private static final int BATCHES_OF_A_GROUP = 4;
  private static final int GROUPS = 2;

  private final RowScorer scorer;
  private final Iterator<Row> rows;
  private final ConvoyModel model;
  private final int threads;
  private final Deque<Group> groups = new ArrayDeque<>();
  private final Queue<Row> ready = new ArrayDeque<>();

  ScoredRows(RowScorer scorer, Iterator<Row> rows, ConvoyModel model, int threads) {
    this.scorer = scorer;
    this.rows = rows;
    this.model = model;
    this.threads = threads;
  }

  private record Group(List<Row> rows, ScoredImages images) {}

  @Override
  public boolean hasNext() {
    try {
      while (ready.isEmpty() && fill()) {
        compute(groups.getFirst());
      }
      return !ready.isEmpty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new InterruptedIOException("the task was stopped"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }

  /** Begins groups while there are rows. Returns whether there is a group to compute. */
  private boolean fill() {
    while (groups.size() < GROUPS && rows.hasNext()) {
      groups.add(begin());
    }
    return !groups.isEmpty();
  }

  private Group begin() {
    List<Row> taken = new ArrayList<>();
    List<ImageSource> sources = new ArrayList<>();
    while (taken.size() < BATCHES_OF_A_GROUP * model.batch() && rows.hasNext()) {
      Row row = rows.next();
      int number = taken.size();
      taken.add(row);
      sources.add(new ImageSource(number, name(row), 0, () -> scorer.read(row)));
    }
    return new Group(taken, model.open(model.batches(sources).iterator(), threads));
  }

  private String name(Row row) {
    return row.get(scorer.image()) instanceof String path ? path : "of a row";
  }

  private void compute(Group group) throws IOException, InterruptedException {
    List<ImageScores> scores = group.images().next();
    if (scores.isEmpty()) {
      groups.removeFirst().images().close();
    }
    for (ImageScores each : scores) {
      ready.add(scorer.with(group.rows().get((int) each.id()), each, model));
    }
  }

  @Override
  public void close() {
    groups.forEach(group -> group.images().close());
    groups.clear();
  }
}
