package org.convoy.driver.exchange.sums;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Adds the gradients of all micro-batches in every step. Each executor updates the chunks that it
 * owns and sends the new parameters to all.
 *
 * <p>A chunk is sent as soon as its gradient is finished, while the executor's last micro-batch is
 * still in backward. Moments are summed in the same order and never rounded. Every rank has their
 * sum and moves the running statistics itself.
 *
 * <p>In a {@link WireFormat} other than float32 the owner of a chunk keeps the parameters that the
 * optimizer moves, the master parameters, in float32. The network computes with the rounded ones on
 * every executor, the owner included. Frozen parameters are not rounded.
 */
final class SumCombiner implements Combiner {

  private static final String MASTER = "master-parameters";

  private final Optional<FormatChoice> choice;
  private final boolean masters;
  private final Exchange exchange;
  private final VectorLayout layout;
  private final Chunks trained;
  private final INDArray parameters;
  private final INDArray gradient;
  private final VectorMemory memory;
  private final CrossingChunks crossing;
  private final Share share;
  private final PartialSums partials;
  private final Moments moments;
  private final FinishedChunks finished;
  private final ComingChunks coming = new ComingChunks();
  private final ReturnedParameters returned;
  private Optional<ReduceScatter> reduction = Optional.empty();
  private WireFormat format;
  private int begun;

  /** Whether updated parameters have not begun to return. */
  private boolean owed;

  /**
   * @param partials the sums of this executor's micro-batches, which this combiner owns from now on
   * @param choice chooses another format in the run; without it the format of the sums stays
   */
  SumCombiner(
      PartialSums partials,
      Optional<FormatChoice> choice,
      Exchange exchange,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient,
      VectorMemory memory) {
    MicroBatches range = partials.range();
    this.format = partials.format();
    this.choice = choice;
    this.masters = choice.isPresent() || format != WireFormat.FLOAT32;
    this.exchange = exchange;
    this.layout = layout;
    this.trained = layout.trainedChunks();
    this.parameters = parameters;
    this.gradient = gradient;
    this.memory = memory;
    this.crossing = new CrossingChunks(memory, trained, exchange);
    INDArray master = masters ? parameters.dup() : parameters;
    memory.hold(master);
    memory.send(master, 0, master.length());
    this.partials = partials;
    this.share =
        new Share(
            0,
            OptionalInt.empty(),
            master,
            partials.first(),
            exchange.rank(),
            exchange.size(),
            range.total());
    this.moments = new Moments(range, layout, gradient);
    this.finished = new FinishedChunks(trained);
    this.returned =
        new ReturnedParameters(exchange, layout, master, parameters, partials.first(), memory);
    returned.round(format);
  }

  @Override
  public List<Share> shares() {
    return List.of(share);
  }

  @Override
  public INDArray next() {
    returnParameters();
    if (begun == 0) {
      choice.ifPresent(FormatChoice::began);
    }
    begun++;
    if (begun == partials.range().count()) {
      reduction = Optional.of(exchange.beginReduceScatter(partials, trained, partials.first()));
    }
    return parameters;
  }

  @Override
  public void finished(long from, long to) {
    finished.finished(from, to, this::take);
  }

  private void take(int chunk) {
    long start = trained.start(chunk);
    long end = start + trained.length(chunk);
    partials.add(gradient, start, end);
    if (reduction.isEmpty() || exchange.size() == 1 || !partials.elsewhere()) {
      reduction.ifPresent(under -> under.offer(chunk, chunk + 1));
    } else {
      coming.add(chunk, partials.fetch(start, end));
    }
  }

  @Override
  public void endMicroBatch(Update update) {
    finished.rest(this::take);
    finished.reset();
    coming.takeAll(chunk -> reduction.orElseThrow().offer(chunk, chunk + 1));
    partials.advance();
    moments.add();
  }

  @Override
  public void endStep(long step, Update update) {
    choice.ifPresent(FormatChoice::computed);
    INDArray sum = partials.first();
    reduction.orElseThrow().finish();
    reduction = Optional.empty();
    begun = 0;
    moments.sum(exchange);
    update.statistics(share, gradient);
    if (exchange.size() > 1) {
      crossing.sendOwned(partials.first());
    }
    update.apply(share);
    if (exchange.size() > 1 || masters) {
      crossing.fetchOwned(share.parameters());
    }
    partials.reset();
    if (masters) {
      statistics(share.parameters(), parameters);
      memory.send(parameters, layout.trained(), layout.length());
    }
    choice.ifPresent(each -> each.ended(step + 1, sum));
    take(choice);
    owed = true;
  }

  /** Uses the format that has been chosen. */
  private void take(Optional<FormatChoice> from) {
    if (from.isPresent() && from.get().format() != format) {
      format = from.get().format();
      partials.use(format);
    }
  }

  @Override
  public void returnParameters() {
    if (owed) {
      owed = false;
      returned.begin(format);
    }
  }

  @Override
  public void await(long from, long to) {
    returnParameters();
    returned.await(from, to);
  }

  @Override
  public void awaitAll() {
    returnParameters();
    returned.awaitAll();
  }

  /** Copies the exact bits of what never moves. */
  private void keepStill(INDArray from, INDArray to) {
    Floats source = Floats.of(from);
    Floats target = Floats.of(to);
    for (VectorLayout.Range range : layout.still()) {
      target.copy(range.from(), source, range.from(), range.to() - range.from());
    }
  }

  private void statistics(INDArray from, INDArray to) {
    Floats.of(to)
        .copy(
            layout.trained(),
            Floats.of(from),
            layout.trained(),
            layout.length() - layout.trained());
  }

  private List<Integer> owned() {
    List<Integer> owned = new ArrayList<>();
    for (int chunk = exchange.rank(); chunk < trained.count(); chunk += exchange.size()) {
      owned.add(chunk);
    }
    return owned;
  }

  @Override
  public boolean together(long steps) {
    return !masters;
  }

  @Override
  public void collect(Fill fill, INDArray target) {
    awaitAll();
    fill.fill(share, target);
    exchange.allGather(trained, target);
  }

  @Override
  public List<State> state(long steps) {
    List<State> state = new ArrayList<>();
    choice.ifPresent(each -> state.addAll(each.state()));
    if (!masters) {
      return state;
    }
    for (int chunk : owned()) {
      long start = trained.start(chunk);
      INDArray master =
          share.parameters().get(NDArrayIndex.interval(start, start + trained.length(chunk)));
      state.add(new State(MASTER, trained.cell(chunk), master));
    }
    return state;
  }

  @Override
  public void restored(long steps) {
    if (masters) {
      statistics(parameters, share.parameters());
      keepStill(parameters, share.parameters());
      memory.send(share.parameters(), 0, layout.length());
    }
    take(choice);
    returned.round(format);
  }

  @Override
  public void close() {
    reduction.ifPresent(ReduceScatter::abandon);
    returned.abandon();
    partials.close();
    moments.close();
    if (masters) {
      memory.release(share.parameters());
      share.parameters().close();
    }
    choice.ifPresent(FormatChoice::close);
  }
}
