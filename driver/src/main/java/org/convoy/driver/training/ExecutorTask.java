package org.convoy.driver.training;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.config.Views;
import org.convoy.driver.data.ReadDistances;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.data.SampleReader;
import org.convoy.driver.evaluation.Evaluator;
import org.convoy.driver.evaluation.ImageFeed;
import org.convoy.driver.evaluation.Weights;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.driver.exchange.wire.ExchangeException;
import org.convoy.driver.spark.Place;
import org.convoy.driver.spark.RankTask;
import org.convoy.driver.spark.Shared;
import org.convoy.image.device.NvjpegDecoders;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.transform.Preprocessing;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Choices;
import org.convoy.kernels.NativeMemory;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;

/** The function of the barrier stage: one call an executor, for the whole run. */
final class ExecutorTask implements RankTask<ExecutorResult> {
  private static final long serialVersionUID = 1L;

  private final RunSpec spec;
  private final Shared<SampleIndex> training;
  private final List<Shared<SampleIndex>> validation;

  /**
   * @param validation one index, or none
   */
  ExecutorTask(RunSpec spec, Shared<SampleIndex> training, List<Shared<SampleIndex>> validation) {
    this.spec = spec;
    this.training = training;
    this.validation = List.copyOf(validation);
  }

  @Override
  public ExecutorResult run(Place place) throws IOException, InterruptedException {
    NativeMemory.unlimited();
    ReadDistances before = ReadDistances.now();
    Consumer<Message> driver = message -> place.tell(message.encode());
    Exchange opened;
    try {
      opened = Exchange.open(place.mesh(), place.rank(), place.size(), place::allGather);
    } catch (RuntimeException e) {
      tell(driver, place, e, true);
      throw e;
    }
    try (Exchange exchange = opened) {
      try {
        return train(place, driver, exchange, before);
      } catch (IOException | InterruptedException | RuntimeException | Error e) {
        // The driver hears of it before the others do: what they say then is only a consequence.
        tell(driver, place, e, e instanceof ExchangeException);
        exchange.abort(Message.Failed.describe(e));
        throw e;
      }
    }
  }

  private static Optional<Message> lacking(
      Place place, Backend backend, Choices choices, SortedMap<String, String> replaced) {
    if (replaced.isEmpty()) {
      return Optional.empty();
    }
    String kernel = replaced.firstKey();
    return Optional.of(
        new Message.LacksKernels(
            place.executorId(),
            place.host(),
            backend.machine().library(),
            replaced.size(),
            kernel,
            choices.of(kernel).orElse(""),
            String.valueOf(replaced.get(kernel))));
  }

  private static void tell(Consumer<Message> driver, Place place, Throwable e, boolean connecting) {
    // Tasks that were told to stop do not report.
    if (!place.stopped() && !(e instanceof InterruptedException)) {
      driver.accept(Message.Failed.of(place, e, connecting));
    }
  }

  private ExecutorResult train(
      Place place, Consumer<Message> driver, Exchange exchange, ReadDistances before)
      throws IOException, InterruptedException {
    int rank = exchange.rank();
    int cores = place.cores();
    Configuration configuration = place.hadoop();
    place.gpu().ifPresent(Backends::useGpu);
    Backend backend = Backends.get(spec.recipe().backend().on(place.gpu().isPresent()));
    Precision asked = AgreedPrecision.asked(spec.recipe());
    Precision precision = AgreedPrecision.of(backend, asked, exchange::allGather);
    if (backend.effective(asked) != asked) {
      driver.accept(
          new Message.LacksPrecision(
              place.executorId(), place.host(), word(asked), word(precision)));
    }
    Preprocessing preprocessing = spec.recipe().image().preprocessing(spec.graph().inputShape());
    LoaderOptions options = spec.recipe().data().loading(spec.places(), cores);
    StateFiles files = new StateFiles(spec, configuration);
    ParameterGroups groups = new ParameterGroups(spec.recipe().parameters(), spec.graph());
    PlanRequest request = Backpropagation.request(spec, precision, groups.frozen());
    Choices choices = AgreedChoices.of(backend, spec, request, files, exchange);
    Predicate<Message> asking = message -> Boolean.parseBoolean(place.ask(message.encode()));
    try (Stopping stopping = new Stopping(asking, place.ownProcess());
        SampleReader reader =
            SampleReader.of(
                training.value(), spec.lanes(), spec.recipe().data().cached(), configuration);
        Jpegs jpegs = new Jpegs(DevicePixels.jpegs(spec, backend));
        Teaching teaching = new Teaching(Teacher.of(backend, spec, precision, configuration));
        Weights weights =
            FirstWeights.of(
                backend,
                spec,
                new ImageFeed(training.value(), reader, preprocessing, options),
                configuration);
        Backpropagation backpropagation =
            new Backpropagation(spec, weights, request.choices(choices), teaching.teacher());
        Validation evaluated =
            validation(
                weights,
                precision,
                preprocessing,
                DevicePixels.evaluation(
                    spec, backend, spec.recipe().data().loading(spec.microBatchSize(), cores)),
                configuration);
        ExecutorLoop loop =
            new ExecutorLoop(
                spec,
                exchange,
                weights,
                backpropagation,
                new ImageFeed(
                    training.value(),
                    reader,
                    preprocessing,
                    DevicePixels.training(spec, backend, jpegs.decoders(), options)),
                evaluated.evaluator(),
                files,
                new ModelFiles(spec, configuration),
                place.executorId(),
                driver,
                stopping)) {
      long planBytes = weights.planBytes() + teaching.teacher().map(Teacher::planBytes).orElse(0L);
      driver.accept(
          new Message.Ready(
              rank, place.executorId(), place.host(), cores, planBytes, backend.machine()));
      lacking(place, backend, choices, backpropagation.replaced()).ifPresent(driver);
      Optional<ExecutorResult.Outcome> outcome = loop.run();
      jpegs
          .decoders()
          .ifPresent(
              all ->
                  driver.accept(
                      new Message.JpegsDecoded(
                          place.executorId(),
                          place.host(),
                          all.version(),
                          all.decoded(),
                          all.leftOut())));
      return ExecutorResult.of(
          rank,
          place.executorId(),
          place.host(),
          cores,
          word(backpropagation.precision()),
          planBytes,
          exchange.traffic(),
          loop.images(),
          loop.imagesPerSecond(),
          loop.times(),
          ReadDistances.now().since(before),
          loop.counted().map(counted -> counted.counters().toDoubles()).orElse(new double[0]),
          loop.counted().map(counted -> counted.counters().details()).orElse(new long[0]),
          outcome);
    }
  }

  /** As a recipe writes it. */
  private static String word(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  private Validation validation(
      Weights weights,
      Precision precision,
      Preprocessing preprocessing,
      LoaderOptions options,
      Configuration configuration) {
    if (validation.isEmpty()) {
      return new Validation(Optional.empty(), Optional.empty());
    }
    SampleIndex index = validation.get(0).value();
    SampleReader reader = SampleReader.of(index, spec.lanes(), configuration);
    Views views = spec.recipe().validation().views();
    List<ImageFeed> feeds =
        views.of(preprocessing).stream()
            .map(steps -> new ImageFeed(index, reader, steps, options))
            .toList();
    Evaluator evaluator =
        new Evaluator(
            weights,
            spec.microBatchSize(),
            precision,
            spec.recipe().task(),
            spec.recipe().loss().unsmoothed(),
            index,
            feeds,
            views);
    return new Validation(Optional.of(evaluator), Optional.of(reader));
  }

  /** Who teaches, if anybody does. */
  private record Teaching(Optional<Teacher> teacher) implements AutoCloseable {
    @Override
    public void close() {
      teacher.ifPresent(Teacher::close);
    }
  }

  /** What decodes training images in the place of the host, if anything does. */
  private record Jpegs(Optional<NvjpegDecoders> decoders) implements AutoCloseable {
    @Override
    public void close() {
      decoders.ifPresent(NvjpegDecoders::close);
    }
  }

  /** What evaluates, and the files it reads. */
  private record Validation(Optional<Evaluator> evaluator, Optional<SampleReader> reader)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      evaluator.ifPresent(Evaluator::close);
      if (reader.isPresent()) {
        reader.get().close();
      }
    }
  }

  @Override
  public String toString() {
    return "Convoy training, attempt " + spec.attempt() + " of " + spec.recipe().name();
  }
}
