package org.convoy.kernels.onednn;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.convoy.kernels.KernelThreads;
import org.convoy.kernels.Machine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seconds that implementations took on this processor with so many threads, by a description of
 * what was computed. The process keeps them, and a file if there is a folder for it. If two
 * processes write at once, the later one's file stays.
 */
final class Timings {
  private static final Logger LOG = LoggerFactory.getLogger(Timings.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Map<Path, Timings> KEPT = new ConcurrentHashMap<>();
  private static final Timings OF_THIS_PROCESS = new Timings(Optional.empty());

  private final Map<String, Double> seconds = new ConcurrentSkipListMap<>();
  private final Optional<Path> file;

  private Timings(Optional<Path> file) {
    this.file = file;
  }

  static Timings in(Optional<Path> folder) {
    return folder
        .map(path -> KEPT.computeIfAbsent(path.toAbsolutePath(), Timings::read))
        .orElse(OF_THIS_PROCESS);
  }

  private static Timings read(Path folder) {
    Path file = folder.resolve("timings-" + machine() + ".json");
    Timings timings = new Timings(Optional.of(file));
    if (Files.exists(file)) {
      try {
        timings.seconds.putAll(
            JSON.readValue(Files.readAllBytes(file), new TypeReference<Map<String, Double>>() {}));
      } catch (IOException e) {
        LOG.warn("{} is damaged and is written anew: {}", file, e.getMessage());
      }
    }
    return timings;
  }

  /** The processor, the threads and the library, as part of a file's name. */
  private static String machine() {
    return String.format(
            Locale.ROOT,
            "%s-%d-threads-onednn-%s",
            Machine.processorName().replaceAll("[^A-Za-z0-9]+", "-"),
            KernelThreads.count(),
            Dnnl.version())
        .toLowerCase(Locale.ROOT);
  }

  OptionalDouble of(String what) {
    Double known = seconds.get(what);
    return known == null ? OptionalDouble.empty() : OptionalDouble.of(known);
  }

  void put(String what, double taken) {
    seconds.put(what, taken);
  }

  /** Writes the file, if there is one, beside its place and renames it. */
  void save() {
    if (file.isEmpty()) {
      return;
    }
    Path to = file.get();
    try {
      Files.createDirectories(to.getParent());
      Path part = Files.createTempFile(to.getParent(), "timings", ".part");
      Files.write(part, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(seconds));
      Files.move(part, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.debug("{} cannot be written: {}", to, e.toString());
    }
  }
}
