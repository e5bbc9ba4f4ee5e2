package org.convoy.jobs.rivals;

import java.util.List;
import java.util.Set;

/**
 * A framework that takes part.
 *
 * @param name for the table, such as libtorch
 * @param mainClass of its process, which runs a {@link ContenderLoop}
 * @param classPath of its process
 * @param variants how it can run, for example memory formats; the fastest counts; at least one
 * @param precisions that it has; where it lacks the one that is asked for, it runs in the first
 */
public record Entrant(
    String name,
    String mainClass,
    String classPath,
    List<String> variants,
    List<Task.Precision> precisions) {
  public Entrant {
    variants = List.copyOf(variants);
    precisions = List.copyOf(precisions);
    if (variants.isEmpty() || precisions.isEmpty()) {
      throw new IllegalArgumentException(name + ": expected a variant and a precision, got none");
    }
  }

  /** Convoy itself, from a class path that holds it. */
  public static Entrant convoy(String classPath) {
    return new Entrant(
        "convoy",
        ConvoyContender.class.getName(),
        classPath,
        List.of("onednn"),
        List.of(Task.Precision.FLOAT32, Task.Precision.BFLOAT16));
  }

  /** The task as this entrant is given it. */
  Task accept(Task task, String variant) {
    Task own = task.withVariant(variant);
    return Set.copyOf(precisions).contains(task.precision())
        ? own
        : own.withPrecision(precisions.get(0));
  }
}
