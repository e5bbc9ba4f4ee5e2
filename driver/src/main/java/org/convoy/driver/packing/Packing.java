package org.convoy.driver.packing;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.driver.checkpoint.RunLease;
import org.convoy.driver.data.ClassList;
import org.convoy.driver.data.DataSet;
import org.convoy.driver.data.DataSplit;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleIndexer;
import org.convoy.driver.data.UnpackedCopy;
import org.convoy.driver.spark.ExecutorWait;
import org.convoy.driver.spark.Shared;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.StageFailedException;
import org.convoy.driver.spark.TooFewExecutorsException;
import org.convoy.settings.RequestException;

/** Packs a data set: the driver's part. */
public final class Packing {
  private static final String SUMMARY = "summary.json";
  private static final double MEBIBYTE = 1 << 20;

  private final SparkCluster cluster;
  private final PackRequest request;
  private final Consumer<String> say;

  /**
   * @param say receives a line before and after each stretch of work
   */
  public Packing(SparkCluster cluster, PackRequest request, Consumer<String> say) {
    this.cluster = cluster;
    this.request = request;
    this.say = say;
  }

  /** A split of the source and its place in the destination. */
  private record Source(DataSplit split, String folder, SampleIndex index, List<Shard> shards) {}

  /**
   * Packs what is not packed yet, and reads everything again.
   *
   * @throws RequestException if the destination holds something else
   * @throws org.convoy.driver.data.DataSetException if the source does not exist or is damaged
   * @throws PackFailedException if an image does not decode, an executor failed, or what was
   *     written is not what is read
   */
  public PackResult run() throws IOException, InterruptedException, PackFailedException {
    DataSet set = DataSet.at(request.source(), cluster.hadoop());
    HadoopStore store = new HadoopStore(cluster.hadoop(), new Path(request.destination()));
    PackFolder folder = new PackFolder(store);
    folder.requireFree();
    List<Source> sources =
        sources(
            UnpackedCopy.of(
                set,
                new Path(request.destination(), PackFolder.UNPACKED),
                cluster.scanJobs(),
                say));
    folder.claim(claim(set, sources));
    HadoopStore own =
        new HadoopStore(cluster.hadoop(), new Path(request.destination() + "/" + PackFolder.NAME));
    try (RunLease lease = RunLease.acquire(own, reason -> cluster.cancel())) {
      List<String> classes = sources.get(0).index().classes();
      folder.write(ClassList.FILE, ClassList.text(classes));
      int executors = executors();
      List<PackedSplit> packed = new ArrayList<>();
      for (Source source : sources) {
        packed.add(pack(source, folder, executors));
      }
      PackResult result = new PackResult(request, classes.size(), packed);
      folder.write(
          SUMMARY,
          new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(result.toJson())
              + "\n");
      store.delete(PackFolder.UNPACKED);
      return result;
    }
  }

  private List<Source> sources(DataSet set) throws IOException {
    List<Source> sources = new ArrayList<>();
    Set<String> folders = new HashSet<>();
    for (String name : request.splits()) {
      DataSplit split = set.split(name);
      split.requireOutside(request.destination(), cluster.hadoop());
      String folder = folder(name);
      if (!folders.add(folder)) {
        throw new RequestException(
            "--splits: expected splits for different folders, got two for '" + folder + "'");
      }
      SampleIndex index = SampleIndexer.on(cluster.scanJobs()).index(split);
      if (!sources.isEmpty()) {
        index.requireClasses(sources.get(0).index().classes(), sources.get(0).split().toString());
      }
      sources.add(new Source(split, folder, index, Shard.cut(index, folder, request.shardBytes())));
    }
    if (folders.contains("") && folders.size() > 1) {
      throw new RequestException(
          "--splits: expected the data set itself alone, or splits by name, got both");
    }
    return sources;
  }

  /** The name of a split's folder: {@code train} for train, train.csv and train-{000..127}.tar. */
  static String folder(String split) {
    String name = split.substring(split.lastIndexOf('/') + 1);
    String letters = name.replaceFirst("[^\\p{Alnum}_-].*$", "").replaceFirst("[-_]+$", "");
    return name.isEmpty() ? "" : letters.isEmpty() ? "data" : letters;
  }

  private Map<String, Object> claim(DataSet set, List<Source> sources) {
    Map<String, Object> claim = new LinkedHashMap<>();
    claim.put("source", set.uri());
    claim.put("side", request.side());
    claim.put("quality", request.quality());
    claim.put("shard_mebibytes", request.shardMebibytes());
    claim.put("on_bad_image", request.onBadImage().name().toLowerCase(Locale.ROOT));
    claim.put("splits", request.splits());
    claim.put("samples", sources.stream().map(each -> each.index().fingerprint()).toList());
    return claim;
  }

  private int executors() throws InterruptedException, PackFailedException {
    try {
      return ExecutorWait.forAny(cluster, say).forAll(cluster.wanted());
    } catch (TooFewExecutorsException e) {
      throw new PackFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private PackedSplit pack(Source source, PackFolder folder, int executors)
      throws IOException, InterruptedException, PackFailedException {
    folder.sweep(source.folder());
    Map<String, ShardRecord> finished = folder.finished();
    List<Shard> missing =
        source.shards().stream().filter(each -> !finished.containsKey(each.path())).toList();
    int kept = source.shards().size() - missing.size();
    say.accept(
        String.format(
            Locale.ROOT,
            "packing %s: %,d images, %,.1f MiB, into %,d tars%s",
            source.split(),
            source.index().count(),
            source.index().totalBytes() / MEBIBYTE,
            source.shards().size(),
            kept == 0 ? "" : String.format(Locale.ROOT, ", %,d of which are there", kept)));
    for (ShardRecord record : write(source, missing)) {
      finished.put(record.shard(), record);
    }
    List<ShardRecord> records =
        source.shards().stream()
            .map(shard -> finished.get(shard.path()))
            .filter(record -> record != null)
            .toList();
    say.accept("reading " + source.split() + " again");
    requireBytes(source, folder, records, executors);
    requireSamples(source, records);
    return PackedSplit.of(
        source.split().name(), source.folder(), source.index().totalBytes(), kept, records);
  }

  private List<ShardRecord> write(Source source, List<Shard> missing)
      throws InterruptedException, PackFailedException {
    List<ShardRecord> records = new ArrayList<>();
    if (missing.isEmpty()) {
      return records;
    }
    // A task takes a whole executor, and a thread of it a shard.
    int together = Math.max(1, cluster.executorSize().cores());
    List<List<Shard>> tasks = new ArrayList<>();
    for (int i = 0; i < missing.size(); i += together) {
      tasks.add(new ArrayList<>(missing.subList(i, Math.min(missing.size(), i + together))));
    }
    try (Shared<SampleIndex> everywhere = cluster.share(source.index())) {
      for (PackTask.Part part :
          cluster.job(
              "Convoy packs " + source.split(),
              tasks.size(),
              new PackTask(request, everywhere, tasks))) {
        if (!part.failure().isEmpty()) {
          throw new PackFailedException(
              part.failure() + "; --on-bad-image=skip leaves such images out");
        }
        records.addAll(part.records());
      }
    } catch (StageFailedException e) {
      throw new PackFailedException(String.valueOf(e.getMessage()), e);
    }
    return records;
  }

  /** Compares the digests of all shards with their records. */
  private void requireBytes(
      Source source, PackFolder folder, List<ShardRecord> records, int executors)
      throws IOException, InterruptedException, PackFailedException {
    List<String> damaged = new ArrayList<>();
    try {
      cluster
          .job(
              "Convoy reads " + source.split() + " again",
              Math.min(records.size(), executors),
              new VerifyTask(request.destination(), records))
          .forEach(damaged::addAll);
    } catch (StageFailedException e) {
      throw new PackFailedException(String.valueOf(e.getMessage()), e);
    }
    for (Shard shard : source.shards()) {
      if (damaged.contains(shard.path())) {
        folder.forget(shard);
      }
    }
    if (!damaged.isEmpty()) {
      throw new PackFailedException(
          request.destination()
              + "/"
              + damaged.get(0)
              + " is damaged: its digest is not the one with which it was written"
              + (damaged.size() == 1 ? "" : "; so are " + (damaged.size() - 1) + " others")
              + "; the same command writes what is damaged again");
    }
  }

  /** Lists the shards as a training would, and compares the classes of all samples. */
  private void requireSamples(Source source, List<ShardRecord> records)
      throws IOException, PackFailedException {
    Set<Integer> skipped = new HashSet<>();
    records.forEach(record -> record.skipped().forEach(each -> skipped.add(each.sample())));
    int[] expected =
        IntStream.range(0, source.index().count())
            .filter(sample -> !skipped.contains(sample))
            .map(source.index()::label)
            .toArray();
    SampleIndex read =
        SampleIndexer.on(cluster.scanJobs())
            .index(DataSet.at(request.destination(), cluster.hadoop()).split(source.folder()));
    if (!read.classes().equals(source.index().classes())
        || !Arrays.equals(read.labels(), expected)) {
      throw new PackFailedException(
          String.format(
              Locale.ROOT,
              "%s: expected the classes of %,d samples as in %s, got others of %,d samples",
              read.title(),
              expected.length,
              source.split(),
              read.count()));
    }
  }
}
