package org.convoy.graph;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A table with an entry for each op of a graph, for a backend or a converter. Each record that {@link Op} permits has either a handler or a refusal with its reason. {@link Builder#build} checks that none is missing. So a table fails if it lacks a new op of {@link Op}.
 *
 * <pre>{@code
 * OpTable<String> torch =
 *     OpTable.<String>of("torch")
 *         .on(Linear.class, op -> "nn.Linear(out_features=" + op.outFeatures() + ")")
 *         .refuse(ChannelShuffle.class, "torch shuffles images alone")
 *         ...
 *         .build();
 * String text = torch.get(node.op());
 * }</pre>
 *
 * @param <R> the type of an entry; a function if the entry depends on more than the op
 */
public final class OpTable<R> {
  private final String name;
  private final Map<Class<? extends Op>, Function<Op, R>> handlers;
  private final Map<Class<? extends Op>, String> refusals;

  private OpTable(
      String name,
      Map<Class<? extends Op>, Function<Op, R>> handlers,
      Map<Class<? extends Op>, String> refusals) {
    this.name = name;
    this.handlers = Map.copyOf(handlers);
    this.refusals = Collections.unmodifiableMap(new LinkedHashMap<>(refusals));
  }

  /** Starts a table. Messages contain its name. */
  public static <R> Builder<R> of(String name) {
    return new Builder<>(name);
  }

  /** Every kind of op, in the order in which {@link Op} permits them. */
  public static List<Class<? extends Op>> ops() {
    return Arrays.stream(Op.class.getPermittedSubclasses())
        .<Class<? extends Op>>map(permitted -> permitted.asSubclass(Op.class))
        .toList();
  }

  /**
   * The entry of an op.
   *
   * @throws UnsupportedOperationException if the table refuses it; the message states the reason
   */
  public R get(Op op) {
    Function<Op, R> handler = handlers.get(op.getClass());
    if (handler == null) {
      throw new UnsupportedOperationException(
          String.format(
              Locale.ROOT, "%s: no %s: %s", name, op.word(), refusals.get(op.getClass())));
    }
    return handler.apply(op);
  }

  /** The ops that the table refuses, with the reasons. */
  public Map<Class<? extends Op>, String> refusals() {
    return refusals;
  }

  /**
   * Builds a table.
   *
   * @param <R> the type of an entry */
  public static final class Builder<R> {
    private final String name;
    private final Map<Class<? extends Op>, Function<Op, R>> handlers = new LinkedHashMap<>();
    private final Map<Class<? extends Op>, String> refusals = new LinkedHashMap<>();

    private Builder(String name) {
      this.name = name;
    }

    /** Adds the entry for ops of a class. */
    public <O extends Op> Builder<R> on(Class<O> op, Function<? super O, ? extends R> handler) {
      requireNew(op);
      handlers.put(op, any -> handler.apply(op.cast(any)));
      return this;
    }

    /**
     * Refuses ops of a class.
     *
     * @param reason the reason, for messages
     */
    public Builder<R> refuse(Class<? extends Op> op, String reason) {
      requireNew(op);
      refusals.put(op, reason);
      return this;
    }

    private void requireNew(Class<? extends Op> op) {
      if (handlers.containsKey(op) || refusals.containsKey(op)) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT, "table %s has two entries for %s", name, op.getSimpleName()));
      }
    }

    /**
     * The finished table.
     *
     * @throws IllegalStateException if ops have no entry; the message names them
     */
    public OpTable<R> build() {
      List<Class<? extends Op>> missing =
          ops().stream()
              .filter(op -> !handlers.containsKey(op) && !refusals.containsKey(op))
              .toList();
      if (!missing.isEmpty()) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "table %s has no entry for %s",
                name,
                missing.stream().map(Class::getSimpleName).collect(Collectors.joining(", "))));
      }
      return new OpTable<>(name, handlers, refusals);
    }
  }
}
