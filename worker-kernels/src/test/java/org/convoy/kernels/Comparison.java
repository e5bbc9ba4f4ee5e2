package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gathers what is too far off, so that one run tells all of it.
 *
 * <p>Of a tensor that is known by its norm and first elements, the norm may err by the tolerance
 * times itself, an element by {@value #ELEMENT} times the tolerance and its share {@code norm /
 * sqrt(length)}.
 */
final class Comparison {
  private static final double ELEMENT = 8;

  private final DoubleUnaryOperator tolerance;
  private final List<String> failures = new ArrayList<>();
  private double worst;
  private String worstName = "nothing";

  /**
   * @param tolerance relative, from what a comparison says of its own inexactness
   */
  Comparison(DoubleUnaryOperator tolerance) {
    this.tolerance = tolerance;
  }

  private double allowed(double inexactness) {
    return tolerance.applyAsDouble(inexactness);
  }

  void number(String what, double actual, double expected, double inexactness) {
    double unit = expected == 0 ? 1 : Math.abs(expected);
    judge(what, actual, expected, allowed(inexactness) * unit);
  }

  /** Compares logits with the norm of all and the first elements of each row. */
  void rows(String what, INDArray logits, JsonNode expected, double inexactness) {
    double norm = expected.get("norm").asDouble();
    judge(what + " norm", norm(logits), norm, allowed(inexactness) * norm);
    for (int row = 0; row < expected.get("rows").size(); row++) {
      JsonNode head = expected.get("rows").get(row);
      for (int i = 0; i < head.size(); i++) {
        judge(
            String.format(Locale.ROOT, "%s[%d][%d]", what, row, i),
            logits.getDouble(row, i),
            head.get(i).asDouble(),
            allowed(inexactness) * ELEMENT * norm / Math.sqrt(logits.length()));
      }
    }
  }

  /**
   * Compares a tensor with its norm and first elements.
   *
   * @return the larger of the norm's error and the elements' root mean square error, relative
   */
  double tensor(String what, INDArray tensor, JsonNode expected, double inexactness) {
    double norm = expected.get(0).asDouble();
    double share = norm / Math.sqrt(tensor.length());
    judge(what + " norm", norm(tensor), norm, allowed(inexactness) * norm);
    INDArray flat = tensor.reshape(tensor.length());
    double squares = 0;
    for (int i = 1; i < expected.size() && i <= tensor.length(); i++) {
      double value = expected.get(i).asDouble();
      double actual = flat.getDouble(i - 1);
      judge(
          String.format(Locale.ROOT, "%s[%d]", what, i - 1),
          actual,
          value,
          allowed(inexactness) * ELEMENT * share);
      squares += (actual - value) * (actual - value) / (share * share);
    }
    return Math.max(Math.abs(norm(tensor) / norm - 1), Math.sqrt(squares / (expected.size() - 1)));
  }

  private static double norm(INDArray tensor) {
    INDArray wide = tensor.castTo(DataType.DOUBLE);
    double norm = wide.norm2Number().doubleValue();
    if (tensor.dataType() != DataType.DOUBLE) {
      wide.close();
    }
    return norm;
  }

  /** Holds a distance to a tolerance of its own. */
  void distance(String what, double distance, double allowed) {
    judge(what, distance, 0, allowed);
  }

  private void judge(String what, double actual, double expected, double allowed) {
    double error = Math.abs(actual - expected);
    if (!(error <= allowed)) {
      failures.add(
          String.format(
              Locale.ROOT, "%s: expected %s within %.1e, got %s", what, expected, allowed, actual));
    }
    if (!(error / allowed <= worst)) {
      worst = error / allowed;
      worstName = what;
    }
  }

  void assertHolds() {
    assertTrue(failures.isEmpty(), this::told);
  }

  /** The first failures and how many there are. */
  private String told() {
    return failures.size()
        + " values are too far off:\n"
        + failures.stream().limit(12).collect(Collectors.joining("\n"));
  }

  String summary() {
    return String.format(
        Locale.ROOT, "worst error %.3f of what is allowed, at %s", worst, worstName);
  }
}
