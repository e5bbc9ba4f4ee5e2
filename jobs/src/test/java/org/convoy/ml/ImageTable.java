package org.convoy.ml;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convoy.image.shapes.ShapeKind;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Images of three kinds in a table, in a session of this process. All tests of a class share one:
 * {@code @RegisterExtension static final ImageTable table = new ImageTable();}.
 */
final class ImageTable implements BeforeAllCallback, AfterAllCallback {
  static final int KINDS = 3;
  static final int PER_KIND = 8;
  static final StructType SCHEMA =
      new StructType()
          .add("image", DataTypes.BinaryType)
          .add("label", DataTypes.DoubleType)
          .add("kind", DataTypes.StringType)
          .add("held", DataTypes.BooleanType);

  @SuppressWarnings("NullAway.Init") // set before all tests
  private SparkSession spark;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private Dataset<Row> images;

  @Override
  public void beforeAll(ExtensionContext context) {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("ml")
            .config("spark.driver.host", "localhost")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate();
    ShapesGenerator generator = new ShapesGenerator(new ShapesSettings(PER_KIND, 1, 16, 5));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < PER_KIND * KINDS; i++) {
      ShapeKind kind = ShapeKind.values()[i % KINDS];
      byte[] image = generator.draw(ShapesGenerator.Split.TRAIN, kind, i / KINDS);
      rows.add(RowFactory.create(image, (double) (i % KINDS), kind.label(), i % 4 == 3));
    }
    images = spark.createDataFrame(rows, SCHEMA).repartition(2).cache();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    spark.stop();
  }

  SparkSession spark() {
    return spark;
  }

  Dataset<Row> images() {
    return images;
  }

  /** One that trains for an epoch. */
  static ConvoyClassifier classifier(Path output) {
    return new ConvoyClassifier()
        .setNetwork("resnet20")
        .setImageSize(16)
        .setEpochs(1)
        .setSettings(
            new String[] {
              "batch.micro-batches=2",
              "batch.micro-batch-size=3",
              "image.train=[]",
              "image.evaluation=[]"
            })
        .setOutput(output.toString());
  }
}
