package org.convoy.driver.config;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.convoy.image.transform.Preprocessing;
import org.convoy.image.transform.Size;
import org.convoy.image.transform.Transform;
import org.convoy.loss.Loss;
import org.convoy.optim.Optimizer;
import org.convoy.optim.Schedule;
import org.convoy.settings.Checks;
import org.convoy.settings.Variants;

/**
 * All that a training run is told, apart from Spark's own settings. Load one with {@link
 * RecipeLoader}.
 *
 * @param name what the run is called; a recipe file without one lends its own name
 * @param seed the one seed from which order, augmentation and initialisation are derived
 * @param model which network
 * @param backend whose kernels compute
 * @param precision of activations and of weights in compute
 * @param layouts how kernels are chosen where a backend has several ways
 * @param activationCheckpointing what backward computes again to spare memory
 * @param batch the global batch and its micro-batches
 * @param epochs passes over the training samples; the schedule's length
 * @param maxSteps the run ends after so many steps of the schedule, 0: at its end
 * @param data where the images are and how they are read
 * @param image how images become network input
 * @param optimizer the update rule
 * @param schedule the learning rate over time
 * @param loss the loss that is minimised
 * @param gradientClipNorm greatest global L2 norm of the gradient, 0: not clipped
 * @param parameters groups of parameters that are trained otherwise than the rest; the first that
 *     fits a name counts
 * @param weightAverage the exponential moving average of the weights
 * @param validation when to validate
 * @param checkpoint when to save, how many to keep
 * @param exchange how executors combine what they computed
 * @param maxRestarts how often the run may go on from a checkpoint after losing an executor
 * @param monitor what the user sees
 */
public record Recipe(
    @Incidental String name,
    long seed,
    ModelSettings model,
    Backend backend,
    Precision precision,
    Layouts layouts,
    @Incidental ActivationCheckpointing activationCheckpointing,
    BatchSettings batch,
    int epochs,
    @Incidental long maxSteps,
    DataSettings data,
    ImageSettings image,
    Optimizer optimizer,
    Schedule schedule,
    Loss loss,
    double gradientClipNorm,
    List<ParameterGroup> parameters,
    WeightAverageSettings weightAverage,
    @Incidental ValidationSettings validation,
    @Incidental CheckpointSettings checkpoint,
    ExchangeSettings exchange,
    @Incidental int maxRestarts,
    @Incidental MonitorSettings monitor)
    implements Serializable {

  /** Whose kernels compute a step. */
  public enum Backend {
    /** The fast CPU kernels, on oneDNN. */
    ONEDNN,
    /** The literal definitions in ND4J operations; slow. */
    ND4J
  }

  /** Precision of activations and of weights in compute; master weights are always float32. */
  public enum Precision {
    /** IEEE 754 single precision. */
    FLOAT32,
    /** Single precision's exponent with 8 bits of significand. */
    BFLOAT16
  }

  /** How layouts and implementations of kernels are chosen; ways differ in their rounding. */
  public enum Layouts {
    /** By the backend's rules, the same on every machine of a kind. */
    RULE,
    /** By timing them once when the run begins; all executors take what the first one found. */
    TIMED
  }

  /** What backward computes again instead of keeping it since forward. */
  public enum ActivationCheckpointing {
    /** Nothing. */
    NONE,
    /** Everything within blocks, of which only the results are kept. */
    BLOCKS
  }

  /** Checks the rules. */
  public Recipe {
    parameters = List.copyOf(parameters);
    int channels = model.input().isEmpty() ? 0 : model.input().get(0);
    new Checks()
        .atLeast("epochs", epochs, 1)
        .atLeast("max-steps", maxSteps, 0)
        .notNegative("gradient-clip-norm", gradientClipNorm)
        .atLeast("max-restarts", maxRestarts, 0)
        .that(
            schedule.warmUpEpochs() <= epochs,
            "schedule.warm-up-epochs",
            "expected at most the run's "
                + epochs
                + " epochs, got "
                + Checks.number(schedule.warmUpEpochs()),
            "epochs")
        .that(
            exchange.groups() == 0 || batch.microBatches() % exchange.groups() == 0,
            "exchange.groups",
            "expected a number that divides the "
                + batch.microBatches()
                + " micro-batches of a global batch, got "
                + exchange.groups(),
            "batch.micro-batches")
        .that(
            channels == 0 || image.mean().size() == channels,
            "image.mean",
            "expected a value for each of the input's "
                + channels
                + " channels, got "
                + image.mean().size(),
            "model.input")
        .that(
            sizeProblem(model, image.train()).isEmpty(),
            "image.train",
            sizeProblem(model, image.train()).orElse(""),
            "model.input")
        .that(
            sizeProblem(model, image.evaluation()).isEmpty(),
            "image.evaluation",
            sizeProblem(model, image.evaluation()).orElse(""),
            "model.input")
        .that(
            image.finalSize().isEmpty()
                || model.input().size() != 3
                || image.finalSize().get().sides().equals(model.input().subList(1, 3)),
            "image.progressive",
            "expected the size of model.input as the last, got "
                + image.finalSize().map(Size::toString).orElse(""),
            "model.input")
        .that(
            image.progressive().stream().allMatch(each -> each.fromEpoch() < epochs),
            "image.progressive",
            "expected from-epoch of less than the run's " + epochs + " epochs",
            "epochs")
        .that(
            loss.takesClasses(),
            "loss.name",
            "expected a loss of classes, got "
                + Variants.name(loss.getClass())
                + ", which needs a number for each output")
        .done();
  }

  private static Optional<String> sizeProblem(ModelSettings model, List<Transform> transforms) {
    List<Integer> input = model.input();
    return input.size() == 3
        ? Preprocessing.sizeProblem(transforms, input.get(1), input.get(2))
        : Optional.empty();
  }

  /** G, the number of groups that the micro-batches form; at most so many executors take part. */
  public int groups() {
    return exchange.groups() == 0 ? batch.microBatches() : exchange.groups();
  }

  /** This recipe as one line of JSON, every key stated; {@link RecipeLoader#parse} reads it. */
  public String toJson() {
    return RecipeText.json(RecipeText.tree(this, true));
  }

  /** This recipe as indented HOCON, every key stated; {@link RecipeLoader#parse} reads it. */
  public String toHocon() {
    return RecipeText.hocon(RecipeText.tree(this, true));
  }

  /**
   * What keeps two digests from being equal: each key that differs, as {@code key: theirs there,
   * ours here}.
   */
  public List<String> differences(Recipe other) {
    return RecipeText.differences(RecipeText.tree(this, false), RecipeText.tree(other, false));
  }

  /**
   * Whether this recipe is another one with more epochs, and nothing else that influences the
   * result is different.
   */
  public boolean isLongerThan(Recipe earlier) {
    Map<String, Object> here = RecipeText.tree(this, false);
    Map<String, Object> there = RecipeText.tree(earlier, false);
    here.remove("epochs");
    there.remove("epochs");
    return epochs > earlier.epochs && here.equals(there);
  }

  /**
   * Whether a run of this recipe goes through the same steps as one of the earlier recipe did, and
   * then further: it {@link #isLongerThan is longer}, and its schedule does not stretch over the
   * run.
   */
  public boolean prolongs(Recipe earlier) {
    return isLongerThan(earlier) && !schedule.stretches();
  }

  /**
   * SHA-256, in hexadecimal, of all keys that influence the result. Left out is what cannot: name,
   * place of the data (it has a fingerprint of its own), threads, validation, checkpoints,
   * restarts, progress, and where the run stops early.
   */
  public String digest() {
    return RecipeText.sha256(RecipeText.json(RecipeText.tree(this, false)));
  }
}
