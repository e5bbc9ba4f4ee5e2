package org.convoy.ml;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.SparkSession;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.config.TableSettings;
import org.convoy.driver.data.DataSetException;
import org.convoy.driver.monitor.Terminal;

/**
 * Copies the tables of a recipe into tars in the folder {@code images} of the run, where it trains
 * from. The folder of a split is named by the table's version, {@code train-0123456789ab}: a table
 * that has changed is another data set, with which a run is not resumed. A copy that is whole is
 * taken as it is.
 */
public final class TableData {
  private static final String TRAIN = "train";
  private static final int DIGITS = 12;

  private final Recipe recipe;
  private final Path images;
  private final SparkSession spark;
  private final Terminal terminal;

  private TableData(Recipe recipe, Path images, SparkSession spark, Terminal terminal) {
    this.recipe = recipe;
    this.images = images;
    this.spark = spark;
    this.terminal = terminal;
  }

  /**
   * Copies the tables, after a line that says how much that is.
   *
   * @param recipe with {@code data.table}
   * @param run the run's folder
   * @return the recipe that reads the copies
   * @throws DataSetException if a table or a column is missing, or has another type
   */
  public static Recipe copy(Recipe recipe, String run, SparkSession spark, Terminal terminal)
      throws IOException {
    TableData data = new TableData(recipe, new Path(run, "images"), spark, terminal);
    List<String> overrides = new ArrayList<>();
    overrides.add("data.uri=" + quoted(data.images.toString()));
    overrides.add("data.table.format=\"\"");
    overrides.add("data.train=" + quoted(data.copy(TRAIN, recipe.data().train())));
    if (recipe.data().folds() == 0 && recipe.data().validated()) {
      String validation = data.copy("validation", recipe.data().validation());
      overrides.add("data.validation=" + quoted(validation));
    }
    return new RecipeLoader().parse(recipe.toJson(), recipe.name(), overrides);
  }

  private static String quoted(String text) throws IOException {
    return new ObjectMapper().writeValueAsString(text);
  }

  /** Copies a split, unless that was done. Returns the name of its folder. */
  private String copy(String split, String name) throws IOException {
    TableSettings settings = recipe.data().table();
    String location = location(settings.format(), name);
    SourceTable source;
    TrainingTable table;
    TableVersion version;
    try {
      source = SourceTable.open(spark, settings.format(), location);
      table = new TrainingTable(source.rows(), settings.imageColumn(), settings.labelColumn());
      if (split.equals(TRAIN)) {
        table.checkClasses();
      }
      version = source.version(settings.imageColumn(), settings.labelColumn());
    } catch (IllegalArgumentException e) {
      throw new DataSetException(location + ": " + e.getMessage(), e);
    } catch (Exception e) {
      if (e instanceof AnalysisException || e instanceof ClassNotFoundException) {
        throw new DataSetException(
            "data.table: cannot read "
                + location
                + " as "
                + settings.format()
                + ": "
                + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
            e);
      }
      throw e;
    }
    String folder = split + "-" + version.sha256().substring(0, DIGITS);
    FileSystem files = images.getFileSystem(spark.sparkContext().hadoopConfiguration());
    Path whole = new Path(images, folder + ".json");
    if (!files.exists(whole)) {
      files.delete(new Path(images, folder), true);
      table.pack(new Path(images, folder).toString(), terminal);
      write(files, whole, location, source, version);
    }
    return folder;
  }

  /** Where a split is, or its name in a catalog. */
  private String location(String format, String name) {
    boolean named = format.equals(SourceTable.CATALOG);
    String base = named ? recipe.data().uri() : recipe.data().location();
    return name.isEmpty() ? base : base + (named ? "." : "/") + name;
  }

  /** Says that a copy is whole, and of what. */
  private void write(
      FileSystem files, Path place, String location, SourceTable source, TableVersion version)
      throws IOException {
    Map<String, Object> origin = new LinkedHashMap<>();
    origin.put("table", location);
    origin.put("format", recipe.data().table().format());
    source.snapshot().ifPresent(snapshot -> origin.put("snapshot", snapshot));
    origin.put("version_sha256", version.sha256());
    try (OutputStream out = files.create(place, true)) {
      out.write(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(origin));
    }
  }
}
