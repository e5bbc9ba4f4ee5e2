package org.convoy.driver.packing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.settings.RequestException;

/**
 * The folder {@code .pack} of a destination: {@code request.json}, which says what is packed, and a
 * {@link ShardRecord} for each finished shard. Readers of data sets pass over it, because its name
 * begins with a dot.
 */
final class PackFolder {
  static final String NAME = ".pack";

  /** Where a compressed source is decompressed to until it is packed. */
  static final String UNPACKED = NAME + "/unpacked";

  private static final String REQUEST = "request.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HadoopStore store;

  /**
   * @param store with the destination as root
   */
  PackFolder(HadoopStore store) {
    this.store = store;
  }

  /**
   * Checks that the destination is empty or holds what was packed before.
   *
   * @throws RequestException if it holds something else
   */
  void requireFree() throws IOException {
    if (store.exists(NAME)) {
      return;
    }
    List<String> there = store.list("");
    if (!there.isEmpty()) {
      throw new RequestException(
          "DEST is "
              + store.describe("")
              + ": expected an empty folder, or one that an interrupted pack began, got "
              + there.get(0)
              + " in it");
    }
  }

  /**
   * States what is packed here, or checks that a run before had the same request.
   *
   * @param request plain values by name
   * @throws RequestException if the destination holds something else
   */
  void claim(Map<String, Object> request) throws IOException {
    JsonNode wanted = JSON.valueToTree(request);
    if (!store.exists(NAME + "/" + REQUEST)) {
      put(store, REQUEST, JSON.writeValueAsBytes(wanted));
      return;
    }
    JsonNode before;
    try (InputStream in = store.open(NAME + "/" + REQUEST)) {
      before = JSON.readTree(in.readAllBytes());
    }
    for (Iterator<String> names = wanted.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!wanted.get(name).equals(before.path(name))) {
        throw new RequestException(
            "DEST is "
                + store.describe("")
                + ", where something else was packed: "
                + name
                + " was "
                + before.path(name)
                + ", and is now "
                + wanted.get(name)
                + "; give another folder, or remove this one");
      }
    }
  }

  /** The records of those shards that are finished and still there, by the shards' paths. */
  Map<String, ShardRecord> finished() throws IOException {
    Map<String, ShardRecord> records = new HashMap<>();
    for (String file : store.list(NAME)) {
      if (!file.endsWith(".tar.json")) {
        continue;
      }
      try (InputStream in = store.open(NAME + "/" + file)) {
        ShardRecord record = ShardRecord.of(in.readAllBytes());
        if (store.exists(record.shard()) && store.size(record.shard()) == record.bytes()) {
          records.put(record.shard(), record);
        }
      } catch (com.fasterxml.jackson.core.JacksonException e) {
        // The process ended while it wrote the record. Its shard is written again.
        store.delete(NAME + "/" + file);
      }
    }
    return records;
  }

  /** Forgets a shard, so that it is written again. */
  void forget(Shard shard) throws IOException {
    store.delete(NAME + "/" + ShardRecord.file(shard));
  }

  /** Removes what interrupted attempts left in a folder of shards. */
  void sweep(String folder) throws IOException {
    for (String file : store.list(folder)) {
      if (file.startsWith(".") && file.contains(".tar.")) {
        store.delete(folder.isEmpty() ? file : folder + "/" + file);
      }
    }
  }

  /** Writes a file of this folder. */
  static void put(HadoopStore store, String file, byte[] content) throws IOException {
    try (OutputStream out = store.create(NAME + "/" + file)) {
      out.write(content);
    }
  }

  /** Writes a text in the destination itself. */
  void write(String file, String text) throws IOException {
    try (OutputStream out = store.create(file)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
