package org.convoy.jobs;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.convoy.driver.evaluation.ImagePrediction;
import org.convoy.driver.monitor.Printable;
import org.convoy.metrics.Prediction;

/** The words of {@code convoy predict}. */
final class PredictionText {
  private PredictionText() {}

  /** Prints an image and its classes for people. */
  static void print(ImagePrediction found, List<String> labels, PrintWriter out) {
    out.println(Printable.name(found.image().uri()));
    found
        .refusal()
        .ifPresent(reason -> out.println("  does not decode: " + Printable.name(reason)));
    if (found.refusal().isEmpty() && found.top().isEmpty()) {
      out.println("  no class");
    }
    for (Prediction each : found.top()) {
      out.println(
          String.format(
              Locale.ROOT,
              "  %6.2f%%  %s",
              100 * each.probability(),
              Printable.name(labels.get(each.label()))));
    }
    out.flush();
  }

  /** The object of an image that {@code --json} prints. */
  static Map<String, Object> json(ImagePrediction found, List<String> labels) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("image", found.image().uri());
    if (found.refusal().isPresent()) {
      object.put("error", found.refusal().get());
      return object;
    }
    List<Map<String, Object>> predictions = new ArrayList<>();
    for (Prediction each : found.top()) {
      Map<String, Object> prediction = new LinkedHashMap<>();
      prediction.put("label", labels.get(each.label()));
      prediction.put("probability", each.probability());
      predictions.add(prediction);
    }
    object.put("predictions", predictions);
    return object;
  }
}
