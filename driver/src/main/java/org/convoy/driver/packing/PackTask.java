package org.convoy.driver.packing;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.fs.Path;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.driver.data.LaneSettings;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleReader;
import org.convoy.driver.spark.Place;
import org.convoy.driver.spark.RankTask;
import org.convoy.driver.spark.Shared;
import org.convoy.image.codec.ImageDecodeException;

/** Writes a few shards, each on a thread of its own. */
final class PackTask implements RankTask<PackTask.Part> {
  private static final long serialVersionUID = 1L;

  private final PackRequest request;
  private final Shared<SampleIndex> index;
  private final List<List<Shard>> shards;

  /**
   * @param shards those of each task
   */
  PackTask(PackRequest request, Shared<SampleIndex> index, List<List<Shard>> shards) {
    this.request = request;
    this.index = index;
    this.shards = shards;
  }

  /**
   * The result.
   *
   * @param failure why the request cannot be met, or empty; a repetition would not help
   */
  record Part(ArrayList<ShardRecord> records, String failure) implements Serializable {}

  @Override
  public Part run(Place place) throws IOException, InterruptedException {
    List<Shard> mine = shards.get(place.rank());
    SampleIndex samples = index.value();
    HadoopStore store = new HadoopStore(place.hadoop(), new Path(request.destination()));
    ExecutorService threads = Executors.newFixedThreadPool(mine.size());
    ArrayList<ShardRecord> records = new ArrayList<>();
    LaneSettings blocks = LaneSettings.fitting(samples, mine.size());
    try (SampleReader reader = SampleReader.of(samples, blocks, place.hadoop())) {
      List<Future<ShardRecord>> parts = new ArrayList<>();
      for (Shard shard : mine) {
        parts.add(
            threads.submit(
                () -> {
                  try (ShardWriter writer = new ShardWriter(samples, reader, request, store)) {
                    return writer.write(shard);
                  }
                }));
      }
      for (Future<ShardRecord> part : parts) {
        records.add(part.get());
      }
      return new Part(records, "");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ImageDecodeException refusal) {
        return new Part(records, String.valueOf(refusal.getMessage()));
      }
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }
}
