package org.convoy.ml;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.evaluation.ModelFolder;
import org.convoy.inference.ConvoyModel;
import org.convoy.inference.InferenceOptions;
import org.convoy.kernels.Precision;

/**
 * Adds a saved model's predictions to a data frame of images.
 *
 * <p>The column of images holds the bytes of image files, or their locations on any Hadoop file
 * system. The model adds, for each row: the network's output and a probability for each class, the
 * number and the name of the most probable class, and the reason if the image did not decode; the
 * other columns are null then. A column whose name is set to "" is left out.
 *
 * <p>Every executor reads the model from its folder, once, and computes the batches of all its
 * tasks with it. Rows and partitions keep their order.
 */
public final class ConvoyClassificationModel extends Model<ConvoyClassificationModel>
    implements ImageColumns<ConvoyClassificationModel>, MLWritable {
  private static final long serialVersionUID = 1L;
  private static final Map<String, Precision> PRECISIONS =
      Map.of("float32", Precision.FLOAT32, "bfloat16", Precision.BFLOAT16);

  private final String uid;
  private final String location;
  private final String weightsSha256;
  private final List<String> labels;
  private final transient ColumnParams columns;
  private final transient IntParam batchSize;
  private final transient Param<String> precision;
  private final transient IntParam top;

  private ConvoyClassificationModel(
      String uid, String location, String weightsSha256, List<String> labels) {
    this.uid = uid;
    this.location = location;
    this.weightsSha256 = weightsSha256;
    this.labels = labels;
    this.columns = new ColumnParams(this);
    this.batchSize =
        new IntParam(this, "batchSize", "images computed together", ParamValidators.gtEq(1));
    setDefault(batchSize, ConvoyModel.BATCH);
    this.precision =
        new Param<>(
            this,
            "precision",
            "what the network computes in: float32 or bfloat16",
            ParamValidators.inArray(PRECISIONS.keySet().toArray(String[]::new)));
    setDefault(precision, "float32");
    this.top = new IntParam(this, "top", "classes in topCol", ParamValidators.gtEq(1));
    setDefault(top, 5);
  }

  /**
   * The model in a folder that {@code convoy train} or a fit wrote.
   *
   * @param location of the folder, on a Hadoop file system that all executors reach
   * @throws org.convoy.settings.RequestException if there is no saved model
   * @throws IOException if it cannot be read
   */
  public static ConvoyClassificationModel of(String location, SparkSession spark)
      throws IOException {
    return of(
        Identifiable$.MODULE$.randomUID("convoyClassificationModel"),
        location,
        spark.sparkContext().hadoopConfiguration());
  }

  static ConvoyClassificationModel of(String uid, String location, Configuration hadoop)
      throws IOException {
    String qualified = ModelFolder.qualify(location, hadoop).toString();
    SavedModel model = ModelFolder.load(qualified, hadoop);
    try {
      return new ConvoyClassificationModel(uid, qualified, model.weightsSha256(), model.labels());
    } finally {
      model.weights().close();
    }
  }

  /** The folder that executors read the model from. */
  public String location() {
    return location;
  }

  /** The digest that identifies the weights. */
  public String weightsSha256() {
    return weightsSha256;
  }

  /** Class names. Their places are the classes' numbers. */
  public List<String> labels() {
    return labels;
  }

  /** The number of classes. */
  public int numClasses() {
    return labels.size();
  }

  public IntParam batchSize() {
    return batchSize;
  }

  public int getBatchSize() {
    return (int) getOrDefault(batchSize());
  }

  public ConvoyClassificationModel setBatchSize(int value) {
    set(batchSize(), value);
    return this;
  }

  /** bfloat16 is faster where processors have instructions for it; others compute in float32. */
  public Param<String> precision() {
    return precision;
  }

  public String getPrecision() {
    return String.valueOf(getOrDefault(precision()));
  }

  public ConvoyClassificationModel setPrecision(String value) {
    set(precision(), value);
    return this;
  }

  public IntParam top() {
    return top;
  }

  public int getTop() {
    return (int) getOrDefault(top());
  }

  public ConvoyClassificationModel setTop(int value) {
    set(top(), value);
    return this;
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    StructType schema = transformSchema(dataset.schema());
    List<OutputColumns.Column> wanted =
        Arrays.stream(OutputColumns.Column.values())
            .filter(each -> !each.name(this).isEmpty())
            .toList();
    RowScorer scorer =
        new RowScorer(
            location,
            weightsSha256,
            new InferenceOptions(
                getBatchSize(), Objects.requireNonNull(PRECISIONS.get(getPrecision()))),
            dataset.schema().fieldIndex(getImageCol()),
            getTop(),
            wanted,
            new SerializableConfiguration(
                dataset.sparkSession().sparkContext().hadoopConfiguration()));
    return dataset.toDF().mapPartitions(scorer, Encoders.row(schema));
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return OutputColumns.add(schema, this);
  }

  @Override
  public ConvoyClassificationModel copy(ParamMap extra) {
    ConvoyClassificationModel copy =
        new ConvoyClassificationModel(uid, location, weightsSha256, labels);
    copyValues(copy, extra);
    return hasParent() ? copy.setParent(parent()) : copy;
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public ColumnParams columns() {
    return columns;
  }

  @Override
  public ConvoyClassificationModel self() {
    return this;
  }

  /** Writes a folder with the parameters and a copy of the saved model. */
  @Override
  public MLWriter write() {
    return new ModelFiles.Writer(this);
  }

  /** Reads what {@link #write} wrote. */
  public static MLReader<ConvoyClassificationModel> read() {
    return new ModelFiles.Reader();
  }

  /** Reads what {@link #save} wrote. */
  public static ConvoyClassificationModel load(String path) {
    return read().load(path);
  }
}
