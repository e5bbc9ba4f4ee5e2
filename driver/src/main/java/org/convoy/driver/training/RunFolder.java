package org.convoy.driver.training;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.convoy.driver.checkpoint.HadoopStore;
import org.convoy.driver.data.ReadDistances;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleReader;
import org.convoy.driver.evaluation.Evaluator;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.driver.monitor.EpochRecord;
import org.convoy.driver.monitor.Report;
import org.convoy.driver.monitor.ReportData;
import org.convoy.driver.monitor.RunHistory;
import org.convoy.driver.monitor.RunSummary;
import org.convoy.driver.monitor.StepTimes;
import org.convoy.task.Counters;
import org.convoy.task.Section;
import org.convoy.task.Task;

/**
 * The folder of a finished run. Writes the summary and the report next to the model and the
 * checkpoints.
 */
final class RunFolder {
  private final String folder;
  private final Configuration hadoop;

  RunFolder(String folder, Configuration hadoop) {
    this.folder = folder;
    this.hadoop = hadoop;
  }

  /** Writes {@code report.html} and {@code summary.json}. */
  RunSummary finish(
      RunSpec spec,
      Ledger ledger,
      List<ExecutorResult> results,
      Optional<SampleIndex> validation,
      double seconds)
      throws IOException {
    ExecutorResult.Outcome outcome = results.get(0).outcome()[0];
    RunHistory history = RunHistory.fromJson(outcome.history());
    List<EpochRecord> epochs = history.epochs();
    EpochRecord last = epochs.get(epochs.size() - 1);
    Map<String, String> outputs = new LinkedHashMap<>();
    outputs.put("model", folder + "/" + ModelFolder.IN_RUN);
    outputs.put("report", folder + "/report.html");
    List<String> bad = ledger.badImages();
    RunSummary summary =
        new RunSummary(
            spec.recipe().name(),
            spec.recipe().model().name(),
            results.get(0).precision(),
            results.size(),
            epochs.size(),
            last.step(),
            last.trainLoss(),
            outcome.metrics(),
            last.step() * spec.recipe().batch().globalSize() / history.epochSeconds(),
            StepTimes.mean(results.stream().map(ExecutorResult::times).toList()),
            ReadDistances.sum(results.stream().map(ExecutorResult::distances).toList())
                .localShare(),
            seconds,
            outcome.weightsSha256(),
            spec.recipe().digest(),
            bad.size(),
            bad,
            ledger.restarts(),
            ledger.machines(),
            outputs);
    Task task = spec.recipe().task();
    List<Section> sections =
        validation.map(index -> sections(task, index.classes(), results)).orElse(List.of());
    List<ReportData.Sample> samples =
        validation.isPresent() ? samples(validation.get(), outcome) : List.of();
    ReportData data =
        new ReportData(
            summary,
            history,
            task.stated(),
            sections,
            samples,
            results.stream().map(RunFolder::executor).toList(),
            spec.recipe().toHocon(),
            "Convoy " + StateFiles.codeVersion());
    write("report.html", Report.html(data));
    write(RunSummary.FILE_NAME, summary.toPrettyJson() + "\n");
    return summary;
  }

  private static List<Section> sections(
      Task task, List<String> classes, List<ExecutorResult> results) {
    Counters all = task.counters(classes.size());
    for (ExecutorResult result : results) {
      all.merge(result.counts());
      all.mergeDetails(result.details());
    }
    return task.sections(classes, all);
  }

  private List<ReportData.Sample> samples(SampleIndex index, ExecutorResult.Outcome outcome)
      throws IOException {
    List<ReportData.Sample> samples = new ArrayList<>();
    try (SampleReader reader = new SampleReader(index, 1, 0, hadoop)) {
      for (Evaluator.Example example : outcome.examples()) {
        String name = index.name(example.sample()).toLowerCase(Locale.ROOT);
        samples.add(
            new ReportData.Sample(
                reader.read(example.sample()),
                name.endsWith(".png") ? "image/png" : "image/jpeg",
                index.target(example.sample()).classes().stream()
                    .map(index.classes()::get)
                    .toList(),
                example.predictions().stream()
                    .map(
                        each ->
                            new ReportData.Said(
                                index.classes().get(each.label()), each.probability()))
                    .toList()));
      }
    }
    return samples;
  }

  private static ReportData.Executor executor(ExecutorResult result) {
    return new ReportData.Executor(
        result.executor(),
        result.host(),
        result.cores(),
        result.precision(),
        result.planBytes(),
        result.bytesSent(),
        result.bytesReceived(),
        result.imagesPerSecond(),
        result.distances().localShare(),
        result.times());
  }

  private void write(String name, String text) throws IOException {
    HadoopStore store = new HadoopStore(hadoop, new Path(folder));
    // A store without an atomic rename shows a file when all of it is there.
    String beside = store.hasAtomicRename() ? "." + name + ".part" : name;
    try (OutputStream out = store.create(beside)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IOException(
          String.format(
              Locale.ROOT, "could not write %s: %s", store.describe(name), e.getMessage()),
          e);
    }
    if (!beside.equals(name)) {
      store.delete(name);
      store.rename(beside, name);
    }
  }
}
