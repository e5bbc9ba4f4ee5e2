/**
 * The recipe: everything that a run is told, as immutable records, and its loading.
 *
 * <p>{@link org.convoy.driver.config.RecipeLoader} reads HOCON, lays it over {@code
 * convoy-reference.conf} (where every default stands) and binds it to {@link
 * org.convoy.driver.config.Recipe}, whose components are the keys: {@code microBatches} is the key
 * {@code micro-batches}. Where there is a choice, the component is a sealed interface of the
 * records that do the work, such as {@link org.convoy.optim.Optimizer}: the recipe names one, and
 * holds it. The rules stand once, in the compact constructors. All problems of a recipe are
 * reported at once in a {@link org.convoy.driver.config.RecipeException}.
 *
 * <p>Any room of the driver and the command line may read a recipe. This room computes nothing and
 * knows no Spark: it opens no file but the recipe, and never looks whether data or models exist.
 */
package org.convoy.driver.config;
