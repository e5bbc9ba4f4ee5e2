// What a user types into spark-shell: ShellTest runs it in Spark's own shell.
import org.apache.spark.ml.{Pipeline, PipelineModel}
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator
import org.apache.spark.ml.linalg.Vector
import org.apache.spark.ml.tuning.{ParamGridBuilder, TrainValidationSplit}
import org.convoy.ml.{ConvoyClassificationModel, ConvoyClassifier}

val folder = sys.props("folder")
val pets = spark.read.parquet(s"$folder/pets")

val classifier = new ConvoyClassifier()
  .setNetwork("resnet20")
  .setImageSize(16)
  .setEpochs(1)
  .setSettings(Array("batch.micro-batches=2", "batch.micro-batch-size=3", "image.train=[]", "image.evaluation=[]"))
  .setOutput(s"$folder/fits")

val fitted = new Pipeline().setStages(Array(classifier)).fit(pets)
val model = fitted.stages(0).asInstanceOf[ConvoyClassificationModel]
println(s"classes ${model.labels} of ${model.numClasses}")

fitted.write.overwrite().save(s"$folder/pipeline")
val predicted = PipelineModel.load(s"$folder/pipeline").transform(pets)
val sums = predicted.select("probability").collect().map(_.getAs[Vector](0).toArray.sum)
println(s"rows ${sums.length}, probabilities sum to 1: ${sums.forall(sum => math.abs(sum - 1) < 1e-9)}")

val grid = new ParamGridBuilder().addGrid(classifier.learningRate, Array(0.05, 1e-6)).build()
val accuracy = new MulticlassClassificationEvaluator().setMetricName("accuracy")
val split = new TrainValidationSplit()
  .setEstimator(classifier)
  .setEvaluator(accuracy)
  .setEstimatorParamMaps(grid)
  .setTrainRatio(0.5)
  .setSeed(1)
println(s"metrics ${split.fit(pets).validationMetrics.length}")
println("the script ended")
// Timers of Spark's barriers keep a local shell alive after :quit.
sys.exit(0)
