package org.convoy.driver.config;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.convoy.driver.engine.Engine;
import org.convoy.image.loader.SampleViews;
import org.convoy.image.transform.Attack;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Loss;
import org.convoy.optim.AdaptiveClipping;
import org.convoy.optim.Horizon;
import org.convoy.optim.LearningRate;
import org.convoy.optim.Lookahead;
import org.convoy.optim.Optimizer;
import org.convoy.optim.Schedule;
import org.convoy.optim.Sharpness;
import org.convoy.settings.Checks;
import org.convoy.task.ClassWeights;
import org.convoy.task.Task;

/**
 * All settings of a training run, except the settings of Spark. Use {@link RecipeLoader} to load
 * one.
 *
 * @param name name of the run; the default is the name of the recipe file
 * @param seed the only seed; order, augmentation and initialisation are derived from it
 * @param model the network
 * @param engine what trains
 * @param backend the backend whose kernels compute
 * @param precision precision of activations, and of weights in computations
 * @param layouts how kernels are chosen where a backend has several implementations
 * @param cudnnWorkspaceMebibytes the scratch memory that an implementation of cuDNN's may take in a
 *     training step
 * @param activationCheckpointing what backward computes again to save memory
 * @param batch the global batch and its micro-batches
 * @param epochs passes over the training samples, which is also the length of the schedule
 * @param maxSteps the run ends after this many steps of the schedule; 0: at its end
 * @param data location of the images and how they are read
 * @param image how images become network input
 * @param task the task of the network
 * @param optimizer the update rule
 * @param schedule the learning rate over time
 * @param loss the loss that is minimised
 * @param classWeights how much the loss of an image counts, by its class
 * @param adversarial how images are moved so that the loss rises
 * @param gradientClipNorm largest global L2 norm of the gradient; 0: no clipping
 * @param adaptiveClipping limits the gradient of each unit by the norm of its parameters
 * @param rateBatch the global batch that the learning rate is stated for; 0: any
 * @param sharpness the second pass of a micro-batch where the loss is higher
 * @param lookahead slow weights that the optimizer's parameters return to
 * @param parameters groups of parameters that are trained differently; the first group that matches
 *     a name counts
 * @param distillation the teacher whose outputs the network learns from
 * @param weightAverage the exponential moving average of the weights
 * @param swa the plain mean of the weights of some epochs
 * @param validation when to validate
 * @param checkpoint when to save, and how many checkpoints to keep
 * @param artifact what is written beside the saved model
 * @param earlyStopping when a run that no longer improves ends
 * @param exchange how executors combine their results
 * @param executors how the run waits for executors
 * @param maxRestarts how often within an hour the run may resume from a checkpoint after it loses
 *     an executor
 * @param monitor the output that the user sees
 */
public record Recipe(
    @Incidental String name,
    long seed,
    ModelSettings model,
    Engine engine,
    Backend backend,
    Precision precision,
    Layouts layouts,
    int cudnnWorkspaceMebibytes,
    @Incidental ActivationCheckpointing activationCheckpointing,
    BatchSettings batch,
    int epochs,
    @Incidental long maxSteps,
    DataSettings data,
    ImageSettings image,
    Task task,
    Optimizer optimizer,
    Schedule schedule,
    Loss loss,
    ClassWeights classWeights,
    Attack adversarial,
    double gradientClipNorm,
    AdaptiveClipping adaptiveClipping,
    int rateBatch,
    Sharpness sharpness,
    Lookahead lookahead,
    List<ParameterGroup> parameters,
    DistillationSettings distillation,
    WeightAverageSettings weightAverage,
    SwaSettings swa,
    @Incidental ValidationSettings validation,
    @Incidental CheckpointSettings checkpoint,
    @Incidental ArtifactSettings artifact,
    @Incidental EarlyStoppingSettings earlyStopping,
    ExchangeSettings exchange,
    @Incidental ExecutorSettings executors,
    @Incidental int maxRestarts,
    @Incidental MonitorSettings monitor)
    implements Serializable {

  /** The backend whose kernels compute a step. */
  public enum Backend {
    /** The fast CPU kernels, based on oneDNN. */
    ONEDNN,
    /** The literal definitions in ND4J operations; slow. */
    ND4J,
    /** A GPU of NVIDIA's for each executor. */
    CUDNN,
    /** {@link #CUDNN} where Spark gives executors GPUs, else {@link #ONEDNN}. */
    AUTO;

    /**
     * The name of the backend that computes.
     *
     * @param gpus whether Spark gives executors GPUs
     */
    public String on(boolean gpus) {
      Backend chosen = this == AUTO ? (gpus ? CUDNN : ONEDNN) : this;
      return chosen.name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Precision of activations, and of weights in computations. Master weights are always float32.
   */
  public enum Precision {
    /** IEEE 754 single precision. */
    FLOAT32,
    /** The exponent of single precision with 8 bits of significand. */
    BFLOAT16
  }

  /**
   * How layouts and implementations of kernels are chosen. Implementations differ in their
   * rounding.
   */
  public enum Layouts {
    /** By the rules of the backend, with the same result on all machines of one kind. */
    RULE,
    /**
     * By timing them once at the start of the run. All executors use the result of the first one.
     */
    TIMED
  }

  /** What backward computes again instead of keeping it from forward. */
  public enum ActivationCheckpointing {
    /** Nothing. */
    NONE,
    /** Everything inside blocks. Only the results of blocks are kept. */
    BLOCKS
  }

  /** Checks the rules. */
  public Recipe {
    parameters = List.copyOf(parameters);
    Checks checks = new Checks();
    RecipeRules.images(checks, model, image, epochs);
    RecipeRules.classes(checks, task, data.sampling(), classWeights, batch);
    RecipeRules.averages(checks, weightAverage, swa, epochs);
    RecipeRules.unlabelled(checks, task, model, image, data);
    RecipeRules.views(checks, loss, image);
    RecipeRules.decoding(checks, backend, data);
    RecipeRules.resizing(checks, backend, image, task, adversarial, distillation);
    checks
        .atLeast("epochs", epochs, 1)
        .atLeast("max-steps", maxSteps, 0)
        .atLeast("cudnn-workspace-mebibytes", cudnnWorkspaceMebibytes, 0)
        .notNegative("gradient-clip-norm", gradientClipNorm)
        .atLeast("rate-batch", rateBatch, 0)
        .that(
            adaptiveClipping.except().stream().allMatch(ParameterGroup::isPattern),
            "adaptive-clipping.except",
            "expected patterns with each [ closed by a ], got " + adaptiveClipping.except())
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
            !distillation.on() || loss instanceof CrossEntropy,
            "distillation.teacher",
            "expected none where the loss is not cross-entropy, for it is a softmax that a teacher teaches",
            "loss.name")
        .that(
            !checkpoint.best() || data.validated(),
            "checkpoint.best",
            "expected false without data.validation, by which the best epoch is known, got true",
            "data.validation")
        .that(
            !earlyStopping.on() || data.validated(),
            "early-stopping.patience-epochs",
            "expected 0 without data.validation, got " + earlyStopping.patienceEpochs(),
            "data.validation")
        .that(task.refusal(loss).isEmpty(), "loss.name", task.refusal(loss).orElse(""), "task.name")
        .done();
  }

  /**
   * The learning rate of each step. If it is stated for another global batch, it is scaled in
   * proportion (Goyal et al. 2017, section 2.1).
   */
  public LearningRate learningRate(Horizon horizon) {
    LearningRate stated = schedule.over(horizon);
    double factor = rateBatch == 0 ? 1 : (double) batch.globalSize() / rateBatch;
    return factor == 1 ? stated : step -> stated.at(step) * factor;
  }

  /**
   * G, the number of groups of micro-batches, which is also the most executors that can take part.
   */
  public int groups() {
    return exchange.groups() == 0 ? batch.microBatches() : exchange.groups();
  }

  /** The views of each sample that a micro-batch holds. */
  public SampleViews views() {
    return new SampleViews(loss.views(), image.views());
  }

  /**
   * This recipe with another micro-batch size.
   *
   * @param size at least 1
   */
  public Recipe withMicroBatchSize(int size) {
    List<String> override = List.of("batch.micro-batch-size=" + size);
    return new RecipeLoader().parse(toJson(), name, override);
  }

  /** This recipe as one line of JSON with every key. {@link RecipeLoader#parse} reads it. */
  public String toJson() {
    return RecipeText.json(RecipeText.tree(this, true));
  }

  /** This recipe as indented HOCON with every key. {@link RecipeLoader#parse} reads it. */
  public String toHocon() {
    return RecipeText.hocon(RecipeText.tree(this, true));
  }

  /**
   * Why two digests differ: each key with another value, as {@code key: theirs there, ours here}.
   */
  public List<String> differences(Recipe other) {
    return RecipeText.differences(RecipeText.tree(this, false), RecipeText.tree(other, false));
  }

  /**
   * Whether this recipe has more epochs than an earlier one, and no other difference that
   * influences the result.
   */
  public boolean isLongerThan(Recipe earlier) {
    Map<String, Object> here = RecipeText.tree(this, false);
    Map<String, Object> there = RecipeText.tree(earlier, false);
    here.remove("epochs");
    there.remove("epochs");
    return epochs > earlier.epochs && here.equals(there);
  }

  /**
   * Whether a run of this recipe takes the same steps as a run of the earlier recipe, and then
   * more: it {@link #isLongerThan is longer}, and its schedule does not stretch over the run.
   */
  public boolean prolongs(Recipe earlier) {
    return isLongerThan(earlier) && !schedule.stretches();
  }

  /**
   * SHA-256, in hexadecimal, of all keys that influence the result. Other keys are left out: name,
   * location of the data (which has its own fingerprint), threads, validation, checkpoints,
   * restarts, progress, and an early stop.
   */
  public String digest() {
    return RecipeText.sha256(RecipeText.json(RecipeText.tree(this, false)));
  }
}
