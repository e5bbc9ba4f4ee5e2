package org.convoy.driver.evaluation;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.convoy.driver.data.ValidationShare;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;

/** The same batches of a share, cropped in several ways. */
final class ViewLoaders implements AutoCloseable {
  private final List<BatchLoader> loaders;

  /** One for each feed, which differ in their transforms only. */
  ViewLoaders(List<ImageFeed> feeds, ValidationShare share) {
    this.loaders = feeds.stream().map(feed -> feed.evaluation(share)).toList();
  }

  /** How many crops there are. */
  int count() {
    return loaders.size();
  }

  /** The next batch of a crop. */
  Optional<Batch> next(int crop) throws IOException, InterruptedException {
    return loaders.get(crop).next();
  }

  @Override
  public void close() {
    loaders.forEach(BatchLoader::close);
  }
}
