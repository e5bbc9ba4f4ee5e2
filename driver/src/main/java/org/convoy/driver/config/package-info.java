/**
 * The recipe: all settings of a run, as immutable records, and their loading.
 *
 * <p>{@link org.convoy.driver.config.RecipeLoader} reads HOCON, puts it over {@code
 * convoy-reference.conf} (which has every default) and binds it to {@link
 * org.convoy.driver.config.Recipe}. The components of the records are the keys: {@code
 * microBatches} is the key {@code micro-batches}. For a choice, the component is a sealed interface
 * of the records that do the work, such as {@link org.convoy.optim.Optimizer}: the recipe names one
 * of them and holds it. Each rule is in one place, a compact constructor. All problems of a recipe
 * are reported at once in a {@link org.convoy.driver.config.RecipeException}.
 *
 * <p>Any package of the driver and the command line may read a recipe. This package computes
 * nothing and does not know Spark. It opens no file but the recipe, and never checks whether data
 * or models exist.
 */
package org.convoy.driver.config;
