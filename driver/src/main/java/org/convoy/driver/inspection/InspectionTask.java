package org.convoy.driver.inspection;

import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.convoy.driver.data.LaneSettings;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleReader;
import org.convoy.driver.spark.Place;
import org.convoy.driver.spark.RankTask;
import org.convoy.driver.spark.Shared;
import org.convoy.image.codec.ImageDecodeException;
import org.convoy.image.codec.ImageDecoder;
import org.convoy.image.codec.Raster;

/** One executor's part of an inspection: a range of samples, on all its cores. */
final class InspectionTask implements RankTask<InspectionTask.Part> {
  private static final long serialVersionUID = 1L;

  private final Shared<SampleIndex> index;

  InspectionTask(Shared<SampleIndex> index) {
    this.index = index;
  }

  /**
   * The result.
   *
   * @param digests 64 bits of the SHA-256 of each sample's bytes, in the order of samples; 0 where
   *     they could not be read
   */
  @SuppressWarnings("ArrayRecordComponent") // Sent once, never compared.
  record Part(SplitFindings findings, long[] digests) implements Serializable {}

  @Override
  public Part run(Place place) throws IOException, InterruptedException {
    SampleIndex samples = index.value();
    int from = bound(samples.count(), place.rank(), place.size());
    int until = bound(samples.count(), place.rank() + 1, place.size());
    long[] digests = new long[until - from];
    SplitFindings all = new SplitFindings();
    LaneSettings blocks = LaneSettings.fitting(samples, place.size());
    ExecutorService threads = Executors.newFixedThreadPool(place.cores());
    try (SampleReader reader = SampleReader.of(samples, blocks, place.hadoop())) {
      List<Future<SplitFindings>> parts = new ArrayList<>();
      for (int thread = 0; thread < place.cores(); thread++) {
        int first = from + bound(until - from, thread, place.cores());
        int end = from + bound(until - from, thread + 1, place.cores());
        parts.add(threads.submit(() -> look(samples, reader, first, end, from, digests)));
      }
      for (Future<SplitFindings> part : parts) {
        all.addAll(part.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
    return new Part(all, digests);
  }

  private static int bound(int count, int part, int parts) {
    return (int) ((long) count * part / parts);
  }

  private static SplitFindings look(
      SampleIndex samples, SampleReader reader, int first, int end, int from, long[] digests) {
    SplitFindings found = new SplitFindings();
    Raster raster = new Raster();
    try (ImageDecoder decoder = new ImageDecoder()) {
      for (int sample = first; sample < end && !Thread.interrupted(); sample++) {
        String name = samples.describe(sample);
        try {
          byte[] file = reader.read(sample);
          digests[sample - from] = digest(file);
          decoder.decode(decoder.open(name, file), 3, raster);
          found.add(raster);
        } catch (ImageDecodeException e) {
          found.addBroken(name, e.reason());
        } catch (IOException e) {
          found.addBroken(name, String.valueOf(e.getMessage()));
        }
        raster.releaseIfLarge();
      }
    }
    return found;
  }

  private static long digest(byte[] file) {
    try {
      byte[] sha = MessageDigest.getInstance("SHA-256").digest(file);
      return ByteBuffer.wrap(sha).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
