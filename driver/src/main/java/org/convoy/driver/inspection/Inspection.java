package org.convoy.driver.inspection;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.convoy.driver.data.DataSet;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleIndexer;
import org.convoy.driver.monitor.DataSetReport;
import org.convoy.driver.spark.ExecutorWait;
import org.convoy.driver.spark.Shared;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.StageFailedException;
import org.convoy.driver.spark.TooFewExecutorsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes every image of some splits on the executors of a cluster, and finds images that occur
 * more than once by the digests of their files.
 */
public final class Inspection {
  private static final Logger LOG = LoggerFactory.getLogger(Inspection.class);

  /** Pairs of equal images that are named. */
  private static final int PAIRS = 1000;

  private final SparkCluster cluster;
  private final String data;
  private final List<String> splits;

  /**
   * @param data a folder or file on any Hadoop file system
   * @param splits as a recipe names them; the first is usually the training split
   */
  public Inspection(SparkCluster cluster, String data, List<String> splits) {
    this.cluster = cluster;
    this.data = data;
    this.splits = List.copyOf(splits);
  }

  /**
   * Looks through the splits.
   *
   * @throws org.convoy.driver.data.DataSetException if the data set or a split does not exist or is
   *     damaged as a whole
   * @throws InspectionFailedException if an executor failed
   */
  public DataSetReport run() throws IOException, InterruptedException, InspectionFailedException {
    DataSet set = DataSet.at(data, cluster.hadoop());
    List<SampleIndex> indexes = new ArrayList<>();
    for (String split : splits) {
      indexes.add(SampleIndexer.on(cluster.scanJobs()).index(set.split(split)));
    }
    int count = executors();
    Map<Long, String> seen = new HashMap<>();
    List<DataSetReport.Pair> equal = new ArrayList<>();
    long[] pairs = new long[1];
    List<DataSetReport.Split> reports = new ArrayList<>();
    for (int i = 0; i < splits.size(); i++) {
      SampleIndex index = indexes.get(i);
      SplitFindings found = new SplitFindings();
      int sample = 0;
      for (InspectionTask.Part part : look(index, count)) {
        found.addAll(part.findings());
        for (long digest : part.digests()) {
          String name = place(splits.get(i), index.describe(sample++));
          String other = digest == 0 ? null : seen.putIfAbsent(digest, name);
          if (other != null) {
            pairs[0]++;
            if (equal.size() < PAIRS) {
              equal.add(new DataSetReport.Pair(other, name));
            }
          }
        }
      }
      reports.add(report(splits.get(i), index, found));
    }
    return new DataSetReport(set.uri(), set.format().title(), reports, pairs[0], equal);
  }

  private int executors() throws InterruptedException, InspectionFailedException {
    try {
      return ExecutorWait.forAny(cluster, LOG::info).forAll(cluster.wanted());
    } catch (TooFewExecutorsException e) {
      throw new InspectionFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private List<InspectionTask.Part> look(SampleIndex index, int count)
      throws InterruptedException, InspectionFailedException {
    try (Shared<SampleIndex> everywhere = cluster.share(index)) {
      return cluster.job("Convoy inspects " + index.title(), count, new InspectionTask(everywhere));
    } catch (StageFailedException e) {
      throw new InspectionFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private static String place(String split, String name) {
    return split.isEmpty() ? name : split + ": " + name;
  }

  private static DataSetReport.Split report(String name, SampleIndex index, SplitFindings found) {
    long[] perClass = new long[index.classes().size()];
    for (int label : index.labels()) {
      perClass[label]++;
    }
    List<DataSetReport.Count> classes = new ArrayList<>();
    for (int label = 0; label < perClass.length; label++) {
      classes.add(new DataSetReport.Count(index.classes().get(label), perClass[label]));
    }
    List<DataSetReport.Count> sides = new ArrayList<>();
    long[] bySide = found.bySide();
    for (int bar = 0; bar < bySide.length; bar++) {
      boolean last = bar == bySide.length - 1;
      int from = SplitFindings.SIDES.get(bar);
      String range = last ? "from " + from : from + " to " + (SplitFindings.SIDES.get(bar + 1) - 1);
      sides.add(new DataSetReport.Count(range, bySide[bar]));
    }
    return new DataSetReport.Split(
        name,
        index.count(),
        index.totalBytes(),
        index.ignoredFiles(),
        classes,
        sides,
        found.leastSide(),
        found.greatestSide(),
        found.means(),
        found.deviations(),
        found.brokenCount(),
        found.broken().stream()
            .map(each -> new DataSetReport.Pair(each.name(), each.reason()))
            .toList());
  }
}
