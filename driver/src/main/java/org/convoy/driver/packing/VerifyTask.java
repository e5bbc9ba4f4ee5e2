package org.convoy.driver.packing;

import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.driver.spark.Place;
import org.convoy.driver.spark.RankTask;

/**
 * Reads shards again. The result are the paths of those whose bytes are not those of the record.
 */
final class VerifyTask implements RankTask<ArrayList<String>> {
  private static final long serialVersionUID = 1L;
  private static final int BUFFER_BYTES = 1 << 20;

  private final String destination;
  private final List<ShardRecord> records;

  VerifyTask(String destination, List<ShardRecord> records) {
    this.destination = destination;
    this.records = List.copyOf(records);
  }

  @Override
  public ArrayList<String> run(Place place) throws IOException {
    HadoopStore store = new HadoopStore(place.hadoop(), new Path(destination));
    ArrayList<String> damaged = new ArrayList<>();
    for (int i = place.rank(); i < records.size(); i += place.size()) {
      ShardRecord record = records.get(i);
      if (!record.sha256().equals(digest(store, record.shard()))) {
        damaged.add(record.shard());
      }
    }
    return damaged;
  }

  private static String digest(HadoopStore store, String path) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = store.open(path);
        DigestInputStream digested = new DigestInputStream(in, PackFolder.sha256())) {
      while (digested.read(buffer) >= 0) {
        // Only the digest is wanted.
      }
      return HexFormat.of().formatHex(digested.getMessageDigest().digest());
    }
  }
}
