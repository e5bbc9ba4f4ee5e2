package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Pointer;
import org.convoy.kernels.KernelTime;
import org.convoy.kernels.plan.Buffer;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.vector.VectorCaches;

/** Times the kernels of an {@link Executable}, in its own memory. */
final class Stopwatch {
  /** A kernel's first execution in its memory may take this much longer than the next. */
  private static final double FAR = 1.5;

  private final List<Call> forward;
  private final List<Call> backward;
  private final dnnl_stream stream;
  private final Function<Tensor, Pointer> address;

  /**
   * @param address where a tensor lies
   */
  Stopwatch(
      List<Call> forward,
      List<Call> backward,
      dnnl_stream stream,
      Function<Tensor, Pointer> address) {
    this.forward = forward;
    this.backward = backward;
    this.stream = stream;
    this.address = address;
  }

  private Pointer address(Tensor tensor) {
    return address.apply(tensor);
  }

  /**
   * Times each kernel, in whole steps and then alone, with its operands in the caches and in
   * memory.
   */
  List<KernelTime> time(int repetitions) {
    Map<Call.Timed, double[]> inSteps = new IdentityHashMap<>();
    for (int i = 0; i < repetitions; i++) {
      for (List<Call> calls : List.of(forward, backward)) {
        for (Call call : calls) {
          if (call instanceof Call.Timed timed) {
            inSteps.computeIfAbsent(timed, key -> new double[repetitions])[i] = timed.time(stream);
          }
        }
      }
    }
    List<KernelTime> times = new ArrayList<>();
    time(times, KernelTime.Phase.FORWARD, forward, inSteps, repetitions);
    time(times, KernelTime.Phase.BACKWARD, backward, inSteps, repetitions);
    return times;
  }

  private void time(
      List<KernelTime> times,
      KernelTime.Phase phase,
      List<Call> calls,
      Map<Call.Timed, double[]> inSteps,
      int repetitions) {
    for (Call call : calls) {
      if (call instanceof Call.Timed timed) {
        double[] inStep = inSteps.getOrDefault(timed, new double[1]);
        times.add(
            new KernelTime(
                phase,
                timed.step().node(),
                timed.step().word(),
                timed.step().implementation(),
                time(timed, repetitions),
                timeFromMemory(timed, repetitions),
                median(inStep),
                timed.step().work(),
                timed.step().bytes(),
                timed.step().copies()));
      }
    }
  }

  /** Seconds of one execution: the median of several, after one that is not counted. */
  private double time(Call.Timed timed, int repetitions) {
    fillWithOrdinary(timed);
    timed.run(stream);
    double[] seconds = new double[repetitions];
    for (int i = 0; i < repetitions; i++) {
      seconds[i] = timeAgain(timed);
    }
    return median(seconds);
  }

  /** The same with operands that are in no cache. */
  private OptionalDouble timeFromMemory(Call.Timed timed, int repetitions) {
    if (!Dnnl.VECTORS) {
      return OptionalDouble.empty();
    }
    double[] seconds = new double[repetitions];
    for (int i = 0; i < repetitions; i++) {
      refill(timed);
      for (Tensor tensor : timed.step().tensors()) {
        VectorCaches.evict(address(tensor).address(), tensor.desc().bytes());
      }
      seconds[i] = timed.time(stream);
    }
    return OptionalDouble.of(median(seconds));
  }

  private static double median(double[] seconds) {
    Arrays.sort(seconds);
    return seconds[seconds.length / 2];
  }

  /** Seconds of one more execution, on numbers like those of the first. */
  private double timeAgain(Call.Timed timed) {
    refill(timed);
    return timed.time(stream);
  }

  /** Brings back the numbers that an execution overwrote. */
  private void refill(Call.Timed timed) {
    if (overwritesWhatItReads(timed)) {
      fillWithOrdinary(timed);
    }
  }

  /**
   * Kernels that are executed out of turn make denormal numbers, which are slow to compute with.
   */
  private void fillWithOrdinary(Call.Timed timed) {
    for (Tensor tensor : timed.step().tensors()) {
      if (tensor.buffer().home() == Home.ARENA && tensor.desc().type() != dnnl.dnnl_u8) {
        Constants.fillWithOrdinary(address(tensor), tensor.desc().bytes());
      }
    }
  }

  private static boolean overwritesWhatItReads(Call.Timed timed) {
    List<Buffer> buffers = timed.step().tensors().stream().map(Tensor::buffer).toList();
    return buffers.stream().distinct().count() < buffers.size();
  }

  /**
   * Times kernels alone, with few executions: one, if that takes far longer than the best time so
   * far, else the fastest of three.
   *
   * @param which of the steps
   * @param toBeat the best time so far, in seconds, by the kernel's word
   * @return the sum over the kernels of one word
   */
  Map<String, Double> race(Predicate<Step.Timed> which, ToDoubleFunction<String> toBeat) {
    Map<String, Double> byWord = new HashMap<>();
    for (List<Call> calls : List.of(forward, backward)) {
      for (Call call : calls) {
        if (call instanceof Call.Timed timed && which.test(timed.step())) {
          String word = timed.step().word();
          fillWithOrdinary(timed);
          double best = timed.time(stream);
          if (best < FAR * toBeat.applyAsDouble(word)) {
            best = Math.min(best, Math.min(timeAgain(timed), timeAgain(timed)));
          }
          byWord.merge(word, best, Double::sum);
        }
      }
    }
    return byWord;
  }
}
