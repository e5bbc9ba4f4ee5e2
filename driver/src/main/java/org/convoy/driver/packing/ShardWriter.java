package org.convoy.driver.packing;

import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleReader;
import org.convoy.image.codec.ImageDecodeException;
import org.convoy.image.loader.OnBadImage;

/** Writes shards. A shard appears whole or not at all, and its record after it. */
final class ShardWriter implements AutoCloseable {
  private final SampleIndex index;
  private final SampleReader reader;
  private final PackRequest request;
  private final HadoopStore store;
  private final ImageScaler scaler;
  private final String keys;

  /**
   * @param store with the destination as root
   */
  ShardWriter(SampleIndex index, SampleReader reader, PackRequest request, HadoopStore store) {
    this.index = index;
    this.reader = reader;
    this.request = request;
    this.store = store;
    this.scaler = new ImageScaler(Math.max(1, request.side()), request.quality());
    int digits = Math.max(8, Integer.toString(index.count() - 1).length());
    this.keys = "%0" + digits + "d";
  }

  /**
   * Writes a shard and its record.
   *
   * @throws ImageDecodeException if an image does not decode and must not be left out
   */
  ShardRecord write(Shard shard) throws IOException {
    // The attempts at a shard may overlap when Spark repeats a task. All write the same bytes.
    String beside = shard.beside(UUID.randomUUID().toString());
    boolean done = false;
    try {
      ShardRecord record = writeTo(beside, shard);
      store.delete(shard.path());
      store.rename(beside, shard.path());
      PackFolder.put(store, ShardRecord.file(shard), record.toJson());
      done = true;
      return record;
    } finally {
      if (!done) {
        store.delete(beside);
      }
    }
  }

  private ShardRecord writeTo(String path, Shard shard) throws IOException {
    List<ShardRecord.Skipped> skipped = new ArrayList<>();
    int scaled = 0;
    int samples = 0;
    DigestOutputStream out = new DigestOutputStream(store.create(path), PackFolder.sha256());
    try (OutputStream closing = out;
        SampleTar tar = new SampleTar(closing)) {
      for (int sample = shard.first(); sample < shard.end(); sample++) {
        byte[] file = reader.read(sample);
        byte[] image;
        try {
          image = request.scales() ? scaler.scaled(index.describe(sample), file) : file;
        } catch (ImageDecodeException e) {
          if (request.onBadImage() == OnBadImage.FAIL) {
            throw e;
          }
          skipped.add(new ShardRecord.Skipped(sample, e.name(), e.reason()));
          continue;
        }
        scaled += image == file ? 0 : 1;
        samples++;
        tar.add(
            String.format(Locale.ROOT, keys, sample), image, Integer.toString(index.label(sample)));
      }
    }
    String sha256 = HexFormat.of().formatHex(out.getMessageDigest().digest());
    return new ShardRecord(shard.path(), samples, scaled, store.size(path), sha256, skipped);
  }

  @Override
  public void close() {
    scaler.close();
  }
}
