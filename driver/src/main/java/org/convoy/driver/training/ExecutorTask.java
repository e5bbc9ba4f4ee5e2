package org.convoy.driver.training;

import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskKilledException;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleReader;
import org.convoy.driver.exchange.Exchange;
import org.convoy.driver.exchange.ExchangeException;
import org.convoy.driver.exchange.MeshSettings;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.transform.Preprocessing;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Choices;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import scala.collection.JavaConverters;
import scala.runtime.AbstractFunction1;

/** The function of the barrier stage: one call an executor, for the whole run. */
final class ExecutorTask
    extends AbstractFunction1<
        scala.collection.Iterator<Integer>, scala.collection.Iterator<ExecutorResult>>
    implements Serializable {
  private static final long serialVersionUID = 1L;

  private final RunSpec spec;
  private final Broadcast<SampleIndex> training;
  private final List<Broadcast<SampleIndex>> validation;
  private final SerializableConfiguration hadoop;
  private final String link;

  /**
   * @param validation one index, or none
   * @param link name of the driver's end of a {@link DriverLink}
   */
  ExecutorTask(
      RunSpec spec,
      Broadcast<SampleIndex> training,
      List<Broadcast<SampleIndex>> validation,
      SerializableConfiguration hadoop,
      String link) {
    this.spec = spec;
    this.training = training;
    this.validation = List.copyOf(validation);
    this.hadoop = hadoop;
    this.link = link;
  }

  @Override
  public scala.collection.Iterator<ExecutorResult> apply(
      scala.collection.Iterator<Integer> partition) {
    NativeMemory.unlimited();
    BarrierTaskContext context = BarrierTaskContext.get();
    Consumer<Message> driver = DriverLink.toDriver(link);
    try {
      Iterator<ExecutorResult> result = List.of(run(context, driver)).iterator();
      return JavaConverters.asScalaIterator(result);
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw e instanceof RuntimeException unchecked ? unchecked : new TaskFailedException(e);
    }
  }

  private ExecutorResult run(BarrierTaskContext context, Consumer<Message> driver)
      throws IOException, InterruptedException {
    int rank = context.partitionId();
    int size = context.getTaskInfos().length;
    MeshSettings mesh = MeshSettings.of(SparkEnv.get());
    Exchange opened;
    try {
      opened = Exchange.open(mesh, rank, size, context::allGather);
    } catch (RuntimeException e) {
      tell(driver, rank, mesh, e, true);
      throw e;
    }
    try (Exchange exchange = opened) {
      try {
        return train(context, driver, mesh, exchange);
      } catch (IOException | InterruptedException | RuntimeException | Error e) {
        // The driver hears of it before the others do: what they say then is only a consequence.
        tell(driver, rank, mesh, e, e instanceof ExchangeException);
        exchange.abort(Message.Failed.describe(e));
        throw e;
      }
    }
  }

  private static void tell(
      Consumer<Message> driver, int rank, MeshSettings self, Throwable e, boolean connecting) {
    // Whom Spark stops has nothing to say of his own.
    if (!(e instanceof TaskKilledException) && !(e instanceof InterruptedException)) {
      driver.accept(Message.Failed.of(rank, self, e, connecting));
    }
  }

  private ExecutorResult train(
      BarrierTaskContext context, Consumer<Message> driver, MeshSettings mesh, Exchange exchange)
      throws IOException, InterruptedException {
    int rank = exchange.rank();
    int cores = context.cpus();
    Configuration configuration = hadoop.value();
    Backend backend = Backends.get(spec.recipe().backend().name().toLowerCase(Locale.ROOT));
    Precision asked = AgreedPrecision.asked(spec.recipe());
    Precision precision = AgreedPrecision.of(backend, asked, exchange::allGather);
    if (backend.effective(asked) != asked) {
      driver.accept(
          new Message.LacksPrecision(mesh.executorId(), mesh.host(), word(asked), word(precision)));
    }
    Preprocessing preprocessing = spec.recipe().image().preprocessing(spec.graph().inputShape());
    LoaderOptions options = spec.recipe().data().loading(spec.microBatchSize(), cores);
    StateFiles files = new StateFiles(spec, configuration);
    ParameterGroups groups = new ParameterGroups(spec.recipe().parameters(), spec.graph());
    PlanRequest request = Backpropagation.request(spec, precision, groups.frozen());
    Choices choices = AgreedChoices.of(backend, spec, request, files, exchange);
    try (SampleReader reader = SampleReader.of(training.value(), spec.lanes(), configuration);
        Weights weights = Weights.drawn(backend, spec);
        Backpropagation backpropagation =
            new Backpropagation(spec, weights, request.choices(choices));
        Validation judged = validation(backend, precision, preprocessing, options, configuration);
        ExecutorLoop loop =
            new ExecutorLoop(
                spec,
                exchange,
                weights,
                backpropagation,
                new ImageFeed(training.value(), reader, preprocessing, options),
                judged.judge(),
                files,
                mesh.executorId(),
                driver)) {
      long planBytes =
          weights.planBytes()
              + judged.judge().map(judge -> judge.plan().memory().totalBytes()).orElse(0L);
      driver.accept(
          new Message.Ready(
              rank, mesh.executorId(), mesh.host(), cores, planBytes, backend.machine()));
      Optional<ExecutorResult.Outcome> outcome = loop.run();
      return ExecutorResult.of(
          rank,
          mesh.executorId(),
          mesh.host(),
          cores,
          word(backpropagation.precision()),
          planBytes,
          exchange.traffic(),
          loop.images(),
          loop.imagesPerSecond(),
          loop.times(),
          loop.verdict().map(verdict -> verdict.confusion().toLongs()).orElse(new long[0]),
          outcome);
    }
  }

  /** As a recipe writes it. */
  private static String word(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  private Validation validation(
      Backend backend,
      Precision precision,
      Preprocessing preprocessing,
      LoaderOptions options,
      Configuration configuration) {
    if (validation.isEmpty()) {
      return new Validation(Optional.empty(), Optional.empty());
    }
    SampleIndex index = validation.get(0).value();
    SampleReader reader = SampleReader.of(index, spec.lanes(), configuration);
    ImageFeed feed = new ImageFeed(index, reader, preprocessing, options);
    Judge judge =
        new Judge(
            backend,
            spec.graph(),
            spec.microBatchSize(),
            precision,
            spec.recipe().loss().unsmoothed(),
            index,
            feed);
    return new Validation(Optional.of(judge), Optional.of(reader));
  }

  /** What judges, and the files it reads. */
  private record Validation(Optional<Judge> judge, Optional<SampleReader> reader)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      judge.ifPresent(Judge::close);
      if (reader.isPresent()) {
        reader.get().close();
      }
    }
  }

  /** A checked exception on its way through Spark. */
  private static final class TaskFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TaskFailedException(Throwable cause) {
      super(cause.getMessage(), cause);
    }
  }

  @Override
  public String toString() {
    return "Convoy training, attempt " + spec.attempt() + " of " + spec.recipe().name();
  }
}
