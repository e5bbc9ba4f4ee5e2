package org.convoy.driver.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.convoy.driver.data.Sampling;
import org.convoy.image.loader.Decoding;
import org.convoy.image.loader.ResizeOn;
import org.convoy.image.transform.Attack;
import org.convoy.image.transform.Preprocessing;
import org.convoy.image.transform.Transform;
import org.convoy.loss.Consistency;
import org.convoy.loss.Loss;
import org.convoy.settings.Checks;
import org.convoy.settings.Variants;
import org.convoy.task.ClassWeights;
import org.convoy.task.Column;
import org.convoy.task.MaskedAutoencoder;
import org.convoy.task.Task;

/** Rules of a {@link Recipe} that involve several sections, by what they are about. */
final class RecipeRules {
  private RecipeRules() {}

  /** Images fit the network's input. */
  static void images(Checks checks, ModelSettings model, ImageSettings image, int epochs) {
    int channels = model.input().isEmpty() ? 0 : model.input().get(0);
    checks
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
            sizeProblem(model, joined(image.train(), image.views())).isEmpty()
                || sizeProblem(model, image.train()).isPresent(),
            "image.views",
            sizeProblem(model, joined(image.train(), image.views())).orElse(""),
            "model.input")
        .that(
            image.progressive().stream().allMatch(each -> each.fromEpoch() < epochs),
            "image.progressive",
            "expected from-epoch of less than the run's " + epochs + " epochs",
            "epochs");
  }

  private static List<Transform> joined(List<Transform> first, List<Transform> then) {
    return Stream.concat(first.stream(), then.stream()).toList();
  }

  private static Optional<String> sizeProblem(ModelSettings model, List<Transform> transforms) {
    List<Integer> input = model.input();
    return input.size() == 3
        ? Preprocessing.sizeProblem(transforms, input.get(1), input.get(2))
        : Optional.empty();
  }

  /** What is done by class needs one class for each image. */
  static void classes(
      Checks checks, Task task, Sampling sampling, ClassWeights classWeights, BatchSettings batch) {
    checks
        .that(
            classWeights.equal() || (task.column() == Column.LABEL && task.labelled()),
            "class-weights.name",
            "expected equal where an image has any number of classes, got "
                + Variants.name(classWeights.getClass()),
            "task.name")
        .that(
            !sampling.byClass() || task.column() == Column.LABEL,
            "data.sampling.name",
            "expected uniform or repeated where an image has any number of classes, got "
                + Variants.name(sampling.getClass()),
            "task.name")
        .that(
            batch.microBatchSize() % sampling.copies() == 0,
            "batch.micro-batch-size",
            "expected a multiple of data.sampling.times, which is "
                + sampling.copies()
                + ", got "
                + batch.microBatchSize(),
            "data.sampling.times");
  }

  /** One average can be saved. */
  static void averages(
      Checks checks, WeightAverageSettings weightAverage, SwaSettings swa, int epochs) {
    checks
        .that(
            !swa.on() || swa.fromEpoch() < epochs,
            "swa.from-epoch",
            "expected less than the run's " + epochs + " epochs, got " + swa.fromEpoch(),
            "epochs")
        .that(
            !swa.on() || !weightAverage.on(),
            "swa.every-epochs",
            "expected 0 with a weight-average.decay, for only one mean can be saved, got "
                + swa.everyEpochs(),
            "weight-average.decay");
  }

  /** A task without labels has nothing to validate, to mix or to classify. */
  static void unlabelled(
      Checks checks, Task task, ModelSettings model, ImageSettings image, DataSettings data) {
    if (task.labelled()) {
      return;
    }
    String name = Variants.name(task.getClass());
    checks
        .that(
            !data.validated(),
            "data.validation",
            "expected \"\" for the task " + name + ", which has nothing to validate",
            "task.name")
        .that(image.mix().isEmpty(), "image.mix", "expected [] for the task " + name, "task.name")
        .that(
            !(task instanceof MaskedAutoencoder) || image.progressive().isEmpty(),
            "image.progressive",
            "expected [] for the task " + name + ", whose targets have one size",
            "task.name")
        .that(
            model.auxiliaryWeight() == 0,
            "model.auxiliary-weight",
            "expected 0 for the task " + name + ", got " + Checks.number(model.auxiliaryWeight()),
            "task.name");
  }

  /** A GPU resizes what nothing on the host reads afterwards. */
  static void resizing(
      Checks checks,
      Recipe.Backend backend,
      ImageSettings image,
      Task task,
      Attack adversarial,
      DistillationSettings distillation) {
    if (image.resizeOn() == ResizeOn.HOST) {
      return;
    }
    String key = "image.resize-on";
    checks.that(
        backend == Recipe.Backend.CUDNN || backend == Recipe.Backend.AUTO,
        key,
        "expected host with the backend "
            + Names.ofConstant(backend)
            + ", which computes on no GPU, got gpu",
        "backend");
    onGpu(checks, "image.train", image.train());
    onGpu(checks, "image.evaluation", image.evaluation());
    String reading = "expected host where images are read on the host afterwards, by ";
    checks
        .that(
            image.views().isEmpty(),
            key,
            "expected host with image.views, which GPUs do not compute, got gpu",
            "image.views")
        .that(image.mix().isEmpty(), key, reading + "image.mix", "image.mix")
        .that(adversarial.steps() == 0, key, reading + "adversarial", "adversarial.name")
        .that(!distillation.on(), key, reading + "distillation", "distillation.teacher")
        .that(
            !(task instanceof MaskedAutoencoder),
            key,
            reading + "the task masked-autoencoder",
            "task.name");
  }

  private static void onGpu(Checks checks, String key, List<Transform> transforms) {
    List<String> others =
        Preprocessing.notOnGpus(transforms).stream()
            .map(each -> Variants.name(each.getClass()))
            .toList();
    checks.that(
        others.isEmpty(),
        "image.resize-on",
        "expected host where "
            + key
            + " does more than cut and mirror after it has scaled, got gpu with "
            + others,
        key);
  }

  /** Only a GPU has nvJPEG, and pixels may not depend on whether there is one. */
  static void decoding(Checks checks, Recipe.Backend backend, DataSettings data) {
    checks.that(
        data.decode() != Decoding.NVJPEG || backend == Recipe.Backend.CUDNN,
        "data.decode",
        "expected exact or scaled with the backend "
            + Names.ofConstant(backend)
            + ", got nvjpeg, which needs cudnn",
        "backend");
  }

  /** Views of an image are made as the loss compares them. */
  static void views(Checks checks, Loss loss, ImageSettings image) {
    String name = Variants.name(loss.getClass());
    boolean wanted = loss instanceof Consistency;
    checks
        .that(
            wanted != image.views().isEmpty(),
            "image.views",
            wanted
                ? "expected the transforms by which the further views differ for the loss "
                    + name
                    + ", for example [aug-mix], got none"
                : "expected [] for the loss "
                    + name
                    + ", which compares no image with copies of itself",
            "loss.name")
        .that(
            loss.views() == 1 || image.mix().isEmpty(),
            "image.mix",
            "expected [] for the loss " + name + " of several views of an image",
            "loss.name");
  }
}
