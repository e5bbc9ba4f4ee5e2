package org.convoy.kernels;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;

/**
 * The tensors that a training plan does not train. Their gradients are not computed, and their
 * places in the flat gradient are not written.
 *
 * <p>A batch normalisation whose scale and shift are both frozen is a frozen norm: it normalises by
 * its running statistics, as evaluation does, and does not change them (torchvision's {@code
 * FrozenBatchNorm2d}). Statistics follow their norm; naming them has no effect. Dropout still
 * drops.
 *
 * @param names of parameters, in the order of their names
 */
public record Frozen(Set<String> names) {
  /** Everything is trained. */
  public static final Frozen NONE = new Frozen(Set.of());

  public Frozen {
    names = Collections.unmodifiableSet(new TreeSet<>(names));
  }

  public static Frozen of(String... names) {
    return new Frozen(Set.of(names));
  }

  /** All tensors of a layout whose parameters match. */
  public static Frozen where(Parameters layout, Predicate<Parameter> fits) {
    return new Frozen(
        layout.all().stream().filter(fits).map(Parameter::name).collect(Collectors.toSet()));
  }

  /** Whether a tensor is not trained because it is frozen. */
  public boolean contains(Parameter parameter) {
    return names.contains(parameter.name());
  }

  /**
   * Whether a batch normalisation is frozen.
   *
   * @param tensors all of the norm's
   */
  public boolean norm(Collection<Parameter> tensors) {
    return tensors.stream().filter(tensor -> tensor.kind().trainable()).allMatch(this::contains);
  }

  /**
   * Checks that the network has a parameter of every name.
   *
   * @throws IllegalArgumentException otherwise; the message lists the unknown names
   */
  public void check(Parameters layout) {
    List<String> unknown = names.stream().filter(name -> !layout.contains(name)).toList();
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "frozen: the network has no parameters of these names: " + String.join(", ", unknown));
    }
  }
}
